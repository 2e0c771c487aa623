"""Finds what is wrong with the table: its classes, its groups, its subsets."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

from keras_csv_dataset._inspection.collection import Collection
from keras_csv_dataset._inspection.findings import Finding, Place, classes_have
from keras_csv_dataset._inspection.places import place_of_row
from keras_csv_dataset._inspection.shares import unequal_shares
from keras_csv_dataset._labels import Target, doubts, name_parts
from keras_csv_dataset._messages import count_of, quote
from keras_csv_dataset._rows import Samples
from keras_csv_dataset._split import SplitSpec

_NAMED = 5


def table_findings(
    collection: Collection, split: SplitSpec | None
) -> Iterator[Finding]:
    """Yields what is wrong with labels, groups and subsets."""
    samples = collection.samples
    if samples is None:
        return
    for output, target in samples.targets.titled():
        of = f" of {output}" if output else ""
        for kind, found in groupby(doubts(target), key=lambda doubt: doubt.kind):
            every = list(found)
            others = count_of(len(every) - 1, "more pair")
            are = "is" if len(every) == 2 else "are"
            more = f" {others} {are} similar." if every[1:] else ""
            yield Finding(
                kind=kind,
                message=every[0].message + more,
                advice=every[0].advice,
                classes=tuple(name for doubt in every for name in doubt.classes),
            )
        yield from _single_images(samples, target, of)
        if split is not None:
            yield from unequal_shares(collection, split, target, of)
    yield from _similar_groups(collection, samples)


def _single_images(samples: Samples, target: Target, of: str) -> Iterator[Finding]:
    alone = [name for name, count in target.class_counts().items() if count == 1]
    if alone:
        yield Finding(
            kind="single_image_classes",
            message=classes_have(alone, of, "only one image"),
            advice="Such a class cannot be both learned and tested. Add images, or "
            "join it with another class.",
            classes=tuple(alone),
        )


def _similar_groups(collection: Collection, samples: Samples) -> Iterator[Finding]:
    """Groups whose names differ only by case, blanks, punctuation or leading zeros."""
    if samples.groups is None:
        return
    spellings: defaultdict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for sample, name in enumerate(samples.groups.tolist()):
        key = tuple(part.lstrip("0") or "0" for part in name_parts(name)) or (name,)
        spellings[key].setdefault(name, sample)
    alike = [names for names in spellings.values() if len(names) > 1]
    if alike:
        located, subsets = collection.images.located, collection.subset_of_sample

        def place(sample: int, name: str) -> Place:
            return place_of_row(
                located,
                int(samples.rows[sample]),
                subset=subsets[sample],
                detail=f"group {quote(name)}",
            )

        first = ", ".join(map(quote, list(alike[0])[:_NAMED]))
        yield Finding(
            kind="similar_groups",
            message=f"{count_of(len(alike), 'group')} "
            f"{'has' if len(alike) == 1 else 'have'} several spellings, such as "
            f"{first}: a split treats them as different.",
            advice="If they are the same, write them in the same way.",
            groups=tuple(
                tuple(place(sample, name) for name, sample in names.items())
                for names in alike
            ),
        )
