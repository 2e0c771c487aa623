"""The classes of samples that have any number of classes each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ClassSets:
    """The classes of each sample, as numbers: vectors would be almost entirely 0.

    The classes of sample `i` are `classes[offsets[i] : offsets[i + 1]]`.

    Attributes:
        offsets: int64 `(samples + 1,)`.
        classes: int32, class indices, in ascending order within a sample.
        num_classes: Number of classes.
    """

    offsets: NDArray[np.int64]
    classes: NDArray[np.int32]
    num_classes: int

    @classmethod
    def of(
        cls,
        samples: NDArray[np.integer],
        classes: NDArray[np.integer],
        *,
        num_samples: int,
        num_classes: int,
    ) -> "ClassSets":
        """Makes the sets from pairs of a sample and a class, in any order."""
        # Little more than one array is held at a time: there can be millions of pairs.
        pairs = samples.astype(np.int64)
        pairs *= num_classes
        pairs += classes
        pairs.sort()
        is_new = np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]
        if not is_new.all():
            pairs = pairs[is_new]
        starts = np.arange(num_samples + 1) * num_classes
        offsets = np.searchsorted(pairs, starts).astype(np.int64)
        if num_classes:
            pairs %= num_classes
        return cls(offsets, pairs.astype(np.int32), num_classes)

    @classmethod
    def singles(cls, classes: NDArray[np.int32], num_classes: int) -> "ClassSets":
        """Sets of one class each."""
        return cls(np.arange(len(classes) + 1), classes, num_classes)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Number of classes of each sample: int64 `(samples,)`."""
        return np.diff(self.offsets)

    @property
    def owners(self) -> NDArray[np.int32]:
        """The sample that has each of the classes: int32 `(ones,)`."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.sizes)

    def take(self, samples: NDArray[np.int64]) -> "ClassSets":
        """The sets of some samples, in the order given."""
        sizes = self.sizes[samples]
        offsets = _offsets(sizes)
        # Where each class is: its place in the new sets, moved by the start of its set.
        places = np.arange(offsets[-1])
        places += np.repeat(self.offsets[samples] - offsets[:-1], sizes)
        return ClassSets(offsets, self.classes[places], self.num_classes)

    def pairs(self) -> NDArray[np.int32]:
        """The place of every 1 in the vectors: int32 `(ones, 2)`, sample and class."""
        return np.stack([self.owners, self.classes], axis=1)

    def vectors(self, samples: NDArray[np.int64] | np.int64) -> NDArray[np.float32]:
        """A vector of 0 and 1 for each sample: float32 `(..., num_classes)`."""
        samples = np.asarray(samples)
        sets = self.take(samples.reshape(-1))
        vectors = np.zeros((len(sets), self.num_classes), np.float32)
        vectors[tuple(sets.pairs().T)] = 1
        return vectors.reshape(*samples.shape, self.num_classes)

    def differ_from(self, others: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which samples have other classes than their counterparts: `(samples,)`."""
        differ: NDArray[np.bool_] = self.sizes != self.sizes[others]
        rows = np.flatnonzero((others != np.arange(len(self))) & ~differ)
        here, there = self.take(rows), self.take(others[rows])
        owners = np.repeat(rows, here.sizes)
        differ[owners[here.classes != there.classes]] = True
        return differ


def _offsets(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    offsets = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return offsets
