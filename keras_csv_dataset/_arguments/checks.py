"""Checks that several arguments share."""

import operator
from collections.abc import Sequence

import numpy as np

from keras_csv_dataset._messages import did_you_mean


def check_choice(argument: str, value: object, choices: Sequence[object]) -> None:
    """Refuses a value that is not one of a few."""
    if not any(value is choice or value == choice for choice in choices):
        *others, last = map(repr, choices)
        raise ValueError(
            f"`{argument}` must be {', '.join(others)} or {last}. "
            f"Received: {argument}={value!r}{did_you_mean(value, choices)}"
        )


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
