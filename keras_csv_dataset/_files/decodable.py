"""The formats of images that a call can decode."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

_CONVERT = (
    "This format cannot be decoded here: convert the files to PNG, and correct their "
    "names in the CSV."
)


def _advise_to_convert(suffixes: Collection[str]) -> str:
    return _CONVERT


@dataclass(frozen=True)
class Decodable:
    """The formats of images that a call can decode.

    Attributes:
        suffixes: Their suffixes, in lower case.
        advise: Says what to do about files in other formats, given their suffixes.
    """

    suffixes: tuple[str, ...] = ()
    advise: Callable[[Collection[str]], str] = _advise_to_convert
