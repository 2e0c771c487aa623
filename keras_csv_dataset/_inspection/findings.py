"""What an inspection finds: kinds of findings, and the rows that each is about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

# "error": `image_dataset_from_csv` refuses the rows. "warning": results will be wrong or
# too good. "note": worth a look.
Severity: TypeAlias = Literal["error", "warning", "note"]
Family: TypeAlias = Literal["rows", "leaks", "duplicates", "labels", "images"]


@dataclass(frozen=True, kw_only=True)
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


# By stable names, the worst first.
KINDS: dict[str, Kind] = {
    name: Kind(title=title, family=family, severity=severity)
    for name, title, family, severity in (
        ("unreadable", "Cannot be read", "rows", "error"),
        ("missing_images", "Rows without an image file", "rows", "error"),
        ("corrupt_images", "Images that cannot be decoded", "rows", "error"),
        ("missing_labels", "Rows without a label", "rows", "error"),
        (
            "conflicting_duplicates",
            "The same picture with different labels",
            "labels",
            "warning",
        ),
        (
            "leaking_duplicates",
            "The same picture in different subsets",
            "leaks",
            "warning",
        ),
        ("similar_groups", "One group under two spellings", "leaks", "warning"),
        ("joined_labels", "Several labels in one cell", "labels", "warning"),
        ("numbers_as_classes", "Numbers read as classes", "labels", "warning"),
        ("class_per_image", "A class for nearly every image", "labels", "warning"),
        ("similar_classes", "Classes with similar names", "labels", "warning"),
        ("giveaways", "Properties that give the label away", "labels", "warning"),
        ("identical_files", "Identical files", "duplicates", "warning"),
        ("identical_pixels", "Identical pixels", "duplicates", "warning"),
        ("near_duplicates", "Near duplicates", "duplicates", "warning"),
        ("exif_orientation", "Images that lie on their side", "images", "warning"),
        ("blank_images", "Blank and nearly blank images", "images", "warning"),
        ("dark_images", "Very dark images", "images", "note"),
        ("light_images", "Very light images", "images", "note"),
        ("blurred_images", "Blurred images", "images", "note"),
        ("grey_images", "Grey images among coloured ones", "images", "note"),
        ("sixteen_bit_images", "16-bit images", "images", "note"),
        ("odd_sizes", "Unusual sizes", "images", "note"),
        ("odd_aspect_ratios", "Unusual aspect ratios", "images", "note"),
        ("upscaled_images", "Images that will be upscaled", "images", "note"),
        ("single_image_classes", "Classes with one image", "labels", "note"),
        ("unequal_shares", "Classes with unequal shares", "labels", "note"),
    )
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
    """Sorts findings by severity, then in the order of `KINDS`."""
    severities: list[Severity] = ["error", "warning", "note"]
    order = {name: number for number, name in enumerate(KINDS)}
    return sorted(
        findings,
        key=lambda found: (
            severities.index(KINDS[found.kind].severity),
            order[found.kind],
        ),
    )
