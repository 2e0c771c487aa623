"""How the lines of a CSV file are divided into rows, and rows into fields."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

# This becomes a row of its own after the last line, unless a quotation mark is open.
# No text contains it, because no encoding produces half of a surrogate pair.
END_OF_FILE = "\ud800"
# The blank line becomes part of an open field, which is then not `END_OF_FILE` alone.
_LAST_LINES = ("\n", END_OF_FILE)
_WHITESPACE = r"\s+"
_BLANKS = re.compile(r"[ \t]+")


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How rows are written, in the terms of `pandas.read_csv`.

    Attributes:
        separator: Separates the fields: a character, or a regular expression.
        quote: Encloses a field; `None` if quotation marks are plain text.
        escape: Makes the next character plain text, if any does.
        doubled: Whether a quotation mark in a quoted field is written twice.
        skips_spaces: Whether spaces after a separator are ignored.
        comment: Starts a comment, if anything does.
    """

    separator: str
    quote: str | None
    escape: str | None
    doubled: bool
    skips_spaces: bool
    comment: str | None

    @classmethod
    def of(cls, options: Mapping[str, Any], separator: str) -> "Dialect":
        """The dialect that options of `pandas.read_csv` describe."""
        is_plain = options.get("quoting") == csv.QUOTE_NONE
        return cls(
            separator=separator,
            quote=None if is_plain else options.get("quotechar", '"'),
            escape=options.get("escapechar"),
            doubled=options.get("doublequote", True),
            skips_spaces=options.get("skipinitialspace", False),
            comment=options.get("comment"),
        )

    def rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Divides lines into the fields of each row.

        Python's csv module does this, except for comments, which it does not know.

        Args:
            lines: The lines, with their ends. No line is read before it is needed.

        Returns:
            The rows, including those that pandas skips: `is_blank` tells which. The
            last is `[END_OF_FILE]`, unless a quotation mark is open at the end.

        Raises:
            csv.Error: If a field is longer than the limit of the csv module, which
                applies to the whole process. `match_rows` has no limit.
        """
        if self._is_expression:
            return map(self._split, chain(lines, _LAST_LINES))
        if self.comment is not None:
            return self.match_rows(lines)
        return csv.reader(
            self._prepare(lines),
            delimiter=self.character,
            quotechar=self.quote,
            quoting=csv.QUOTE_NONE if self.quote is None else csv.QUOTE_MINIMAL,
            escapechar=self.escape,
            doublequote=self.doubled,
            skipinitialspace=self.skips_spaces,
        )

    def match_rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Does what `rows` does, more slowly, with fields of any length."""
        return _FieldMatcher(self, self._prepare(lines)).rows()

    def is_blank(self, fields: list[str]) -> bool:
        """Whether a row is that of a blank line. A line of `""` is not blank."""
        if len(fields) != 1:
            return not fields
        return not fields[0].strip(" \t") and (self.skips_spaces or fields[0] != "")

    @property
    def character(self) -> str:
        """The character that separates fields."""
        return " " if self.separator == _WHITESPACE else self.separator

    @property
    def _is_expression(self) -> bool:
        return len(self.character) > 1

    def _prepare(self, lines: Iterable[str]) -> Iterable[str]:
        lines = chain(lines, _LAST_LINES)
        if self.separator == _WHITESPACE:
            return map(self._with_single_spaces, lines)
        return lines

    def _with_single_spaces(self, line: str) -> str:
        """Reduces blanks outside quotation marks to one space."""
        quote = self.quote or "\n"
        parts = line.strip(" \t\r\n").split(quote)
        parts[::2] = [_BLANKS.sub(" ", part) for part in parts[::2]]
        return quote.join(parts) + "\n"

    def _split(self, line: str) -> list[str]:
        """Divides a line at an expression. Like pandas, it ignores quotation marks."""
        text = line if self.comment is None else line.partition(self.comment)[0]
        return re.split(self.separator, text.strip()) if text.strip() else []


class _FieldMatcher:
    """Divides rows as the csv module does, but knows comments and has no limit."""

    def __init__(self, dialect: Dialect, lines: Iterable[str]) -> None:
        self._separator, self._quote = dialect.character, dialect.quote
        self._escape, self._doubled = dialect.escape, dialect.doubled
        self._spaces = re.compile(" *" if dialect.skips_spaces else "")
        escaped = [f"{re.escape(dialect.escape)}(?:.|$)"] if dialect.escape else []
        ends = {"\r", "\n", dialect.character, dialect.comment, dialect.escape}
        self._plain = _text_without(ends, escaped)
        self._escapes = _either(escaped)
        if dialect.quote is not None:
            doubled = [re.escape(dialect.quote) * 2] if dialect.doubled else []
            ends = {dialect.quote, dialect.escape}
            self._quoted = _text_without(ends, [*doubled, *escaped])
            self._quoted_escapes = _either([*doubled, *escaped])
        self._lines = iter(lines)
        self._line, self._place = "", 0

    def rows(self) -> Iterator[list[str]]:
        """Yields the rows, even an unclosed one, as the csv module does."""
        for line in self._lines:
            self._line, self._place = line, 0
            try:
                fields = [self._field()]
                while self._take(self._separator):
                    fields.append(self._field())
            except StopIteration:
                fields = ["", END_OF_FILE]
            yield fields if self._place > 0 else []

    def _field(self) -> str:
        self._match(self._spaces)
        text = ""
        if self._quote is not None and self._take(self._quote):
            text = self._quoted_escapes.sub(_second_character, self._rest_of_quoted())
            # After a quotation mark that could have been the first of two, the csv
            # module reads an escape character as plain text.
            if self._escape and self._doubled and self._take(self._escape):
                text += self._escape
        # Text after the closing quotation mark belongs to the field.
        return text + self._escapes.sub(_second_character, self._match(self._plain))

    def _rest_of_quoted(self) -> str:
        """The text up to the closing quotation mark, which can be on a later line."""
        assert self._quote is not None
        pieces = [self._match(self._quoted)]
        while not self._take(self._quote):
            self._line, self._place = next(self._lines), 0
            pieces.append(self._match(self._quoted))
        return "".join(pieces)

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._line, self._place)
        assert match is not None  # every pattern also matches nothing
        self._place = match.end()
        return match[0]

    def _take(self, character: str) -> bool:
        is_next = self._line.startswith(character, self._place)
        self._place += is_next
        return is_next


def _text_without(ends: set[str | None], exceptions: list[str]) -> re.Pattern[str]:
    """Matches text up to a character in `ends`, except in the `exceptions`."""
    ordinary = f"[^{re.escape(''.join(end for end in ends if end))}]+"
    return re.compile(f"(?:{'|'.join([ordinary, *exceptions])})*", re.DOTALL)


def _either(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or "(?!)", re.DOTALL)


def _second_character(match: re.Match[str]) -> str:
    return match[0][1:]
