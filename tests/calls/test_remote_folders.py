"""Remote images and CSVs, on TensorFlow's in-memory file system."""

import bz2
import gzip

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from PIL import Image

from images import load, numbers_and_labels, save


@pytest.fixture
def remote(tmp_path, request) -> str:
    """The address of a new folder for each test."""
    address = f"ram://{abs(hash(request.node.nodeid))}"
    tf.io.gfile.makedirs(address)
    yield address
    tf.io.gfile.rmtree(address)


@pytest.fixture
def put(remote, tmp_path):
    """Saves the image with a number in the remote folder."""

    def put(name: str, number: int) -> None:
        write(f"{remote}/{name}", save(tmp_path / "here.png", number).read_bytes())

    return put


def write(address: str, content: bytes) -> str:
    tf.io.gfile.makedirs(address.rpartition("/")[0])
    if tf.io.gfile.exists(address):
        tf.io.gfile.remove(address)  # The in-memory file system would append.
    with tf.io.gfile.GFile(address, "wb") as file:
        file.write(content)
    return address


def frame(*names: str) -> pd.DataFrame:
    return pd.DataFrame({"image": names, "label": range(len(names))})


@pytest.mark.parametrize(
    "name", ["a/b.png", "a/b", "b.png", "./a/b.png", r"a\b.png", "{remote}/a/b.png"]
)
def test_rows_find_their_files_as_in_a_local_folder(remote, put, name):
    """Paths, names without folder or suffix, and addresses find the remote file."""
    put("a/b.png", 5)
    put("a/c.png", 6)
    other = "c.png" if name == "b.png" else "a/c.png"
    dataset = load(remote, frame(other, name.format(remote=remote)))
    assert numbers_and_labels(dataset) == [(6, 0), (5, 1)]
    assert dataset.file_paths == [f"{remote}/a/c.png", f"{remote}/a/b.png"]


def test_a_slash_at_the_end_of_the_address_changes_nothing(remote, put):
    """The address of the folder may end in a slash."""
    put("a.png", 5)
    dataset = load(f"{remote}/", frame("a"))
    assert numbers_and_labels(dataset) == [(5, 0)]
    assert dataset.file_paths == [f"{remote}/a.png"]


def test_hidden_files_and_folders_are_passed_over(remote, put):
    """Hidden files and folders are ignored."""
    put("a.png", 5)
    put("x/.hidden/a.png", 6)
    put(".trash/a.png", 7)
    put("x/._a.png", 8)
    assert numbers_and_labels(load(remote, frame("a.png"))) == [(5, 0)]


def test_addresses_in_the_csv_need_no_directory(remote, put):
    """With `directory=None`, the CSV may contain the addresses of the images."""
    put("x/a.png", 5)
    put("y/b.png", 6)
    csv = frame(f"{remote}/y/b.png", f"{remote}/x/a")
    assert numbers_and_labels(load(None, csv)) == [(6, 0), (5, 1)]


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [("", bytes), (".gz", gzip.compress), (".bz2", bz2.compress)],
    ids=["plain", "gz", "bz2"],
)
def test_the_csv_may_be_remote(remote, put, suffix, pack):
    """A remote CSV is read like a local one, compressed or not."""
    put("a.png", 5)
    put("b.png", 6)
    csv = write(f"{remote}/labels.csv{suffix}", pack(b"image;label\na;x\nb;y\n"))
    assert numbers_and_labels(load(remote, csv)) == [(5, 0), (6, 1)]


def test_messages_name_the_lines_of_a_remote_csv(remote, put):
    """An error about a row of a remote CSV gives its line."""
    put("a.png", 5)
    csv = write(f"{remote}/labels.csv", b"image,label\na,x\n\ngone,y\n")
    with pytest.raises(ValueError, match=r"labels\.csv, line 4: 'gone' is not an im"):
        load(remote, csv)


def test_the_copy_of_a_remote_csv_does_not_stay(remote, put, tmp_path, monkeypatch):
    """Reading a remote CSV leaves no temporary file."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    put("a.png", 5)
    csv = write(f"{remote}/labels.csv", b"image,label\na,x\n")
    load(remote, csv)
    assert [path.name for path in tmp_path.iterdir()] == ["here.png"]


def test_a_remote_folder_that_is_not_there(remote):
    """The error names the missing address."""
    with pytest.raises(FileNotFoundError, match=f"`directory` .*'{remote}/gone'$"):
        load(f"{remote}/gone", frame("a"))


def test_a_remote_folder_that_is_a_file(remote, put):
    """A file as `directory` raises an error."""
    put("a.png", 5)
    with pytest.raises(ValueError, match="`directory` must be a folder, not a file"):
        load(f"{remote}/a.png", frame("a"))


def test_a_remote_csv_that_is_not_there(remote, put):
    """The error names the missing address."""
    put("a.png", 5)
    with pytest.raises(FileNotFoundError, match=f"`csv` .*'{remote}/labels.csv'"):
        load(remote, f"{remote}/labels.csv")


@pytest.mark.parametrize("argument", ["directory", "csv"])
def test_a_scheme_that_tensorflow_cannot_read(remote, put, argument):
    """The error names the scheme and gives a fix."""
    put("a.png", 5)
    arguments = {"directory": remote, "csv": frame("a"), argument: "nfs4://host/data"}
    message = f"`{argument}` must .*no file system for nfs4:// .*tensorflow-io"
    with pytest.raises(ValueError, match=message):
        load(**arguments)


def test_a_name_does_not_leave_a_remote_folder(remote, put):
    """A `..` raises an error with a remote folder, too."""
    put("x/a.png", 5)
    with pytest.raises(ValueError, match=r"row 0: '\.\./a\.png' contains a '\.\.'"):
        load(f"{remote}/x", frame("../a.png"))


def test_remote_images_are_checked_and_split(remote, put):
    """`corrupt_images` and `validation_split` work with a remote folder."""
    for number in range(6):
        put(f"{number}.png", number)
    write(f"{remote}/6.png", b"no image")
    csv = frame(*(f"{number}.png" for number in range(7)))
    with pytest.warns(UserWarning, match=r"'6\.png' cannot be decoded"):
        train, validation = load(
            remote, csv, corrupt_images="skip", validation_split=0.5, subset="both"
        )
    pairs = numbers_and_labels(train) + numbers_and_labels(validation)
    assert pairs == [(number, number) for number in range(6)]


def test_a_remote_cache_is_refused(images, remote):
    """A remote `cache` raises an error, because the file is memory-mapped."""
    with pytest.raises(ValueError, match=r"`cache` must be .* on this machine"):
        load(images, frame("a"), cache=f"{remote}/decoded")


def test_a_cache_of_remote_images_is_used_again_until_they_change(
    remote, put, tmp_path
):
    """A local cache of remote images is reused until a file changes."""
    put("a.png", 5)
    cache = tmp_path / "decoded"
    for number in (5, 5, 6):
        put("a.png", number)
        dataset = load(remote, frame("a"), cache=cache)
        assert numbers_and_labels(dataset) == [(number, 0)]


def test_orientations_of_remote_images_are_read(remote, tmp_path):
    """A remote photograph is turned as its EXIF tag says; one without a tag is not."""
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    exif = Image.Exif()
    exif[0x0112] = 3
    for name, options in {"tagged": {"exif": exif}, "untagged": {}}.items():
        Image.fromarray(pixels).save(tmp_path / "here.png", **options)
        write(f"{remote}/{name}.png", (tmp_path / "here.png").read_bytes())
    table = frame("tagged.png", "untagged.png")
    dataset = load(remote, table, exif_orientation=True, image_size=(4, 4))
    ((images, _),) = dataset.as_numpy_iterator()
    assert np.array_equal(images, [pixels[::-1, ::-1], pixels])


def test_a_missing_remote_image_is_left_to_training(remote):
    """No error is raised when the orientations are read."""
    unchecked = {"missing_images": "unchecked", "exif_orientation": True}
    dataset = load(remote, frame("no.png"), **unchecked)
    with pytest.raises(tf.errors.NotFoundError, match="ReadFile"):
        list(dataset)
