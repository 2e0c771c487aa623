"""What an inspection finds: kinds of findings, and the rows that each is about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from keras_csv_dataset._messages import count_of, quote

# "error": `image_dataset_from_csv` refuses the rows. "warning": what a model learns, or
# its score, may be wrong. "note": worth a look.
Severity: TypeAlias = Literal["error", "warning", "note"]
Family: TypeAlias = Literal["rows", "leaks", "duplicates", "labels", "images"]


@dataclass(frozen=True)
class Kind:
    """A kind of finding.

    Attributes:
        title: Its heading in a report.
        family: The kinds that it is listed with.
        severity: How bad it is.
    """

    title: str
    family: Family
    severity: Severity


# Classes that a message names.
_MOST_NAMED = 5
# By stable names, the worst first.
KINDS = {
    "refused": Kind("What image_dataset_from_csv refuses", "rows", "error"),
    "missing_images": Kind("Rows without an image file", "rows", "error"),
    "corrupt_images": Kind("Images that cannot be decoded", "rows", "error"),
    "missing_labels": Kind("Rows without a label", "rows", "error"),
    "conflicting_duplicates": Kind(
        "The same picture with different labels", "labels", "warning"
    ),
    "leaking_duplicates": Kind(
        "The same picture in different subsets", "leaks", "warning"
    ),
    "similar_groups": Kind("One group under several spellings", "leaks", "warning"),
    "joined_labels": Kind("Several labels in one cell", "labels", "warning"),
    "numbers_as_classes": Kind("Numbers read as classes", "labels", "warning"),
    "class_per_image": Kind("A class for nearly every image", "labels", "warning"),
    "similar_classes": Kind("Classes with similar names", "labels", "warning"),
    "giveaways": Kind("Properties that give the label away", "labels", "warning"),
    "unequal_shares": Kind("Classes with unequal shares", "labels", "warning"),
    "identical_files": Kind("Identical files", "duplicates", "warning"),
    "identical_pixels": Kind("Identical pixels", "duplicates", "warning"),
    "near_duplicates": Kind("Near duplicates", "duplicates", "warning"),
    "exif_orientation": Kind("Images that lie on their side", "images", "warning"),
    "blank_images": Kind("Blank and nearly blank images", "images", "warning"),
    "dark_images": Kind("Very dark images", "images", "note"),
    "light_images": Kind("Very light images", "images", "note"),
    "blurred_images": Kind("Blurred images", "images", "note"),
    "grey_images": Kind("Grey images among coloured ones", "images", "note"),
    "sixteen_bit_images": Kind("Images with 16 bits", "images", "note"),
    "odd_sizes": Kind("Unusual sizes", "images", "note"),
    "odd_aspect_ratios": Kind("Unusual aspect ratios", "images", "note"),
    "upscaled_images": Kind("Images that will be upscaled", "images", "note"),
    "single_image_classes": Kind("Classes with one image", "labels", "note"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A row of the label file and, if the finding is about one, its image.

    Attributes:
        row: Number of the row, from 0.
        line: Its line in the CSV, from 1; `None` for a row of a DataFrame.
        path: Path of the image file; `None` if there is none.
        name: The file as the row names it.
        label: Its label as text; `None` if it has none.
        subset: `"training"`, `"validation"` or `"test"`; `None` without a split.
        detail: What was found about it, such as `12 × 9 pixels`; may be empty.
    """

    row: int
    line: int | None
    path: str | None
    name: str
    label: str | None = None
    subset: str | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that spoils, or may spoil, a dataset.

    Attributes:
        kind: A key of `KINDS`.
        message: What is wrong, in one sentence.
        advice: What to do about it. It names arguments of `image_dataset_from_csv`.
        groups: The rows or images: those that belong together, such as duplicates of
            each other, in one group, all others in a group each.
        classes: The classes, if the finding is about classes.
    """

    kind: str
    message: str
    advice: str = ""
    groups: tuple[tuple[Place, ...], ...] = ()
    classes: tuple[str, ...] = ()

    @property
    def places(self) -> Iterator[Place]:
        """All places, group by group."""
        return (place for group in self.groups for place in group)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Sorts findings in the order of `KINDS`."""
    order = list(KINDS)
    return sorted(findings, key=lambda found: order.index(found.kind))


def classes_have(names: list[str], of: str, what: str) -> str:
    """Says what some classes have, and names the first ones."""
    have = "has" if len(names) == 1 else "have"
    rest = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return (
        f"{count_of(len(names), 'class', 'classes')}{of} {have} {what}: "
        f"{', '.join(map(quote, names[:_MOST_NAMED]))}{rest}."
    )
