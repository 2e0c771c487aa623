"""Tables of all kinds that can be split, as the module that splits them gets them."""

import itertools

import numpy as np
from hypothesis import strategies as st

from keras_csv_dataset._labels import ClassSets, Target
from keras_csv_dataset._rows import Samples
from keras_csv_dataset._structure import Structure

MODES = ["plain", "groups", "classes", "labels", "groups+classes", "groups+labels"]

seeds = st.integers(0, 2**32 - 1)
shares = st.floats(0.1, 0.9)


class LabelFile:
    """A label file with its first row on line 2."""

    name = "labels.csv"

    def locate(self, row):
        """The line of a row."""
        return f"labels.csv, line {row + 2}"


def samples_of(
    files,
    *,
    split_values=None,
    strata=None,
    groups=None,
    class_names=None,
    stratify_by=None,
):
    """Samples with the columns that a split needs."""
    targets = Structure()
    if strata is not None:
        mode, values, number = "int", strata, int(strata.max()) + 1
        if strata.ndim == 2:
            number = strata.shape[1]
            rows, classes = np.nonzero(strata)
            mode = "multi_hot"
            values = ClassSets.of(
                rows, classes, num_samples=len(strata), num_classes=number
            )
        names = class_names or list(map(str, range(number)))
        targets = Structure.of(Target(mode=mode, values=values, class_names=names))
    return Samples(
        source=LabelFile(),
        rows=np.arange(len(files)),
        paths=Structure.of([""] * len(files)),
        files=np.asarray(files),
        first=np.arange(len(files)),
        targets=targets,
        subsets=split_values,
        groups=groups,
        strata=tuple((stratify_by or {}).values()),
    )


def text(values):
    return np.array([str(value) for value in values], dtype=object)


@st.composite
def tables(draw, modes=MODES, max_rows=40):
    """Tables that can be split, with the columns of the mode: files, groups, strata."""
    mode = draw(st.sampled_from(modes))
    rows = draw(st.integers(10, max_rows))
    # The first row shares neither its file nor its group, so there are two units.
    some = st.lists(st.integers(1, rows), min_size=rows - 2, max_size=rows - 2)
    repeats = draw(st.booleans())
    files = np.array([0, 1, *draw(some)]) if repeats else np.arange(rows)
    columns = {}
    if "groups" in mode:
        columns["groups"] = text([0, 1, *draw(some)])
    if "classes" in mode:
        class_of_file = files % draw(st.integers(1, 4))
        class_of_file[files < 2] = 0
        for label in np.unique(class_of_file):
            members = class_of_file == label
            if len(np.unique(files[members])) < 2:
                class_of_file[members] = 0
        columns["strata"] = class_of_file
    if "labels" in mode:
        width = draw(st.integers(1, 5))
        bits = st.lists(st.booleans(), min_size=width, max_size=width)
        of_file = np.array(
            draw(st.lists(bits, min_size=rows + 1, max_size=rows + 1)), dtype=bool
        )
        columns["strata"] = of_file[files]
    return files, columns


def brute_force_distance(sizes, target):
    """The smallest possible distance of a proper subset of units from the target."""
    sums = {0}
    best = np.inf
    for chosen in range(1, len(sizes)):
        sums = {sum(some) for some in itertools.combinations(sizes, chosen)}
        best = min(best, *(abs(total - target) for total in sums))
    return best
