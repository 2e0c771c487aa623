"""A folder that others read and change at the same time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tensorflow as tf

from images import load, numbers_and_labels, save, save_all

NUM_IMAGES = 30
# Makes the dataset and reads it until told to stop, and says how often it was right.
READ_ON = """
import sys, threading
from images import load, numbers_and_labels

stopped = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True).start()
rounds = 0
while rounds < 3 or not stopped.is_set():
    pairs = numbers_and_labels(load("images", "labels.csv"))
    assert pairs == [(number, number % 3) for number in range({num_images})], pairs
    rounds += 1
    print(rounds, flush=True)
"""


@pytest.fixture
def numbered(folder, write_csv, monkeypatch):
    """A folder of numbered images and their CSV, in the current directory."""
    save_all(folder, [f"{number}.png" for number in range(NUM_IMAGES)])
    rows = "".join(f"{number},{number % 3}\n" for number in range(NUM_IMAGES))
    csv = write_csv("image,label\n" + rows)
    monkeypatch.chdir(folder.parent)
    return folder, csv


def test_two_processes_read_a_folder_that_grows(numbered):
    """Files that are added meanwhile change nothing for the rows of the CSV."""
    folder, csv = numbered
    tests = Path(__file__).parent
    path = os.pathsep.join([str(tests.parent), str(tests)])
    other = subprocess.Popen(
        [sys.executable, "-c", READ_ON.format(num_images=NUM_IMAGES)],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert other.stdout.readline() == "1\n"
    for batch in range(5):
        for number in range(20):
            save(folder / f"new_{batch}" / f"{batch}_{number}.png", 99)
        pairs = numbers_and_labels(load(folder, csv))
        assert pairs == [(number, number % 3) for number in range(NUM_IMAGES)]
    other.communicate("")
    assert other.returncode == 0


def test_a_file_that_is_deleted_before_it_is_read_is_named(numbered):
    """Between the listing and the reading a file can go: the error names it."""
    dataset = load(*numbered, batch_size=10)
    (numbered[0] / "17.png").unlink()
    batches = iter(dataset)
    next(batches)
    with pytest.raises(tf.errors.NotFoundError, match=r"images/17\.png"):
        next(batches)


def test_a_file_that_is_deleted_before_it_is_checked_is_named(numbered, monkeypatch):
    """The same for `corrupt_images`, with the line of the CSV."""
    from keras_csv_dataset import _image_dataset

    def delete_first(rows, *arguments):
        (numbered[0] / "17.png").unlink()
        return keep(rows, *arguments)

    keep = _image_dataset.keep_rows_with_sound_image
    monkeypatch.setattr(_image_dataset, "keep_rows_with_sound_image", delete_first)
    with pytest.raises(ValueError, match=r"line 19: '17' .*: the file is not there"):
        load(*numbered, corrupt_images="error")
