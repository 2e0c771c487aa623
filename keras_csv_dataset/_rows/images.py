"""Which rows have the same images, and which have any image in common."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


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
    parent = list(range(max(int(numbers.max()) for numbers in files) + 1))

    def root(file: int) -> int:
        while parent[file] != file:
            parent[file] = parent[parent[file]]
            file = parent[file]
        return file

    for numbers in files[1:]:
        for one, other in zip(files[0].tolist(), numbers.tolist(), strict=True):
            parent[root(other)] = root(one)
    return np.fromiter(map(root, files[0].tolist()), np.int64, len(files[0]))
