"""Inspections that are made by hand, and their pages."""

from collections.abc import Callable

import numpy as np

from keras_csv_dataset._inspection import (
    KINDS,
    Finding,
    Inspection,
    Numbers,
    Place,
    SubsetCounts,
)
from keras_csv_dataset._report import render_page

# Names of a stranger who wants to run a script in the page, to break its layout, or to
# show another name than the real one.
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</bdi></table></section></main>",
    "<!-- ",
    "]]>",
    "&lt;b&gt; &amp; &#60;script>",
    "{{7*7}}{% raw %}{# #}",
    "`<b>`code`",
    "invoice\u202egpj.exe",
    "\u2066isolated\u2067 \u200bzero \ufeffwidth",
    "null\x00 bell\x07 escape\x1b[31m tab\t line\nreturn\r",
    "lone surrogate \udcff",
    "W" * 100,
    "  blanks  ",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324" * 5,
    "שלום عليكم",
    "",
]

View = Callable[[str], np.ndarray]


def colour_of(path: str) -> tuple[int, int, int]:
    """The colour of the image at a path: `/red/1.png` is red."""
    colours = {"red": (230, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 230)}
    return colours.get(path.split("/")[1], (120, 120, 120))


def view(path: str) -> np.ndarray:
    """An image of one colour, 60 × 80 pixels; `/broken/…` cannot be decoded."""
    if path.startswith("/broken"):
        raise ValueError("cut off")
    return np.full((60, 80, 3), colour_of(path), np.uint8)


def place(row: int = 0, path: "str | None" = "/red/0.png", **attributes) -> Place:
    """A row of a CSV whose header is its first line."""
    given = {"line": row + 2, "name": f"row{row}.png", "label": "cat"} | attributes
    return Place(row=row, path=path, **given)


def inspection_of(*findings: Finding, **attributes) -> Inspection:
    """An inspection with these findings."""
    return Inspection(**{"source": "labels.csv", "findings": [*findings]} | attributes)


def page_of(*findings: Finding, view: View = view, **attributes) -> str:
    """The page of an inspection with these findings."""
    return render_page(inspection_of(*findings, **attributes), view)


def full_inspection(text: Callable[[str], str] = str) -> Inspection:
    """An inspection that fills every part of the page.

    Args:
        text: Makes each text on the page from a harmless one.
    """
    several = {"training": 30, "validation": 6}
    findings = [
        Finding(
            kind=kind,
            message=text(f"Message of {kind}"),
            advice=text(f"Advice for {kind}"),
            groups=_groups_of(number, text),
            classes=(text("first class"), text("second class")),
        )
        for number, kind in enumerate(KINDS)
    ]
    classes = {text("cat"): 24, text("dog"): 12}
    subsets = {
        subset: SubsetCounts(
            images=images,
            classes={text("species"): dict.fromkeys(classes, images // 2)},
        )
        for subset, images in several.items()
    }
    return Inspection(
        source=text("labels.csv"),
        counts={"rows": 36, "rows_with_image_file": 36},
        classes={text("species"): classes},
        numbers={
            text("age"): Numbers(
                minimum=1, median=4, maximum=9, edges=[1, 5, 9], counts=[30, 6]
            )
        },
        subsets=subsets,
        formats={".png": 36},
        sizes={(60, 80): 30, (480, 640): 6},
        findings=findings,
        skipped=[text("Not looked for")],
    )


def _groups_of(number: int, text: Callable[[str], str]) -> tuple:
    """A pair that contradicts itself, a single image, or a row without an image."""
    name, detail = text("name.png"), text("detail")
    row, given = 10 * number, {"name": name, "detail": detail}
    first = place(row, "/red/0.png", label=text("cat"), subset="training", **given)
    second = place(row + 1, "/blue/0.png", label=None, subset="validation", **given)
    missing = place(row + 2, None, label=text("dog"), **given)
    return [((first, second),), ((first,), (second,)), ((missing,),)][number % 3]
