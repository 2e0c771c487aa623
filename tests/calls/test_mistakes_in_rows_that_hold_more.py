"""Mistakes in calls with further inputs, several images or columns of one output."""

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from images import batches, load, save_all

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


def test_a_mask_is_never_its_own_image(folder):
    """If the folder of masks is missing, no mask is taken from the images."""
    save_all(folder, ["1.png", "2.png"])
    csv = pd.DataFrame({"image": ["1.png"], "mask": ["masks/1.png"], "other": ["1"]})
    for column in ("mask", "other"):
        with pytest.raises(
            ValueError, match=r"'1\.png' and '.*1.*' lead to the same f"
        ):
            load(
                *(folder, csv),
                image_column="image",
                label_mode="mask",
                label_column=column,
            )


@pytest.mark.parametrize("mode", ["mask", "image"])
def test_labels_that_are_images_need_their_column(folder, mode):
    """Which of two columns of images is the label is never guessed."""
    save_all(folder, ["1.png", "2.png"])
    csv = pd.DataFrame({"image": ["1.png"], "label": ["2.png"]})
    with pytest.raises(ValueError, match=f'must name a column with label_mode="{mode}'):
        load(folder, csv, label_mode=mode)


def test_two_views_are_not_all_the_same_file(folder):
    """If one folder of views is missing, the other does not stand in for it."""
    save_all(folder, ["front/1.png", "front/2.png"])
    csv = pd.DataFrame({"front": ["1.png", "2.png"], "side": ["1.png", "2.png"]})
    views = {"image_column": ["front", "side"], "label_mode": None}
    with pytest.raises(ValueError, match="'front' and 'side' must name different fil"):
        load(folder, csv, **views)
    pairs = csv.assign(side=["2.png", "2.png"])
    assert load(folder, pairs, **views).file_paths["side"][1].endswith("front/2.png")


def test_rows_with_one_target_stay_together(folder):
    """Noisy versions of one image are never in two subsets."""
    names = [f"{number:02}.png" for number in range(20)]
    save_all(folder, names)
    csv = pd.DataFrame({"noisy": names, "clean": [names[n // 4] for n in range(20)]})
    # Nothing is both an input and a target.
    csv = csv[5:]
    training, validation = load(
        *(folder, csv),
        image_column="noisy",
        label_mode="image",
        label_column="clean",
        validation_split=0.3,
        subset="both",
        seed=1,
    )
    assert not {*training.labels} & {*validation.labels}


def test_weights_of_masks_weigh_images(folder):
    """A weight of 0 takes an image out of the loss, not a line of pixels."""
    size = 4
    save_all(folder, [f"{n}.png" for n in range(size)])
    csv = pd.DataFrame({"image": [f"{number}.png" for number in range(size)]})
    csv = csv.assign(mask=csv["image"].map("m{}".format), weight=[1, 0, 0, 0], c="a")
    for number, name in enumerate(csv["mask"]):
        Image.new("L", (8, 8), number).save(folder / name)
    arguments = {"image_column": "image", "weight_column": "weight", "shuffle": False}
    arguments |= {"image_size": (size, size), "batch_size": size}
    one = load(folder, csv, label_mode="mask", label_column="mask", **arguments)
    model = keras.Sequential([keras.layers.Dense(4, kernel_initializer="zeros")])
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    # Each pixel of the one image that counts has a loss of log(4).
    assert model.evaluate(one, verbose=0) == pytest.approx(np.log(4) / size)
    two = load(folder, csv, label_mode={"mask": "mask", "c": "int"}, **arguments)
    ((_, _, weights),) = batches(two)
    assert weights["mask"].shape == (size, 1, 1)
    assert weights["c"].tolist() == [1, 0, 0, 0]
