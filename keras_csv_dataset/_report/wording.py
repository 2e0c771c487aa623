"""How the page words counts, and shows names, labels and messages of strangers."""

import re
from collections.abc import Iterator
from itertools import cycle, groupby
from typing import Literal, NamedTuple, TypeAlias

from keras_csv_dataset._inspection import Inspection

# Longer text is cut in the middle: a name keeps its beginning and its extension.
LONGEST_NAME = 120
LONGEST_MESSAGE = 1500
# These bound the markup of names that consist of hidden characters.
_LONGEST_ESCAPE = 60
_MOST_PIECES = 16
# They join letters of Arabic and of Indian scripts, and the parts of an emoji.
_JOINERS = "\u200c\u200d"
_BLANKS = re.compile(r"(^ +| +$| {2,})")
# A long path or name breaks after these, rather than anywhere.
_STRETCH = re.compile(r"[^/\\_-]*[/\\_-]+|[^/\\_-]+")
# Words in backticks, and flags of the command line.
_CODE = re.compile(r"`([^`\n]+)`|(?<!\S)(--[a-z][a-z-]{0,30}[a-z])(?![\w-])")

Style: TypeAlias = Literal["plain", "blank", "hidden", "code", "flag", "break"]


class Piece(NamedTuple):
    """A stretch of text that is shown in one way.

    Attributes:
        style: `"blank"`: spaces that are easily overlooked; `"hidden"`: the escape of a
            character that has no shape of its own, or that reorders others; `"code"`;
            `"flag"`: code that is not divided between lines; `"break"`: the end of a
            line.
        text: The text.
    """

    style: Style
    text: str


def shorten(text: str, limit: int) -> str:
    """Cuts text in the middle if it is longer than `limit` characters."""
    half = limit // 2
    return text if len(text) <= limit else f"{text[:half]}…{text[-half:]}"


def pieces_of_name(text: str) -> list[Piece]:
    """Splits a name, so that nothing in it can hide or reorder the page."""
    pieces = list(_name(shorten(text, LONGEST_NAME)))
    if len(pieces) > _MOST_PIECES:
        pieces[_MOST_PIECES:] = [Piece("plain", "…")]
    return pieces


def pieces_of_prose(text: str) -> list[Piece]:
    """Splits a message. Its lines, words in backticks, and flags are kept apart."""
    pieces: list[Piece] = []
    for number, line in enumerate(shorten(text, LONGEST_MESSAGE).split("\n")):
        pieces += [Piece("break", "")] if number else []
        styles: cycle[Style] = cycle(("plain", "code", "flag"))
        parts = zip(styles, _CODE.split(line), strict=False)
        pieces += [Piece(style, _visible(part)) for style, part in parts if part]
    return pieces


def breakable(text: str) -> list[str]:
    """Splits a path where it may be divided between lines."""
    return _STRETCH.findall(text)


def plain(text: str) -> str:
    """A name without markup, for a place where there can be none."""
    return _visible(shorten(text, LONGEST_NAME))


def nothing_found(inspection: Inspection) -> str:
    """What is said if there are no findings."""
    if inspection.skipped:
        return "Nothing was found in what was looked at."
    return "Nothing is wrong."


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 image`, `3,000 images`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def joined(words: list[str]) -> str:
    """Joins words as a sentence does: `a, b and c`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def rounded(number: float) -> str:
    """A number with four digits that count, and with separators for thousands."""
    if 1e4 <= abs(number) < 1e12:
        return f"{number:,.0f}"
    return f"{number:,.4g}"


def _is_visible(character: str) -> bool:
    return character.isprintable() or character in _JOINERS


def _escape(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii")


def _visible(text: str) -> str:
    return "".join(c if _is_visible(c) else _escape(c) for c in text)


def _name(text: str) -> Iterator[Piece]:
    for is_visible, run in groupby(text, _is_visible):
        stretch = "".join(run)
        if not is_visible:
            yield Piece("hidden", shorten(_escape(stretch), _LONGEST_ESCAPE))
            continue
        for place, part in enumerate(_BLANKS.split(stretch)):
            if part:
                yield Piece("blank" if place % 2 else "plain", part)
