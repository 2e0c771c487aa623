"""What a careful person wants to know of a data set before training."""

import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from keras_csv_dataset._corrupt import MOST_NAMED
from keras_csv_dataset._file_finder import NO_FILE
from keras_csv_dataset._image_check import check_images
from keras_csv_dataset._image_files import split_suffix
from keras_csv_dataset._label_encoding import LabelSpec
from keras_csv_dataset._label_table import quote
from keras_csv_dataset._located_rows import LocatedRows, locate_rows
from keras_csv_dataset._missing import keep_rows_with_image, keep_rows_with_labels
from keras_csv_dataset._samples import make_samples

_LONGEST_NAME = 60
_BAR_WIDTH = 30
_LINES_SHOWN = 20
_T = TypeVar("_T")


@dataclass
class Report:
    """What was found.

    Attributes:
        problems: What is wrong, in the words of `image_dataset_from_csv`.
        counts: What there is -> how often.
        class_counts: Output -> class -> images that have it.
        formats: Suffix -> images.
        sizes: Height × width in pixels -> images.
    """

    problems: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    class_counts: dict[str, dict[str, int]] = field(default_factory=dict)
    formats: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """The report as text, line by line."""
        width = max(map(len, self.counts), default=0)
        for what, count in self.counts.items():
            yield f"{what:{width}}  {count:>9,}"
        tables = {f"classes {o}".strip(): c for o, c in self.class_counts.items()}
        tables |= {"formats": self.formats, "height × width": self.sizes}
        for title, counts in tables.items():
            if counts:
                yield ""
                yield from _bars(title, counts)
        for problem in self.problems:
            yield ""
            yield f"Wrong: {problem}"
        if not self.problems:
            yield ""
            yield "Nothing is wrong."


def check(
    spec: LabelSpec,
    policies: tuple[str, str],
    on_progress: Callable[[int, int], object],
    **arguments: Any,
) -> Report:
    """Does all that `image_dataset_from_csv` does, and decodes every image once.

    Args:
        spec: How the labels are read.
        policies: What is done with rows whose image is missing, and with rows whose
            label is blank. What is skipped is counted, but is not wrong.
        on_progress: Called with the number of images decoded, and of all.
        **arguments: What `locate_rows` takes.

    Returns:
        A `Report`. It ends where a step has left nothing to look at.
    """
    report = Report()
    rows = _attempt(report, locate_rows, **arguments)
    if rows is None:
        return report
    _count_rows(report, rows)
    missing_images, missing_labels = policies
    rows = _without(report, rows, keep_rows_with_image, policy=missing_images)
    _check_files(report, rows, on_progress)
    num_rows = len(rows.table)
    if missing_labels != "empty":
        rows = _without(
            report, rows, keep_rows_with_labels, spec, policy=missing_labels
        )
        unlabelled = num_rows - len(rows.table)
        report.counts["rows with an image, but without a label"] = unlabelled
    if len(rows.table):
        samples = _attempt(report, make_samples, rows, spec)
        for output, target in (samples.targets if samples else {}).items():
            report.class_counts[str(output or "")] = target.class_counts()
            if target.joined_labels:
                cell, separator = target.joined_labels
                report.problems.append(
                    f"{quote(cell)} looks like several labels: if it is, use the label "
                    f"mode multi_hot with the label separator {separator!r}."
                )
    return report


def _attempt(
    report: Report, step: Callable[..., _T], *args: Any, **kw: Any
) -> _T | None:
    """Takes a step; what is wrong goes into the report."""
    try:
        return step(*args, **kw)
    except (ValueError, FileNotFoundError) as error:
        report.problems.append(str(error))
        return None


def _without(
    report: Report,
    rows: LocatedRows,
    keep: Callable[..., LocatedRows],
    *args: Any,
    policy: str,
) -> LocatedRows:
    """The rows that a policy of `"skip"` keeps; the others go into the report."""
    if policy == "error":
        kept = _attempt(report, keep, rows, *args, "error")
        if kept is not None:
            return kept
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return keep(rows, *args, "skip")
        except ValueError:
            return rows.take(np.arange(0))


def _count_rows(report: Report, rows: LocatedRows) -> None:
    numbers = rows.images.numbers
    found = numbers[numbers != NO_FILE]
    report.counts["rows"] = len(numbers)
    for rule, count in rows.images.rows_by_rule.items():
        report.counts[f"  found by the {rule}"] = count
    report.counts["  without an image file"] = len(numbers) - len(found)
    report.counts["  naming an image again"] = len(found) - len(np.unique(found))
    report.counts["image files that no row names"] = rows.images.count_unnamed()


def _check_files(
    report: Report, rows: LocatedRows, on_progress: Callable[[int, int], object]
) -> None:
    """Decodes the image of every row, each file once."""
    _, first = np.unique(rows.images.numbers, return_index=True)
    paths = rows.images.files.full_paths(rows.images.numbers[first])
    suffixes = Counter(split_suffix(path)[1].lower() for path in paths)
    report.formats = dict(suffixes.most_common())
    images = check_images(paths, lambda done: on_progress(done, len(paths)))
    sizes = images.size_counts().most_common()
    report.sizes = {f"{height} × {width}": count for (height, width), count in sizes}
    report.counts["images that cannot be decoded"] = len(images.errors)
    if images.errors:
        row_of = {number: int(first[number]) for number in images.errors}
        error_of = {row: images.errors[number] for number, row in row_of.items()}
        names = rows.table[rows.columns.image]
        report.problems.append(
            rows.table.report(
                sorted(error_of),
                lambda row: f"{quote(names[row])} cannot be decoded: {error_of[row]}",
                "Replace these files or remove their rows.",
                most=MOST_NAMED,
            )
        )


def _bars(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    """A small bar table: the names in their order, as many as fit on a screen."""
    # Names that are too long or cannot be printed are quoted.
    first = list(counts.items())[:_LINES_SHOWN]
    shown = {
        name if name.isprintable() and len(name) <= _LONGEST_NAME else quote(name): n
        for name, n in first
    }
    width = max(map(len, (title, *shown)))
    most = max(max(shown.values()), 1)
    yield f"{title:{width}}     images"
    for name, count in shown.items():
        bar = "█" * max(round(_BAR_WIDTH * count / most), count > 0)
        yield f"{name:{width}}  {count:>9,}  {bar}"
    if len(counts) > len(shown):
        yield f"… and {len(counts) - len(shown)} more"
