"""`format="grain"`: the same call for JAX and PyTorch, without TensorFlow.

Tests of behaviour that all formats share are elsewhere; these are only for grain.
"""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import pandas as pd
import pytest

from grain_example import NUM_IMAGES, numbers, open_grain, save_coloured
from images import load, number_of, numbers_and_labels
from keras_csv_dataset import image_dataset_from_csv
from kinds_of_files import picture

pytestmark = pytest.mark.grain


@pytest.fixture(scope="module")
def coloured(tmp_path_factory) -> Path:
    """A folder with `images` and `labels.csv`."""
    return save_coloured(tmp_path_factory.mktemp("coloured"))


# Orders


def test_every_epoch_has_a_new_order(coloured):
    """Each epoch has a new order and contains all images."""
    dataset = open_grain(coloured)
    epochs = [numbers(dataset) for _ in range(4)]
    assert len(set(map(tuple, epochs))) == 4
    assert all(sorted(epoch) == list(range(NUM_IMAGES)) for epoch in epochs)


def test_seed_determines_every_order(coloured):
    """The same seed gives the same epochs, and a different seed different epochs."""
    one, same, other = (open_grain(coloured, seed=seed) for seed in (3, 3, 4))
    epochs = [numbers(one) for _ in range(3)]
    assert [numbers(same) for _ in range(3)] == epochs
    assert numbers(other) not in epochs


def test_global_seed_determines_the_orders(coloured):
    """Without a seed, `keras.utils.set_random_seed` determines the order."""
    epochs = []
    for _ in range(2):
        keras.utils.set_random_seed(5)
        epochs.append(numbers(open_grain(coloured, seed=None)))
    assert epochs[0] == epochs[1]


def test_batches_do_not_change_the_order(coloured):
    """The order of the images does not depend on the batch size."""
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
    """For the same seed, both formats have the same images in each subset."""
    call = {"subset": "both", "shuffle": shuffle, **split}
    with_tf = open_grain(coloured, format="tf", **call)
    with_grain = open_grain(coloured, **call)
    for ours, theirs in zip(with_grain, with_tf, strict=True):
        assert ours.file_paths == theirs.file_paths
        assert ours.labels.tolist() == theirs.labels.tolist()
        assert ours.class_names == theirs.class_names


def test_only_the_training_subset_is_shuffled_anew(coloured):
    """Training is reshuffled; validation is in the order of `file_paths`."""
    train, validation = open_grain(coloured, validation_split=0.5, subset="both")
    assert numbers(train) != numbers(train)
    expected = [int(Path(path).stem) for path in validation.file_paths]
    assert [numbers(validation) for _ in range(2)] == [expected] * 2


@pytest.mark.parametrize("shuffle", [True, False])
def test_shards_are_those_of_the_tf_format(coloured, shuffle):
    """A shard has the same images in both formats, and the same order if unshuffled."""
    call = {"num_shards": 3, "shard_index": 1, "shuffle": shuffle}
    with_tf = open_grain(coloured, format="tf", **call)
    with_grain = open_grain(coloured, **call)
    assert with_grain.file_paths == with_tf.file_paths
    ours, theirs = numbers_and_labels(with_grain), numbers_and_labels(with_tf)
    assert (sorted(ours) == sorted(theirs)) if shuffle else (ours == theirs)


# Resuming


@pytest.mark.parametrize("batches_seen", range(6))
def test_a_state_is_exact_wherever_it_was_taken(coloured, batches_seen):
    """A state from any point of an epoch restores exactly the remaining batches."""
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
    """The state of a dataset with different arguments raises an error."""
    state = iter(open_grain(coloured)).get_state()
    if "num_shards" in change:
        change["shard_index"] = 0
    with pytest.raises(ValueError, match="must be that of a dataset made by the same"):
        iter(open_grain(coloured, **change)).set_state(state)


def test_a_state_of_an_unshuffled_dataset_is_refused(coloured):
    """The state of an unshuffled dataset raises an error in a shuffled one."""
    state = iter(open_grain(coloured, shuffle=False)).get_state()
    with pytest.raises(ValueError, match="must be that of a dataset made by the same"):
        iter(open_grain(coloured)).set_state(state)


def test_a_shuffled_dataset_is_augmented_as_any_other(coloured):
    """Grain's own transformations can follow, with their own seed."""
    dataset = open_grain(coloured, label_mode="int").seed(5)
    dataset = dataset.random_map(lambda batch, rng: (batch[0] + rng.random(), batch[1]))
    images, _ = next(iter(dataset))
    assert images.shape[0] == 4


def test_iterators_that_start_together_are_different_passes(coloured):
    """Threads that start an epoch at the same time get different epochs."""
    dataset = open_grain(coloured)
    ready = threading.Barrier(8)

    def number_of_pass(_):
        ready.wait()
        return iter(dataset).get_state()["pass_number"]

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(number_of_pass, range(8))) == list(range(8))


# Errors


def test_missing_package_is_named_with_the_command_that_installs_it(monkeypatch):
    """The error names the missing package and the command that installs it."""
    for module in [m for m in sys.modules if m.startswith("keras_csv_dataset._grain")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.delattr("keras_csv_dataset._grain", raising=False)
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
    """The error names the file, the reason and the command that checks all files."""
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


def test_a_folder_behind_an_address_is_refused(write_csv):
    """A remote `directory` raises an error before any file is read."""
    csv = write_csv("image,label\na.png,x\nb.png,y\n")
    message = r"`directory` must be a folder on this machine .*format=\"tf\""
    with pytest.raises(ValueError, match=message):
        load("gs://bucket", csv, format="grain")


def test_addresses_in_the_csv_are_refused(write_csv):
    """An address in the CSV raises an error that gives its line."""
    csv = write_csv("image,label\ngs://bucket/a.png,x\ngs://bucket/b.png,y\n")
    message = r"labels\.csv, line 2: 'gs://bucket/a\.png' is a URL.*format=\"tf\""
    with pytest.raises(ValueError, match=message):
        load(
            *(None, csv),
            format="grain",
            image_column="image",
            missing_images="unchecked",
        )


def test_shuffled_dataset_is_not_divided_among_processes(coloured):
    """Dividing a shuffled dataset among grain's workers raises an error."""
    import grain

    with pytest.raises(ValueError, match="cannot be divided among processes"):
        grain.experimental.multithread_prefetch(
            open_grain(coloured), num_threads=2, buffer_size=1
        )


def test_iterator_can_be_closed_at_any_time(coloured):
    """After an iterator is closed, the next epoch is complete."""
    dataset = open_grain(coloured)
    iterator = iter(dataset)
    next(iterator)
    iterator.close()
    assert sorted(numbers(dataset)) == list(range(NUM_IMAGES))
