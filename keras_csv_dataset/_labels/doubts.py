"""Labels that are read without an error, but may not be what they seem."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from keras_csv_dataset._labels.classes import are_integers, are_numbers
from keras_csv_dataset._labels.target import Target
from keras_csv_dataset._messages import count_of, quote

_FEW_CLASSES = 20
# Fewer classes than this are an example, in which each image may have its own.
_VERY_FEW_CLASSES = 10
_FEW_IMAGES = 10  # per class, on average
_SHORTEST_MISSPELT = 5  # letters: `M` and `F` also differ by one letter
_MOST_COMPARED = 20_000
# Letters, numbers, and marks that can be all that tells two names apart: `A+`, `A-`,
# `HER2-`, `-5 °C`, `1.5 mm`, `C#`, `>5`. Any other hyphen is punctuation, as in `P-01`.
_PARTS = re.compile(
    r"[^\W\d_]+|\d+(?:\.\d+)*|[+#<>=≤≥±]|(?<=\w)-(?!\w)|(?<!\w)-(?=\d)|-$"
)


def are_many_numbers(target: Target) -> bool:
    """Whether the classes are so many different numbers that "raw" may be meant."""
    names = target.class_names or []
    if target.names_files or target.mode == "multi_hot" or len(names) < _FEW_CLASSES:
        return False
    rare = len(target.values) < _FEW_IMAGES * len(names)
    return are_numbers(names) and (rare or not are_integers(names))


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Something that a user should look at.

    Attributes:
        kind: `"numbers_as_classes"`, `"class_per_image"`, `"similar_classes"` or
            `"joined_labels"`.
        message: What it is, in one sentence.
        advice: What to do if it is a mistake.
        classes: The classes that it is about, if not all.
    """

    kind: str
    message: str
    advice: str
    classes: tuple[str, ...] = ()


def doubts(target: Target) -> Iterator[Doubt]:
    """Yields what a user should look at."""
    if target.names_files:
        return
    names = target.class_names or []
    one_for_each = _is_one_for_nearly_each_image(target)
    if are_many_numbers(target) or (one_for_each and are_numbers(names)):
        yield Doubt(
            kind="numbers_as_classes",
            message=f"The labels are {len(names)} different numbers.",
            advice='If they are amounts rather than classes, pass label_mode="raw".',
        )
    elif one_for_each:
        yield Doubt(
            kind="class_per_image",
            message=f"There is a class for nearly every image: {len(names)} classes of "
            f"{len(target.values)} images.",
            advice="Check that it is the column of labels; another is passed as "
            "`label_column`.",
        )
    if target.joined_labels:
        cell, separator = target.joined_labels
        yield Doubt(
            kind="joined_labels",
            message=f"{quote(cell)} looks like several labels.",
            advice='If it is, pass label_mode="multi_hot" '
            f"label_separator={separator!r}.",
            classes=(cell,),
        )
    counts = target.class_counts()
    for a, b, difference in _similar(names):
        one, other = (f"{quote(n)} ({count_of(counts[n], 'image')})" for n in (a, b))
        yield Doubt(
            kind="similar_classes",
            message=f"Classes {one} and {other} differ only by {difference}.",
            advice="If they are the same, write them in the same way.",
            classes=(a, b),
        )


def name_parts(name: str) -> list[str]:
    """The parts of a name that tell it from others, in lower case.

    Blanks and punctuation are none, but signs and the points of decimals are. A name
    that is a number, other than a code of digits, is one part.
    """
    if are_numbers([name]) and not name.isdecimal():
        return [name]
    return _PARTS.findall(name.casefold().replace("\N{MINUS SIGN}", "-"))


def _is_one_for_nearly_each_image(target: Target) -> bool:
    num_classes, num_images = len(target.class_names or ()), len(target.values)
    if num_classes < _FEW_CLASSES:
        can_tell = num_classes >= _VERY_FEW_CLASSES and target.mode != "multi_hot"
        return can_tell and 10 * num_classes >= 9 * num_images
    return 2 * num_classes > num_images


def _similar(names: list[str]) -> Iterator[tuple[str, str, str]]:
    """Classes whose names differ by case, blanks or one letter."""
    known: dict[str, str] = {}
    distinct = []
    for name in names[:_MOST_COMPARED]:
        letters = "".join(map(_apart_if_number, name_parts(name)))
        other = known.setdefault(letters, name) if letters else name
        if other is name:
            distinct.append((name, letters))
        elif other.casefold() == name.casefold():
            yield other, name, "case"
        else:
            yield other, name, "blanks or punctuation"
    yield from _misspelt(distinct)


def _apart_if_number(part: str) -> str:
    """A part with blanks around it if it is a number: `1-2` is not `12`."""
    return f" {part} " if part[0].isdecimal() else part


def _misspelt(names: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Pairs of names that differ by one extra letter or one different letter."""
    # The names without letter number `i`, without any one letter, and in full.
    known: dict[tuple[int, str] | tuple[str, str], str] = {}
    for name, letters in names:
        if len(letters) < _SHORTEST_MISSPELT or not letters.isalpha():
            continue
        shorter = [letters[:i] + letters[i + 1 :] for i in range(len(letters))]
        similar = [*enumerate(shorter), ("shorter", letters)]
        similar += [("full", text) for text in shorter]
        for other in sorted({known[key] for key in similar if key in known}):
            yield other, name, "one letter"
        known |= dict.fromkeys(enumerate(shorter), name)
        known |= {("shorter", text): name for text in shorter}
        known["full", letters] = name
