"""What the page shows of each finding: a bounded number of its pictures and rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from keras_csv_dataset._inspection import KINDS, Finding, Kind, Place
from keras_csv_dataset._report.pictures import Picture, Pictures
from keras_csv_dataset._report.wording import count, joined

MOST_FINDINGS = 60
MOST_GROUPS = 60
MOST_PICTURES_IN_GROUP = 12
# Rows without an image are a long table soon, and teach less than pictures do.
MOST_ROWS = 20
MOST_CLASSES = 60
# Text takes space too: of all findings together, no more than this is shown.
MOST_PLACES = 4000


@dataclass(frozen=True, kw_only=True)
class ShownPlace:
    """A row, with a picture if it has one.

    Attributes:
        place: The row.
        picture: Its thumbnail, or the reason why there is none.
    """

    place: Place
    picture: Picture | str

    @property
    def number(self) -> int:
        """Number of its line in the CSV, or of its row in the DataFrame."""
        return self.place.row if self.place.line is None else self.place.line

    @property
    def where(self) -> str:
        """The same as text."""
        return f"{'Row' if self.place.line is None else 'Line'} {self.number}"


@dataclass(frozen=True, kw_only=True)
class ShownGroup:
    """Images that belong together.

    Attributes:
        places: The first of them.
        rest: How many more there are.
        size: How many there are.
        labels: How many labels they have, if they should have one.
        subsets: How many subsets they are in, if they should be in one.
    """

    places: list[ShownPlace]
    rest: int
    size: int
    labels: int
    subsets: int


@dataclass(frozen=True, kw_only=True)
class ShownFinding:
    """A finding on the page.

    Attributes:
        number: Its number, from 1.
        kind: Its kind.
        finding: What was found.
        extent: How much was found, in words; may be empty.
        singles: Images that do not belong together.
        frames: Groups of images that belong together.
        tables: Groups of rows, if the finding is not about images.
        has_labels: Whether any of them has a label.
        rest: What is not shown, in words; empty if everything is.
        classes: The first classes.
        more_classes: How many more there are.
    """

    number: int
    kind: Kind
    finding: Finding
    extent: str
    singles: list[ShownPlace]
    frames: list[ShownGroup]
    tables: list[ShownGroup]
    has_labels: bool
    rest: str
    classes: tuple[str, ...]
    more_classes: int


def show_findings(findings: list[Finding], pictures: Pictures) -> list[ShownFinding]:
    """Chooses what to show of findings.

    Args:
        findings: What was found, the worst first.
        pictures: Draws the images, and holds the thumbnails.

    Returns:
        The findings in the same order. Each gets an equal share of the space that those
        before it have left.
    """
    shown: list[ShownFinding] = []
    findings = findings[:MOST_FINDINGS]
    places_left = MOST_PLACES
    for number, finding in enumerate(findings, start=1):
        findings_left = len(findings) - len(shown)
        pictures.begin_finding(findings_left)
        most_places = places_left // findings_left
        shown.append(_show(number, finding, pictures, most_places))
        places_left -= _number_of_places(shown[-1])
    return shown


def _show(
    number: int, finding: Finding, pictures: Pictures, most_places: int
) -> ShownFinding:
    about_images = any(place.path is not None for place in finding.places)
    most_groups = MOST_GROUPS if about_images else MOST_ROWS
    first = islice((group for group in finding.groups if group), most_groups)
    groups = list(_show_groups(finding.kind, first, pictures, most_places))
    pictured = groups if about_images else []
    return ShownFinding(
        number=number,
        kind=KINDS[finding.kind],
        finding=finding,
        extent=_extent(finding),
        singles=[group.places[0] for group in pictured if group.size == 1],
        frames=[group for group in pictured if group.size > 1],
        tables=[] if about_images else groups,
        has_labels=any(place.label is not None for place in finding.places),
        rest=_rest(finding, len(groups)),
        classes=finding.classes[:MOST_CLASSES],
        more_classes=max(len(finding.classes) - MOST_CLASSES, 0),
    )


def _show_groups(
    kind: str, groups: Iterable[tuple[Place, ...]], pictures: Pictures, most_places: int
) -> Iterator[ShownGroup]:
    for group in groups:
        places = group[: min(MOST_PICTURES_IN_GROUP, most_places)]
        most_places -= len(places)
        if not places or not pictures.have_space:
            return
        yield ShownGroup(
            places=[_show_place(place, pictures) for place in places],
            rest=len(group) - len(places),
            size=len(group),
            labels=_number(kind == "conflicting_duplicates", "label", group),
            subsets=_number(kind == "leaking_duplicates", "subset", group),
        )


def _number(is_counted: bool, attribute: str, group: tuple[Place, ...]) -> int:
    """How many different labels or subsets rows have, if the finding is about them."""
    values = {getattr(place, attribute) for place in group} - {None}
    return len(values) if is_counted else 0


def _show_place(place: Place, pictures: Pictures) -> ShownPlace:
    if place.path is None:
        return ShownPlace(place=place, picture="No image file")
    return ShownPlace(place=place, picture=pictures.draw(place.path))


def _number_of_places(shown: ShownFinding) -> int:
    grouped = sum(len(group.places) for group in (*shown.frames, *shown.tables))
    return grouped + len(shown.singles)


def _noun(finding: Finding) -> str:
    return "image" if all(place.path for place in finding.places) else "row"


def _belong_together(finding: Finding) -> bool:
    return any(len(group) > 1 for group in finding.groups)


def _extent(finding: Finding) -> str:
    """How much was found: `12 groups of 31 images`, `5 rows`, `3 classes`."""
    parts = []
    if finding.groups:
        number = count(sum(map(len, finding.groups)), _noun(finding))
        groups = f"{count(len(finding.groups), 'group')} of "
        parts.append(groups + number if _belong_together(finding) else number)
    if finding.classes:
        parts.append(count(len(finding.classes), "class", "classes"))
    return joined(parts) if parts else ""


def _rest(finding: Finding, shown: int) -> str:
    """What is left out: `9,940 more groups`."""
    rest = sum(bool(group) for group in finding.groups) - shown
    noun = "group" if _belong_together(finding) else _noun(finding)
    return count(rest, f"more {noun}") if rest else ""
