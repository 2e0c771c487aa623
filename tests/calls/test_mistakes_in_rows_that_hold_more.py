"""Mistakes in calls with further inputs, several images or columns of one output."""

import pandas as pd
import pytest

from images import load

TABLE = pd.DataFrame(
    {
        "front": ["a", "b"],
        "view/side": ["c", "d"],
        "view_side": ["left", "right"],
        "label": ["cat", "dog"],
        "x": [1, 2],
        "y": [3, 4],
    }
)


def test_an_input_never_replaces_an_image(images):
    """An input that would be called as an image raises an error."""
    with pytest.raises(ValueError, match=r"'view_side' is what images are called"):
        load(
            *(images, TABLE),
            label_column="label",
            image_column=["front", "view/side"],
            input_columns=["view_side"],
        )


def test_columns_by_output_need_modes_by_output(images):
    """A dictionary as `label_column` alone raises an error that gives both."""
    with pytest.raises(ValueError, match=r"as in label_mode=\{'box': 'raw'\}\."):
        load(images, TABLE, label_mode="raw", label_column={"box": ["x", "y"]})


def test_an_output_that_is_no_column_needs_columns(images):
    """An output that is neither a column nor has columns raises an error."""
    advice = r"as in label_column=\{'box': \['x', 'y'\]\}\."
    with pytest.raises(ValueError, match=rf"(?s)label_mode='box'.*{advice}"):
        load(images, TABLE, label_mode={"label": "int", "box": "raw"})


def test_a_wrong_column_of_an_output_names_its_argument(images):
    """A column in `label_column` that does not exist is not sought in `label_mode`."""
    with pytest.raises(ValueError, match=r"Received: label_column='z'"):
        load(
            *(images, TABLE),
            label_mode={"label": "int", "box": "raw"},
            label_column={"box": ["x", "z"]},
        )


def test_a_blank_among_several_images_names_its_column(images):
    """A blank cell in one of several image columns raises an error that names it."""
    table = TABLE.assign(**{"view/side": ["c", None]})
    with pytest.raises(ValueError, match=r"row 1: column 'view/side' names no image"):
        load(images, table, image_column=["front", "view/side"], label_column="label")
