"""`cache`: decoded once, never stale, and otherwise as if it were not there."""

import errno
import os
import re
import time
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from images import batches, load, number_of, numbers_and_labels, save, save_all
from in_each_format import FORMATS, image_dataset_from_csv
from keras_csv_dataset._images import cache as image_cache
from pairwise import each_pair

pytestmark = pytest.mark.usefixtures("each_format")
DECODING_ERRORS = (ValueError, tf.errors.InvalidArgumentError)

NAMES = [f"{number:02}.png" for number in range(20)]
TABLE = pd.DataFrame({"image": NAMES, "label": range(20)})


@pytest.fixture
def numbered(folder) -> Path:
    """A folder of 20 images whose colour tells their number."""
    save_all(folder, NAMES)
    return folder


@pytest.fixture(params=["memory", "file"])
def cache(request, tmp_path):
    """Both kinds of cache."""
    return True if request.param == "memory" else tmp_path / "made" / "if" / "missing"


def epochs(dataset, count=3) -> "list[list[int]]":
    return [[number for number, _ in numbers_and_labels(dataset)] for _ in range(count)]


def forbid_decoding(monkeypatch):
    """Makes sure that what is yielded from now on was decoded before."""
    monkeypatch.setattr(image_cache, "_write", None)


def test_every_image_keeps_its_label_in_every_epoch(numbered, cache):
    """The cache does not mix images up."""
    dataset = load(numbered, TABLE, cache=cache, shuffle=True, seed=1, batch_size=6)
    for _ in range(3):
        pairs = numbers_and_labels(dataset)
        assert sorted(pairs) == [(number, number) for number in range(20)]


def test_every_epoch_has_an_order_of_its_own(numbered, cache):
    """The images are kept before the shuffle, which is not frozen."""
    dataset = load(numbered, TABLE, cache=cache, shuffle=True, seed=1)
    assert len(set(map(tuple, epochs(dataset)))) == 3


def test_the_order_is_that_without_a_cache(numbered, cache):
    """A cache changes nothing but the time."""
    arguments = {"shuffle": True, "seed": 4, "batch_size": 3}
    cached = load(numbered, TABLE, cache=cache, **arguments)
    assert epochs(cached) == epochs(load(numbered, TABLE, **arguments))


@each_pair(
    cache=["memory", "file"],
    interpolation=["bilinear", "nearest"],
    data_format=["channels_last", "channels_first"],
    batch_size=[None, 8],
    each_format=FORMATS,
    indirect=["cache", "each_format"],
)
def test_elements_are_those_without_a_cache(
    numbered, cache, interpolation, data_format, batch_size
):
    """Pixels, labels, shapes and dtypes are the same with a cache."""
    arguments = {
        "interpolation": interpolation,
        "data_format": data_format,
        "batch_size": batch_size,
        "image_size": (11, 13),
        "label_mode": "categorical",
    }
    cached = load(numbered, TABLE, cache=cache, **arguments)
    plain = load(numbered, TABLE, **arguments)
    assert getattr(cached, "element_spec", 0) == getattr(plain, "element_spec", 0)
    assert cached.file_paths == plain.file_paths
    for one, other in zip(batches(cached), batches(plain), strict=True):
        assert [part.dtype for part in one] == [part.dtype for part in other]
        assert all(map(np.array_equal, one, other))


def test_images_alone_are_cached_too(numbered, cache):
    """`label_mode=None` yields images from the cache."""
    dataset = load(numbered, TABLE[["image"]], cache=cache, label_mode=None)
    numbers = [number_of(image) for images in dataset for image in images]
    assert numbers == list(range(20))


def test_both_subsets_are_cached(numbered, cache):
    """A split leaves every image on its side, with its label."""
    split = {"validation_split": 0.3, "subset": "both", "seed": 2, "shuffle": True}
    parts = load(numbered, TABLE, cache=cache, **split)
    pairs = [pair for part in parts for pair in numbers_and_labels(part)]
    assert sorted(pairs) == [(number, number) for number in range(20)]


def test_a_repeated_image_takes_room_once(numbered, tmp_path):
    """A row that names an image again does not decode it again."""
    table = pd.concat([TABLE, TABLE.iloc[:5]])
    dataset = load(numbered, table, cache=tmp_path / "kept")
    assert len(numbers_and_labels(dataset)) == 25
    (file,) = (tmp_path / "kept").iterdir()
    assert file.stat().st_size == 20 * 8 * 8 * 3 * 4 + 32


@pytest.mark.parametrize("seeds", [(None, None), (1, 2)], ids=["no seed", "seeds"])
def test_a_second_run_reads_the_file(numbered, tmp_path, monkeypatch, seeds):
    """What was decoded once is not decoded by a later run, whatever the order."""
    load(numbered, TABLE, cache=tmp_path / "kept", shuffle=True, seed=seeds[0])
    forbid_decoding(monkeypatch)
    turned = TABLE[::-1]
    again = load(numbered, turned, cache=tmp_path / "kept", shuffle=True, seed=seeds[1])
    assert sorted(numbers_and_labels(again)) == [(n, n) for n in range(20)]


def test_a_file_of_the_wrong_length_is_written_again(numbered, tmp_path):
    """A cache that was cut short by a copy is not read."""
    load(numbered, TABLE, cache=tmp_path / "kept")
    (file,) = (tmp_path / "kept").iterdir()
    os.truncate(file, 1000)
    assert epochs(load(numbered, TABLE, cache=tmp_path / "kept"), 1) == [
        list(range(20))
    ]


def test_a_file_of_zeros_is_written_again(numbered, tmp_path):
    """A file of the right length is not read if its content is not what was written."""
    load(numbered, TABLE, cache=tmp_path / "kept")
    (file,) = (tmp_path / "kept").iterdir()
    file.write_bytes(bytes(file.stat().st_size))
    assert epochs(load(numbered, TABLE, cache=tmp_path / "kept"), 1) == [
        list(range(20))
    ]


def test_an_image_that_is_changed_within_its_second_is_decoded_again(
    numbered, tmp_path, monkeypatch
):
    """Where a file system counts whole seconds, the content tells."""
    real, second = os.stat, 1_700_000_000 * 10**9

    def in_seconds(path, **keywords):
        status = real(path, **keywords)
        if not str(path).endswith(".bmp"):
            return status
        sizes = {"st_size": status.st_size, "st_ino": status.st_ino}
        return SimpleNamespace(**sizes, st_mtime_ns=second, st_ctime_ns=second)

    monkeypatch.setattr(os, "stat", in_seconds)
    monkeypatch.setattr(time, "time_ns", lambda: second + 1)
    table = pd.DataFrame({"image": ["a.bmp"], "label": [0]})
    save(numbered / "a.bmp", 1)
    assert epochs(load(numbered, table, cache=tmp_path / "kept"), 1) == [[1]]
    save(numbered / "a.bmp", 2)
    assert epochs(load(numbered, table, cache=tmp_path / "kept"), 1) == [[2]]


def test_an_unfinished_file_of_a_live_process_stays(numbered, tmp_path):
    """Only what a dead process left is removed: its lock is gone."""
    (tmp_path / "kept").mkdir()
    left, live = (tmp_path / "kept" / f"{name}.partial" for name in ("a", "b"))
    left.touch()
    with live.open("wb") as stream:
        image_cache._lock(stream)
        for path in (left, live):
            os.utime(path, (0, 0))
        load(numbered, TABLE, cache=tmp_path / "kept")
        assert live.exists()
    assert not left.exists()


def test_a_disk_that_fills_up_is_told_with_its_folder(numbered, tmp_path, monkeypatch):
    """An error of the disk names the folder, the room needed, and what to change."""

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(image_cache.os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left .*needs 0\.0 MB .*: '.*kept'"):
        load(numbered, TABLE, cache=tmp_path / "kept")
    assert not list((tmp_path / "kept").iterdir())


def test_what_is_yielded_may_be_written_to(numbered, cache):
    """A change of a batch or of an image does not reach the cache."""
    for batch_size in (None, 4):
        table = pd.DataFrame({"image": NAMES, "x": 1.0, "y": range(20)})
        columns = {"label_column": ["x", "y"], "label_mode": "raw"}
        dataset = load(numbered, table, cache=cache, batch_size=batch_size, **columns)
        before = [tuple(map(np.array, element)) for element in batches(dataset)]
        for element in batches(dataset):
            for array in element:
                if array.flags.writeable:
                    array[...] = 0
        for element, expected in zip(batches(dataset), before, strict=True):
            assert all(map(np.array_equal, element, expected))


def test_an_image_with_the_time_of_another_is_decoded_again(numbered, tmp_path):
    """A copy that keeps size and time of its original is not taken for it."""
    before, after = (folder_of(tmp_path, name) for name in ("before", "after"))
    for folder, number in ((before, 1), (after, 2)):
        save(folder / "a.bmp", number)
        os.utime(folder / "a.bmp", ns=(10**18, 10**18))
    table = pd.DataFrame({"image": ["a.bmp"], "label": [0]})
    assert epochs(load(before, table, cache=tmp_path / "kept"), 1) == [[1]]
    os.replace(after / "a.bmp", before / "a.bmp")
    assert epochs(load(before, table, cache=tmp_path / "kept"), 1) == [[2]]


def folder_of(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


def test_new_labels_are_not_stale(numbered, tmp_path, monkeypatch):
    """Labels are looked up after the cache, which contains none."""
    load(numbered, TABLE, cache=tmp_path / "kept")
    forbid_decoding(monkeypatch)
    corrected = TABLE.assign(label=TABLE["label"] * 2)
    dataset = load(numbered, corrected, cache=tmp_path / "kept", label_mode="raw")
    assert numbers_and_labels(dataset) == [(n, 2.0 * n) for n in range(20)]


def test_a_changed_image_is_decoded_again(numbered, tmp_path):
    """An image that was overwritten since is not read from the cache."""
    load(numbered, TABLE, cache=tmp_path / "kept")
    status = (numbered / NAMES[3]).stat()
    save(numbered / NAMES[3], 77)
    os.utime(numbered / NAMES[3], ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert epochs(load(numbered, TABLE, cache=tmp_path / "kept"))[0][3] == 77


@pytest.mark.parametrize(
    "change",
    [
        {"image_size": (9, 8)},
        {"interpolation": "bicubic"},
        {"color_mode": "rgba"},
        {"crop_to_aspect_ratio": True},
        {"pad_to_aspect_ratio": True},
        {"data_format": "channels_first"},
        {"exif_orientation": True},
        {"scaled_decoding": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_argument_is_another_file(numbered, tmp_path, change):
    """Images decoded in another way are not taken for these."""
    load(numbered, TABLE, cache=tmp_path / "kept")
    dataset = load(numbered, TABLE, cache=tmp_path / "kept", **change)
    assert len(list((tmp_path / "kept").iterdir())) == 2
    for one, other in zip(dataset, load(numbered, TABLE, **change), strict=True):
        assert np.array_equal(one[0], other[0])


def test_an_image_that_cannot_be_decoded_leaves_no_file(numbered, tmp_path):
    """A cache is written whole or not at all, and the error names the image."""
    (numbered / NAMES[9]).write_bytes(b"no image")
    with pytest.raises(DECODING_ERRORS, match=NAMES[9]):
        load(numbered, TABLE, cache=tmp_path / "kept")
    assert not list((tmp_path / "kept").iterdir())


def test_a_full_disk_is_told_before_anything_is_decoded(
    numbered, tmp_path, monkeypatch
):
    """An error says how much room is needed and what to change."""
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(image_cache.shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(OSError, match=r"needs 1\.0 GB for 20 images.*larger disk"):
        load(numbered, TABLE, cache=tmp_path / "kept", image_size=(2048, 2048))


def test_too_little_memory_is_told_before_anything_is_decoded(numbered):
    """An error says how much memory is needed and what to change."""
    with pytest.raises(
        MemoryError, match=r"needs \d+\.\d GB of memory .*Pass a folder"
    ):
        load(numbered, TABLE, cache=True, image_size=(200_000, 200_000))


@pytest.mark.parametrize("wrong", [3, "", ["folder"], b"folder"])
def test_a_cache_that_is_no_folder_is_refused(numbered, wrong):
    """`cache` is True or the path of a folder."""
    with pytest.raises(ValueError, match=r"`cache` must be True, .* or the path"):
        load(numbered, TABLE, cache=wrong)


def test_a_file_in_the_place_of_the_folder_is_refused(numbered, tmp_path):
    """A path that is taken already is named."""
    (tmp_path / "kept").write_text("")
    with pytest.raises(ValueError, match=r"`cache` must be a folder.*kept"):
        load(numbered, TABLE, cache=tmp_path / "kept")


@pytest.mark.parametrize("none", [None, False])
def test_no_cache_is_the_default(numbered, none, monkeypatch):
    """Without `cache` every epoch reads the files."""
    dataset = load(numbered, TABLE, cache=none)
    epochs(dataset)
    save(numbered / NAMES[0], 99)
    assert epochs(dataset)[0][0] == 99


def test_the_room_that_images_take_is_told(numbered, capsys):
    """The memory that a cache will take is printed before it is taken."""
    image_dataset_from_csv(numbered, TABLE, cache=True, image_size=(500, 500))
    assert "Keeping 20 decoded images in memory: 60.0 MB." in capsys.readouterr().out


def test_a_progress_bar_shows_how_far_the_cache_is_filled(numbered, cache, capsys):
    """Keras's progress bar counts the images of each subset, each image once."""
    table = pd.concat([TABLE, TABLE.iloc[:5]])
    split = {"validation_split": 0.2, "subset": "both", "seed": 1}
    parts = load(numbered, table, cache=cache, verbose=True, **split)
    shown = capsys.readouterr().out
    assert all(f"{len(set(part.file_paths))}/" in shown for part in parts)
    totals = {int(total) for total in re.findall(r"\d+/(\d+)\b", shown)}
    assert totals == {len(set(part.file_paths)) for part in parts}


def test_no_progress_is_shown_if_nothing_is_decoded(numbered, tmp_path, capsys):
    """A file that is used again is not decoded, and `verbose=False` shows nothing."""
    load(numbered, TABLE, cache=tmp_path / "kept")
    assert capsys.readouterr().out == ""
    load(numbered, TABLE, cache=tmp_path / "kept", verbose=True)
    assert "/20" not in capsys.readouterr().out


def test_a_model_trains_on_it(numbered, cache):
    """`model.fit` takes the cached dataset as any other."""
    dataset = load(numbered, TABLE, cache=cache, shuffle=True, seed=1)
    layers = [keras.layers.Rescaling(1 / 255), keras.layers.Flatten()]
    model = keras.Sequential([*layers, keras.layers.Dense(20)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss=loss)
    history = model.fit(dataset, epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2
