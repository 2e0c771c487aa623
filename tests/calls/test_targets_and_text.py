"""Labels that are images or text, and models with several inputs and outputs."""

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from images import batches, load, number_of, save, save_all
from in_each_format import FORMATS
from kinds_of_files import KINDS, picture, save_kinds
from pairwise import each_pair

pytestmark = pytest.mark.usefixtures("each_format")

TARGETS = {"label_mode": "image", "image_column": "image", "label_column": "target"}


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    """A folder with a file of every kind."""
    return save_kinds(tmp_path_factory.mktemp("kinds"))


@each_pair(
    color_mode=["rgb", "rgba", "grayscale"],
    interpolation=["bilinear", "nearest", "bicubic"],
    aspect={
        "plain": {},
        "crop": {"crop_to_aspect_ratio": True},
        "pad": {"pad_to_aspect_ratio": True},
    },
    data_format=["channels_last", "channels_first"],
    cache=[None, True],
    each_format=FORMATS,
)
def test_targets_have_the_pixels_of_images(
    kinds, color_mode, interpolation, aspect, data_format, cache
):
    """A target of 8 bits is what the same file is as an image, as float32."""
    names = [name for name in KINDS if "16_bits" not in name]
    csv = pd.DataFrame({"image": names, "target": names})
    dataset = load(
        *(kinds, csv),
        **TARGETS,
        **aspect,
        color_mode=color_mode,
        interpolation=interpolation,
        data_format=data_format,
        cache=cache,
        image_size=(30, 50),
    )
    ((images, targets),) = batches(dataset)
    assert targets.dtype == np.float32
    assert np.array_equal(images, targets)


def test_a_target_is_never_decoded_at_a_fraction(folder):
    """`scaled_decoding` is for images; a target has all its pixels."""
    picture(64, 64, "RGB").save(folder / "a.jpg")
    csv = pd.DataFrame({"image": ["a.jpg"], "target": ["a.jpg"]})
    ((exact, _),) = batches(load(folder, csv, **TARGETS))
    ((images, targets),) = batches(load(folder, csv, **TARGETS, scaled_decoding=True))
    assert np.array_equal(targets, exact)
    assert not np.array_equal(images, exact)


@pytest.mark.parametrize("color_mode", ["grayscale", "rgb", "rgba"])
def test_targets_of_16_bits_keep_their_values(folder, color_mode):
    """A depth map of 16 bits yields its numbers, also beside targets of 8 bits."""
    depth = np.random.default_rng(0).integers(0, 65536, (8, 8)).astype(np.uint16)
    Image.fromarray(depth).save(folder / "deep.png")
    Image.fromarray((depth >> 8).astype(np.uint8)).save(folder / "shallow.png")
    csv = pd.DataFrame(
        {"image": ["deep.png", "shallow.png"], "target": ["deep.png", "shallow.png"]}
    )
    dataset = load(folder, csv, **TARGETS, color_mode=color_mode)
    ((images, targets),) = batches(dataset)
    colours = slice(0, 3) if color_mode != "grayscale" else slice(0, 1)
    assert (targets[0, ..., colours] == depth[..., None]).all()
    assert (targets[1, ..., colours] == (depth >> 8)[..., None]).all()
    if color_mode == "rgba":
        assert (targets[..., 3] == np.array([65535, 255])[:, None, None]).all()
    # An image has 8 bits.
    assert images.max() <= 255


def test_targets_can_have_another_size_than_their_images(folder):
    """For super-resolution, both become `image_size`."""
    save(folder / "small.png", 3, size=(4, 4))
    save(folder / "large.png", 4, size=(16, 20))
    csv = pd.DataFrame({"image": ["small.png"], "target": ["large.png"]})
    ((images, targets),) = batches(load(folder, csv, **TARGETS))
    assert [number_of(images[0]), number_of(targets[0])] == [3, 4]
    assert images.shape == targets.shape


# Text.

CAPTIONS = [
    "a, b",
    "two  spaces",
    "ünï\u0301",
    "NA",
    "007",
    "['a', 'b']",
    "x|y",
    "1.10",
]


def test_text_is_yielded_as_it_is(folder, write_csv):
    """Neither split nor converted, and never a class."""
    save_all(folder, [f"{number}.png" for number in range(len(CAPTIONS))])
    rows = [f'{number},"{text}"' for number, text in enumerate(CAPTIONS)]
    csv = write_csv("image,caption\n" + "\n".join(rows) + "\n")
    dataset = load(folder, csv, label_mode="text")
    ((_, texts),) = batches(dataset)
    yielded = [t.decode() if isinstance(t, bytes) else str(t) for t in texts]
    assert yielded == dataset.labels.tolist() == CAPTIONS
    assert dataset.class_names is None


def test_a_blank_text_is_a_missing_label(folder, write_csv):
    """It is an error, or the row is left out."""
    save_all(folder, ["a.png", "b.png"])
    csv = write_csv("image,caption\na,\nb,text\n")
    with pytest.raises(ValueError, match="line 2: column 'caption' is blank"):
        load(folder, csv, label_mode="text", label_column="caption")
    with pytest.warns(UserWarning, match="1 of 2 rows is left out"):
        dataset = load(
            *(folder, csv),
            label_mode="text",
            label_column="caption",
            missing_labels="skip",
        )
    assert dataset.labels.tolist() == ["text"]


# Labels that are refused.


@pytest.fixture
def pairs(folder):
    """Three images, each with a target."""
    names = [f"{number}.png" for number in range(6)]
    save_all(folder, names)
    return folder, pd.DataFrame({"image": names[:3], "target": names[3:]})


def numbers(dataset) -> "list[tuple[int, int]]":
    return [
        (number_of(image), number_of(target))
        for images, targets in batches(dataset)
        for image, target in zip(images, targets, strict=True)
    ]


@pytest.mark.parametrize("mode", ["image", "mask"])
def test_a_missing_target_is_a_missing_image(pairs, mode):
    """It is an error that names the column, or the row is left out."""
    folder, csv = pairs
    csv.loc[1, "target"] = "nope.png"
    arguments = {**TARGETS, "label_mode": mode}
    message = "row 1: column 'target': 'nope.png' is not an image file"
    with pytest.raises(ValueError, match=message):
        load(folder, csv, **arguments)
    with pytest.warns(UserWarning, match="1 of 3 rows is left out"):
        dataset = load(folder, csv, **arguments, missing_images="skip")
    assert dataset.file_paths == [str(folder / f"{number}.png") for number in (0, 2)]


@pytest.mark.parametrize("mode", ["image", "mask"])
def test_a_blank_target_is_a_missing_label(pairs, mode):
    """It is an error that names the column, or the row is left out."""
    folder, csv = pairs
    csv.loc[1, "target"] = None
    arguments = {**TARGETS, "label_mode": mode}
    with pytest.raises(ValueError, match="row 1: column 'target' is blank"):
        load(folder, csv, **arguments)
    with pytest.warns(UserWarning, match="1 of 3 rows is left out"):
        dataset = load(folder, csv, **arguments, missing_labels="skip")
    assert dataset.file_paths == [str(folder / f"{number}.png") for number in (0, 2)]


def test_a_broken_target_is_found(pairs):
    """`corrupt_images` names the row, or leaves it out."""
    folder, csv = pairs
    (folder / "4.png").write_bytes(b"not an image")
    with pytest.raises(ValueError, match=r"row 1: '4\.png' cannot be decoded"):
        load(folder, csv, **TARGETS, corrupt_images="error")
    with pytest.warns(UserWarning, match="1 of 3 rows is left out"):
        dataset = load(folder, csv, **TARGETS, corrupt_images="skip")
    assert numbers(dataset) == [(0, 3), (2, 5)]


@pytest.mark.parametrize("mode", ["text", "mask", "image"])
def test_several_columns_of_one_such_label_are_refused(pairs, mode):
    """The advice, an output for each column, works."""
    folder, csv = pairs
    csv["other"] = csv["target"]
    arguments = {"image_column": "image", "label_mode": mode}
    message = f'must name one column with `label_mode="{mode}"`; for several'
    with pytest.raises(ValueError, match=message):
        load(folder, csv, **arguments, label_column=["target", "other"])
    modes = {"target": mode, "other": mode}
    dataset = load(folder, csv, image_column="image", label_mode=modes)
    assert dataset.labels.keys() == modes.keys()


@pytest.mark.parametrize("mode", ["text", "mask", "image", {"target": "mask"}])
def test_such_labels_cannot_be_stratified(pairs, mode):
    """There are no classes of whole images."""
    arguments = {"validation_split": 0.5, "subset": "both", "seed": 1}
    column = {"label_column": "target"} if isinstance(mode, str) else {}
    with pytest.raises(ValueError, match="unless there is one output of classes, or"):
        load(
            *pairs,
            image_column="image",
            label_mode=mode,
            stratify=True,
            **arguments,
            **column,
        )


@pytest.mark.parametrize("mode", ["text", "image"])
def test_such_labels_have_no_class_names(pairs, mode):
    """`class_names` is refused where nothing is a class."""
    with pytest.raises(ValueError, match=f'there are no classes, as .*"{mode}"'):
        load(*pairs, **{**TARGETS, "label_mode": mode}, class_names=["a", "b"])


def test_names_of_images_are_not_classes(pairs):
    """A column of masks read as classes raises an error whose advice works."""
    folder, csv = pairs
    arguments = {"image_column": "image", "label_column": "target"}
    message = r'pass label_mode="mask"; .*, label_mode="image"\.'
    with pytest.raises(ValueError, match=message):
        load(folder, csv, **arguments)
    assert numbers(load(folder, csv, **arguments, label_mode="image"))


@pytest.mark.parametrize("mode", ["text", "image", "mask"])
def test_one_image_with_two_such_labels_is_refused(pairs, mode):
    """The error does not advise "multi_hot", which would make classes of them."""
    folder, csv = pairs
    csv.loc[1, "image"] = "0.png"
    message = r"row 1: '0\.png' has '4\.png' here, but '3\.png' in DataFrame, row 0"
    with pytest.raises(ValueError, match=message) as error:
        load(folder, csv, **{**TARGETS, "label_mode": mode})
    assert "multi_hot" not in str(error.value)


# Models.


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Images of noise with a bright half, whose table says what they do not show.

    The class is the exclusive or of the bright half and the number beside the image.
    """
    folder = tmp_path_factory.mktemp("table")
    rng = np.random.default_rng(0)
    rows = []
    for number in range(96):
        is_left, turned = rng.integers(0, 2, 2)
        pixels = rng.integers(0, 60, (8, 8)).astype(np.uint8)
        mask = np.zeros((8, 8), np.uint8)
        mask[:, :4] = is_left
        mask[:, 4:] = 1 - is_left
        Image.fromarray(pixels + 180 * mask).save(folder / f"{number}.png")
        Image.fromarray(mask).save(folder / f"{number}.mask.png")
        rows.append(
            {
                "image": f"{number}.png",
                "turned": turned,
                "mask": f"{number}.mask.png",
                "side": "ab"[is_left ^ turned],
            }
        )
    return folder, pd.DataFrame(rows)


def load_table(table, **arguments):
    defaults = {
        "image_column": "image",
        "input_columns": ["turned"],
        "color_mode": "grayscale",
        "label_mode": {"mask": "mask", "side": "binary"},
        "batch_size": 16,
    }
    return load(*table, **{**defaults, **arguments})


def build_model():
    image = keras.Input((8, 8, 1), name="image")
    turned = keras.Input((), name="turned")
    x = keras.layers.Rescaling(1 / 128, offset=-1)(image)
    mask = keras.layers.Conv2D(2, 1, activation="softmax", name="mask")(x)
    x = keras.layers.Concatenate()(
        [keras.layers.Flatten()(x), keras.layers.Reshape((1,))(turned)]
    )
    x = keras.layers.Dense(32, activation="relu")(x)
    side = keras.layers.Dense(1, activation="sigmoid", name="side")(x)
    model = keras.Model(
        {"image": image, "turned": turned}, {"mask": mask, "side": side}
    )
    model.compile(
        optimizer=keras.optimizers.Adam(0.02),
        loss={
            "mask": keras.losses.SparseCategoricalCrossentropy(ignore_class=-1),
            "side": "binary_crossentropy",
        },
        metrics={"mask": ["accuracy"], "side": ["accuracy"]},
    )
    return model


@pytest.mark.slow
def test_a_model_with_two_inputs_and_two_outputs_learns(table):
    """It learns the mask and a class that neither input shows alone."""
    keras.utils.set_random_seed(1)
    model = build_model()
    split = {"validation_split": 0.25, "subset": "both", "seed": 1, "shuffle": True}
    train, validation = load_table(table, **split, cache=True)
    model.fit(train, epochs=20, verbose=0)
    scores = model.evaluate(validation, return_dict=True, verbose=0)
    assert scores["mask_accuracy"] > 0.95
    assert scores["side_accuracy"] > 0.9
    # Predictions line up with the attributes.
    predicted = model.predict(validation, verbose=0)
    assert predicted["side"].shape == (len(validation.file_paths), 1)
    right = (predicted["side"][:, 0] > 0.5) == validation.labels["side"]
    assert right.mean() == pytest.approx(scores["side_accuracy"])


def test_predictions_without_labels_line_up(table):
    """With `label_mode=None`, the dictionary of inputs is what `predict` takes."""
    dataset = load_table(table, label_mode=None, shuffle=False)
    inputs = next(iter(batches(dataset)))
    assert inputs.keys() == {"image", "turned"}
    image = keras.Input((8, 8, 1), name="image")
    turned = keras.Input((), name="turned")
    left = keras.layers.GlobalMaxPooling2D()(image[:, :, :4])
    outputs = {"left": left, "turned": keras.layers.Reshape((1,))(turned)}
    model = keras.Model({"image": image, "turned": turned}, outputs)
    predicted = model.predict(dataset, verbose=0)
    assert predicted["turned"][:, 0].tolist() == dataset.inputs["turned"].tolist()
    expected = []
    for path in dataset.file_paths:
        with Image.open(path) as picture:
            expected.append(np.asarray(picture)[:, :4].max())
    assert np.allclose(predicted["left"][:, 0], expected)


def test_text_goes_into_a_layer_of_keras(table):
    """A layer that was adapted to `inputs` encodes the text of batches."""
    folder, csv = table
    dataset = load(
        *(folder, csv), image_column="image", input_columns=["side"], label_mode=None
    )
    lookup = keras.layers.StringLookup()
    lookup.adapt(dataset.inputs["side"].astype(str))
    words = lookup.get_vocabulary()
    batch = next(iter(batches(dataset)))
    encoded = np.asarray(lookup(batch["side"]))
    expected = [words.index(side) for side in csv["side"][: len(encoded)]]
    assert encoded.tolist() == expected
