"""Every label file of `layouts.py` loads, and each image has its own label."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from images import batches, number_of, save_all
from in_each_format import image_dataset_from_csv
from layouts import LAYOUTS, Layout

pytestmark = pytest.mark.usefixtures("each_format")

LOADABLE = [layout for layout in LAYOUTS if layout.labels]
REFUSED = [layout for layout in LAYOUTS if layout.refusal]


def lighter(layout: Layout) -> Iterator[Layout]:
    """The layout with one keyword fewer, or without its pandas code."""
    # With grain, a cache is not needed to read TIFF files.
    for keyword in sorted(layout.call.keys() - {"directory", "cache"}):
        call = {name: value for name, value in layout.call.items() if name != keyword}
        yield replace(layout, name=f"{layout.name} without {keyword}", call=call)
    if layout.pandas:
        yield replace(layout, name=f"{layout.name} without pandas", pandas="")


def build(layout: Layout, folder: Path) -> Path:
    """Writes the images of a layout, and its label file next to their folder."""
    save_all(folder, layout.files)
    csv = folder.parent / "labels.csv"
    text = layout.text.replace("{folder}", str(folder))
    csv.write_bytes(text.encode(layout.encoding))
    return csv


def prepare(layout: Layout, csv: Path) -> "Path | pd.DataFrame":
    """The `csv` of the call: the file, or a DataFrame after the pandas code."""
    if not layout.pandas:
        return csv
    names = {"df": pd.read_csv(csv)}
    exec(layout.pandas, names)
    return names["df"]


def load(
    folder: Path, csv: "Path | pd.DataFrame", call: dict[str, Any]
) -> list[tuple[int, Any]]:
    """The number that each image's colour encodes, and its label as in the CSV."""
    arguments = {"directory": folder, "csv": csv, **call}
    dataset = image_dataset_from_csv(
        **arguments, image_size=(8, 8), batch_size=None, shuffle=False, verbose=False
    )
    mode = call.get("label_mode", "int")
    return [
        (number_of(image), as_written(label, mode, dataset.class_names))
        for image, label in batches(dataset)
    ]


def as_written(label: Any, mode: Any, class_names: Any) -> Any:
    """A yielded label as it is in the CSV."""
    if isinstance(mode, dict):
        return {o: as_written(label[o], mode[o], class_names[o]) for o in mode}
    if mode == "raw":
        # float32 has seven digits, so six decimals are the same as in the CSV.
        numbers = label.astype(float).round(6)
        return tuple(numbers.tolist()) if label.ndim else numbers.item()
    if mode == "int":
        return class_names[label]
    names = tuple(class_names[i] for i in np.flatnonzero(label))
    return names[0] if mode == "categorical" else names


def expected(layout: Layout) -> list[tuple[int, Any]]:
    return [(layout.files.index(file), label) for file, label in layout.labels]


@pytest.mark.parametrize("layout", LOADABLE, ids=lambda layout: layout.name)
def test_layout_loads_with_its_call(layout, folder):
    """The call loads the label file and gives every image its own label."""
    csv = build(layout, folder)

    assert load(folder, prepare(layout, csv), layout.call) == expected(layout)


@pytest.mark.parametrize("layout", REFUSED, ids=lambda layout: layout.name)
def test_layout_that_needs_work_says_which(layout, folder):
    """A label file that cannot be loaded unchanged raises an error with a fix."""
    csv = build(layout, folder)

    with pytest.raises(ValueError, match=layout.refusal):
        load(folder, csv, layout.call)


@pytest.mark.parametrize(
    "layout",
    [other for layout in LOADABLE for other in lighter(layout)],
    ids=lambda layout: layout.name,
)
def test_layout_needs_all_its_arguments(layout, folder):
    """If any argument is omitted, a layout is refused or loads different labels."""
    csv = build(layout, folder)

    try:
        loaded = load(folder, prepare(layout, csv), layout.call)
    except ValueError:
        return
    assert loaded != expected(layout)
