"""Memory use does not grow from epoch to epoch."""

import sys

import numpy as np
import pytest

from images import save_all
from other_process import run_python

pytestmark = pytest.mark.slow

EPOCHS = """
import resource, sys
import pandas as pd
from images import load

names = [f"{number}.jpg" for number in range(64)]
table = pd.DataFrame({"image": names, "label": range(64)})
cache = {"none": None, "memory": True, "file": sys.argv[2]}[sys.argv[3]]
dataset = load(sys.argv[1], table, cache=cache, image_size=(128, 128), shuffle=True)
for epoch in range(50):
    for images, labels in dataset:
        pass
    if epoch in (9, 49):
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


MANY_CLASSES = """
import resource, sys
import numpy as np
from images import load

folder, csv, format, mode = sys.argv[1:]
labels = {} if mode == "none" else {"label_mode": mode, "label_separator": " "}
dataset = load(
    folder, csv, format=format, image_column="image", missing_images="unchecked",
    **({"label_mode": None} if mode == "none" else labels),
)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.parametrize("format", ["tf", "grain"])
def test_many_labels_of_many_classes_take_little_memory(folder, tmp_path, format):
    """A million images with three of 10,000 labels take 300 MB more than without."""
    rng = np.random.default_rng(0)
    rows = (
        f"{number}.png,c{a} c{b} c{c}\n"
        for number, (a, b, c) in enumerate(rng.integers(10_000, size=(10**6, 3)))
    )
    csv = tmp_path / "labels.csv"
    csv.write_text("image,label\n" + "".join(rows))
    peaks = []
    for mode in ("none", "multi_hot"):
        done = run_python(MANY_CLASSES, folder, csv, format, mode)
        assert done.returncode == 0, done.stderr
        peaks.append(int(done.stdout.split()[-1]))
    kilobytes = 1 if sys.platform.startswith("linux") else 1024
    assert (peaks[1] - peaks[0]) / kilobytes < 300_000


@pytest.mark.parametrize("cache", ["none", "memory", "file"])
def test_memory_stays_flat_over_fifty_epochs(folder, tmp_path, cache):
    """Peak memory grows by less than 10 MB between epochs 10 and 50."""
    save_all(folder, [f"{number}.jpg" for number in range(64)])
    # With one arena per thread, glibc's peak memory varies at random.
    arenas = {"MALLOC_ARENA_MAX": "1"}
    kept = tmp_path / "kept"
    done = run_python(EPOCHS, folder, kept, cache, environment=arenas)
    assert done.returncode == 0, done.stderr
    early, late = map(int, done.stdout.split())
    kilobytes = 1 if sys.platform.startswith("linux") else 1024
    assert (late - early) / kilobytes < 10_000
