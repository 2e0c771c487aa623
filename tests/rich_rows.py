"""Rows with several images, inputs and labels, each of which encodes the row's number.

`KINDS` are what a row can hold beside one image. `arguments_for` writes the call for
some of them, and `numbers_in` reads the row's number from each part of what the
dataset yields, so parts of different rows show at once.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from images import batches, number_of, save
from in_each_format import image_dataset_from_csv

NUM_ROWS = 12
BITS = range(5)
# The numbers that the colours of side views and targets encode come after those of
# front views, so that a picture of another column shows as well.
SIDE, TARGET = 100, 200
BOX = ["x", "y", "width", "height"]
FLAGS = [f"flag {bit}" for bit in BITS]

# Kind -> its mode, if it is a label.
KINDS: "dict[str, str | None]" = {
    "age": None,
    "name": None,
    "side": None,
    "species": "int",
    "breed": "categorical",
    "tags": "multi_hot",
    "flags": "multi_hot",
    "weight": "raw",
    "box": "raw",
    "caption": "text",
    "mask": "mask",
    "target": "image",
}
_COLUMNS = {"box": BOX, "flags": FLAGS}


def file_of(folder: str, number: int) -> str:
    """The path of an image of a row; the paths are not in the order of the rows."""
    return f"{folder}/{number * 5 % NUM_ROWS:02}.png"


def save_rich_rows(folder: Path) -> Path:
    """Writes the front view, the side view, the mask and the target of every row."""
    for number in range(NUM_ROWS):
        save(folder / file_of("front", number), number)
        save(folder / file_of("side", number), SIDE + number)
        save(folder / file_of("target", number), TARGET + number)
        mask = folder / file_of("mask", number)
        mask.parent.mkdir(exist_ok=True)
        Image.new("L", (8, 8), number + 1).save(mask)
    return folder


def rich_rows(numbers: "Iterable[int]" = range(NUM_ROWS)) -> pd.DataFrame:
    """A row for each number, with a column for each kind."""
    return pd.DataFrame([_row(number) for number in numbers])


def _row(number: int) -> "dict[str, Any]":
    # One bit is always set, so no row is without a tag.
    bits = [number >> bit & 1 or bit == BITS[-1] for bit in BITS]
    return {
        **{name: file_of(name, number) for name in ("front", "side", "mask", "target")},
        "age": number / 4,
        "name": f"Ann, {number:02}/ü",
        "species": f"s{number:02}",
        "breed": f"b{number:02}",
        "tags": "|".join(f"tag {bit}" for bit in BITS if bits[bit]),
        **{FLAGS[bit]: int(bits[bit]) for bit in BITS},
        "weight": -number / 8,
        **dict(zip(BOX, (number, 2 * number, number + 1, 0.5), strict=True)),
        "caption": f"row {number}: a|b 'c'",
        "patient": f"p{number // 3}",
        "importance": number + 1,
    }


def arguments_for(kinds: "Iterable[str]") -> "dict[str, Any]":
    """The arguments for images that come with some kinds."""
    kinds = list(kinds)
    inputs = [kind for kind in kinds if kind in ("age", "name")]
    modes = {kind: KINDS[kind] for kind in kinds if KINDS[kind]}
    columns = {kind: _COLUMNS[kind] for kind in kinds if kind in _COLUMNS}
    arguments: dict[str, Any] = {
        "image_column": ["front", "side"] if "side" in kinds else "front",
        "label_mode": modes or None,
    }
    if len(modes) == 1:
        (kind, mode), *_ = modes.items()
        arguments |= {"label_mode": mode, "label_column": columns.get(kind, kind)}
    elif columns:
        arguments["label_column"] = columns
    if inputs:
        arguments["input_columns"] = inputs
    if "tags" in kinds:
        arguments["label_separator"] = "|"
    return arguments


def load_rich(folder: Path, csv: Any = None, *, kinds: Any = (), **arguments: Any):
    """A dataset of rows with some kinds, in order and without messages."""
    defaults = {"image_size": (8, 8), "batch_size": 5, "verbose": False}
    defaults |= {"shuffle": False, **arguments_for(kinds)}
    csv = rich_rows() if csv is None else csv
    return image_dataset_from_csv(folder, csv, **{**defaults, **arguments})


def parts(kinds: "Iterable[str]", element: Any) -> "dict[str, Any]":
    """The parts of a batch or of a sample, by the column or the kind of each."""
    values = element if isinstance(element, tuple) else (element,)
    inputs, *rest = values
    found = dict(inputs) if isinstance(inputs, dict) else {"front": inputs}
    if "image" in found:
        found["front"] = found.pop("image")
    if rest:
        labels = rest[0]
        only = [kind for kind in kinds if KINDS[kind]]
        found |= labels if isinstance(labels, dict) else {only[0]: labels}
    if len(rest) > 1:
        weights = rest[1]
        if isinstance(weights, dict):
            weights = next(iter(weights.values()))
        found["importance"] = np.reshape(weights, np.shape(weights)[:1])
    return found


def samples(kinds: "Iterable[str]", dataset: Any) -> "Iterator[dict[str, Any]]":
    """The parts of every sample of a batched dataset."""
    for batch in batches(dataset):
        found = parts(kinds, batch)
        (length,) = {len(values) for values in found.values()}
        for place in range(length):
            yield {name: values[place] for name, values in found.items()}


def numbers_in(sample: "dict[str, Any]", class_names: Any) -> "dict[str, int]":
    """The number of the row that each part of a sample belongs to."""

    def names_of(kind: str) -> "list[str]":
        return class_names[kind] if isinstance(class_names, dict) else class_names

    def classes_of(kind: str, value: Any) -> "list[str]":
        return [names_of(kind)[index] for index in np.flatnonzero(value)]

    def from_bits(kind: str, value: Any) -> int:
        return sum(1 << int(name[-1]) for name in classes_of(kind, value)) % 16

    def from_box(kind: str, value: Any) -> int:
        assert value.tolist() == [value[0], 2 * value[0], value[0] + 1, 0.5]
        return int(value[0])

    read: dict[str, Callable[[str, Any], int]] = {
        "front": lambda kind, value: number_of(value),
        "side": lambda kind, value: number_of(value) - SIDE,
        "target": lambda kind, value: number_of(value) - TARGET,
        "mask": lambda kind, value: _only(value) - 1,
        "age": lambda kind, value: round(float(value) * 4),
        "name": lambda kind, value: _number_in(value, "Ann, ", "/ü"),
        "species": lambda kind, value: int(names_of(kind)[value][1:]),
        "breed": lambda kind, value: int(_only(classes_of(kind, value))[1:]),
        "tags": from_bits,
        "flags": from_bits,
        "weight": lambda kind, value: round(-8 * float(value)),
        "box": from_box,
        "caption": lambda kind, value: _number_in(value, "row ", ": a|b 'c'"),
        "importance": lambda kind, value: round(float(value)) - 1,
    }
    return {kind: read[kind](kind, value) for kind, value in sample.items()}


def _only(values: Any) -> Any:
    (value,) = np.unique(values).tolist()
    return value


def _number_in(text: Any, before: str, after: str) -> int:
    text = text.decode() if isinstance(text, bytes) else str(text)
    assert text.startswith(before)
    assert text.endswith(after)
    return int(text.removeprefix(before).removesuffix(after))


def row_of(sample: "dict[str, Any]", class_names: Any) -> int:
    """The number of the row that all parts of a sample belong to."""
    numbers = numbers_in(sample, class_names)
    assert len(set(numbers.values())) == 1, numbers
    return next(iter(numbers.values()))


def rows_of(kinds: "Iterable[str]", dataset: Any) -> "list[int]":
    """The row of every sample of a batched dataset, after a look at all its parts."""
    kinds = list(kinds)
    wanted = {"front", *kinds}
    found = []
    for sample in samples(kinds, dataset):
        assert wanted <= sample.keys()
        found.append(row_of(sample, dataset.class_names))
    return found
