"""`corrupt_images`: files that cannot be decoded are found before training."""

import warnings

import pytest
import tensorflow as tf
from PIL import Image

from bombs import BOMBS, NEEDS_WEBP, png
from images import NAMES, load, numbers_and_labels, save
from keras_csv_dataset import image_dataset_from_csv


@pytest.fixture
def spoilt(folder, write_csv):
    """Eight image files with labels; those of lines 3, 5 and 6 are corrupt."""
    for number, name in enumerate(NAMES):
        save(folder / f"{name}.png", number)
    (folder / "b.png").write_bytes(b"")
    (folder / "d.png").write_bytes(b"no image at all")
    (folder / "e.png").write_bytes((folder / "a.png").read_bytes()[:-30])
    rows = [f"{name},{'xyz'[number % 3]}" for number, name in enumerate(NAMES)]
    return folder, write_csv("image,label\n" + "\n".join(rows) + "\n")


@pytest.mark.usefixtures("each_format")
def test_error_names_every_bad_file_with_its_line(spoilt):
    """One error lists all corrupt files with their lines and the reasons."""
    with pytest.raises(ValueError, match='corrupt_images="skip"') as error:
        load(*spoilt, corrupt_images="error")
    first, second, third, advice = str(error.value).splitlines()
    assert first == "labels.csv, line 3: 'b' cannot be decoded: the file is empty"
    assert second.startswith("labels.csv, line 5: 'd' cannot be decoded: it is not an")
    assert third.startswith("labels.csv, line 6: 'e' cannot be decoded: ")
    assert advice.startswith("Replace the files or remove their rows")


def test_error_names_many_files(folder, write_csv):
    """The error lists more than five corrupt files."""
    save(folder / "good.png", 0)
    for number in range(7):
        (folder / f"{number}.png").write_bytes(b"spoilt")
    rows = ["good", *map(str, range(7))]
    csv = write_csv("image,label\n" + "".join(f"{name},x\n" for name in rows))
    with pytest.raises(ValueError, match="line 3: '0' cannot be decoded") as error:
        load(folder, csv, corrupt_images="error")
    assert str(error.value).count("cannot be decoded") == 7


@pytest.mark.parametrize("policy", ["error", "skip"])
@pytest.mark.usefixtures("each_format")
def test_an_image_of_half_the_bound_passes(folder, write_csv, policy):
    """An image of 100 million pixels is accepted without a warning."""
    (folder / "scan.png").write_bytes(png(10_000, 10_000, bytes(10_000 * 1251)))
    csv = write_csv("image,label\nscan,x\n")
    assert load(folder, csv, corrupt_images=policy).file_paths


@pytest.mark.usefixtures("each_format")
def test_skip_yields_the_sound_images_with_their_labels(spoilt):
    """`"skip"` leaves out the corrupt files; the other images keep their labels."""
    with pytest.warns(UserWarning, match="3 of 8 rows are left out"):
        dataset = load(*spoilt, corrupt_images="skip", batch_size=2)
    folder = spoilt[0]
    assert numbers_and_labels(dataset) == [(0, 0), (2, 2), (5, 2), (6, 0), (7, 1)]
    assert sum(1 for _ in dataset) == 3
    assert dataset.file_paths == [f"{folder / n}.png" for n in "acfgh"]
    assert dataset.labels.tolist() == [0, 2, 2, 0, 1]


def test_skip_warns_once_at_the_line_of_the_caller(spoilt):
    """`"skip"` gives one warning, which points at the call and lists the lines."""
    with pytest.warns(UserWarning, match=r"line 3: 'b' cannot be decoded") as caught:
        image_dataset_from_csv(*spoilt, corrupt_images="skip", verbose=False)
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_the_number_of_batches_stays_known(spoilt):
    """With `"skip"`, the dataset has a known and correct number of batches."""
    with pytest.warns(UserWarning, match="left out"):
        dataset = load(*spoilt, corrupt_images="skip", batch_size=2)
    assert dataset.cardinality() == 3


def test_split_and_skip_agree(spoilt):
    """With `"skip"`, corrupt images are left out before the split."""
    with pytest.warns(UserWarning, match="left out"):
        train, validation = load(
            *spoilt, corrupt_images="skip", validation_split=0.4, subset="both", seed=1
        )
    assert len(train.file_paths) == 3
    assert len(validation.file_paths) == 2


def test_sound_files_are_silent(images, write_csv):
    """If every image can be decoded, there is no warning and no image is left out."""
    csv = write_csv("image,label\n" + "".join(f"{n},x\n" for n in NAMES))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dataset = load(images, csv, corrupt_images="skip")
    assert len(dataset.file_paths) == 8


def test_a_dataset_of_only_bad_images_is_refused(folder, write_csv):
    """A dataset of only corrupt images raises an error, even with `"skip"`."""
    (folder / "a.png").write_bytes(b"")
    csv = write_csv("image,label\na,x\n")
    with pytest.raises(ValueError, match="line 2: 'a' cannot be decoded"):
        load(folder, csv, corrupt_images="skip")


def test_files_are_not_checked_by_default(spoilt):
    """By default, a corrupt file raises an error only when it is read."""
    dataset = load(*spoilt, batch_size=1)
    batches = iter(dataset)
    next(batches)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"mpty|format"):
        next(batches)


def test_an_image_of_many_rows_is_decoded_once(folder, write_csv, capsys):
    """An image in several rows is decoded once, and the error lists each row."""
    (folder / "a.png").write_bytes(b"spoilt")
    save(folder / "b.png", 1)
    csv = write_csv("image,label\na,x\nb,x\na,x\na,x\n")
    with pytest.raises(ValueError, match=r"line 2: (.|\n)*line 4: (.|\n)*line 5: "):
        load(folder, csv, corrupt_images="error", verbose=True)
    assert "2/2" in capsys.readouterr().out


@pytest.mark.parametrize("verbose", [True, False])
@pytest.mark.usefixtures("each_format")
def test_progress_is_shown_if_wanted(images, write_csv, capsys, verbose):
    """Keras's progress bar is shown if and only if `verbose` is true."""
    csv = write_csv("image,label\na,x\nb,x\n")
    load(images, csv, corrupt_images="error", verbose=verbose)
    assert ("2/2" in capsys.readouterr().out) is verbose


def test_unchecked_images_are_found_missing(images, write_csv):
    """With `missing_images="unchecked"`, the check reports missing files."""
    csv = write_csv("image,label\na.png,x\ngone.png,x\n")
    with pytest.raises(ValueError, match=r"line 3: 'gone\.png' .* does not exist"):
        load(images, csv, missing_images="unchecked", corrupt_images="error")


@pytest.mark.parametrize("choice", ["warn", True, ""])
def test_any_other_choice_is_refused_before_a_file_is_touched(choice):
    """An invalid value raises an error with the choices before any file is read."""
    with pytest.raises(
        ValueError, match=r"`corrupt_images` must be 'error', 'skip' or"
    ):
        load("nowhere", "nowhere.csv", corrupt_images=choice)


@pytest.mark.usefixtures("each_format")
@pytest.mark.parametrize("bomb", BOMBS)
def test_an_image_that_declares_too_many_pixels_is_not_decoded(folder, write_csv, bomb):
    """An image that declares more than 178,956,970 pixels raises an error."""
    (folder / "bomb").with_suffix(f".{bomb[:4].strip(',')}").write_bytes(BOMBS[bomb])
    save(folder / "a.png", 0)
    csv = write_csv("image,label\na,x\nbomb,x\n")
    message = (
        r"line 3: 'bomb' cannot be decoded: it declares [\d,]+ pixels, more than 178"
    )
    with pytest.raises(ValueError, match=message):
        load(folder, csv, corrupt_images="error")


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("jpg", {"progressive": True}),
        ("png", {}),
        ("bmp", {}),
        ("gif", {}),
        *([] if NEEDS_WEBP else [("webp", {"lossless": True}), ("webp", {})]),
    ],
)
def test_large_but_allowed_images_pass(folder, write_csv, suffix, options):
    """A large image below the limit is accepted."""
    Image.new("RGB", (1500, 700)).save(folder / f"a.{suffix}", **options)
    csv = write_csv("image,label\na,x\n")
    assert load(folder, csv, corrupt_images="error").file_paths


def test_an_animation_passes(folder, write_csv):
    """An animated GIF with small frames is accepted."""
    frames = [Image.effect_noise((200, 200), 90).convert("P") for _ in range(4)]
    frames[0].save(folder / "a.gif", save_all=True, append_images=frames[1:])
    csv = write_csv("image,label\na,x\n")
    assert load(folder, csv, corrupt_images="error").file_paths
