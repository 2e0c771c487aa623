"""The report of `keras-csv-dataset check`."""

import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from types import ModuleType
from typing import Any

from keras_csv_dataset._announcements import printable
from keras_csv_dataset._cli.advice import in_flags
from keras_csv_dataset._files import Convention, split_suffix
from keras_csv_dataset._images import CheckImages, ImageCheck
from keras_csv_dataset._labels import doubts
from keras_csv_dataset._messages import quote
from keras_csv_dataset._rows import (
    Fault,
    LocatedRows,
    RowSpec,
    Samples,
    find_corrupt_images,
    locate_rows,
    make_samples,
)
from keras_csv_dataset._split import SplitSpec, divide

# What each count is called on the terminal.
_TITLES = {
    "rows": "rows",
    "rows_with_image_file": "  with an image file",
    "rows_without_image_file": "  without an image file",
    "rows_naming_an_image_again": "  naming an image again",
    "image_files_without_row": "image files that no row names",
    "images_that_cannot_be_decoded": "images that cannot be decoded",
    "rows_with_image_without_label": "rows with an image, but without a label",
}
# The key of the only output, which has no name.
_ONLY_OUTPUT = "label"
_LONGEST_NAME = 60
_BAR_WIDTH = 30
_LINES_SHOWN = 20


@dataclass
class Report:
    """What was found.

    Attributes:
        problems: What is wrong, in the words of `image_dataset_from_csv`, but with
            flags in place of its arguments.
        doubts: What may be wrong, and is worth a look.
        counts: Number of rows and files, by kind; the keys are those of `_TITLES`.
        conventions: Column -> which folders its names of images include.
        classes: Output -> class -> number of images. The only output of a model is
            called `label`.
        formats: Suffix -> number of images.
        sizes: Number of images by size: `height` and `width` in pixels, `images`.
    """

    problems: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    conventions: dict[str, Convention] = field(default_factory=dict)
    classes: dict[str, dict[str, int]] = field(default_factory=dict)
    formats: dict[str, int] = field(default_factory=dict)
    sizes: list[dict[str, int]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report for scripts."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """The report as text, line by line."""
        width = max((len(_TITLES[key]) for key in self.counts), default=0)
        for key, count in self.counts.items():
            yield f"{_TITLES[key]:{width}}  {count:>9,}"
        for column, convention in self.conventions.items():
            of_column = f" of column {column!r}" if len(self.conventions) > 1 else ""
            yield f"names{of_column} matched {convention.phrase}"
        sizes = {f"{s['height']} × {s['width']}": s["images"] for s in self.sizes}
        tables = {
            "classes" if output == _ONLY_OUTPUT else f"classes {output}": counts
            for output, counts in self.classes.items()
        }
        tables |= {"formats": self.formats, "height × width": sizes}
        for title, counts in tables.items():
            if counts:
                yield ""
                yield from _bars(title, counts)
        for doubt in self.doubts:
            yield ""
            yield f"Look: {doubt}"
        for problem in self.problems:
            yield ""
            yield f"Wrong: {problem}"
        if not self.problems:
            yield ""
            yield "Nothing is wrong."


def check(
    spec: RowSpec,
    framework: ModuleType,
    on_progress: Callable[[int, int], object],
    split: SplitSpec | None = None,
) -> Report:
    """Does everything that `image_dataset_from_csv` does, and decodes every image once.

    Args:
        spec: What is read. Rows to be skipped are counted, but not reported as wrong.
        framework: Decodes the images.
        on_progress: Called with the number of images decoded so far, and the total.
        split: How the rows are to be divided, if they are.

    Returns:
        A `Report`. It stops at the first step that leaves no rows.
    """
    report = Report()

    def handle(fault: Fault, action: str) -> None:
        if fault.policy == "missing_labels":
            report.counts["rows_with_image_without_label"] = int((~fault.sound).sum())
        if not fault.sound.any():
            raise ValueError(fault.message())
        if action == "error":
            report.problems.append(fault.message())

    if spec.corrupt_images == "error":
        # Every image is decoded in any case.
        spec = replace(spec, corrupt_images=None)
    try:
        rows = locate_rows(spec, framework.DECODABLE_SUFFIXES)
        _count_rows(report, rows)
        _check_images(report, rows, spec, framework.check_images, on_progress)
        report.counts["rows_with_image_without_label"] = 0
        samples = make_samples(rows, spec, framework.check_images, on_progress, handle)
        _count_classes(report, samples)
        if split is not None:
            _check_split(report, samples, split)
    except (ValueError, FileNotFoundError) as error:
        report.problems.append(str(error))
    report.problems = [in_flags(problem) for problem in report.problems]
    report.doubts = [in_flags(doubt) for doubt in report.doubts]
    return report


def _count_rows(report: Report, rows: LocatedRows) -> None:
    have_files = rows.have_files()
    repeated = rows.take(have_files).repeats() if have_files.any() else 0
    report.conventions = {
        str(rows.table.name(column)): images.convention
        for column, images in rows.files.items()
    }
    report.counts["rows"] = len(have_files)
    report.counts["rows_with_image_file"] = int(have_files.sum())
    report.counts["rows_without_image_file"] = int((~have_files).sum())
    report.counts["rows_naming_an_image_again"] = repeated
    report.counts["image_files_without_row"] = rows.count_unnamed()


def _check_images(
    report: Report,
    rows: LocatedRows,
    spec: RowSpec,
    check_images: CheckImages,
    on_progress: Callable[[int, int], object],
) -> None:
    """Decodes the images of every row, whatever else is wrong with the row."""
    suffixes: Counter[str] = Counter()
    sizes: Counter[tuple[int, int]] = Counter()
    broken = 0

    def check_and_count(
        paths: Sequence[str], on_done: Callable[[int], object], are_masks: bool
    ) -> ImageCheck:
        nonlocal broken
        images = check_images(paths, on_done, are_masks)
        suffixes.update(split_suffix(path)[1].lower() for path in paths)
        sizes.update(images.size_counts())
        broken += len(images.errors)
        return images

    fault = find_corrupt_images(
        rows.take(rows.have_files()), spec.labels, check_and_count, on_progress
    )
    report.formats = dict(suffixes.most_common())
    report.sizes = [
        {"height": height, "width": width, "images": count}
        for (height, width), count in sizes.most_common()
    ]
    report.counts["images_that_cannot_be_decoded"] = broken
    if fault and spec.corrupt_images != "skip":
        report.problems.append(fault.message())


def _check_split(report: Report, samples: Samples, split: SplitSpec) -> None:
    """Divides the rows, because that may be impossible, or possible only in part."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        divide(samples, split)
    report.doubts += [str(warning.message) for warning in caught]


def _count_classes(report: Report, samples: Samples) -> None:
    for name, target in samples.targets.titled():
        report.classes[name or _ONLY_OUTPUT] = target.class_counts()
        report.doubts += doubts(target)
        if target.joined_labels:
            cell, separator = target.joined_labels
            report.problems.append(
                f"{quote(cell)} looks like several labels: if it is, pass "
                f"--label-mode multi_hot --label-separator {separator!r}."
            )


def _bars(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    """A small bar chart: the names in order, as many as fit on a screen."""
    first = list(counts.items())[:_LINES_SHOWN]
    # Names that are too long or that cannot be printed are quoted.
    shown = {
        name if name.isprintable() and len(name) <= _LONGEST_NAME else quote(name): n
        for name, n in first
    }
    width = max(map(len, (title, *shown)))
    most = max(max(shown.values()), 1)
    block = "█" if printable("█") == "█" else "#"
    yield f"{title:{width}}     images"
    for name, count in shown.items():
        bar = block * max(round(_BAR_WIDTH * count / most), count > 0)
        yield f"{name:{width}}  {count:>9,}  {bar}"
    if len(counts) > len(shown):
        yield f"... and {len(counts) - len(shown)} more"
