"""`format="grain"`: the same call for JAX and PyTorch, without TensorFlow.

What every format promises is tested elsewhere, for each of them; here is grain's own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from images import batches, colour, load, number_of, numbers_and_labels, save_all
from keras_csv_dataset import image_dataset_from_csv

pytestmark = pytest.mark.grain

NUM_IMAGES = 20
ASPECTS = {
    "neither": {},
    "crop": {"crop_to_aspect_ratio": True},
    "pad": {"pad_to_aspect_ratio": True},
}
every_aspect = pytest.mark.parametrize("aspect", ASPECTS.values(), ids=list(ASPECTS))


@pytest.fixture(scope="module")
def coloured(tmp_path_factory) -> Path:
    """A folder `images` with `00.png` to `19.png`, and a `labels.csv` beside it."""
    root = tmp_path_factory.mktemp("coloured")
    names = [f"{number:02}.png" for number in range(NUM_IMAGES)]
    save_all(root / "images", names)
    labels = [f"class {number % 3}" for number in range(NUM_IMAGES)]
    frame = pd.DataFrame({"image": names, "label": labels, "group": labels[::-1]})
    frame.to_csv(root / "labels.csv", index=False)
    return root


def open_grain(root: Path, **arguments):
    """The dataset of `coloured`, shuffled, in batches of four."""
    defaults = {"shuffle": True, "seed": 3, "batch_size": 4, "label_column": "label"}
    return load(
        root / "images",
        root / "labels.csv",
        **{"format": "grain", **defaults, **arguments},
    )


def numbers(dataset) -> list[int]:
    """The numbers of the images that an epoch yields, by their colours."""
    return [number for number, _ in numbers_and_labels(dataset)]


# Pixels


def picture(height: int, width: int, mode: str) -> Image.Image:
    """Curves of all channels with noise, as in a photograph."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:height, :width]
    channels = range(4 if mode.endswith("A") else 3)
    waves = np.stack([np.sin(y / (3 + i)) * np.cos(x / (5 - i)) for i in channels], -1)
    noise = rng.normal(0, 8, waves.shape)
    pixels = (127 + 100 * waves + noise).clip(0, 255).astype(np.uint8)
    return Image.fromarray(pixels).convert(mode)


# Every kind of file: its name, Pillow's mode and how it is saved.
COLOR_MODES = ("rgb", "grayscale", "rgba")
JPEG = {"quality": 85}
KINDS = {
    "444.jpg": ("RGB", {**JPEG, "subsampling": "4:4:4"}),
    "422.jpg": ("RGB", {**JPEG, "subsampling": "4:2:2"}),
    "420.jpg": ("RGB", {**JPEG, "subsampling": "4:2:0"}),
    "progressive.jpeg": ("RGB", {**JPEG, "progressive": True}),
    "grey.jpg": ("L", JPEG),
    "cmyk.jpg": ("CMYK", JPEG),
    "rgb.png": ("RGB", {}),
    "rgba.png": ("RGBA", {}),
    "grey.png": ("L", {}),
    "grey_alpha.png": ("LA", {}),
    "grey_16_bits.png": ("I;16", {}),
    "palette.png": ("P", {}),
    "transparent_palette.png": ("P", {"transparency": bytes(range(256))}),
    "transparent_colour.png": ("RGB", {"transparency": (1, 2, 3)}),
    "two_colours.png": ("1", {}),
    "rgb.bmp": ("RGB", {}),
    "rgba.bmp": ("RGBA", {}),
    "palette.gif": ("P", {}),
    "grey.gif": ("L", {}),
}
# TensorFlow gives what has two colours an opacity of 1 of 255.
KINDS_OF_RGBA = KINDS.keys() - {"two_colours.png"}


@pytest.fixture(scope="module")
def kinds(tmp_path_factory) -> Path:
    """A folder with an image of every kind."""
    folder = tmp_path_factory.mktemp("kinds")
    for name, (mode, options) in KINDS.items():
        image = picture(61, 83, "L" if mode == "I;16" else mode)
        if mode == "I;16":
            image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
        image.save(folder / name, **options)
    return folder


def images_of(kinds: Path, names: list[str], **arguments) -> dict[str, np.ndarray]:
    """Name of each file -> the image that the dataset yields."""
    csv = pd.DataFrame({"image": names})
    dataset = load(kinds, csv, label_mode=None, batch_size=None, **arguments)
    return dict(zip(names, batches(dataset), strict=True))


def assert_near(images: dict, expected: dict, levels: float = 1.0) -> None:
    """No pixel of any image is further away than some grey levels."""
    for name, wanted in expected.items():
        assert images[name].dtype == wanted.dtype, name
        difference = images[name].astype(float) - wanted.astype(float)
        assert np.abs(difference).max() < levels + 0.05, name


@every_aspect
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
@pytest.mark.parametrize("color_mode", COLOR_MODES)
def test_pixels_are_those_of_the_tf_format(kinds, color_mode, interpolation, aspect):
    """In every kind of file a pixel is at most one grey level away."""
    names = sorted(KINDS_OF_RGBA if color_mode == "rgba" else KINDS)
    for size in ((20, 33), (100, 90)):
        call = {
            "color_mode": color_mode,
            "interpolation": interpolation,
            "image_size": size,
            **aspect,
        }
        expected = images_of(kinds, names, format="tf", **call)
        assert_near(images_of(kinds, names, format="grain", **call), expected)


@every_aspect
@pytest.mark.parametrize("interpolation", ["area", "gaussian", "mitchellcubic"])
def test_methods_that_keras_has_for_tf_alone_are_those(kinds, interpolation, aspect):
    """What Keras's own grain format cannot do is as in the tf format."""
    call = {"interpolation": interpolation, "image_size": (25, 40), **aspect}
    names = ["420.jpg", "grey.jpg", "rgb.png", "palette.png", "rgb.bmp"]
    expected = images_of(kinds, names, format="tf", **call)
    assert_near(images_of(kinds, names, format="grain", **call), expected)


@every_aspect
@pytest.mark.parametrize("color_mode", COLOR_MODES)
@pytest.mark.parametrize("interpolation", ["bicubic", "lanczos3", "lanczos5"])
def test_other_methods_are_those_of_keras_with_grain(
    kinds, interpolation, color_mode, aspect, tmp_path
):
    """Where Keras's two formats differ, grain means Keras's grain."""
    names = ["420.jpg", "cmyk.jpg", "rgba.png", "grey.png", "palette.png"]
    for name in names:
        (tmp_path / name).hardlink_to(kinds / name)
    call = {
        "color_mode": color_mode,
        "interpolation": interpolation,
        "image_size": (25, 40),
        **aspect,
    }
    dataset = keras.utils.image_dataset_from_directory(
        tmp_path, labels=None, format="grain", batch_size=None, shuffle=False, **call
    )
    expected = dict(zip(sorted(names), map(np.asarray, dataset), strict=True))
    assert_near(images_of(kinds, names, format="grain", **call), expected)


def test_two_colours_are_opaque(kinds):
    """What has no transparency has an alpha of 255."""
    (image,) = images_of(
        kinds, ["two_colours.png"], format="grain", color_mode="rgba"
    ).values()
    assert (image[..., 3] == 255).all()


@every_aspect
@pytest.mark.parametrize(
    ("interpolation", "color_mode"),
    [("bilinear", "rgb"), ("gaussian", "grayscale"), ("mitchellcubic", "rgba")],
)
def test_scaled_decoding_is_that_of_the_tf_format(
    kinds, interpolation, color_mode, aspect
):
    """JPEGs are decoded at the same part of their size, and windows are the same."""
    names = ["444.jpg", "420.jpg", "progressive.jpeg", "grey.jpg", "cmyk.jpg"]
    for size in ((16, 16), (7, 29), (60, 20)):
        call = {
            "color_mode": color_mode,
            "interpolation": interpolation,
            "image_size": size,
            "scaled_decoding": True,
            **aspect,
        }
        expected = images_of(kinds, names, format="tf", **call)
        # TensorFlow's bilinear method moves a window that has fractions of pixels.
        assert_near(images_of(kinds, names, format="grain", **call), expected, 2)


@pytest.mark.parametrize("lossless", [True, False])
def test_webp_is_read_whatever_tensorflow_does(folder, lossless):
    """A WebP image needs no newer TensorFlow."""
    picture(30, 40, "RGB").save(folder / "a.webp", lossless=lossless)
    with Image.open(folder / "a.webp") as image:
        expected = np.asarray(image.convert("RGB"))
    call = {"interpolation": "nearest", "image_size": (30, 40), "format": "grain"}
    assert np.array_equal(images_of(folder, ["a"], **call)["a"], expected)


def test_animation_shows_its_first_frame(folder):
    """Of an animated GIF comes what comes in the tf format."""
    frames = [Image.new("RGB", (8, 8), colour(number)) for number in (5, 6)]
    frames[0].save(folder / "a.gif", save_all=True, append_images=frames[1:])
    image = images_of(folder, ["a.gif"], format="grain")["a.gif"]
    assert np.abs(image - colour(5)).max() < 8


# Orders


def test_every_epoch_has_a_new_order(coloured):
    """Four epochs have four orders, each of all images."""
    dataset = open_grain(coloured)
    epochs = [numbers(dataset) for _ in range(4)]
    assert len(set(map(tuple, epochs))) == 4
    assert all(sorted(epoch) == list(range(NUM_IMAGES)) for epoch in epochs)


def test_seed_determines_every_order(coloured):
    """The same seed gives the same epochs, another seed gives others."""
    one, same, other = (open_grain(coloured, seed=seed) for seed in (3, 3, 4))
    epochs = [numbers(one) for _ in range(3)]
    assert [numbers(same) for _ in range(3)] == epochs
    assert numbers(other) not in epochs


def test_global_seed_determines_the_orders(coloured):
    """Without a seed, that of `keras.utils.set_random_seed` decides."""
    epochs = []
    for _ in range(2):
        keras.utils.set_random_seed(5)
        epochs.append(numbers(open_grain(coloured, seed=None)))
    assert epochs[0] == epochs[1]


def test_batches_do_not_change_the_order(coloured):
    """The order is that of the images, however many come in a batch."""
    orders = [numbers(open_grain(coloured, batch_size=size)) for size in (1, 7, 64)]
    singly = [number_of(x) for x, _ in open_grain(coloured, batch_size=None)]
    assert orders == [singly] * 3


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize(
    "split",
    [
        {"validation_split": 0.3},
        {"validation_split": 0.3, "stratify": True},
        {"validation_split": 0.4, "group_column": "group"},
    ],
    ids=["plain", "stratified", "groups"],
)
def test_splits_are_those_of_the_tf_format(coloured, split, shuffle):
    """For the same seed both formats have the same images on each side."""
    call = {"subset": "both", "shuffle": shuffle, **split}
    with_tf = open_grain(coloured, format="tf", **call)
    with_grain = open_grain(coloured, **call)
    for ours, theirs in zip(with_grain, with_tf, strict=True):
        assert ours.file_paths == theirs.file_paths
        assert ours.labels.tolist() == theirs.labels.tolist()
        assert ours.class_names == theirs.class_names


def test_only_the_training_subset_is_shuffled_anew(coloured):
    """Predictions for a validation subset line up with its `file_paths`."""
    train, validation = open_grain(coloured, validation_split=0.5, subset="both")
    assert numbers(train) != numbers(train)
    expected = [int(Path(path).stem) for path in validation.file_paths]
    assert [numbers(validation) for _ in range(2)] == [expected] * 2


@pytest.mark.parametrize("shuffle", [True, False])
def test_shards_are_those_of_the_tf_format(coloured, shuffle):
    """A shard has the same images in both formats, and unshuffled the same order."""
    call = {"num_shards": 3, "shard_index": 1, "shuffle": shuffle}
    with_tf = open_grain(coloured, format="tf", **call)
    with_grain = open_grain(coloured, **call)
    assert with_grain.file_paths == with_tf.file_paths
    ours, theirs = numbers_and_labels(with_grain), numbers_and_labels(with_tf)
    assert (sorted(ours) == sorted(theirs)) if shuffle else (ours == theirs)


# Resuming


RESUME = """
import json, sys
from pathlib import Path
from images import batches, load, numbers_and_labels
root, shuffle = Path(sys.argv[1]), sys.argv[2] == "True"
dataset = load(root / "images", root / "labels.csv", format="grain", shuffle=shuffle,
               seed=3, batch_size=4, label_column="label", data_format="channels_last")
iterator = iter(dataset)
iterator.set_state(json.loads(sys.argv[3]))
rest = numbers_and_labels(iterator)
following = numbers_and_labels(dataset)
print(json.dumps([[n for n, _ in rest], [n for n, _ in following]]))
"""


@pytest.mark.parametrize("shuffle", [True, False])
def test_an_epoch_is_resumed_in_a_new_process(coloured, shuffle):
    """From a saved state come the remaining batches, and the epochs after them."""
    dataset = open_grain(coloured, shuffle=shuffle)
    numbers(dataset)
    iterator = iter(dataset)
    for _ in range(2):
        next(iterator)
    state = json.dumps(iterator.get_state())
    expected = [[number for number, _ in numbers_and_labels(iterator)]]
    expected.append(numbers(dataset))

    run = run_python(RESUME, str(coloured), str(shuffle), state)
    assert json.loads(run.stdout) == expected
    assert [len(epoch) for epoch in expected] == [12, 20]


@pytest.mark.parametrize("batches_seen", range(6))
def test_a_state_is_exact_wherever_it_was_taken(coloured, batches_seen):
    """Before the first batch, between batches and after the last one."""
    iterator = iter(open_grain(coloured))
    for _ in range(batches_seen):
        next(iterator)
    state = iterator.get_state()
    rest = [number for number, _ in numbers_and_labels(iterator)]

    resumed = iter(open_grain(coloured))
    next(resumed)
    resumed.set_state(state)
    assert [number for number, _ in numbers_and_labels(resumed)] == rest
    assert len(rest) == max(NUM_IMAGES - 4 * batches_seen, 0)


@pytest.mark.parametrize(
    "change",
    [{"seed": 4}, {"batch_size": 2}, {"cache": True}, {"num_shards": 2}],
    ids=lambda change: next(iter(change)),
)
def test_a_state_of_another_call_is_refused(coloured, change):
    """It would give other images than those that remain."""
    state = iter(open_grain(coloured)).get_state()
    if "num_shards" in change:
        change["shard_index"] = 0
    with pytest.raises(ValueError, match="must be that of a dataset made by the same"):
        iter(open_grain(coloured, **change)).set_state(state)


def test_a_state_of_an_unshuffled_dataset_is_refused(coloured):
    """A state without a pass does not belong to a shuffled dataset."""
    state = iter(open_grain(coloured, shuffle=False)).get_state()
    with pytest.raises(ValueError, match="must be that of a dataset made by the same"):
        iter(open_grain(coloured)).set_state(state)


def test_a_shuffled_dataset_is_augmented_as_any_other(coloured):
    """Steps of grain's own follow, with a seed of their own."""
    dataset = open_grain(coloured, label_mode="int").seed(5)
    dataset = dataset.random_map(lambda batch, rng: (batch[0] + rng.random(), batch[1]))
    images, _ = next(iter(dataset))
    assert images.shape[0] == 4


# Frameworks


def run_python(code: str, *arguments: str, **environment: str):
    """Runs Python in a process of its own."""
    tests = Path(__file__).parent
    package = Path(sys.modules["keras_csv_dataset"].__file__).parent.parent
    paths = os.pathsep.join([str(tests), str(package)])
    run = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run


FIT = """
import sys
from pathlib import Path
from keras_csv_dataset import image_dataset_from_csv
root = Path(sys.argv[1])
train, validation = image_dataset_from_csv(
    root / "images", root / "labels.csv", label_column="label", format="grain",
    image_size=(8, 8), batch_size=4, validation_split=0.5, subset="both", seed=1,
)
next(iter(train))
assert "tensorflow" not in sys.modules, "building"

import keras
model = keras.Sequential([
    keras.layers.Rescaling(1 / 255),
    keras.layers.Flatten(),
    keras.layers.Dense(3, "softmax", kernel_initializer="zeros"),
])
model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
history = model.fit(train, validation_data=validation, epochs=8, verbose=0)
losses = history.history["loss"]
assert len(history.history["val_loss"]) == 8
assert losses[-1] < losses[0], losses
assert model.predict(validation, verbose=0).shape == (10, 3)
assert keras.backend.backend() == sys.argv[2]
assert "tensorflow" not in sys.modules, "training"
"""


@pytest.mark.parametrize(
    "backend", ["jax", pytest.param("torch", marks=pytest.mark.pytorch)]
)
def test_training_needs_no_tensorflow(coloured, backend):
    """From the import to `model.fit`, TensorFlow is not imported."""
    run_python(FIT, str(coloured), backend, KERAS_BACKEND=backend)


# What is refused


def test_missing_package_is_named_with_the_command_that_installs_it(monkeypatch):
    """The error says which package is missing, and what to type."""
    monkeypatch.delitem(sys.modules, "keras_csv_dataset._grain_pipeline", raising=False)
    monkeypatch.delattr("keras_csv_dataset._grain_pipeline", raising=False)
    monkeypatch.setitem(sys.modules, "grain", None)
    message = r"`format=\"grain\"` needs grain: .*install 'keras-csv-dataset\[grain\]'"
    with pytest.raises(ImportError, match=message):
        image_dataset_from_csv("images", "labels.csv", format="grain")


DAMAGED = {
    "empty.jpg": (b"", "the file is empty"),
    "text.png": (b"not an image", "not an image in a format that is decoded here"),
    "short.jpg": (None, "(?i:truncated)"),
    "short.png": (None, "truncated"),
    "short.gif": (None, "(?i:truncated|incomplete|not enough)"),
    "short.bmp": (None, "(?i:truncated|incomplete|not enough)"),
}


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_file_is_named(folder, name, interpolation):
    """The error names the file, what is wrong with it, and how to find all others."""
    content, problem = DAMAGED[name]
    path = folder / name
    if content is None:
        picture(40, 40, "RGB").save(path)
        content = path.read_bytes()[: path.stat().st_size // 2]
    path.write_bytes(content)
    csv = pd.DataFrame({"image": [name]})
    dataset = load(
        folder, csv, label_mode=None, format="grain", interpolation=interpolation
    )
    message = rf"(?s){name}' cannot be decoded: .*{problem}.*keras-csv-dataset check"
    with pytest.raises(ValueError, match=message):
        next(iter(dataset))


def test_images_are_checked_without_tensorflow(kinds, tmp_path):
    """What is damaged or gone is found, and nothing else; progress is told."""
    from keras_csv_dataset._grain_check import check_images

    (tmp_path / "empty.jpg").touch()
    whole = (kinds / "444.jpg").read_bytes()
    (tmp_path / "short.jpg").write_bytes(whole[: len(whole) // 2])
    damaged = [str(tmp_path / name) for name in ("empty.jpg", "gone.png", "short.jpg")]
    sound = [str(kinds / name) for name in KINDS] * 4
    progress = []

    errors = check_images([*damaged, *sound], progress.append).errors

    assert list(errors) == [0, 1, 2]
    assert errors[0] == "the file is empty"
    assert errors[1] == "the file is not there"
    assert "runcated" in errors[2]
    assert progress == [64, 79]


def test_a_folder_behind_an_address_is_refused(write_csv):
    """Files in an object store are not read: the error says so before any is."""
    csv = write_csv("image,label\na.png,x\nb.png,y\n")
    message = r"`directory` must be a folder on this machine .*format=\"tf\""
    with pytest.raises(ValueError, match=message):
        load("gs://bucket", csv, format="grain")


def test_addresses_in_the_csv_are_refused(write_csv):
    """Files in an object store are not read: the error names the line."""
    csv = write_csv("image,label\ngs://bucket/a.png,x\ngs://bucket/b.png,y\n")
    message = r"labels\.csv, line 2: 'gs://bucket/a\.png' is an address.*format=\"tf\""
    with pytest.raises(ValueError, match=message):
        load(
            *(None, csv),
            format="grain",
            image_column="image",
            missing_images="unchecked",
        )


def test_shuffled_dataset_is_not_divided_among_processes(coloured):
    """Every process would repeat the same order: the error says what to do."""
    import grain

    with pytest.raises(ValueError, match="cannot be divided among processes"):
        grain.experimental.multithread_prefetch(
            open_grain(coloured), num_threads=2, buffer_size=1
        )


def test_iterator_can_be_closed_at_any_time(coloured):
    """What is read ahead is given up, and the next epoch comes whole."""
    dataset = open_grain(coloured)
    iterator = iter(dataset)
    next(iterator)
    iterator.close()
    assert sorted(numbers(dataset)) == list(range(NUM_IMAGES))
