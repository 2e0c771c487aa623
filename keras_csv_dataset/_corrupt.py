"""Rows whose image cannot be decoded: an error, or left out with a warning."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np

from keras_csv_dataset._label_table import quote
from keras_csv_dataset._located_rows import LocatedRows
from keras_csv_dataset._missing import settle

# Whoever has the files repaired needs all their names; a screen must end somewhere.
MOST_NAMED = 1000

OnProgress = Callable[[int, int], object]


class ImageCheck(Protocol):
    """What decoding every image has shown."""

    @property
    def errors(self) -> Mapping[int, str]:
        """Number of each image that could not be decoded -> why."""


CheckImages = Callable[[Sequence[str], Callable[[int], object]], ImageCheck]


def keep_rows_with_sound_image(
    rows: LocatedRows, policy: str, check_images: CheckImages, on_progress: OnProgress
) -> LocatedRows:
    """Keeps the rows whose image can be decoded. Every file is decoded once.

    Args:
        rows: The rows, each of which has found its file.
        policy: `"error"` refuses the others, `"skip"` leaves them out.
        check_images: Decodes images, given their paths.
        on_progress: Called with the number of images decoded, and of all.

    Returns:
        The rows that are kept.

    Raises:
        ValueError: If some images cannot be decoded and `policy` is `"error"`, or no
            image can.
    """
    files, file_of_row = np.unique(rows.images.numbers, return_inverse=True)
    paths = rows.images.files.full_paths(files)
    errors = check_images(paths, lambda done: on_progress(done, len(paths))).errors
    sound = np.ones(len(files), bool)
    sound[list(errors)] = False
    kept = sound[file_of_row]
    if errors:
        names = rows.table[rows.columns.image]
        settle(
            rows.table,
            kept,
            lambda row: (
                f"{quote(names[row])} cannot be decoded: "
                f"{errors[int(file_of_row[row])]}"
            ),
            'Replace the files or remove their rows; corrupt_images="skip" leaves them '
            "out.",
            policy,
            most=MOST_NAMED,
        )
    return rows.take(np.flatnonzero(kept))
