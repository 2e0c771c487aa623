"""Compares what an inspection found with what was planted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from planted_faults.corpus import Truth

# Two names in alphabetical order.
_Pair = tuple[str, str]

EXACT = ("identical_files", "identical_pixels")
ANY_DUPLICATES = (*EXACT, "near_duplicates")


@dataclass(frozen=True)
class Score:
    """How well one kind of fault was found.

    Attributes:
        planted: The number of images or pairs with the fault.
        found: How many of them were reported.
        reported: The number of images or pairs that were reported, without those that
            count neither for nor against; `None` for a part of a kind, which has no
            reports of its own.
        right: How many of them have the fault, planted or not.
    """

    planted: int
    found: int
    reported: int | None = None
    right: int = 0

    @property
    def recall(self) -> float | None:
        """The share of the planted faults that were found."""
        return self.found / self.planted if self.planted else None

    @property
    def precision(self) -> float | None:
        """The share of the reports that are right."""
        return self.right / self.reported if self.reported else None


def score(
    truth: Truth, labels: dict[str, str], groups: dict[str, list[list[str]]]
) -> dict[str, Score]:
    """Scores all kinds, with each way in which near duplicates were made as a part.

    Args:
        truth: What was planted.
        labels: The label of each image.
        groups: What was found: by kind of finding, the images that belong together.

    Returns:
        Scores by the name of the kind or `"near_duplicates: part"`.
    """
    scores = _score_duplicates(truth, groups)
    if truth.conflicting:
        scores["conflicting_duplicates"] = _score_conflicts(truth, labels, groups)
    for kind, parts in truth.faults.items():
        scores[kind] = _score_images(truth, kind, parts, groups)
    return scores


def _score_duplicates(
    truth: Truth, groups: dict[str, list[list[str]]]
) -> dict[str, Score]:
    """Scores the three kinds of duplicates.

    Reports of exact duplicates are not told apart: identical files have identical
    pixels as well. A near duplicate is also found if it is reported as an exact one.
    """
    exact = {pair for kind in EXACT for pair in _pairs(groups.get(kind, []))}
    near = set(_pairs(groups.get("near_duplicates", [])))
    families = set(_pairs(truth.families))
    alike = set(_pairs([truth.alike]))
    truly_exact = _planted(truth.identical_files) | _planted(truth.identical_pixels)
    scores = {}
    for kind in EXACT:
        planted = _planted(getattr(truth, kind))
        scores[kind] = Score(
            len(planted),
            len(planted & exact),
            len(exact - alike),
            len((exact - alike) & (truly_exact | families)),
        )
    planted = _planted(truth.near_duplicates)
    scores["near_duplicates"] = Score(
        len(planted),
        len(planted & (near | exact)),
        len(near - alike),
        len((near - alike) & families),
    )
    for part, pairs in truth.near_duplicates.items():
        planted = _planted({part: pairs})
        found = planted & (near | exact)
        scores[f"near_duplicates: {part}"] = Score(len(planted), len(found))
    return scores


def _score_conflicts(
    truth: Truth, labels: dict[str, str], groups: dict[str, list[list[str]]]
) -> Score:
    """Scores the pairs with different labels in groups of conflicting duplicates."""

    def differ(pairs: Iterable[_Pair]) -> set[_Pair]:
        return {(a, b) for a, b in pairs if labels[a] != labels[b]}

    planted = differ(_pairs(truth.families))
    alike = set(_pairs([truth.alike]))
    reported = differ(_pairs(groups.get("conflicting_duplicates", []))) - alike
    right = len(planted & reported)
    return Score(len(planted), right, len(reported), right)


def _score_images(
    truth: Truth,
    kind: str,
    parts: dict[str, list[str]],
    groups: dict[str, list[list[str]]],
) -> Score:
    """Scores the images that are reported for themselves.

    So little may be left of a dark or a light image that it is blank: then it is found
    if it is reported as a blank one.
    """
    planted = {name for names in parts.values() for name in names}
    reported = _names(groups.get(kind, [])) - set(truth.doubtful.get(kind, []))
    found = reported
    if kind in ("dark_images", "light_images"):
        found = reported | _names(groups.get("blank_images", []))
    right = len(planted & reported)
    return Score(len(planted), len(planted & found), len(reported), right)


def _names(groups: Iterable[Iterable[str]]) -> set[str]:
    return {name for group in groups for name in group}


def _pairs(groups: Iterable[Iterable[str]]) -> Iterator[_Pair]:
    """All pairs within the groups."""
    for group in groups:
        yield from combinations(sorted(set(group)), 2)


def _planted(pairs: dict[str, list[_Pair]]) -> set[_Pair]:
    return {(min(p), max(p)) for some in pairs.values() for p in some}
