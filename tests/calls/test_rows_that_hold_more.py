"""Rows with more than one image and one label: every part comes from its own row."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from images import batches
from in_each_format import FORMAT, FORMATS
from pairwise import each_pair
from rich_rows import (
    KINDS,
    NUM_ROWS,
    file_of,
    load_rich,
    parts,
    rich_rows,
    row_of,
    rows_of,
    save_rich_rows,
)

pytestmark = pytest.mark.usefixtures("each_format")

ROWS = list(range(NUM_ROWS))
EVERY_KIND = list(KINDS)
SPLIT = {"validation_split": 0.25, "subset": "both", "seed": 1}
# How rows can be delivered; each way yields every row once.
WAYS = {
    "in order": {},
    "shuffled": {"shuffle": True, "seed": 3},
    "unbatched": {"batch_size": None},
    "split": {**SPLIT, "shuffle": True},
    "groups": {**SPLIT, "shuffle": True, "group_column": "patient"},
    "shards": {"num_shards": 2},
    "memory": {"cache": True, "shuffle": True, "seed": 3},
    "folder": {"cache": "folder"},
    "unbatched from memory": {"batch_size": None, "cache": True},
}
WEIGHTS = {"weight_column": "importance"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with all images of all rows."""
    return save_rich_rows(tmp_path_factory.mktemp("rich"))


def datasets(folder, tmp_path, kinds, way):
    """The datasets that together yield every row once."""
    arguments = {"kinds": kinds, **way}
    if way.get("cache") == "folder":
        arguments["cache"] = tmp_path / "decoded"
    if "num_shards" in way:
        return [load_rich(folder, **arguments, shard_index=i) for i in range(2)]
    loaded = load_rich(folder, **arguments)
    return loaded if isinstance(loaded, tuple) else [loaded]


def rows_in(kinds, dataset, way) -> "list[int]":
    if way.get("batch_size", 5) is not None:
        return rows_of(kinds, dataset)
    found = [parts(kinds, element) for element in batches(dataset)]
    return [row_of(sample, dataset.class_names) for sample in found]


def is_possible(case) -> bool:
    """Whether two kinds are different, and in the order of `KINDS`."""
    first = EVERY_KIND.index(case.get("first", EVERY_KIND[0]))
    return first < EVERY_KIND.index(case.get("second", EVERY_KIND[-1]))


@pytest.mark.slow
@each_pair(
    first=EVERY_KIND,
    second=EVERY_KIND,
    way=WAYS,
    each_format=FORMATS,
    is_possible=is_possible,
)
def test_any_two_kinds_come_from_one_row(folder, tmp_path, first, second, way):
    """However rows are delivered, all their parts stay together, in every epoch."""
    kinds = [first, second]
    loaded = datasets(folder, tmp_path, kinds, way)
    for _epoch in range(2):
        rows = [row for dataset in loaded for row in rows_in(kinds, dataset, way)]
        assert sorted(rows) == ROWS


@pytest.mark.parametrize(
    "way",
    [{**SPLIT, "shuffle": True, "group_column": "patient", **WEIGHTS}, WAYS["memory"]],
    ids=["split by groups, with weights", "memory"],
)
def test_all_kinds_together_come_from_one_row(folder, tmp_path, way):
    """Two images, two inputs and nine outputs stay together, in every epoch."""
    loaded = datasets(folder, tmp_path, EVERY_KIND, way)
    for _epoch in range(2):
        rows = [row for dataset in loaded for row in rows_in(EVERY_KIND, dataset, way)]
        assert sorted(rows) == ROWS


@pytest.mark.parametrize("kind", ["age", "side", "box", "caption", "mask", "target"])
def test_each_kind_alone_is_in_the_order_of_the_rows(folder, kind):
    """Unshuffled samples are those of the rows, also of a frame in another order."""
    order = [7, 2, 11, 0, 5]
    dataset = load_rich(folder, rich_rows(order), kinds=[kind])
    assert rows_of([kind], dataset) == order


def test_attributes_line_up_with_what_is_yielded(folder):
    """`file_paths`, `labels` and `inputs` are those of the samples, in their order."""
    train, validation = load_rich(folder, kinds=EVERY_KIND, **SPLIT, shuffle=True)
    assert sorted(train.file_paths["front"] + validation.file_paths["front"]) == [
        str(folder / "front" / f"{number:02}.png") for number in ROWS
    ]
    rows = rows_of(EVERY_KIND, validation)
    for column in ("front", "side"):
        expected = [str(folder / file_of(column, row)) for row in rows]
        assert validation.file_paths[column] == expected
    frame = rich_rows(rows)
    assert validation.inputs["age"].tolist() == frame["age"].tolist()
    assert validation.inputs["name"].tolist() == frame["name"].tolist()
    assert validation.labels["caption"].tolist() == frame["caption"].tolist()
    for kind in ("mask", "target"):
        expected = [str(folder / file) for file in frame[kind]]
        assert validation.labels[kind].tolist() == expected


def test_an_epoch_goes_on_where_it_was_saved(folder, tmp_path):
    """What is left of a shuffled epoch comes back from a checkpoint or a state."""

    def start():
        way = {"shuffle": True, "seed": 1, "batch_size": 3}
        dataset = load_rich(folder, kinds=EVERY_KIND, **way)
        return iter(dataset)

    iterator = start()
    next(iterator)
    if FORMAT.get() == "tf":
        saved = tf.train.Checkpoint(iterator=iterator).write(str(tmp_path / "saved"))
    else:
        saved = iterator.get_state()
    whole = [parts(EVERY_KIND, batch) for batch in iterator]
    resumed = start()
    if FORMAT.get() == "tf":
        tf.train.Checkpoint(iterator=resumed).read(saved)
    else:
        resumed.set_state(saved)
    rest = [parts(EVERY_KIND, batch) for batch in resumed]
    assert len(rest) == len(whole) == NUM_ROWS // 3 - 1
    for one, other in zip(whole, rest, strict=True):
        assert one.keys() == other.keys()
        for kind, values in one.items():
            assert np.array_equal(values, other[kind])


# Every example builds a dataset, which takes TensorFlow up to a second.
@pytest.mark.parametrize(
    ("each_format", "max_examples"),
    [("tf", 4), pytest.param("grain", 40, marks=pytest.mark.grain)],
    indirect=["each_format"],
)
def test_any_roles_in_any_order(folder, max_examples):
    """Columns in any roles, rows in any order: every part is that of its row."""

    @settings(max_examples=max_examples, deadline=None)
    @given(
        kinds=st.lists(st.sampled_from(EVERY_KIND), unique=True),
        order=st.permutations(ROWS),
        columns=st.permutations(list(rich_rows([0]))),
        shuffle=st.booleans(),
        batch_size=st.integers(1, NUM_ROWS + 1),
        has_weights=st.booleans(),
    )
    def check(kinds, order, columns, shuffle, batch_size, has_weights):
        weights = WEIGHTS if has_weights and any(map(KINDS.get, kinds)) else {}
        dataset = load_rich(
            *(folder, rich_rows(order)[columns]),
            kinds=kinds,
            shuffle=shuffle,
            seed=1,
            batch_size=batch_size,
            **weights,
        )
        rows = rows_of(kinds, dataset)
        assert sorted(rows) == ROWS
        assert shuffle or rows == order

    check()
