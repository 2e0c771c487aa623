"""How messages are worded: quoting, counting, listing, and "did you mean"."""

import difflib
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

# Number of offenders that a message names; it only counts the others.
_MOST_NAMED = 5
_LONGEST_QUOTE = 200
_T = TypeVar("_T")


def quote(value: object) -> str:
    """Quotes a value on one line, and shortens it if it is very long.

    Characters that cannot be printed are escaped, so no cell can control a terminal.
    """
    text = repr(value)
    half = _LONGEST_QUOTE // 2
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:half]}...{text[-half:]}"


def count_of(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 row`, `3 rows`, `2 classes`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def list_columns(columns: Iterable[Hashable], limit: int = 20) -> str:
    """Lists the first `limit` column names, and counts the rest."""
    names = [quote(name) for name in columns]
    rest = f", ... ({len(names) - limit} more)" if len(names) > limit else ""
    return ", ".join(names[:limit]) + rest


def did_you_mean(name: object, known: Iterable[object]) -> str:
    """Suggests the known name that is closest, as the end of a message."""
    by_text = {str(k).casefold(): k for k in known if k != ""}
    close = difflib.get_close_matches(str(name).casefold(), by_text, n=1)
    return f". Did you mean {quote(by_text[close[0]])}?" if close else ""


def list_offenders(
    offenders: Sequence[_T],
    describe: Callable[[_T], str],
    advice: str,
    *,
    out_of: str = "in total",
    most: int = _MOST_NAMED,
) -> str:
    """Writes the message about everything that breaks one rule.

    Args:
        offenders: What breaks the rule, in order.
        describe: Says in one line where an offender is and what is wrong with it.
        advice: What the user can do about it.
        out_of: What follows the number of offenders, such as `"of 20 rows"`.
        most: How many offenders to name.

    Returns:
        Text of several lines: the first offenders, their number, the advice.
    """
    lines = [describe(offender) for offender in offenders[:most]]
    if len(offenders) > most:
        rest = len(offenders) - most
        lines.append(f"... and {rest} more: {len(offenders)} {out_of}.")
    return "\n".join([*lines, advice])
