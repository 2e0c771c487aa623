"""Memory use does not grow from epoch to epoch."""

import sys

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
