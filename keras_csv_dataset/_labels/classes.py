"""Which texts mean the same class, what a class is called, and the order of classes."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._files import nfc

_INTEGER = re.compile(r"[+-]?[0-9]{1,100}")
_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,100}\.?[0-9]{0,100}|\.[0-9]{1,100})(?:[eE][+-]?[0-9]{1,3})?"
)
_WHOLE = re.compile(r"([+-]?[0-9]{1,100})\.0*")


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
    texts: Sequence[str], names: list[str] | None, order: list[str] | None
) -> Classes:
    """Finds the classes among different texts.

    Texts that differ only in their Unicode form are one class, and so are `1` and `1.0`
    if all texts are numbers. A class has the name that is written first, without
    decimals if all are whole numbers.

    Args:
        texts: The different labels, in the order in which they first occur.
        names: The classes in the order of their indices; `None` to find them.
        order: All possible labels in their order, if they have one.

    Returns:
        The `Classes`, in the given order, in numerical order if all labels are
        numbers, or in alphabetical order.

    Raises:
        ValueError: If `names` contains a class twice.
    """
    key = _spelling([*texts, *(names or ())])
    keys = list(map(key, texts))
    if names is None:
        spellings: dict[str, str] = {}
        for text_key, text in zip(keys, texts, strict=True):
            spellings.setdefault(text_key, text)
        sorted_keys = _sort(spellings, order and list(map(key, order)))
        if are_integers(sorted_keys):
            names = sorted_keys
        else:
            names = [spellings[text_key] for text_key in sorted_keys]
    index = {key(name): number for number, name in enumerate(names)}
    if len(index) < len(names):
        raise ValueError(
            "`class_names` must name every class once; 1 and 1.0 are one class, and so "
            "are the forms of a letter that Unicode considers equal. Received: "
            f"class_names={names}"
        )
    indices = np.fromiter((index.get(k, -1) for k in keys), np.int32, len(keys))
    return Classes(names, indices)


def _spelling(texts: Iterable[str]) -> Callable[[str], str]:
    """What two spellings of one class have in common."""
    if not are_numbers(texts):
        return nfc
    return lambda text: match[1] if (match := _WHOLE.fullmatch(text)) else nfc(text)


def _sort(keys: Iterable[str], order: Sequence[str] | None) -> list[str]:
    if order is not None:
        place = {key: number for number, key in enumerate(order)}
        if place.keys() >= set(keys):
            return sorted(keys, key=place.__getitem__)
    if are_numbers(keys):
        # `01` and `1` are two classes, so their texts break the tie.
        return sorted(keys, key=lambda key: (Decimal(key), key))
    return sorted(keys)


def are_integers(labels: Iterable[str]) -> bool:
    """Whether all labels are written as integers."""
    return all(map(_INTEGER.fullmatch, labels))


def are_numbers(labels: Iterable[str]) -> bool:
    """Whether all labels are written as numbers."""
    return all(map(_NUMBER.fullmatch, labels))
