"""Checkpoints at any batch: what is left of all epochs comes back, in its order."""

import time

import pytest
import tensorflow as tf

from images import batches, load, number_of, save_all
from in_each_format import image_dataset_from_csv

NAMES = [f"{number:02}.png" for number in range(11)]
EPOCHS, BATCHES = 3, 4


@pytest.fixture
def call(folder, write_csv):
    """The folder and the label file of 11 images."""
    save_all(folder, NAMES)
    rows = [f"{name},{number}" for number, name in enumerate(NAMES)]
    return folder, write_csv("image,label\n" + "\n".join(rows) + "\n")


def numbers(iterator) -> "list[list[int]]":
    return [[number_of(image) for image in images] for images, _ in iterator]


@pytest.mark.parametrize("cache", [None, True], ids=["files", "cache"])
@pytest.mark.parametrize("ahead", [False, True], ids=["at once", "prefetched"])
def test_a_checkpoint_keeps_the_order_of_every_later_epoch(
    call, tmp_path, cache, ahead
):
    """Also near the end of an epoch that prefetching has already read to its end."""

    def start():
        arguments = {"shuffle": True, "seed": 1, "batch_size": 3, "cache": cache}
        return iter(load(*call, shuffle_buffer_size=4, **arguments).repeat(EPOCHS))

    whole = numbers(start())
    assert len(whole) == EPOCHS * BATCHES
    for stop in (1, BATCHES - 1, BATCHES, BATCHES + 1, 2 * BATCHES - 1):
        iterator = start()
        for _ in range(stop):
            next(iterator)
        if ahead:
            time.sleep(0.05)
        saved = tf.train.Checkpoint(iterator=iterator).write(str(tmp_path / f"{stop}"))
        resumed = start()
        tf.train.Checkpoint(iterator=resumed).read(saved)
        assert numbers(resumed) == whole[stop:]


def test_a_checkpoint_of_batches_of_single_images_keeps_the_order(call, tmp_path):
    """Batches made with `num_parallel_calls` keep it, as the documentation says."""

    def start():
        arguments = {"shuffle": True, "seed": 1, "batch_size": None}
        dataset = load(*call, shuffle_buffer_size=4, **arguments)
        return iter(dataset.batch(3, num_parallel_calls=1).repeat(EPOCHS))

    whole = numbers(start())
    for stop in (BATCHES - 2, BATCHES - 1, BATCHES):
        iterator = start()
        for _ in range(stop):
            next(iterator)
        time.sleep(0.05)
        saved = tf.train.Checkpoint(iterator=iterator).write(str(tmp_path / f"{stop}"))
        resumed = start()
        tf.train.Checkpoint(iterator=resumed).read(saved)
        assert numbers(resumed) == whole[stop:]


@pytest.mark.grain
@pytest.mark.parametrize("shuffle", [True, False], ids=["shuffled", "in order"])
@pytest.mark.parametrize("other", ["order of rows", "files"])
def test_a_state_is_refused_by_another_dataset(call, tmp_path, shuffle, other):
    """What a grain iterator saved is not restored for other files or another order."""
    folder, csv = call
    arguments = {"shuffle": shuffle, "seed": 1, "batch_size": 3, "format": "grain"}
    iterator = iter(load(folder, csv, **arguments))
    next(iterator)
    state = iterator.get_state()
    if other == "files":
        folder = tmp_path / "other"
        save_all(folder, NAMES)
    else:
        header, *rows = csv.read_text().splitlines()
        csv.write_text("\n".join([header, *reversed(rows)]))
    changed = iter(load(folder, csv, **arguments))
    with pytest.raises(ValueError, match="made by the same call on the same files"):
        changed.set_state(state)


@pytest.mark.grain
def test_the_state_of_images_in_order_is_restored(call):
    """The same call goes on where the state was saved."""
    arguments = {"batch_size": 3, "format": "grain"}
    iterator = iter(load(*call, **arguments))
    next(iterator)
    resumed = iter(load(*call, **arguments))
    resumed.set_state(iterator.get_state())
    assert numbers(resumed) == numbers(batches(load(*call, **arguments)))[1:]


@pytest.mark.parametrize("shuffle", [True, False])
def test_predictions_that_will_not_line_up_are_announced(call, capsys, shuffle):
    """Images without labels that are shuffled say so; in order, nothing is said."""
    image_dataset_from_csv(*call, label_mode=None, shuffle=shuffle, seed=1)
    assert ("pass shuffle=False" in capsys.readouterr().out) == shuffle
