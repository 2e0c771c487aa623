"""Adding files to a folder while another process reads it."""

import subprocess

import pytest

from images import load, numbers_and_labels, save, save_all
from other_process import start_python

pytestmark = pytest.mark.slow

NUM_IMAGES = 30
# Makes and checks the dataset repeatedly until stdin closes, and prints the count.
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
    """Files that are added to the folder do not change the dataset."""
    folder, csv = numbered
    other = start_python(
        READ_ON.format(num_images=NUM_IMAGES),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert other.stdout.readline() == "1\n"
    for batch in range(5):
        for number in range(20):
            save(folder / f"new_{batch}" / f"{batch}_{number}.png", 99)
        pairs = numbers_and_labels(load(folder, csv))
        assert pairs == [(number, number % 3) for number in range(NUM_IMAGES)]
    other.communicate("")
    assert other.returncode == 0
