"""Checks that several arguments share."""

import operator
from collections.abc import Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from keras_csv_dataset._messages import did_you_mean


def check_choice(
    argument: str,
    value: object,
    choices: Sequence[object],
    synonyms: Mapping[object, str] = MappingProxyType({}),
) -> None:
    """Refuses a value that is not one of the choices.

    Args:
        argument: Name of the argument.
        value: Its value.
        choices: The values that are valid.
        synonyms: Words that other libraries use -> the choice that means the same.
    """
    if not any(value is choice or value == choice for choice in choices):
        *others, last = map(repr, choices)
        raise ValueError(
            f"`{argument}` must be {', '.join(others)} or {last}. "
            f"Received: {argument}={value!r}{suggest(value, choices, synonyms)}"
        )


def suggest(
    value: object, choices: Sequence[object], synonyms: Mapping[object, str]
) -> str:
    """Suggests the choice that was probably meant, as the end of a message."""
    meant = synonyms.get(value) if isinstance(value, Hashable) else None
    return did_you_mean(value if meant is None else meant, choices)


def without_arrays(names: Any) -> Any:
    """One name or several, with a list for an Index or an array of names."""
    return names.tolist() if hasattr(names, "tolist") else names


def check_flag(argument: str, value: object) -> bool:
    """Refuses a value that is neither True nor False, such as the name of a column."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(
            f"`{argument}` must be True or False. Received: {argument}={value!r}"
        )
    return bool(value)


def check_whole_number(
    argument: str, value: object, smallest: int, largest: float = float("inf")
) -> int:
    """Refuses a value that is not an integer between two bounds."""
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = smallest - 1
    if not smallest <= number <= largest or isinstance(value, bool):
        bounds = f"from {smallest} " + (f"to {largest}" if largest < 2**64 else "on")
        raise ValueError(
            f"`{argument}` must be a whole number {bounds}. "
            f"Received: {argument}={value!r}"
        )
    return number
