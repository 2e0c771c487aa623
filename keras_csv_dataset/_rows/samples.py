"""From located rows to samples: each image with everything that belongs to it."""

import itertools
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files import is_png, nfc
from keras_csv_dataset._images import CheckImages, ImageSpec, read_orientations
from keras_csv_dataset._labels import (
    LabelSpec,
    Target,
    encode_labels,
    recognise_lists,
)
from keras_csv_dataset._messages import list_offenders, quote
from keras_csv_dataset._rows.images import first_of_each, join_by_images
from keras_csv_dataset._rows.inputs import IMAGE_INPUT, Inputs, encode_values
from keras_csv_dataset._rows.located import LocatedRows
from keras_csv_dataset._rows.policies import (
    ONLY_PNG_MASKS,
    HandleFault,
    OnProgress,
    find_corrupt_images,
    find_missing_images,
    find_missing_labels,
    refuse_or_warn,
)
from keras_csv_dataset._rows.spec import RowSpec
from keras_csv_dataset._rows.weights import (
    ClassWeights,
    Weights,
    read_weights,
    refuse_unknown_classes,
    times_class_weights,
    weights_in_form,
)
from keras_csv_dataset._structure import Structure
from keras_csv_dataset._table import LabelSource, LabelTable, as_cells


@dataclass(frozen=True, kw_only=True)
class Samples:
    """What the dataset yields: one entry for each time an image occurs in an epoch.

    Attributes:
        source: The label file, for messages.
        rows: int64 `(samples,)`, the row of each sample among all rows of the file.
        paths: Path of each image `(samples,)`, by image column; one array without a
            name if the rows have one image each.
        files: int64 `(samples,)`; samples that share an image, be it a label or not,
            have the same number. Masks do not count.
        first: int64 `(samples,)`, the first sample with the same images.
        targets: The labels of each output.
        inputs: Further inputs of the model, by name: float32 numbers or objects that
            are text, `(samples,)` each.
        weights: float32 `(samples,)`; with several outputs, an array for each of them,
            if the weights of outputs differ. For labels that are images, the shape is
            `(samples, 1, 1)`.
        orientations: Path -> EXIF orientation of each file that is to be turned.
        subsets: Text of the split column `(samples,)`, or `None`.
        groups: Text of the group column `(samples,)`, or `None`.
        strata: For each column whose values are to have the same share of all subsets,
            the labels if it is one of labels, or float64 numbers or objects that are
            text, `(samples,)`.
    """

    source: LabelSource
    rows: NDArray[np.int64]
    paths: Structure[NDArray[np.object_]]
    files: NDArray[np.int64]
    first: NDArray[np.int64]
    targets: Structure[Target]
    inputs: Inputs = field(default_factory=dict)
    weights: Weights = field(default_factory=Structure)
    orientations: Mapping[str, int] = field(default_factory=dict)
    subsets: NDArray[np.object_] | None = None
    groups: NDArray[np.object_] | None = None
    strata: tuple[Target | NDArray[Any], ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def paths_of(self, numbers: NDArray[np.int64]) -> Structure[list[str]]:
        """Paths of the images of some samples, by image column."""
        return self.paths.map(lambda paths: paths[numbers].tolist())

    def keys_of(self, numbers: NDArray[np.int64]) -> list[str]:
        """What tells samples apart: the path of the image, or the paths of all."""
        paths = self.paths_of(numbers)
        if len(paths) == 1:
            return paths.values[0]
        return ["\0".join(row) for row in zip(*paths, strict=True)]

    def files_of(
        self, numbers: NDArray[np.int64], spec: ImageSpec
    ) -> Iterator[tuple[list[str], ImageSpec]]:
        """Yields the paths in each column of image files, and what they become."""
        for paths in self.paths_of(numbers):
            yield paths, spec
        for target in self.targets:
            if target.names_files:
                yield target.paths_of(numbers), spec.of_labels(target.mode)

    def weighed_by(self, class_weights: ClassWeights) -> "Samples":
        """The same samples, whose weights are multiplied by those of their classes."""
        weights = times_class_weights(self.weights, self.targets, class_weights)
        return replace(self, weights=weights)

    def with_orientations(
        self, numbers: NDArray[np.int64], spec: ImageSpec, on_progress: OnProgress
    ) -> "Samples":
        """The same samples, with the orientations of the files of some of them.

        Args:
            numbers: The samples whose files are read.
            spec: What every image becomes: it says whether images are turned.
            on_progress: Called with the number of files that are done, and the total.
        """
        if not spec.exif_orientation:
            return self
        columns = (paths for paths, _ in self.files_of(numbers, spec))
        paths = itertools.chain.from_iterable(columns)
        return replace(self, orientations=read_orientations(paths, on_progress))

    def locate(self, number: int) -> str:
        """Where a user finds the row of a sample: `labels.csv, line 17`."""
        return self.source.locate(int(self.rows[number]))

    def report(
        self, numbers: Iterable[int], describe: Callable[[int], str], advice: str
    ) -> str:
        """Writes a message about some of the samples, as `LabelTable.report` does."""
        return list_offenders(
            list(numbers),
            lambda number: f"{self.locate(number)}: {describe(number)}",
            advice,
        )


def make_samples(
    rows: LocatedRows,
    spec: RowSpec,
    check_images: CheckImages,
    on_progress: OnProgress,
    handle: HandleFault = refuse_or_warn,
) -> Samples:
    """Leaves out the rows that cannot be used, and encodes the others.

    Args:
        rows: The rows, with the image file that each names.
        spec: What is read.
        check_images: Decodes the images at some paths.
        on_progress: Called with the number of images decoded so far, and the total.
        handle: Decides what happens to the rows that cannot be used.

    Returns:
        The `Samples`, in the order of the rows.

    Raises:
        ValueError: If rows cannot be used and are not to be skipped, if a label cannot
            be encoded, or if one image has different labels or weights.
    """
    for column in rows.files:
        if fault := find_missing_images(rows, column, spec.labels):
            handle(fault, spec.missing_images)
            rows = rows.take(fault.sound)
    labels = label_specs_of(rows, spec)
    if spec.missing_labels != "empty" and (fault := find_missing_labels(rows, labels)):
        handle(fault, spec.missing_labels)
        rows = rows.take(fault.sound)
    if spec.corrupt_images is not None and (
        fault := find_corrupt_images(rows, labels, check_images, on_progress)
    ):
        handle(fault, spec.corrupt_images)
        rows = rows.take(fault.sound)
    return _encode(rows, labels)


def label_specs_of(rows: LocatedRows, spec: RowSpec) -> Structure[LabelSpec]:
    """How the labels of each output are read, as far as the cells decide it."""
    return rows.columns.labels.map(
        lambda group, label: recognise_lists(rows.table, group, label), spec.labels
    )


def _encode(located: LocatedRows, specs: Structure[LabelSpec]) -> Samples:
    table, columns = located.table, located.columns
    masks = columns.labels_of(specs, "mask")
    numbers = dict(
        zip(located.files, located.file_numbers([*located.files]), strict=True)
    )
    _refuse_same_file(located, numbers, masks)
    images = [numbers[column] for column in columns.images]
    rows = samples = np.arange(len(table))
    first = first_of_each(images)
    one_row_per_label = any(
        spec.is_one_row_per_label(len(group))
        for spec, group in zip(specs, columns.labels, strict=True)
    )
    if one_row_per_label:
        _refuse_other_outputs(specs)
        rows, samples = _one_row_per_image(first)
    targets = columns.labels.map(
        lambda group, spec: (
            _encode_files(located, group[0], spec)
            if spec.names_files
            else encode_labels(table, group, spec, samples)
        ),
        specs,
    )
    inputs = {
        name: encode_values(table, column, "for each input")
        for name, column in columns.inputs.items()
    }
    refuse_unknown_classes(targets, specs)
    weights = read_weights(table, columns.weight)
    subsets = _text(table, columns.split, "which subset or fold it belongs to")
    groups = _text(table, columns.group, "which group it belongs to")
    labels = {
        group[0]: target
        for group, target in zip(columns.labels, targets, strict=True)
        if len(group) == 1
    }
    strata = {
        column: _read_strata(table, column)
        for column in columns.strata
        if column not in labels
    }
    others = [*inputs.values(), *strata.values(), weights]
    if one_row_per_label:
        others += [subsets, groups]
    differs = [values != values[first] for values in others if values is not None]
    shown: list[int] = []
    advice = ""
    if not one_row_per_label:
        differs += [target.differs_from(first) for target in targets]
        shown = [column for group in columns.labels for column in group]
        if len(shown) == 1 and differs[-1].any():
            (spec,) = specs
            advice = _way_to_several_labels(table, shown[0], spec)
    _refuse_conflicts(located, first, differs, shown, advice)
    return Samples(
        source=table.source,
        rows=table.rows[rows],
        paths=columns.images.map(lambda column: located.paths(column, rows)),
        # A shared mask does not link rows: it may be that of all empty images.
        files=join_by_images([n for c, n in numbers.items() if c not in masks])[rows],
        first=np.arange(len(rows)) if one_row_per_label else first,
        targets=targets,
        inputs={name: values[rows] for name, values in inputs.items()},
        weights=weights_in_form(targets, None if weights is None else weights[rows]),
        subsets=None if subsets is None else subsets[rows],
        groups=None if groups is None else groups[rows],
        strata=tuple(
            labels[column] if column in labels else strata[column][rows]
            for column in columns.strata
        ),
    )


def _refuse_same_file(
    located: LocatedRows,
    numbers: Mapping[int, NDArray[np.int64]],
    masks: Collection[int],
) -> None:
    """Refuses rows in which an image is also the mask, or another image, of the row.

    Then the files of one column are missing, as a rule. A row may name one image twice
    in the same way, as a pair or as its own target, but not every row of pairs.
    """
    table, images = located.table, located.columns.images
    for one, other in itertools.combinations(located.files, 2):
        if one not in images:
            continue
        same = numbers[one] == numbers[other]
        if other not in masks and not (other in images and same.all()):
            same &= table[one] != table[other]
        if same.any():
            raise ValueError(_same_file(table, one, other, same))


def _same_file(table: LabelTable, one: int, other: int, same: NDArray[np.bool_]) -> str:
    first, second = (quote(table.name(column)) for column in (one, other))
    return table.report(
        np.flatnonzero(same),
        lambda row: (
            f"{quote(table[one][row])} and {quote(table[other][row])} lead to the same "
            "file"
        ),
        f"The columns {first} and {second} must name different files. If the files of "
        "one of them are missing, add them, and write the folders of all names.",
    )


def _encode_files(located: LocatedRows, column: int, spec: LabelSpec) -> Target:
    """The paths of labels that are images."""
    table = located.table
    paths = located.paths(column, np.arange(len(table)))
    if spec.mode == "mask":
        others = [row for row, path in enumerate(paths) if not is_png(path)]
        if others:
            raise ValueError(
                table.report(
                    others,
                    lambda row: (
                        f"the mask {quote(table[column][row])} is not a PNG file"
                    ),
                    ONLY_PNG_MASKS,
                )
            )
    return Target(mode=spec.mode, values=paths, class_names=spec.class_names)


def _refuse_other_outputs(specs: Structure[LabelSpec]) -> None:
    """Refuses a row per label if there are outputs that have a row per image."""
    if len(specs) > 1:
        raise ValueError(
            '`label_separator` must be set for a "multi_hot" column among several '
            "outputs. Received: label_mode="
            f"{specs.map(lambda spec: spec.mode).unwrap()!r}, label_separator=None"
        )


def _one_row_per_image(
    first: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first row of every image, in order, and the image of each row."""
    rows = np.flatnonzero(first == np.arange(len(first)))
    return rows, np.searchsorted(rows, first)


def _text(
    table: LabelTable, column: int | None, meaning: str
) -> NDArray[np.object_] | None:
    """The cells of a column, none of which may be blank."""
    if column is None:
        return None
    blank = [row for row, cell in enumerate(table[column]) if cell is None]
    if blank:
        raise ValueError(
            table.report(
                blank,
                lambda row: f"column {quote(table.name(column))} is blank",
                f"Every row must say {meaning}: fill the cells in.",
            )
        )
    # A group is the same group, however its accents are encoded.
    return as_cells(nfc(cell) for cell in table[column])


def _read_strata(table: LabelTable, column: int) -> NDArray[Any]:
    """The values of a column to stratify by: numbers if every cell is one, or text."""
    values = encode_values(table, column, "by which to stratify")
    if values.dtype == object:
        return values
    # Codes may have more digits than a float32.
    return np.array([float(cell) for cell in table[column]])


def _refuse_conflicts(
    located: LocatedRows,
    first: NDArray[np.int64],
    differs: Sequence[NDArray[np.bool_]],
    label_columns: list[int],
    more_advice: str,
) -> None:
    """Refuses an image that occurs twice with different values.

    Args:
        located: The rows.
        first: For every row, the first row of the same image.
        differs: bool `(rows,)` each, whether a row differs from the first of its image.
        label_columns: The label columns among the columns that are compared.
        more_advice: What follows the general advice; may be empty.
    """
    rows = np.flatnonzero(np.any(differs, axis=0)) if differs else first[:0]
    if not rows.size:
        return
    table, columns = located.table, located.columns
    named = [*label_columns, *columns.inputs.values(), *columns.strata]
    shown = [*named, columns.weight, columns.split, columns.group]

    def values_of(row: int) -> str:
        return ", ".join(quote(table[c][row]) for c in shown if c is not None)

    def describe(row: int) -> str:
        there = int(first[row])
        name = " with ".join(quote(table[column][row]) for column in columns.images)
        return (
            f"{name} has {values_of(row)} here, but {values_of(there)} in "
            f"{table.locate(there)}"
        )

    advice = "An image that occurs twice must have the same values each time."
    raise ValueError(table.report(rows, describe, advice + more_advice))


def _way_to_several_labels(table: LabelTable, column: int, spec: LabelSpec) -> str:
    """What to do if the rows of an image contain its labels."""
    one_each = " If every row contains one of several labels, pass "
    if not spec.has_classes or spec.is_one_column_per_class(1):
        return ""
    if spec.mode != "multi_hot":
        return f'{one_each}label_mode="multi_hot" and no `label_separator`.'
    if any(spec.cells_are_lists or len(spec.split(cell)) > 1 for cell in table[column]):
        return " If they are parts of its labels, write all of them in each row."
    return f"{one_each}no `label_separator`."


def assemble(
    *,
    images: Structure[Any],
    inputs: Mapping[str, Any],
    labels: Structure[Any],
    weights: Structure[Any],
) -> Any:
    """What a dataset yields, in the form in which Keras takes it.

    Args:
        images: The image of a sample, or of several samples, by image column: arrays
            or tensors, as all that follows.
        inputs: The further inputs, by name.
        labels: The labels of each output.
        weights: The weights of all outputs, or of each; may be empty.

    Returns:
        Inputs, `(inputs, labels)` or `(inputs, labels, weights)`. The inputs are the
        images, or a dictionary that contains them; the labels are an array, or a
        dictionary for several outputs, and so are the weights.
    """
    features: Any = images.unwrap()
    if inputs:
        features = {IMAGE_INPUT: features} if images.names is None else features
        features |= inputs
    if not labels:
        return features
    if not weights:
        return features, labels.unwrap()
    return features, labels.unwrap(), weights.unwrap()


def describe_dataset(dataset: Any, samples: Samples, order: NDArray[np.int64]) -> None:
    """Sets the attributes that describe what a dataset yields.

    They are `class_names`, `class_counts`, `file_paths`, `labels` and `inputs`.

    Args:
        dataset: The dataset.
        samples: All samples.
        order: int64 numbers of the dataset's samples.
    """
    dataset.class_names = samples.targets.map(
        lambda target: None if target.class_names is None else [*target.class_names]
    ).unwrap()
    dataset.class_counts = samples.targets.map(
        lambda target: target.class_counts_of(order)
    ).unwrap()
    dataset.file_paths = samples.paths_of(order).unwrap()
    dataset.inputs = {name: values[order] for name, values in samples.inputs.items()}
    dataset.labels = samples.targets.map(
        lambda target: target.labels_of(order)
    ).unwrap()
