"""The commands: each takes its options, and returns its exit status."""

import argparse
import contextlib
import json
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._announcements import ProgressBar, printable
from keras_csv_dataset._cli.demo import run_demo
from keras_csv_dataset._cli.parser import read_command_line
from keras_csv_dataset._cli.preview import draw_preview
from keras_csv_dataset._cli.report import check as make_report
from keras_csv_dataset._cli.specs import Specs, read_specs
from keras_csv_dataset._frameworks import import_framework
from keras_csv_dataset._rows import Samples, locate_rows, make_samples
from keras_csv_dataset._split import SplitSpec, divide

# Exit statuses.
NOTHING_FOUND, FINDINGS, CANNOT_BE_READ = range(3)

_PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg")


def check(options: argparse.Namespace) -> int:
    """Reports what a folder and its CSV contain, and what is wrong with them."""
    specs = read_specs(options)
    _say_how_to_split_alike(specs)
    bar = ProgressBar(not options.json)

    def show_progress(done: int, total: int) -> None:
        # The report can go to a file, but the user waits at the terminal.
        with contextlib.redirect_stdout(sys.stderr):
            bar.update(done, total)

    framework = import_framework(options.format)
    report = make_report(specs.rows, framework, show_progress, specs.split)
    if options.json:
        print(printable(json.dumps(report.as_json(), indent=2, ensure_ascii=False)))
    else:
        print(printable("\n".join(report.lines())))
    if not report.counts:
        return CANNOT_BE_READ
    return FINDINGS if report.problems else NOTHING_FOUND


def preview(options: argparse.Namespace) -> int:
    """Draws images with their labels, and the classes."""
    specs = read_specs(options)
    if options.output.suffix.lower() not in _PICTURE_SUFFIXES:
        raise ValueError(
            f"--output must end in {' or '.join(_PICTURE_SUFFIXES)}. "
            f"Received: {options.output}"
        )
    _say_how_to_split_alike(specs)
    framework = import_framework(options.format)
    rows = locate_rows(specs.rows, framework.DECODABLE_SUFFIXES)
    no_progress = ProgressBar(verbose=False).update
    samples = make_samples(rows, specs.rows, framework.check_images, no_progress)
    of_subset = _numbers_of(samples, specs.split, options.subset)
    for line in draw_preview(samples, of_subset, framework, options.output):
        print(line, file=sys.stderr)
    print(f"Wrote {options.output}.")
    return NOTHING_FOUND


def _numbers_of(
    samples: Samples, split: SplitSpec | None, subset: str | None
) -> NDArray[np.int64]:
    """The samples of a subset, or all of them."""
    every = np.arange(len(samples))
    if split is None:
        return every
    parts = divide(samples, split)  # an impossible split is an error in any case
    if subset is None:
        return every
    if len(parts[subset]) == 0:
        raise ValueError(
            f"`subset` must contain images: the split column assigns no row to "
            f"{subset}. Received: subset={subset!r}"
        )
    return np.sort(parts[subset])


def demo(options: argparse.Namespace) -> int:
    """Trains a model on digits, and draws them."""
    folder = options.folder
    accuracy = run_demo(folder)
    print(f"Validation accuracy: {accuracy:.1%}")
    print(f"The images and their labels.csv are in {folder}.")
    files = [str(folder / "images"), str(folder / "labels.csv")]
    output = ["-o", str(folder / "preview.png")]
    return preview(read_command_line(["preview", *files, *output]))


def _say_how_to_split_alike(specs: Specs) -> None:
    """Says which seed gives the same subsets in Python, where that matters."""
    split = specs.split
    if split is not None and split.is_by_share and split.shuffle:
        print(
            f"The rows are split with seed {split.seed}: pass seed={split.seed} in "
            "Python to get the same subsets.",
            file=sys.stderr,
        )


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "check": check,
    "preview": preview,
    "demo": demo,
}
