"""The check of all images without TensorFlow."""

import warnings

import pytest
from PIL import Image

from kinds_of_files import KINDS, save_kinds

pytestmark = pytest.mark.grain


def test_images_are_checked_without_tensorflow(tmp_path):
    """The check reports damaged and missing files, no others, and its progress."""
    from keras_csv_dataset._grain import check_images

    kinds = tmp_path / "kinds"
    kinds.mkdir()
    save_kinds(kinds)
    (tmp_path / "empty.jpg").touch()
    whole = (kinds / "444.jpg").read_bytes()
    (tmp_path / "short.jpg").write_bytes(whole[: len(whole) // 2])
    damaged = [str(tmp_path / name) for name in ("empty.jpg", "gone.png", "short.jpg")]
    sound = [str(kinds / name) for name in KINDS] * 4
    progress = []

    errors = check_images([*damaged, *sound], progress.append).errors

    assert list(errors) == [0, 1, 2]
    assert errors[0] == "the file is empty"
    assert errors[1] == "the file does not exist"
    assert "runcated" in errors[2]
    assert progress == [64, 79]


def test_a_large_image_gives_no_warning(tmp_path):
    """A large image does not cause Pillow's warning about decompression bombs."""
    from keras_csv_dataset._grain import check_images

    path = tmp_path / "large.png"
    Image.new("1", (9_500, 9_500)).save(path)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check = check_images([str(path)])
    assert check.errors == {}
    assert check.sizes.tolist() == [[9_500, 9_500]]
    assert [w for w in caught if "decompression bomb" in str(w.message)] == []
