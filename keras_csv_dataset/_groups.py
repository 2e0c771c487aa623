"""Groups of things that belong together, directly or through others."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]


class Groups:
    """Joins things into groups (union-find).

    Args:
        number: How many things there are, each in a group of its own.
    """

    def __init__(self, number: int) -> None:
        self._parent = list(range(number))

    def join(self, things: Sequence[int]) -> None:
        """Puts things, and all that belong to them, into one group."""
        first, *others = things
        for other in others:
            one, two = self.first(first), self.first(other)
            self._parent[max(one, two)] = min(one, two)

    def are_joined(self, one: int, other: int) -> bool:
        """Whether two things are in the same group."""
        return self.first(one) == self.first(other)

    def numbers(self) -> IntArray:
        """The first thing of each thing's group: int64 `(things,)`."""
        number = len(self._parent)
        return np.fromiter(map(self.first, range(number)), np.int64, number)

    def first(self, thing: int) -> int:
        """The first thing of a thing's group."""
        parent = self._parent
        while parent[thing] != thing:
            parent[thing] = parent[parent[thing]]
            thing = parent[thing]
        return thing


def groups_in(numbers: IntArray) -> list[IntArray]:
    """The things that share a number with another thing, in order of appearance."""
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    starts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    groups = (group for group in np.split(order, starts) if len(group) > 1)
    return sorted(groups, key=lambda group: int(group[0]))
