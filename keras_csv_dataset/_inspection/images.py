"""The images that rows name, each with what was measured of it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._images import CheckImages, ImageCheck, Thumbnails
from keras_csv_dataset._inspection.measures import MEASURES, measure
from keras_csv_dataset._labels import LabelSpec
from keras_csv_dataset._rows import Fault, LocatedRows, find_corrupt_images
from keras_csv_dataset._structure import Structure

OnProgress = Callable[[int, int], object]

# Channels of a grey image differ by this at most: JPEG rounds.
_GREY = 4


@dataclass(frozen=True, kw_only=True)
class Images:
    """The image files that rows name in the image columns, each of them once.

    Attributes:
        located: The rows, each with its files.
        columns: int64 `(images,)`, the column that names each image.
        rows: int64 `(images,)`, the first row of `located` that names it there.
        measures: `(images,)` of dtype `MEASURES`; zeros if it cannot be decoded.
    """

    located: LocatedRows
    columns: NDArray[np.int64]
    rows: NDArray[np.int64]
    measures: NDArray[Any]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, measure: str) -> NDArray[Any]:
        values: NDArray[Any] = self.measures[measure]
        return values

    def paths(self, images: NDArray[np.int64]) -> list[str]:
        """Paths of some images."""
        return list(map(self.path, images.tolist()))

    def path(self, image: int) -> str:
        """Path of an image."""
        column = int(self.columns[image])
        path: str = self.located.paths(column, self.rows[[image]])[0]
        return path

    def name(self, image: int) -> str:
        """An image as its row names it."""
        return str(self.located.table[int(self.columns[image])][self.rows[image]])

    def rows_in_file(self, images: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions, in the label file, of the rows of some images."""
        rows: NDArray[np.int64] = self.located.table.rows[self.rows[images]]
        return rows

    def named_by(self, rows: NDArray[np.int64]) -> "Images":
        """The same images, each as the first of some rows names it, if one does.

        Args:
            rows: int64, positions of the rows in the label file.
        """
        columns = np.array([*self.located.columns.images])
        numbers = np.stack(self.located.file_numbers(columns.tolist()), axis=1)
        own = numbers[self.rows, np.searchsorted(columns, self.columns)]
        chosen = np.flatnonzero(np.isin(self.located.table.rows, rows))
        named, first = np.unique(numbers[chosen], return_index=True)
        place = np.searchsorted(named, own)
        place[place == len(named)] = 0
        row, column = np.divmod(first[place], len(columns))
        is_named = named[place] == own
        return replace(
            self,
            rows=np.where(is_named, chosen[row], self.rows),
            columns=np.where(is_named, columns[column], self.columns),
        )

    @property
    def are_sound(self) -> NDArray[np.bool_]:
        """Which images can be decoded: `(images,)`."""
        sound: NDArray[np.bool_] = self.measures["height"] > 0
        return sound

    @property
    def are_grey(self) -> NDArray[np.bool_]:
        """Which images have no colours: `(images,)`."""
        grey: NDArray[np.bool_] = self.measures["colour"] <= _GREY
        return grey


@dataclass(frozen=True, kw_only=True)
class Look:
    """The result of decoding all files once.

    Attributes:
        images: The images.
        fault: The rows with a file that cannot be decoded; `None` if there are none.
        num_broken: How many files cannot be decoded.
        sizes: Height and width in pixels -> number of files, also of masks.
    """

    images: Images
    fault: Fault | None
    num_broken: int
    sizes: dict[tuple[int, int], int]


def look_at_images(
    located: LocatedRows,
    specs: Structure[LabelSpec],
    decode: CheckImages,
    on_progress: OnProgress,
    has_extra: bool,
) -> Look:
    """Decodes the files of all rows once, and measures the images.

    Args:
        located: The rows, each with its files.
        specs: How the labels of each output are read.
        decode: Decodes the images.
        on_progress: Called with the number of files that are done, and the total.
        has_extra: Whether the packages of the extra `check` are installed.

    Returns:
        A `Look`.
    """
    measured: list[NDArray[Any]] = []
    checks: list[ImageCheck] = []

    def check_images(
        paths: Sequence[str],
        on_done: Callable[[int], object],
        are_masks: bool = False,
        look: Callable[[Thumbnails], object] | None = None,
    ) -> ImageCheck:
        measures = np.zeros(len(paths), MEASURES)

        def look_at(thumbnails: Thumbnails) -> None:
            measures[thumbnails.numbers] = measure(thumbnails, has_extra)

        check = decode(paths, on_done, are_masks, look_at)
        measured.append(measures)
        checks.append(check)
        return check

    fault = find_corrupt_images(located, specs, check_images, on_progress)
    sizes: Counter[tuple[int, int]] = Counter()
    for check in checks:
        sizes += check.size_counts()
    return Look(
        images=_images(located, measured),
        fault=fault,
        num_broken=sum(len(check.errors) for check in checks),
        sizes=dict(sizes.most_common()),
    )


def _images(located: LocatedRows, measured: Sequence[NDArray[Any]]) -> Images:
    """Puts the images of all image columns in one list, in the order of the rows."""
    named = [*located.columns.images]
    numbers = located.file_numbers([*located.files])[: len(named)]
    columns, files, rows, measures = [], [], [], []
    for column, of_column, all_numbers in zip(named, measured, numbers, strict=False):
        # In the order in which the files were decoded.
        _, first = np.unique(located.files[column].numbers, return_index=True)
        columns.append(np.full(len(first), column))
        files.append(all_numbers[first])
        rows.append(first)
        measures.append(of_column)
    # An image that several columns name is there once.
    _, once = np.unique(np.concatenate(files), return_index=True)
    order = once[np.argsort(np.concatenate(rows)[once], kind="stable")]
    return Images(
        located=located,
        columns=np.concatenate(columns)[order],
        rows=np.concatenate(rows)[order].astype(np.int64),
        measures=np.concatenate(measures)[order],
    )
