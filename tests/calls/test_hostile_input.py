"""CSVs and images from untrusted sources."""

import io

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from images import NAMES, load, numbers_and_labels, save

LONG = "y" * 10_000


def frame(names, labels=None, **columns) -> pd.DataFrame:
    labels = labels or list("xyxyxyxy")[: len(names)]
    return pd.DataFrame({"image": names, "label": labels, **columns})


@pytest.fixture
def secret(tmp_path):
    """A file outside the folder of images, which must not be read."""
    return save(tmp_path / "secret.png", 100)


# Names


@pytest.mark.parametrize("missing_images", ["error", "skip", "unchecked"])
@pytest.mark.parametrize("name", ["a.png\0.png", "\0", "\udce4.png"], ids=ascii)
def test_a_name_that_no_file_has_is_refused(images, name, missing_images):
    """A name with a NUL or a lone surrogate raises an error; it is not truncated."""
    with pytest.raises(ValueError, match=r"row 1: '.*' cannot be the name of a file"):
        load(images, frame(["b.png", name]), missing_images=missing_images)


@pytest.mark.parametrize("name", ["file://{}", "{}", "ram://x/secret.png"])
def test_a_name_elsewhere_is_not_read(images, secret, name):
    """An address or an absolute path outside the folder raises an error."""
    with pytest.raises(
        ValueError, match=r"row 1: '.*secret\.png' is not an image file"
    ):
        load(images, frame(["a.png", name.format(secret)]))


def test_an_unchecked_address_is_not_read(images, secret):
    """An address outside the folder is refused with `missing_images="unchecked"`."""
    csv = frame(["a.png", f"file://{secret}"])
    with pytest.raises(ValueError, match=r"row 1: 'file://.*' is not in "):
        load(images, csv, missing_images="unchecked")


def test_a_linked_file_elsewhere_counts_as_in_keras(folder, secret):
    """A symbolic link in the folder is followed, as in Keras."""
    (folder / "link.png").symlink_to(secret)
    assert numbers_and_labels(load(folder, frame(["link"]))) == [(100, 0)]


def test_control_characters_do_not_reach_the_terminal(images):
    """Messages escape control characters, so each row stays on one line."""
    with pytest.raises(ValueError, match=r"row 1: ") as error:
        load(images, frame(["a", "b\x1b[31m\r\n\x07c\u202e"]))
    line = str(error.value).splitlines()[0]
    assert line == r"DataFrame, row 1: 'b\x1b[31m\r\n\x07c\u202e' is not an image file"


# Cells


LONG_CELLS = {
    "image": (frame(["a", LONG]), {}),
    "parent": (frame(["a", f"../{LONG}"]), {}),
    "elsewhere": (frame(["a", f"/{LONG}.png"]), {"missing_images": "unchecked"}),
    "no address": (frame([LONG, LONG]), {"directory": None}),
    "class": (frame(["a", "b"], [LONG, "z"]), {"class_names": ["z"]}),
    "number": (frame(["a", "b"], [LONG, "z"]), {"label_mode": "raw"}),
    "conflict": (frame(["a", "a"], [LONG, "z"]), {}),
    "several": (frame(["a", "b"], [f"{LONG} u", "z"]), {"label_mode": "multi_hot"}),
    "weight": (frame(["a"], ["-2"], **{LONG: "1"}), {"weight_column": "label"}),
    "header": (frame(["a"]).rename(columns={"label": LONG}).assign(b=1), {}),
    "flag": (frame(["a"], [LONG], b="1"), {"label_column": ["label", "b"]}),
}


@pytest.mark.parametrize("case", LONG_CELLS)
def test_a_long_cell_does_not_fill_the_screen(images, case):
    """Errors shorten long cells and headers."""
    csv, arguments = LONG_CELLS[case]
    with pytest.raises(ValueError, match=r".") as error:
        load(**{"directory": images, "csv": csv, "image_column": "image", **arguments})
    assert len(str(error.value)) < 1500


def test_messages_shorten_long_labels(images, capsys):
    """Messages of `verbose=True` shorten long labels."""
    load(images, frame(["a", "b", "c"], [f"{LONG} u", LONG, "u"]), verbose=True)
    assert len(capsys.readouterr().out) < 1500


def test_formulas_are_text(images):
    """A cell with a spreadsheet formula is an ordinary label."""
    labels = ["=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-2"]
    dataset = load(images, frame(list("abcd"), labels))
    assert [dataset.class_names[y] for y in dataset.labels] == labels


@pytest.mark.slow
def test_every_image_may_have_a_class_of_its_own(tmp_path):
    """A million rows may have a million classes."""
    number = 1_000_000
    csv = frame([f"{i}.png" for i in range(number)], list(range(number)))
    dataset = load(tmp_path, csv, missing_images="unchecked")
    assert len(dataset.class_names) == number
    assert (dataset.labels == np.arange(number)).all()


def test_one_class_is_enough(images):
    """All images may have the same label."""
    dataset = load(images, frame(list("abc"), ["x"] * 3))
    assert numbers_and_labels(dataset) == [(0, 0), (1, 0), (2, 0)]


@pytest.fixture
def wide(write_csv):
    """A CSV of 10,000 columns."""
    columns = ",".join(f"c{number}" for number in range(9_999))
    rows = "".join(f"{name},{'1,' * 9_998}0\n" for name in "ab")
    return write_csv(f"image,{columns}\n{rows}")


def test_ten_thousand_columns_may_be_classes(images, wide):
    """A CSV may have ten thousand 0/1 columns."""
    columns = [f"c{number}" for number in range(9_999)]
    dataset = load(images, wide, label_mode="multi_hot", label_column=columns)
    assert dataset.labels.sum() == 2 * 9_998


def test_ten_thousand_columns_are_not_all_listed(images, wide):
    """An error lists only the first of many columns."""
    with pytest.raises(ValueError, match=r"\(99\d\d more\)") as error:
        load(images, wide)
    assert len(str(error.value)) < 1500


# Any bytes


ROWS = "image,label\n" + "".join(f"{name}.png,{name}\n" for name in NAMES)


@st.composite
def damaged(draw, content: bytes) -> bytes:
    """A file in which some bytes have been changed, removed, inserted or cut off."""
    spoilt = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(spoilt)))
        how_many = draw(st.integers(0, 4))
        spoilt[at : at + how_many] = draw(st.binary(max_size=4))
    return bytes(
        spoilt[: draw(st.integers(0, len(spoilt)))] if draw(st.booleans()) else spoilt
    )


@settings(max_examples=80, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=200),
        st.text("image,label\n\"';|\t\\./0\r é", max_size=80).map(str.encode),
        damaged(ROWS.encode()),
        damaged(("\ufeff" + ROWS).encode("utf-16-le")),
    ),
    arguments=st.sampled_from(
        [
            {},
            {"image_column": "image", "label_column": "label"},
            {"label_mode": None},
            {"label_mode": "multi_hot"},
            {"missing_images": "unchecked"},
            {"csv_options": {"header": None}},
            {"csv_options": {"encoding": "latin-1"}},
        ]
    ),
)
def test_any_bytes_as_csv(images, tmp_path_factory, content, arguments):
    """Any bytes as a CSV give a dataset or a `ValueError`."""
    path = tmp_path_factory.mktemp("csv") / "labels.csv"
    path.write_bytes(content)
    try:
        dataset = load(images, path, **arguments)
    except ValueError as error:
        assert str(error)  # noqa: PT017
    else:
        assert dataset.file_paths


def encodings() -> "list[tuple[str, bytes]]":
    """An image in every format and some variants, each with its suffix."""
    image = Image.effect_noise((24, 20), 60)
    variants = [
        (".jpg", "RGB", {}),
        (".jpg", "L", {"progressive": True}),
        (".jpg", "CMYK", {"restart_marker_blocks": 2}),
        (".png", "RGBA", {}),
        (".png", "P", {}),
        (".png", "I;16", {}),
        (".bmp", "RGB", {}),
        (".gif", "P", {}),
    ]
    if hasattr(tf.io, "decode_webp"):
        variants += [(".webp", "RGB", {}), (".webp", "RGBA", {"lossless": True})]
    files = []
    for suffix, mode, options in variants:
        file = io.BytesIO()
        Image.init()
        image.convert(mode).save(file, Image.EXTENSION[suffix], **options)
        files.append((suffix, file.getvalue()))
    return files


ENCODINGS = encodings()


@settings(max_examples=6, deadline=None)
@given(data=st.data(), color_mode=st.sampled_from(["rgb", "rgba", "grayscale"]))
@pytest.mark.slow
def test_any_bytes_as_images(tmp_path_factory, data, color_mode):
    """Training can read a file if and only if the check accepts it."""
    folder = tmp_path_factory.mktemp("images")
    save(folder / "sound.png", 5)
    names = ["sound.png"]
    for number, (suffix, content) in enumerate(ENCODINGS):
        names.append(f"{number}{suffix}")
        content = data.draw(st.one_of(damaged(content), st.binary(max_size=99)))
        (folder / names[-1]).write_bytes(content)
    csv = frame(names, [str(number) for number in range(len(names))])
    arguments = {"color_mode": color_mode, "batch_size": 1}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *args, **kwargs: None)
        checked = load(folder, csv, corrupt_images="skip", **arguments)
    assert sum(1 for _ in checked) == len(checked.file_paths)
    refused = sorted(set(names) - {p.rpartition("/")[2] for p in checked.file_paths})
    labels = [str(number) for number in range(len(refused))]
    images = iter(load(folder, frame(refused, labels), **arguments)) if refused else ()
    for _ in refused:
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"."):
            next(images)
