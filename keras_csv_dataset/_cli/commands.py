"""The commands: each takes its options, and returns its exit status."""

import argparse
import sys
from collections.abc import Callable

from keras_csv_dataset._announcements import ProgressBar
from keras_csv_dataset._cli.check import run_check
from keras_csv_dataset._cli.demo import run_demo
from keras_csv_dataset._cli.formats import say_how_to_read
from keras_csv_dataset._cli.parser import read_command_line
from keras_csv_dataset._cli.preview import draw_preview
from keras_csv_dataset._cli.selection import select
from keras_csv_dataset._cli.specs import Specs, read_specs
from keras_csv_dataset._frameworks import import_framework
from keras_csv_dataset._images import decoder_of
from keras_csv_dataset._rows import locate_rows_in_any_format, make_samples

# Exit statuses.
NOTHING_FOUND, FINDINGS, CANNOT_BE_READ = range(3)

_PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg")


def check(options: argparse.Namespace) -> int:
    """Reports what a folder and its CSV contain, and what is wrong with them."""
    specs = read_specs(options)
    _say_how_to_split_alike(specs)
    return FINDINGS if run_check(options, specs) else NOTHING_FOUND


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
    rows = locate_rows_in_any_format(specs.rows, framework.decodable_formats)
    say_how_to_read(rows, framework)
    no_progress = ProgressBar(verbose=False).update
    decoder = decoder_of(framework, specs.exif_orientation)
    samples = make_samples(rows, specs.rows, decoder.check_images, no_progress)
    selection = select(
        samples,
        specs.split,
        subset=options.subset,
        classes=vars(options)["class"],
        lines=options.lines,
    )
    notes = draw_preview(samples, selection, specs, framework, options.output)
    for note in notes:
        print(note, file=sys.stderr)
    print(f"Wrote {options.output}.")
    return NOTHING_FOUND


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
