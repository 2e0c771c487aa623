"""The outputs of a model: none, one without a name, or several with names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Outputs(Generic[T]):
    """One value for each output of a model.

    Keras takes the labels of a model with one output as a tensor, and those of a model
    with several outputs as a dictionary. `unwrap` gives them back in that form, so no
    other code needs to know which of the two it is.

    Attributes:
        values: The value of each output; empty if the images come without labels.
        names: The name of each output, or `None` if the only output has no name.
    """

    values: tuple[T, ...] = ()
    names: tuple[str, ...] | None = None

    @classmethod
    def of(cls, value: T) -> "Outputs[T]":
        """The value of a single output without a name."""
        return cls((value,))

    @classmethod
    def named(cls, values: Mapping[str, T]) -> "Outputs[T]":
        """The values of several outputs, by name."""
        return cls(tuple(values.values()), tuple(values))

    def __iter__(self) -> Iterator[T]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def only(self) -> T | None:
        """The value of the single output without a name; `None` otherwise."""
        return self.values[0] if self.values and self.names is None else None

    def map(self, function: Callable[..., U], *others: "Outputs[Any]") -> "Outputs[U]":
        """Applies a function to the value of each output.

        Args:
            function: Takes the value of an output, and its value in each of `others`.
            *others: Values of the same outputs.

        Returns:
            The results, by output.
        """
        return Outputs(tuple(map(function, self.values, *others)), self.names)

    def titled(self) -> Iterator[tuple[str, T]]:
        """Yields the name of each output, empty if it has none, and its value."""
        return zip(self.names or [""] * len(self.values), self.values, strict=True)

    def unwrap(self) -> T | dict[str, T] | None:
        """The values as Keras takes them: one, a dictionary, or `None`."""
        if self.names is not None:
            return dict(zip(self.names, self.values, strict=True))
        return self.values[0] if self.values else None
