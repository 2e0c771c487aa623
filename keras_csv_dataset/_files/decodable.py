"""The formats of images that a call can decode."""

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Decodable:
    """The formats of images that a call can decode.

    Attributes:
        suffixes: Their suffixes, in lower case.
        advise: Says what to do about files in other formats, given their suffixes.
    """

    suffixes: tuple[str, ...] = ()
    advise: Callable[[Collection[str]], str] = lambda suffixes: ""
