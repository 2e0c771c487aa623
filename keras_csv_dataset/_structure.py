"""Values as Keras takes them: none, one without a name, or several with names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Structure(Generic[T]):
    """One value for each input or output of a model.

    Keras takes a single tensor, or a dictionary if there are several, for the images of
    a sample as well as for its labels. `unwrap` gives the values back in that form, so
    no other code needs to know which of the two it is.

    Attributes:
        values: The values; empty if there are none, as of labels to be predicted.
        names: The name of each value, or `None` if the only value has none.
    """

    values: tuple[T, ...] = ()
    names: tuple[str, ...] | None = None

    @classmethod
    def of(cls, value: T) -> "Structure[T]":
        """A single value without a name."""
        return cls((value,))

    @classmethod
    def named(cls, values: Mapping[str, T]) -> "Structure[T]":
        """Several values, by name."""
        return cls(tuple(values.values()), tuple(values))

    def __iter__(self) -> Iterator[T]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def only(self) -> T | None:
        """The single value without a name; `None` otherwise."""
        return self.values[0] if self.values and self.names is None else None

    def map(
        self, function: Callable[..., U], *others: "Structure[Any]"
    ) -> "Structure[U]":
        """Applies a function to each value.

        Args:
            function: Takes a value, and the one in its place in each of `others`.
            *others: As many values, with the same names.

        Returns:
            The results, with the same names.
        """
        return Structure(tuple(map(function, self.values, *others)), self.names)

    def titled(self) -> Iterator[tuple[str, T]]:
        """Yields each name, empty if there is none, and its value."""
        return zip(self.names or [""] * len(self.values), self.values, strict=True)

    def unwrap(self) -> T | dict[str, T] | None:
        """The values as Keras takes them: one, a dictionary, or `None`."""
        if self.names is not None:
            return dict(zip(self.names, self.values, strict=True))
        return self.values[0] if self.values else None
