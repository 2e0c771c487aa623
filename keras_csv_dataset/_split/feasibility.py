"""Refuses, or warns of, what cannot be divided as asked for."""

import warnings

import numpy as np

from keras_csv_dataset._messages import count_of, list_offenders, quote
from keras_csv_dataset._rows import Samples
from keras_csv_dataset._split.spec import TRAINING, SplitSpec
from keras_csv_dataset._split.strata import Strata
from keras_csv_dataset._split.units import IntArray, number_values


def _received(spec: SplitSpec) -> str:
    """The arguments that say how many rows a subset gets."""
    names = ("validation_split", "test_split", "num_folds")
    given = [f"{name}={value}" for name in names if (value := getattr(spec, name))]
    return f"Received: {', '.join(given)}"


def refuse_empty_shares(rows: int, spec: SplitSpec) -> None:
    """Refuses a share of less than one row, and one that leaves no row."""
    for name in ("validation_split", "test_split"):
        share = getattr(spec, name)
        if share is None:
            continue
        number = int(share * rows)
        if number in (0, rows):
            empty = name.split("_")[0] if number == 0 else TRAINING
            raise ValueError(
                f"`{name}` must leave at least one row in each subset. "
                f"int({name} * {rows}) = {number}, so the {empty} subset of "
                f"{count_of(rows, 'row')} would be empty: pass a "
                f"{'larger' if number == 0 else 'smaller'} `{name}` or a longer table. "
                f"{_received(spec)}"
            )


def refuse_few_units(samples: Samples, units: IntArray, spec: SplitSpec) -> None:
    """Refuses fewer sets of rows that stay together than there are subsets or folds."""
    number = int(units.max(initial=-1)) + 1
    if number >= spec.num_parts:
        return
    rows = count_of(len(samples), "row")
    wanted = count_of(spec.num_parts, "subset")
    if spec.num_folds:
        test = " and the test" if spec.test_split else ""
        wanted = f"{count_of(spec.num_folds, 'fold')}{test}"
    if len(samples) < spec.num_parts:
        reason = f"The table has {rows}"
    elif samples.groups is not None:
        groups = len(set(samples.groups.tolist()))
        linked = ", which shared images link" if groups > number else ""
        reason = f"All {rows} are in {count_of(groups, 'group')}{linked}, and groups "
        reason += "are never divided"
    elif len(samples.paths) > 1:
        reason = f"All {rows} are linked by shared images, which are never divided"
    else:
        images = "the same image" if number == 1 else count_of(number, "image")
        reason = f"All {rows} name {images}, and rows of one image stay together"
    raise ValueError(
        f"There must be at least one row in each of {wanted}. {reason}: add other "
        f"rows, or divide them into fewer parts. {_received(spec)}"
    )


def refuse_too_large_test(num_left: int, samples: Samples, spec: SplitSpec) -> None:
    """Refuses a test that leaves less than one unit for each fold."""
    if spec.num_folds and num_left < spec.num_folds:
        left = count_of(num_left, "image" if samples.groups is None else "group")
        raise ValueError(
            f"`test_split` leaves only {left} for {spec.num_folds} folds: pass a "
            f"smaller `test_split` or `num_folds`. {_received(spec)}"
        )


def refuse_small_classes(
    samples: Samples, strata: Strata, units: IntArray, spec: SplitSpec
) -> None:
    """Refuses classes of which there cannot be an image in every subset.

    With several labels per image, such a class is for training.
    """
    names, labels, wanted = strata.class_names, strata.labels, spec.images_per_class
    if not strata.is_strict:
        return
    images = strata.number_per_label(number_values(samples.files))
    small = np.flatnonzero((images > 0) & (images < wanted)).tolist()
    if small:
        raise ValueError(
            samples.report(
                [int(np.argmax(labels == label)) for label in small],
                lambda row: (
                    f"class {quote(names[labels[row]])} has only "
                    f"{count_of(int(images[labels[row]]), 'image')}"
                ),
                f"`stratify` needs {wanted} images of each class, one for each subset. "
                "Add images, remove these classes, or pass stratify=False.",
            )
        )
    if strata.number_per_label(units).max() < 2:
        raise ValueError(
            "`stratify` must be False if no class is in two groups: groups are never "
            "divided, so no class can be in two subsets."
        )


def warn_of_small_classes(
    samples: Samples, strata: Strata, units: IntArray, spec: SplitSpec
) -> None:
    """Warns of classes that cannot be in every fold."""
    if not spec.num_folds:
        return
    number = strata.number_per_label(units)
    small = np.flatnonzero(
        strata.are_classes & (number > 0) & (number < spec.num_parts)
    ).tolist()
    if small:
        kind = "image" if samples.groups is None else "group"
        warnings.warn(
            list_offenders(
                small,
                lambda label: (
                    f"class {quote(strata.class_names[label])} is in only "
                    f"{count_of(int(number[label]), kind)}."
                ),
                f"Some of the {spec.num_folds} folds"
                f"{', or the test,' if spec.test_split else ''} will contain none.",
            ),
            UserWarning,
            stacklevel=6,
        )
