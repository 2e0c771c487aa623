"""Which texts mean the same class, what a class is called, and the order of classes."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files import nfc

_INTEGER = re.compile(r"[+-]?[0-9]{1,100}")
_DIGITS = re.compile(r"[0-9]+")
_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,100}\.?[0-9]{0,100}|\.[0-9]{1,100})(?:[eE][+-]?[0-9]{1,3})?"
)

# What the spellings of one class have in common: a number, or text in NFC.
_Key = Decimal | str


@dataclass(frozen=True)
class Classes:
    """The classes that texts stand for.

    Attributes:
        names: Name of each class.
        indices: int32 `(texts,)`, the class of each text; -1 if it is none of them.
    """

    names: list[str]
    indices: NDArray[np.int32]


def find_classes(
    texts: Sequence[str],
    names: list[str] | None,
    order: list[str] | None,
    *,
    can_be_numbers: bool = True,
) -> Classes:
    """Finds the classes among different texts.

    Texts that differ only in their Unicode form are one class, and so are equal numbers
    if all texts are numbers. A class has the name that is written first. If all are
    whole numbers, their names are integers, as in the DataFrame that pandas makes of
    the texts; codes such as `01` keep their zeros.

    Args:
        texts: The different labels, in the order in which they first occur.
        names: The classes in the order of their indices; `None` to find them.
        order: All possible labels in their order, if they have one.
        can_be_numbers: Whether texts can be numbers; otherwise `01` and `1` differ.

    Returns:
        The `Classes`, in the given order, in numerical order if all labels are
        numbers, or in alphabetical order.

    Raises:
        ValueError: If `names` contains a class twice.
    """
    is_numeric = can_be_numbers and are_numbers([*texts, *(names or ())])
    key: Callable[[str], _Key] = _number_or_text if is_numeric else nfc
    keys = list(map(key, texts))
    if names is None:
        spellings: dict[_Key, str] = {}
        for text_key, text in zip(keys, texts, strict=True):
            spellings.setdefault(text_key, text)
        sorted_keys = _sort(spellings, order and list(map(key, order)))
        if _are_codes(texts) and len(spellings) == len(texts):
            names = [spellings[text_key] for text_key in sorted_keys]
        else:
            names = _as_integers(sorted_keys) or [spellings[k] for k in sorted_keys]
        index = {text_key: number for number, text_key in enumerate(sorted_keys)}
    else:
        index = {key(name): number for number, name in enumerate(names)}
    if len(index) < len(names):
        raise ValueError(
            "`class_names` must name every class once; equal numbers, such as 1 and "
            "1.0, are one class, and so are the forms of a letter that Unicode "
            f"considers equal. Received: class_names={names}"
        )
    indices = np.fromiter((index.get(k, -1) for k in keys), np.int32, len(keys))
    return Classes(names, indices)


def _number_or_text(text: str) -> _Key:
    # Unlike a float, a Decimal is exact: long numbers are not equal by rounding.
    return Decimal(text) if _NUMBER.fullmatch(text) else nfc(text)


def _sort(keys: Collection[_Key], order: Sequence[_Key] | None) -> list[_Key]:
    if order is not None:
        place = {key: number for number, key in enumerate(order)}
        if place.keys() >= set(keys):
            return sorted(keys, key=place.__getitem__)
    # Either all are numbers, or all are texts.
    return sorted(keys)


def _are_codes(texts: Iterable[str]) -> bool:
    """Whether all texts consist of digits, which can begin with zeros: `01`, `02`."""
    return all(map(_DIGITS.fullmatch, texts))


def _as_integers(keys: Iterable[_Key]) -> list[str] | None:
    """The names of whole numbers; `None` if some are not."""
    names = []
    for key in keys:
        if not isinstance(key, Decimal) or key != int(key):
            return None
        names.append(str(int(key)))
    return names


def are_integers(labels: Iterable[str]) -> bool:
    """Whether all labels are written as integers."""
    return all(map(_INTEGER.fullmatch, labels))


def are_numbers(labels: Iterable[str]) -> bool:
    """Whether all labels are written as numbers."""
    return all(map(_NUMBER.fullmatch, labels))
