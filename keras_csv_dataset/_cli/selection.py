"""Which images `preview` draws."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._images import ImageSpec
from keras_csv_dataset._labels import ClassSets, Target
from keras_csv_dataset._messages import did_you_mean, list_columns, quote
from keras_csv_dataset._rows import Samples
from keras_csv_dataset._split import SplitSpec, divide

IntArray = NDArray[np.int64]

_CLASSES_LISTED = 10
_BROKEN_NAMED = 4


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The samples that `preview` is about.

    Attributes:
        subset: Name of the subset that is asked for; `None` for all samples.
        counted: int64 numbers of the samples of the subset.
        drawable: int64 numbers of those of them from which images are chosen.
        is_by_line: Whether they are those on lines that were asked for.
    """

    subset: str | None
    counted: IntArray
    drawable: IntArray
    is_by_line: bool = False


def select(
    samples: Samples,
    split: SplitSpec | None,
    *,
    subset: str | None,
    classes: Sequence[str] | None,
    lines: Sequence[range] | None,
) -> Selection:
    """Selects samples by subset, class and line of the CSV.

    Args:
        samples: All samples.
        split: How they are divided, if they are.
        subset: The subset, or `None` for all samples.
        classes: The classes, one of which an image must have to be drawn.
        lines: The lines of the CSV of which images are drawn.

    Returns:
        The `Selection`.

    Raises:
        ValueError: If the split is impossible, if a class or a line does not exist, or
            if nothing is left.
    """
    counted = _samples_of(samples, split, subset)
    is_wanted = np.ones(len(samples), bool)
    if classes is not None:
        is_wanted &= _have_a_class(samples, classes)
    if lines is not None:
        is_wanted &= _are_on_lines(samples, lines)
    drawable = counted[is_wanted[counted]]
    if len(drawable) == 0:
        flags = {"--subset": subset, "--class": classes, "--lines": lines}
        given = [flag for flag, value in flags.items() if value is not None]
        raise ValueError(f"No image is in all of {' and '.join(given)}.")
    return Selection(
        subset=subset,
        counted=counted,
        drawable=drawable,
        is_by_line=lines is not None,
    )


def _samples_of(
    samples: Samples, split: SplitSpec | None, subset: str | None
) -> IntArray:
    """The samples of a subset, or all of them."""
    every = np.arange(len(samples))
    if split is None:
        return every
    # A split that is impossible is an error even if all images are drawn.
    parts = divide(samples, split)
    if subset is None:
        return every
    if len(parts[subset]) == 0:
        raise ValueError(
            f"--subset must be a subset with images: the split column assigns no row "
            f"to it. Received: {subset}"
        )
    return np.sort(parts[subset])


def _have_a_class(samples: Samples, classes: Sequence[str]) -> NDArray[np.bool_]:
    """Which samples have one of the classes, in any output: `(samples,)`."""
    known = {n: None for t in _with_classes(samples) for n in t.class_names or ()}
    if not known:
        raise ValueError("--class must be left out if the labels are not classes.")
    for name in classes:
        if name not in known:
            raise ValueError(
                f"--class must name classes of {samples.source.name}, which are "
                f"{list_columns(known, _CLASSES_LISTED)}. "
                f"Received: {quote(name)}{did_you_mean(name, known)}"
            )
    chosen = np.zeros(len(samples), bool)
    for target in _with_classes(samples):
        names = target.class_names or []
        wanted = [index for index, name in enumerate(names) if name in classes]
        places, indices = _classes_of(target, np.arange(len(samples)))
        chosen[places[np.isin(indices, wanted)]] = True
    return chosen


def _are_on_lines(samples: Samples, lines: Sequence[range]) -> NDArray[np.bool_]:
    """Which samples are on some lines, on each of which there must be one."""
    line_of = samples.source.line_of
    line_of_sample = np.array([line_of(row) or 0 for row in samples.rows.tolist()])
    chosen = np.zeros(len(samples), bool)
    for wanted in lines:
        found = (line_of_sample >= wanted.start) & (line_of_sample < wanted.stop)
        if not found.any():
            nearest = np.argmin(np.abs(line_of_sample - wanted.start))
            shown = f"{wanted.start}"
            shown += f"-{wanted.stop - 1}" if len(wanted) > 1 else ""
            raise ValueError(
                f"--lines must be lines of {samples.source.name} with rows that can be "
                f"drawn. Received: {shown}. The nearest is line "
                f"{line_of_sample[nearest]}."
            )
        chosen |= found
    return chosen


def choose_sound(
    samples: Samples,
    drawable: IntArray,
    spec: ImageSpec,
    framework: ModuleType,
    *,
    room: int,
    seed: int,
) -> tuple[IntArray, list[str]]:
    """Chooses images that can be decoded: one of each class, then others at random.

    Args:
        samples: All samples.
        drawable: The samples to choose from.
        spec: What every image becomes.
        framework: Decodes the images.
        room: The largest number of images to choose.
        seed: Seed of the choice.

    Returns:
        int64 numbers of the chosen samples in the order of the rows, and a line for
        each sample that cannot be drawn.

    Raises:
        ValueError: If no image can be decoded.
    """
    left = np.random.RandomState(seed).permutation(drawable)
    broken: list[str] = []
    sound: set[int] = set()
    num_checked = room
    # Each round replaces broken images, by others of their classes if there are any. It
    # looks at twice as many images as the one before, so there are few rounds.
    while True:
        left = _one_of_each_class_first(samples, left, room)
        if sound.issuperset(left[:room].tolist()):
            break
        unchecked = [n for n in left[:num_checked].tolist() if n not in sound]
        problems = _find_broken(samples, np.array(unchecked, np.int64), spec, framework)
        broken += [f"{samples.locate(n)}: {problems[n]}" for n in sorted(problems)]
        sound |= {*unchecked} - problems.keys()
        left = left[~np.isin(left, [*problems])]
        num_checked *= 2
    if len(left) == 0:
        raise ValueError(
            "\n".join(["No image can be decoded.", *broken[:_BROKEN_NAMED]])
        )
    return np.sort(left[:room]), broken


def _find_broken(
    samples: Samples, numbers: IntArray, spec: ImageSpec, framework: ModuleType
) -> dict[int, str]:
    """The samples of which an image or a mask cannot be decoded, and why."""
    problems: dict[int, str] = {}
    for paths, kind in samples.files_of(numbers, spec):
        checked = framework.check_images(paths, are_masks=kind.kind == "mask")
        for place, problem in checked.errors.items():
            shown = f"{quote(paths[place])} cannot be decoded: {problem}"
            problems.setdefault(int(numbers[place]), shown)
    return problems


def _one_of_each_class_first(
    samples: Samples, shuffled: IntArray, room: int
) -> IntArray:
    """Moves a sample of each class to the front, while there is room.

    If there are too many classes, they are taken from both ends: the smallest, the
    largest, the second smallest and so on.
    """
    first: list[int] = []
    for target in _with_classes(samples):
        places, classes = _classes_of(target, shuffled)
        seen = {*classes[np.isin(places, first)].tolist()}
        found, begins = np.unique(classes, return_index=True)
        sizes = np.bincount(classes, minlength=1)[found]
        # Classes of one size are in the random order of their first samples.
        for n in _from_both_ends(np.lexsort([begins, sizes]).tolist()):
            if len(first) < room and found[n] not in seen:
                place = places[begins[n]]
                first.append(int(place))
                seen |= {*classes[places == place].tolist()}
    rest = np.ones(len(shuffled), bool)
    rest[first] = False
    return np.concatenate([shuffled[first], shuffled[rest]])


def _from_both_ends(values: Sequence[int]) -> Iterator[int]:
    """Yields the first value, the last, the second, and so on."""
    for n in range(len(values)):
        yield values[n // 2 if n % 2 == 0 else -1 - n // 2]


def _with_classes(samples: Samples) -> Iterator[Target]:
    for target in samples.targets:
        if target.class_names is not None and not target.names_files:
            yield target


def _classes_of(target: Target, numbers: IntArray) -> tuple[IntArray, NDArray[Any]]:
    """Pairs of a place in `numbers` and a class, in the order of the places."""
    if isinstance(target.values, ClassSets):
        pairs = target.values.take(numbers).pairs()
        return pairs[:, 0].astype(np.int64), pairs[:, 1]
    return np.arange(len(numbers)), target.values[numbers]
