"""What is said of a data set to those who want to hear it."""

import os
from typing import Any

import numpy as np

from keras_csv_dataset._file_finder import LocatedImages
from keras_csv_dataset._image_cache import size_in_words
from keras_csv_dataset._image_spec import ImageSpec
from keras_csv_dataset._label_table import quote
from keras_csv_dataset._samples import Samples
from keras_csv_dataset._split import ALL

_CLASSES_SHOWN = 5


def found(samples: Samples, images: LocatedImages, folder: str | None) -> str:
    """What was found, as Keras says it, and what a careful person asks next."""
    message = f"Found {len(samples)} images in {samples.source.name}"
    single = samples.targets.get(None)
    if single is not None and single.class_names:
        message += f" belonging to {len(single.class_names)} classes"
    elif single is None and samples.targets:
        message += " with " + ", ".join(
            f"{output} ({len(target.class_names)} classes)"
            if target.class_names
            else f"{output}"
            for output, target in samples.targets.items()
        )
    message += "."
    for target in samples.targets.values():
        if target.is_renumbered:
            names = target.class_names or []
            shown = ", ".join(names[:_CLASSES_SHOWN])
            rest = ", …" if len(names) > _CLASSES_SHOWN else ""
            message += (
                f" Labels {shown}{rest} were renumbered 0, 1, …, their places in "
                "class_names."
            )
    if single is not None and single.joined_labels:
        cell, separator = single.joined_labels
        message += (
            f" {quote(cell)} looks like several labels: if it is, pass "
            f'label_mode="multi_hot", label_separator={separator!r}.'
        )
    repeats = int((samples.first != np.arange(len(samples))).sum())
    if repeats:
        message += f" {repeats} of them are repetitions."
    unnamed = images.count_unnamed()
    if unnamed and folder is not None:
        where = os.path.basename(os.path.normpath(folder))
        message += f" {unnamed} more image files in {where} are named by no row."
    return message


def using(images: str, part: str, num_shards: int | None, share: int) -> str:
    """What a subset holds, and how much of it this host has."""
    purpose = "" if part == ALL else f" for {part}"
    here = "" if num_shards is None else f", {share} of them in this shard"
    return f"Using {images}{purpose}{here}."


def keeping(num_images: int, spec: ImageSpec, cache: bool | str) -> str:
    """What a cache will hold, and how much room that takes."""
    where = "in memory" if cache is True else f"in {os.path.join(str(cache), '')}"
    size = size_in_words(num_images, spec)
    return f"Keeping {num_images} decoded images {where}: {size}."


def say(message: str) -> None:
    """Prints as Keras does: to the log, if interactive logging is disabled."""
    import keras

    if keras.config.is_interactive_logging_enabled():
        print(message, flush=True)
    else:
        from absl import logging

        logging.info(message)


class ProgressBar:
    """Keras's own progress bar, if it is wanted."""

    def __init__(self, verbose: bool) -> None:
        self._verbose = verbose
        self._bar: Any = None

    def update(self, done: int, total: int) -> None:
        """Shows how much is done."""
        if not self._verbose:
            return
        import keras

        # Only now is it known how much there is.
        self._bar = self._bar or keras.utils.Progbar(total, unit_name="image")
        self._bar.update(done)
