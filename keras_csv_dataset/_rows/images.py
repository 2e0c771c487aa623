"""Which rows have the same images, and which have any image in common."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._groups import Groups


def first_of_each(files: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """For every row, the first row that has the same images.

    Args:
        files: Number of each row's image, int64 `(rows,)` for each image column.
    """
    codes = files[0]
    for others in files[1:]:
        both = codes * (int(others.max(initial=0)) + 1) + others
        codes = np.unique(both, return_inverse=True)[1]
    rows = np.arange(len(codes))
    first = np.empty(int(codes.max()) + 1, np.int64)
    first[codes[::-1]] = rows[::-1]
    return first[codes]


def join_by_images(files: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Numbers rows so that those with an image in common have the same number.

    These are the connected components of rows and images, however long the chain of
    rows that connects two of them.

    Args:
        files: Number of each row's image, int64 `(rows,)` for each image column. A file
            has the same number in all columns.
    """
    if len(files) == 1:
        return files[0]
    groups = Groups(max(int(numbers.max()) for numbers in files) + 1)
    for row in zip(*(numbers.tolist() for numbers in files), strict=True):
        groups.join(row)
    return groups.numbers()[files[0]]
