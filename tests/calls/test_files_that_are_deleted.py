"""Files that are deleted after the call and before they are read."""

import pytest
import tensorflow as tf

from images import load, save_all

NUM_IMAGES = 30


@pytest.fixture
def numbered(folder, write_csv):
    """A folder of numbered images and their CSV."""
    save_all(folder, [f"{number}.png" for number in range(NUM_IMAGES)])
    rows = "".join(f"{number},{number % 3}\n" for number in range(NUM_IMAGES))
    csv = write_csv("image,label\n" + rows)
    return folder, csv


def test_a_file_that_is_deleted_before_it_is_read_is_named(numbered):
    """The error names a file that is deleted after the folder is listed."""
    dataset = load(*numbered, batch_size=10)
    (numbered[0] / "17.png").unlink()
    batches = iter(dataset)
    next(batches)
    with pytest.raises(tf.errors.NotFoundError, match=r"images/17\.png"):
        next(batches)


def test_a_file_that_is_deleted_before_it_is_checked_is_named(numbered, monkeypatch):
    """With `corrupt_images`, the error also gives the line of the deleted file."""
    from keras_csv_dataset import _tf

    def delete_first(paths, *arguments):
        (numbered[0] / "17.png").unlink()
        return check_images(paths, *arguments)

    check_images = _tf.check_images
    monkeypatch.setattr(_tf, "check_images", delete_first)
    with pytest.raises(ValueError, match=r"line 19: '17' .*: the file does not exist"):
        load(*numbered, corrupt_images="error")
