"""The first words of the page: what the dataset is, and what is worst about it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from keras_csv_dataset._inspection import KINDS, Inspection
from keras_csv_dataset._report.findings import ShownFinding
from keras_csv_dataset._report.wording import count, joined, nothing_found

# What each count is called; others are shown by their keys.
TITLES = {
    "rows": "Rows",
    "rows_with_image_file": "Rows with an image file",
    "rows_without_image_file": "Rows without an image file",
    "rows_naming_an_image_again": "Rows naming an image again",
    "image_files_without_row": "Image files that no row names",
    "images_that_cannot_be_decoded": "Images that cannot be decoded",
    "rows_with_image_without_label": "Rows with an image, but without a label",
}
_MOST_NAMED = 3
# By severity, the worst first.
_VERDICTS: dict[Literal["error", "warning", "note"], str] = {
    "error": "It cannot be read as it is.",
    "warning": "It can be read, but what a model learns from it may be wrong, and its "
    "scores too good.",
    "note": "It can be read, and a few things in it are worth a look.",
}


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The first words of the page.

    Attributes:
        description: What the dataset is.
        tally: How many findings there are of each severity; empty if there are none.
        verdict: What they mean together.
        worst: The worst findings.
    """

    description: str
    tally: str
    verdict: str
    worst: list[ShownFinding]


def summarize(inspection: Inspection, shown: list[ShownFinding]) -> Summary:
    """Says in words what was inspected, and what was found."""
    severities = Counter(KINDS[found.kind].severity for found in inspection.findings)
    tally = [count(severities[s], s) for s in _VERDICTS if s in severities]
    verdicts = [words for s, words in _VERDICTS.items() if s in severities]
    return Summary(
        description=_describe(inspection),
        tally=joined(tally) if tally else "",
        verdict=verdicts[0] if verdicts else nothing_found(inspection),
        worst=shown[:_MOST_NAMED],
    )


def titles_of_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts of an inspection by their titles."""
    return {
        TITLES.get(key, key.replace("_", " ").capitalize()): n
        for key, n in counts.items()
    }


def _describe(inspection: Inspection) -> str:
    parts = []
    if "rows" in inspection.counts:
        parts.append(count(inspection.counts["rows"], "row"))
    parts.append(count(sum(inspection.formats.values()), "image"))
    outputs = list(inspection.classes.items())
    if len(outputs) == 1:
        parts.append(count(len(outputs[0][1]), "class", "classes"))
    elif outputs:
        parts.append(f"classes of {count(len(outputs), 'output')}")
    described = f"{joined(parts)}."
    if inspection.subsets:
        sides = [f"{s.images:,} for {name}" for name, s in inspection.subsets.items()]
        described += f" Of the images, {joined(sides)}."
    return described
