"""Searching for similar perceptual hashes, compared with all pairs."""

import imagehash
import numpy as np
import pytest
from PIL import Image

from keras_csv_dataset._groups import Groups, groups_in
from keras_csv_dataset._inspection.measures import hashes_of
from keras_csv_dataset._inspection.similar_hashes import find_similar, turned


def random_hashes(number: int) -> np.ndarray:
    bits = np.random.RandomState(number).randint(0, 2, (number, 256), np.uint8)
    return np.packbits(bits, axis=1).view(np.uint64)


def joined(number: int, pairs: np.ndarray) -> "list[list[int]]":
    groups = Groups(number)
    for one, other, _ in pairs.tolist():
        groups.join([one, other])
    return [group.tolist() for group in groups_in(groups.numbers())]


@pytest.mark.parametrize("number", [2, 200, 700])
def test_no_copy_is_lost_however_many_there_are(number):
    """Images with the same hash are joined, also if more have it than are compared."""
    hashes = np.repeat(random_hashes(1), number, axis=0)
    assert joined(number, find_similar(hashes)) == [[*range(number)]]


def test_pairs_within_seven_of_the_lowest_bits_are_found():
    """Of 300 copies, of which up to 7 bits differ from the original, none is missed."""
    random = np.random.RandomState(1)
    originals = random_hashes(300)
    bits = np.unpackbits(originals.view(np.uint8), axis=1)
    for number, row in enumerate(bits):
        row[random.choice(256, number % 8, replace=False)] ^= 1
    copies = np.packbits(bits, axis=1).view(np.uint64)
    pairs = find_similar(np.concatenate([originals, copies]))
    found = {(one, other) for one, other, turn in pairs.tolist() if turn == 0}
    assert found == {(number, number + 300) for number in range(300)}


def test_hashes_are_those_of_imagehash():
    """The hash of an image is what ImageHash's `phash` computes."""
    pictures = np.random.RandomState(4).randint(0, 256, (50, 32, 32), np.uint8)
    theirs = [imagehash.phash(Image.fromarray(p), 16, 2).hash for p in pictures]
    ours = np.unpackbits(hashes_of(pictures).view(np.uint8), axis=1)
    np.testing.assert_array_equal(ours.reshape(-1, 16, 16), theirs)


@pytest.mark.parametrize("turn", range(8))
def test_a_turned_picture_is_found_with_its_turn(turn):
    """The hash of a turned picture leads to the picture, and to how it is turned."""
    picture = np.random.RandomState(2).rand(32, 32).cumsum(0).cumsum(1)
    picture = ((picture - picture.min()) / np.ptp(picture) * 255).astype(np.uint8)
    picture ^= np.random.RandomState(3).randint(0, 64, (32, 32), np.uint8)
    hashes = hashes_of(np.stack([picture, turned(picture, turn)]))
    for order in ((0, 1), (1, 0)):
        ((one, other, found),) = find_similar(np.stack([hashes[n] for n in order]))
        assert (one, other) == (0, 1)
        pair = [(picture, turned(picture, turn))[n] for n in order]
        np.testing.assert_array_equal(turned(pair[0], found), pair[1])


def test_no_images_have_no_pairs():
    """A collection without images that are large enough is no error."""
    assert len(find_similar(np.empty((0, 4), np.uint64))) == 0
