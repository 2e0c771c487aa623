"""Labels that are read without an error, but may not be what they seem."""

import re
from collections.abc import Iterator

from keras_csv_dataset._labels.classes import are_integers, are_numbers
from keras_csv_dataset._labels.target import Target
from keras_csv_dataset._messages import quote

_FEW_CLASSES = 20
# Fewer classes than this are an example, in which each image may have its own.
_VERY_FEW_CLASSES = 10
_FEW_IMAGES = 10  # per class, on average
_SHORTEST_MISSPELT = 5  # letters: `M` and `F` also differ by one letter
_MOST_COMPARED = 20_000
_MOST_NAMED = 5
_NO_LETTER = re.compile(r"[\W_]+")


def are_many_numbers(target: Target) -> bool:
    """Whether the classes are so many different numbers that "raw" may be meant."""
    names = target.class_names or []
    if target.names_files or target.mode == "multi_hot" or len(names) < _FEW_CLASSES:
        return False
    rare = len(target.values) < _FEW_IMAGES * len(names)
    return are_numbers(names) and (rare or not are_integers(names))


def doubts(target: Target) -> list[str]:
    """What a user should look at: one sentence for each doubt."""
    if target.names_files:
        return []
    names = target.class_names or []
    found = []
    one_for_each = _is_one_for_nearly_each_image(target)
    if are_many_numbers(target) or (one_for_each and are_numbers(names)):
        found.append(
            f"The labels are {len(names)} different numbers. If they are amounts "
            'rather than classes, pass label_mode="raw".'
        )
    elif one_for_each:
        found.append(
            f"There is a class for nearly every image: {len(names)} classes of "
            f"{len(target.values)} images. Is it the column of labels?"
        )
    counts = target.class_counts()
    pairs = list(_similar(names))
    found += [
        f"Classes {quote(a)} ({counts[a]} images) and {quote(b)} ({counts[b]} images) "
        f"differ only by {difference}. Are they the same?"
        for a, b, difference in pairs[:_MOST_NAMED]
    ]
    if len(pairs) > _MOST_NAMED:
        found.append(f"{len(pairs) - _MOST_NAMED} more pairs of classes are similar.")
    return found


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
        letters = _NO_LETTER.sub("", name.casefold())
        other = known.setdefault(letters, name) if letters else name
        if other is name:
            distinct.append((name, letters))
        elif other.casefold() == name.casefold():
            yield other, name, "case"
        else:
            yield other, name, "blanks or punctuation"
    yield from _misspelt(distinct)


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
