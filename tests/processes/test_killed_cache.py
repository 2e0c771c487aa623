"""A process that is killed while it writes a cache."""

import os
import signal

import pandas as pd
import pytest

from images import load, numbers_and_labels, save_all
from other_process import run_python

pytestmark = pytest.mark.slow

NAMES = [f"{number:02}.png" for number in range(20)]
TABLE = pd.DataFrame({"image": NAMES, "label": range(20)})
# Kills itself after the cache file is written, before it is renamed.
KILLED = """
import os, signal, sys
from keras_csv_dataset._images import cache
cache.os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
import pandas as pd
from images import load
names = [f"{number:02}.png" for number in range(20)]
table = pd.DataFrame({"image": names, "label": range(20)})
load(sys.argv[1], table, cache=sys.argv[2], format=sys.argv[3])
"""


def test_a_file_that_was_cut_off_is_never_read(folder, tmp_path, each_format):
    """The partial cache of a killed process is not read later."""
    save_all(folder, NAMES)
    kept = tmp_path / "kept"
    killed = run_python(KILLED, folder, kept, each_format)
    assert killed.returncode == -signal.SIGKILL
    assert [path.suffix for path in kept.iterdir()] == [".partial"]
    (partial,) = kept.iterdir()
    os.utime(partial, (0, 0))
    dataset = load(folder, TABLE, cache=kept, format=each_format)
    assert numbers_and_labels(dataset) == [(number, number) for number in range(20)]
    # What the killed process left takes no room any more.
    assert [path.suffix for path in kept.iterdir()] == [".images"]
