"""Finds what is wrong with the table: its classes, its groups, its subsets."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from statistics import NormalDist

import numpy as np

from keras_csv_dataset._inspection.collection import Collection
from keras_csv_dataset._inspection.findings import Finding, Place
from keras_csv_dataset._labels import Target, doubts
from keras_csv_dataset._messages import count_of, quote
from keras_csv_dataset._rows import Samples

# Of the letters and the numbers of a name, case and leading zeros are ignored.
_PARTS = re.compile(r"[^\W\d_]+|\d+")
_FALSE_ALARMS = 0.001
_NAMED = 5


def table_findings(collection: Collection) -> Iterator[Finding]:
    """Yields what is wrong with labels, groups and subsets."""
    samples = collection.samples
    if samples is None:
        return
    for output, target in samples.targets.titled():
        of = f" of {output}" if output else ""
        for kind, found in groupby(doubts(target), key=lambda doubt: doubt.kind):
            every = list(found)
            more = f" {len(every) - 1} more pairs are similar." if every[1:] else ""
            yield Finding(
                kind=kind,
                message=every[0].message + more,
                advice=every[0].advice,
                classes=tuple(name for doubt in every for name in doubt.classes),
            )
        yield from _single_images(samples, target, of)
        yield from _unequal_shares(collection, target, of)
    yield from _similar_groups(samples)


def _single_images(samples: Samples, target: Target, of: str) -> Iterator[Finding]:
    alone = [name for name, count in target.class_counts().items() if count == 1]
    if alone:
        yield Finding(
            kind="single_image_classes",
            message=_classes_have(alone, of, "only one image"),
            advice="Such a class cannot be both learned and tested. Add images, or "
            "join it with another class.",
            classes=tuple(alone),
        )


def _unequal_shares(
    collection: Collection, target: Target, of: str
) -> Iterator[Finding]:
    """Classes whose shares in training and another subset differ by more than chance.

    The test is that of two proportions, at a level of `_FALSE_ALARMS` for all classes
    together.
    """
    counts = {
        name: target.class_counts_of(samples)
        for name, samples in collection.subsets.items()
    }
    training = counts.pop("training", None)
    if training is None or not training.any():
        return
    names = target.class_names or []
    level = _FALSE_ALARMS / max(len(names) * len(counts), 1)
    limit = NormalDist().inv_cdf(1 - level / 2)
    for subset, others in counts.items():
        if others is None or not others.any():
            continue
        sizes = training.sum(), others.sum()
        pooled = (training + others) / sum(sizes)
        error = np.sqrt(pooled * (1 - pooled) * (1 / sizes[0] + 1 / sizes[1]))
        difference = np.abs(training / sizes[0] - others / sizes[1])
        with np.errstate(invalid="ignore"):
            is_unequal = difference > limit * error
        is_absent = (training == 0) & (others > 0)
        for is_found, where, what in (
            (is_absent, f" in {subset}", "no image in training"),
            (is_unequal, "", f"another share in {subset} than in training"),
        ):
            if is_found.any():
                found = [names[index] for index in np.flatnonzero(is_found)]
                yield Finding(
                    kind="unequal_shares",
                    message=_classes_have(found, of + where, what),
                    advice="Pass `stratify=True` to give every class its share.",
                    classes=tuple(found),
                )
                break


def _similar_groups(samples: Samples) -> Iterator[Finding]:
    """Groups whose names differ only by case, blanks, punctuation or leading zeros."""
    if samples.groups is None:
        return
    spellings: defaultdict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for sample, name in enumerate(samples.groups.tolist()):
        parts = _PARTS.findall(name.casefold())
        key = tuple(part.lstrip("0") or "0" for part in parts) or (name,)
        spellings[key].setdefault(name, sample)
    alike = [names for names in spellings.values() if len(names) > 1]
    if alike:
        first = ", ".join(map(quote, list(alike[0])[:_NAMED]))
        yield Finding(
            kind="similar_groups",
            message=f"{count_of(len(alike), 'group')} "
            f"{'has' if len(alike) == 1 else 'have'} several spellings, such as "
            f"{first}: a split treats them as different.",
            advice="If they are the same, write them in the same way.",
            groups=tuple(
                tuple(_place(samples, sample, name) for name, sample in names.items())
                for names in alike
            ),
        )


def _place(samples: Samples, sample: int, group: str) -> Place:
    row = int(samples.rows[sample])
    (path, *_) = samples.keys_of(np.array([sample]))
    return Place(
        row=row,
        line=samples.source.line_of(row),
        path=None,
        name=path.partition("\0")[0].rpartition("/")[2],
        detail=f"group {quote(group)}",
    )


def _classes_have(names: list[str], of: str, what: str) -> str:
    """Says what some classes have, and names the first ones."""
    have = "has" if len(names) == 1 else "have"
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return (
        f"{count_of(len(names), 'class', 'classes')}{of} {have} {what}: "
        f"{', '.join(map(quote, names[:_NAMED]))}{rest}."
    )
