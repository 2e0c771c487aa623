"""The benchmark's images have the faults that its list of planted faults gives."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from planted_faults.changes import NEAR
from planted_faults.corpus import CONVERTED, COPY, RESAVED, Truth, write_corpus
from planted_faults.inspectors import read_findings
from planted_faults.scoring import score
from planted_faults.sources import Base, radiographs


@cache
def _bases() -> list[Base]:
    """Small images in colour, so that grey ones stand out."""
    return [
        Base(Image.merge("RGB", [base.image] * 3).resize((96, 80)), base.label)
        for base in radiographs(24)
    ]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> tuple[Path, Truth]:
    folder = tmp_path_factory.mktemp("planted") / "corpus"
    return folder / "images", write_corpus(folder, _bases(), pairs=1, images=1)


def _labels(images: Path) -> dict[str, str]:
    lines = (images.parent / "labels.csv").read_text("utf-8").splitlines()[1:]
    return dict(line.split(",") for line in lines)


def test_copies_have_the_same_bytes(corpus):
    """Identical files are identical, byte by byte, under different names."""
    images, truth = corpus
    for first, second in truth.identical_files[COPY]:
        assert first != second
        assert (images / first).read_bytes() == (images / second).read_bytes()


@pytest.mark.parametrize("kind", [RESAVED, CONVERTED])
def test_identical_pixels_are_in_different_files(corpus, kind):
    """Identical pixels are identical, but the bytes of the files differ."""
    images, truth = corpus
    for first, second in truth.identical_pixels[kind]:
        assert (images / first).read_bytes() != (images / second).read_bytes()
        one, other = (np.asarray(Image.open(images / n)) for n in (first, second))
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kind", NEAR)
def test_near_duplicates_are_changed_copies(corpus, kind):
    """Near duplicates of every kind are planted, and their pixels are not identical."""
    images, truth = corpus
    ((first, second),) = truth.near_duplicates[kind]
    one, other = (np.asarray(Image.open(images / n)) for n in (first, second))
    assert one.shape != other.shape or (one != other).any()


def test_every_row_has_an_image_and_every_image_a_row(corpus):
    """The label file lists exactly the images that were written."""
    images, _ = corpus
    assert sorted(_labels(images)) == sorted(path.name for path in images.iterdir())


def test_contradictions_are_within_families(corpus):
    """A conflicting image has another label than the image it was made from."""
    images, truth = corpus
    labels = _labels(images)
    assert truth.conflicting
    for family in truth.families:
        others = [name for name in family if labels[name] != labels[family[0]]]
        assert others == [name for name in family if name in truth.conflicting]


def test_special_files_are_what_they_should_be(corpus):
    """16-bit images have 16 bits, and crooked ones have an EXIF orientation."""
    images, truth = corpus
    (sixteen,) = truth.faults["sixteen_bit_images"]["16-bit PNG"]
    (turned,) = truth.faults["exif_orientation"]["EXIF orientation 3, 6 or 8"]
    # Where a PNG declares the bits of each channel; Pillow's modes differ by release.
    assert (images / sixteen).read_bytes()[24] == 16
    with Image.open(images / turned) as image:
        assert image.getexif()[0x0112] in (3, 6, 8)


def test_the_same_seed_writes_the_same_images(tmp_path):
    """The images, their names, their labels and the truth depend on the seed alone."""

    def write(name: str, seed: int) -> dict[str, bytes]:
        some = {"near": ["noise", "turned by 2°"], "faults": ["exif_orientation"]}
        write_corpus(tmp_path / name, _bases(), 1, 1, **some, seed=seed)
        files = (path for path in (tmp_path / name).rglob("*") if path.is_file())
        return {
            str(path.relative_to(tmp_path / name)): path.read_bytes() for path in files
        }

    assert write("first", 1) == write("second", 1)
    assert write("third", 2).keys() != write("fourth", 3).keys()


def test_a_perfect_report_gets_full_marks(corpus):
    """A report of all that was planted, as `check --json` prints it, scores 100 %."""
    images, truth = corpus
    singles = {
        kind: [[name] for names in parts.values() for name in names]
        for kind, parts in truth.faults.items()
    }
    groups = {
        "identical_pixels": [*truth.identical_files[COPY]]
        + [pair for pairs in truth.identical_pixels.values() for pair in pairs],
        "near_duplicates": [pair for p in truth.near_duplicates.values() for pair in p],
        "conflicting_duplicates": truth.families,
        **singles,
    }
    scores = score(truth, _labels(images), read_findings(_as_json(groups)))
    assert {one.recall for one in scores.values()} == {1.0}
    assert {one.precision for one in scores.values()} <= {1.0, None}


def test_pairs_of_different_images_cost_precision(corpus):
    """If one of three reported pairs is planted, precision is a third."""
    images, truth = corpus
    ((first, second),) = truth.near_duplicates["noise"]
    ((other, _),) = truth.identical_files[COPY]
    found = {"near_duplicates": [[first, second, other]]}
    one = score(truth, _labels(images), found)["near_duplicates"]
    assert (one.found, one.reported, one.precision) == (1, 3, pytest.approx(1 / 3))


def test_doubtful_images_count_for_nothing(corpus):
    """An image that may have a fault by chance neither raises nor lowers precision."""
    images, truth = corpus
    kind = "blurred_images"
    doubtful = [[name] for name in truth.doubtful[kind]]
    assert doubtful
    assert score(truth, _labels(images), {kind: doubtful})[kind].reported == 0


def _as_json(groups: dict[str, list]) -> str:
    """Groups of names as the JSON of `check`."""
    findings = [
        {
            "kind": kind,
            "groups": [
                [{"path": f"/data/images/{name}", "name": name} for name in group]
                for group in some
            ],
        }
        for kind, some in groups.items()
    ]
    return json.dumps({"findings": findings})
