"""The smallest values that arguments can have: each still yields the right images."""

import pytest

from images import load, numbers_and_labels

pytestmark = pytest.mark.usefixtures("each_format")


@pytest.fixture
def csv(write_csv):
    """The images `a`, `b` and `c`, with the labels 0, 1 and 2."""
    return write_csv("image,label\na,0\nb,1\nc,2\n")


@pytest.mark.parametrize("size", [1, (1, 1), (1, 8), (8, 1)])
def test_an_image_may_be_one_pixel_high_and_wide(images, csv, size):
    """`image_size=1` yields images of 1 x 1, in the colours of their files."""
    dataset = load(images, csv, image_size=size)
    height, width = size if isinstance(size, tuple) else (size, size)
    batch, _ = next(iter(dataset))
    assert batch.shape == (3, height, width, 3)
    assert numbers_and_labels(dataset) == [(0, 0), (1, 1), (2, 2)]


def test_a_batch_may_be_of_one_image(images, csv):
    """`batch_size=1` yields each image in a batch of its own."""
    dataset = load(images, csv, batch_size=1)
    assert [len(labels) for _, labels in dataset] == [1, 1, 1]
    assert numbers_and_labels(dataset) == [(0, 0), (1, 1), (2, 2)]


def test_the_seed_may_be_0(images, csv):
    """`seed=0` is a seed as any other: it gives the same order each time."""
    first, again = (load(images, csv, shuffle=True, seed=0) for _ in range(2))
    assert numbers_and_labels(first) == numbers_and_labels(again)
    assert sorted(numbers_and_labels(first)) == [(0, 0), (1, 1), (2, 2)]


def test_there_may_be_one_shard(images, csv):
    """`num_shards=1` leaves all images to the only host."""
    dataset = load(images, csv, num_shards=1, shard_index=0)
    assert numbers_and_labels(dataset) == [(0, 0), (1, 1), (2, 2)]
