"""Messages that `verbose=True` prints, and the progress bar."""

import os
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files import WHOLE_PATH
from keras_csv_dataset._images import Cache, ImageSpec
from keras_csv_dataset._labels import Target, are_many_numbers, is_number
from keras_csv_dataset._messages import count_of, quote
from keras_csv_dataset._rows import ClassWeights, LocatedRows, Samples
from keras_csv_dataset._split import PURPOSES, WHOLE, SplitSpec, Subset
from keras_csv_dataset._structure import Structure

_CLASSES_SHOWN = 5
_DIGITS_SHOWN = 3


def found(samples: Samples, rows: LocatedRows, folder: str | None) -> str:
    """Says what was found, as Keras does, and what could be a mistake."""
    sentences = [f"Found {len(samples)} images in {samples.source.name}"]
    sentences[0] += _labels_found(samples.targets) + "."
    sentences += _inputs_found(samples)
    sentences += [_renumbered(t) for t in samples.targets if t.is_renumbered]
    sentences += [
        f"The labels are {len(target.class_names or ())} different numbers: if they "
        'are amounts rather than classes, pass label_mode="raw".'
        for target in samples.targets
        if are_many_numbers(target)
    ]
    only = samples.targets.only
    if only is not None and only.joined_labels:
        cell, separator = only.joined_labels
        sentences.append(
            f"{quote(cell)} looks like several labels: if it is, pass "
            f'label_mode="multi_hot", label_separator={separator!r}.'
        )
    repeats = int((samples.first != np.arange(len(samples))).sum())
    if repeats:
        sentences.append(f"{repeats} of them are repetitions.")
    if rows.columns.image_is_guess:
        name = quote(rows.table.name(rows.columns.images.values[0]))
        sentences.append(f"The names of the images are taken from column {name}.")
    for column, images in rows.files.items():
        if images.convention != WHOLE_PATH:
            of_column = f" of column {quote(rows.table.name(column))}"
            sentences.append(
                f"Names{of_column if len(rows.files) > 1 else ''} were matched "
                f"{images.convention.phrase}."
            )
    unnamed = rows.count_unnamed()
    if unnamed and folder is not None:
        where = os.path.basename(os.path.normpath(folder))
        sentences.append(f"{unnamed} more image files in {where} are named by no row.")
    return " ".join(sentences)


def _labels_found(targets: Structure[Target]) -> str:
    if targets.names is None:
        classes = (targets.only and targets.only.class_names) or []
        return f" belonging to {len(classes)} classes" if classes else ""
    outputs = (
        f"{name} ({len(target.class_names)} classes)" if target.class_names else name
        for name, target in targets.titled()
    )
    return " with " + ", ".join(outputs)


def _inputs_found(samples: Samples) -> list[str]:
    """Says how the inputs are read, and why one that looks like numbers is text."""
    if not samples.inputs:
        return []
    kinds = (
        f"{name} ({'text' if values.dtype == object else 'numbers'})"
        for name, values in samples.inputs.items()
    )
    sentences = [f"Inputs beside the image: {', '.join(kinds)}."]
    for name, values in samples.inputs.items():
        others = [
            n for n, v in enumerate(values) if isinstance(v, str) and not is_number(v)
        ]
        if values.dtype == object and 2 * len(others) < len(values):
            sentences.append(
                f"{name} is text because of {quote(values[others[0]])} in "
                f"{samples.locate(others[0])}."
            )
    return sentences


def _renumbered(target: Target) -> str:
    names = target.class_names or []
    shown = ", ".join(names[:_CLASSES_SHOWN])
    rest = ", ..." if len(names) > _CLASSES_SHOWN else ""
    return (
        f"Labels {shown}{rest} were renumbered 0, 1, ..., their positions in "
        "class_names."
    )


def using(subset: Subset, split: SplitSpec) -> str:
    """Says what a subset contains, and how many of its images this host gets."""
    purpose = "" if subset.name == WHOLE else f" for {PURPOSES[subset.name]}"
    if subset.name == "validation" and split.fold_index is not None:
        purpose += f" (fold {split.fold_index}"
        purpose += ")" if split.num_folds is None else f" of {split.num_folds})"
    share = len(subset.order)
    here = "" if split.num_shards is None else f", {share} of them in this shard"
    return f"Using {subset.contents}{purpose}{here}."


def weighing(targets: Structure[Target], class_weights: ClassWeights) -> str:
    """Says how much each class weighs; of many classes, the lightest and heaviest."""
    described = (
        f"{name} ({_weights_found(target, weights)})"
        if name
        else _weights_found(target, weights)
        for (name, target), weights in zip(targets.titled(), class_weights, strict=True)
        if weights is not None
    )
    return f"Class weights: {', '.join(described)}."


def _weights_found(target: Target, weights: NDArray[np.float64]) -> str:
    def describe(index: int) -> str:
        name = (target.class_names or [])[index]
        number = np.format_float_positional(
            weights[index], _DIGITS_SHOWN, fractional=False, trim="-"
        )
        is_plain = name.isprintable() and not is_number(name)
        return f"{name if is_plain else quote(name)} {number}"

    if len(weights) <= _CLASSES_SHOWN:
        return ", ".join(map(describe, range(len(weights))))
    lightest, heaviest = int(np.argmin(weights)), int(np.argmax(weights))
    return f"from {describe(lightest)} to {describe(heaviest)}"


def unaligned() -> str:
    """Says that predictions for shuffled images do not line up with `file_paths`."""
    return (
        "The images are reshuffled in every epoch, so predictions do not line up with "
        "file_paths. To predict, pass shuffle=False."
    )


def keeping(
    samples: Samples, order: NDArray[np.int64], spec: ImageSpec, cache: Cache
) -> str:
    """Says what a cache will contain, and how much room that takes."""
    columns = [(len(set(paths)), kind) for paths, kind in samples.files_of(order, spec)]
    num_images = sum(number for number, _ in columns)
    where = (
        "in memory" if cache.folder is None else f"in {os.path.join(cache.folder, '')}"
    )
    size = cache.size_in_words(columns)
    return f"Keeping {num_images} decoded images {where}: {size}."


def turning(samples: Samples) -> str:
    """Says how many image files are turned upright."""
    files = count_of(len(samples.orientations), "image file")
    return f"Turning {files} upright, as the EXIF orientation says."


def say(message: str) -> None:
    """Prints as Keras does: to the log if interactive logging is disabled."""
    import keras

    if keras.config.is_interactive_logging_enabled():
        print(printable(message), flush=True)
    else:
        from absl import logging

        logging.info(message)


def printable(text: str) -> str:
    """Escapes the characters that the encoding of the standard output lacks."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


class ProgressBar:
    """Keras's own progress bar; after all images are done, another one.

    Args:
        verbose: Whether to show it.
    """

    def __init__(self, verbose: bool) -> None:
        self._verbose = verbose
        self._bar: Any = None

    def update(self, done: int, total: int) -> None:
        """Shows how many images are done."""
        if not self._verbose:
            return
        import keras

        # The number of images is only known now.
        self._bar = self._bar or keras.utils.Progbar(total, unit_name="image")
        self._bar.update(done)
        if done == total:
            self._bar = None
