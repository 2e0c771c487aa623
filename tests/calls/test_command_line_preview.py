"""The pictures of the command `preview`: which images they show, and which text."""

import re
from typing import Any

import numpy as np
import pytest
from matplotlib.font_manager import findfont, get_font
from PIL import Image

from images import colour, save_all
from keras_csv_dataset import _tf
from keras_csv_dataset.__main__ import main
from keras_csv_dataset._cli import canvas, distribution, preview
from keras_csv_dataset._cli.canvas import fit, shorten

ROOM = 24


class Drawn:
    """What a call of `preview` has drawn, and what it has printed."""

    def __init__(self, status: int, printed: Any) -> None:
        self.status, self.error = status, printed.err
        self.captions: list[Any] = []
        self.charts: list[Any] = []

    @property
    def lines(self) -> "list[int]":
        """The line of the CSV of each image, as its caption says."""
        notes = [" ".join(caption.notes) for caption in self.captions]
        return [int(re.search(r"line (\d+)", note)[1]) for note in notes]

    @property
    def labels(self) -> "list[str]":
        """The title of each image."""
        return ["\n".join(caption.labels) for caption in self.captions]

    def bars(self) -> "list[str]":
        """The classes that have bars, from above."""
        return [text.get_text() for text in self.charts[0].axes[0].get_yticklabels()]

    def title(self) -> str:
        """The title of the first chart."""
        return self.charts[0].axes[0].get_title()


@pytest.fixture
def draw(folder, tmp_path, monkeypatch, capsys):
    """Draws the preview of a CSV, and returns what is in it."""
    captions, charts = [], []
    draw_gallery, pixels_of = preview.draw_gallery, canvas.pixels_of

    def remember_gallery(panels, texts):
        captions[:] = texts
        return draw_gallery(panels, texts)

    def remember_chart(figure):
        charts.append(figure)
        return pixels_of(figure)

    monkeypatch.setattr(preview, "draw_gallery", remember_gallery)
    monkeypatch.setattr(distribution, "pixels_of", remember_chart)

    def run(csv, *flags) -> Drawn:
        picture = tmp_path / "preview.png"
        status = main(["preview", str(folder), str(csv), "-o", str(picture), *flags])
        drawn = Drawn(status, capsys.readouterr())
        drawn.captions, drawn.charts = captions, charts
        return drawn

    return run


@pytest.fixture
def rare(folder, write_csv):
    """A CSV of 100 images, of which one has the class b and two have the class c."""
    save_all(folder, [f"{n:03}.png" for n in range(100)])
    kinds = ["b" if n == 50 else "c" if n in (70, 71) else "a" for n in range(100)]
    rows = [f"{n:03}.png,{kind}" for n, kind in enumerate(kinds)]
    return write_csv("image,label\n" + "\n".join(rows) + "\n")


def test_rare_classes_are_drawn(draw, rare):
    """Each class has an image while there is room, however rare it is."""
    drawn = draw(rare)
    assert drawn.status == 0
    assert {*drawn.labels} == {"a", "b", "c"}
    assert len(drawn.labels) == ROOM


def test_a_broken_image_makes_room_for_another_of_its_class(draw, rare, folder):
    """If the image of a rare class is broken, the class is drawn by its other image."""
    (folder / "050.png").write_bytes(b"no image")
    (folder / "070.png").write_bytes(b"no image")
    drawn = draw(rare)
    assert {*drawn.labels} == {"a", "c"}
    assert "labels.csv, line 52: " in drawn.error
    assert drawn.labels[drawn.lines.index(73)] == "c"


def test_broken_images_are_replaced_without_reading_all(
    draw, rare, folder, monkeypatch
):
    """If one image in ten is broken, the gallery is full after a look at some more."""
    for number in range(0, 100, 10):
        (folder / f"{number:03}.png").write_bytes(b"no image")
    checked = []

    def check_images(paths, **options):
        checked.extend(paths)
        return check(paths, **options)

    check = _tf.check_images
    monkeypatch.setattr(_tf, "check_images", check_images)
    drawn = draw(rare)
    assert len(drawn.lines) == ROOM
    assert not {*drawn.lines} & {*range(2, 102, 10)}
    assert len({*checked}) == len(checked) < 3 * ROOM


def test_of_too_many_classes_the_largest_and_the_smallest_are_drawn(
    draw, folder, write_csv
):
    """Of 60 classes, images and bars show those at both ends, and count the others."""
    sizes = [1] * 20 + [2] * 20 + [3] * 20
    rows = [kind for kind, size in enumerate(sizes) for _ in range(size)]
    save_all(folder, [f"{n}.png" for n in range(len(rows))])
    lines = [f"{n}.png,kind {kind:02}" for n, kind in enumerate(rows)]
    drawn = draw(write_csv("image,label\n" + "\n".join(lines) + "\n"))
    kinds = [int(label.split()[1]) for label in drawn.labels]
    assert len({*kinds}) == ROOM
    assert sum(kind < 20 for kind in kinds) == sum(kind >= 40 for kind in kinds) == 12
    shown = [int(label.split()[1]) for label in drawn.bars()]
    assert shown == [*range(40, 55), *range(5, 20)]
    title = "Labels: the 15 largest and the 15 smallest of 60 classes"
    assert drawn.title() == title
    assert "… 30 more" in drawn.charts[0].axes[0].texts[-1].get_text()


def test_pictures_have_their_own_captions(draw, folder, write_csv, tmp_path):
    """Below each image are its own file and line, above it is its label alone."""
    # The colour of the image 0 is that of text.
    save_all(folder, [f"sub/{n}.png" for n in range(9)])
    numbers = range(1, 9)
    rows = "".join(f"sub/{n}.png,kind {n}\n" for n in numbers)
    drawn = draw(write_csv("image,label\n" + rows))
    assert [c.labels for c in drawn.captions] == [[f"kind {n}"] for n in numbers]
    assert [caption.notes for caption in drawn.captions] == [
        [f"sub/{n}.png, line {n + 1}"] for n in numbers
    ]
    pixels = np.asarray(Image.open(tmp_path / "preview.png").convert("RGB")).astype(int)
    places = [
        np.argwhere((np.abs(pixels - colour(n)) <= 2).all(-1)).mean(0) for n in numbers
    ]
    # Rows have six images at most, and eight images are two rows of four.
    first, second = np.array(places[:4]), np.array(places[4:])
    assert [*np.argsort(first[:, 1])] == [*range(4)]
    assert np.ptp(first[:, 0]) < 1
    below = second[0, 0] - first[0, 0]
    assert below > 100
    assert second == pytest.approx(first + np.array([below, 0]), abs=1)


def test_class_limits_the_images_but_not_the_bars(draw, rare):
    """`--class` draws only images of these classes."""
    drawn = draw(rare, "--class", "b", "c")
    assert drawn.lines == [52, 72, 73]
    assert drawn.bars() == ["a", "b", "c"]


def test_class_is_one_of_several_of_an_image(draw, folder, write_csv):
    """An image that has the class among others is drawn."""
    save_all(folder, [f"{n}.png" for n in range(4)])
    csv = write_csv("image,tags\n0,x y\n1,y\n2,x\n3,z\n")
    flags = ["--label-mode", "multi_hot", "--label-separator", " "]
    assert draw(csv, *flags, "--class", "x", "z").lines == [2, 4, 5]


def test_a_class_that_does_not_exist(draw, rare):
    """A class that is misspelled is answered with the classes and the likely one."""
    drawn = draw(rare, "--class", "B")
    assert drawn.status == 2
    message = "--class must name classes of labels.csv, which are 'a', 'b', 'c'. "
    assert f"{message}Received: 'B'. Did you mean 'b'?" in drawn.error


def test_class_needs_classes(draw, folder, write_csv):
    """Numbers have no classes to choose."""
    save_all(folder, ["0.png", "1.png"])
    csv = write_csv("image,age\n0,1\n1,2\n")
    drawn = draw(csv, "--label-mode", "raw", "--class", "1")
    assert drawn.status == 2
    assert "--class must be left out if the labels are not classes." in drawn.error


def test_a_picture_that_cannot_be_written(rare, folder, tmp_path, capsys):
    """A folder that does not exist is an error, not a traceback."""
    picture = tmp_path / "absent" / "preview.png"
    assert main(["preview", str(folder), str(rare), "-o", str(picture)]) == 2
    assert str(picture) in capsys.readouterr().err


def test_lines_are_those_of_an_editor(draw, folder, write_csv):
    """`--lines` draws the rows on some lines, also after cells of several lines."""
    save_all(folder, [f"{n}.png" for n in range(6)])
    rows = '0,"two\nlines"\n1,a\n2,a\n3,a\n4,a\n5,a\n'
    csv = write_csv(f"image,label\n{rows}")
    drawn = draw(csv, "--lines", "4", "6-7")
    assert drawn.lines == [4, 6, 7]
    assert drawn.captions[0].notes == ["1.png, line 4"]
    assert draw(csv, "--lines", "2").labels == ["two lines"]


def test_a_line_that_does_not_exist(draw, rare):
    """A line without a row is answered with the nearest that has one."""
    drawn = draw(rare, "--lines", "7", "200-300")
    assert drawn.status == 2
    message = "--lines must be lines of labels.csv with rows that can be drawn. "
    assert f"{message}Received: 200-300. The nearest is line 101." in drawn.error


@pytest.mark.parametrize("lines", ["x", "9-7", "-3", "1.5"])
def test_lines_that_are_none(rare, folder, lines, capsys):
    """What is not a line is refused with an example."""
    with pytest.raises(SystemExit, match="2"):
        main(["preview", str(folder), str(rare), f"--lines={lines}"])
    assert "is not a line, such as 17, or lines, such as 18-25" in (
        capsys.readouterr().err
    )


def test_more_lines_than_there_is_room_for(draw, rare):
    """If not all lines can be drawn, the command says how many are."""
    assert "24 of the 30 images on these lines are drawn." in (
        draw(rare, "--lines", "11-40").error
    )


def test_subset_limits_images_and_bars(draw, folder, write_csv):
    """`--subset` draws and counts the images of one subset."""
    save_all(folder, [f"{n}.png" for n in range(9)])
    rows = [f"{n},{'ab'[n % 2]},{'test' if n > 5 else 'train'}" for n in range(9)]
    csv = write_csv("image,label,part\n" + "\n".join(rows) + "\n")
    flags = ["--split-column", "part", "--label-column", "label"]
    drawn = draw(csv, *flags, "--subset", "test")
    assert drawn.lines == [8, 9, 10]
    assert [bar.get_width() for bar in drawn.charts[0].axes[0].patches] == [2, 1]
    assert drawn.title() == "Labels (test)"
    empty = draw(csv, *flags, "--subset", "validation")
    assert "--subset must be a subset with images: the split column" in empty.error
    neither = draw(csv, *flags, "--subset", "test", "--lines", "2")
    assert "No image is in all of --subset and --lines." in neither.error
    unsplit = draw(csv, "--subset", "test")
    assert "--subset must be left out unless --validation-split" in unsplit.error
    assert {empty.status, neither.status, unsplit.status} == {2}


def test_numbers_have_a_histogram(draw, folder, write_csv):
    """The title of a histogram says how the numbers are distributed."""
    save_all(folder, [f"{n}.png" for n in range(5)])
    csv = write_csv("image,age\n0,1.5\n1,2\n2,3\n3,50\n4,2\n")
    drawn = draw(csv, "--label-mode", "raw")
    assert drawn.labels == ["1.5", "2", "3", "50", "2"]
    assert drawn.title() == "Labels: from 1.5 to 50, median 2"


def test_labels_are_no_formulas_and_have_one_line(draw, folder, write_csv):
    """Dollars, line breaks and control characters in labels are drawn as text."""
    save_all(folder, ["0.png", "1.png", "2.png"])
    csv = write_csv('image,label\n0,"$\\frac{1}$"\n1,"a\nb"\n2,a\x07b\n')
    drawn = draw(csv)
    assert drawn.status == 0
    assert drawn.labels == ["$\\frac{1}$", "a b", "a\\x07b"]


def test_characters_without_a_font(draw, folder, write_csv):
    """If no font has a character, the picture is drawn, and a line says why."""
    save_all(folder, ["0.png", "1.png"])
    drawn = draw(write_csv("image,label\n0,\U0001312f\n1,a\n"))
    assert drawn.status == 0
    assert "No installed font has all characters" in drawn.error


def test_characters_of_another_font(draw, folder, write_csv):
    """A character that the usual font lacks is drawn with another one."""
    usual, other = (
        get_font(findfont(name)).get_charmap()
        for name in ("DejaVu Sans", "STIXGeneral")
    )
    character = chr(max(other.keys() - usual.keys()))
    save_all(folder, ["0.png", "1.png"])
    drawn = draw(write_csv(f"image,label\n0,b{character}\n1,a\n"))
    assert (drawn.status, "No installed font" in drawn.error) == (0, False)


@pytest.mark.parametrize(
    ("text", "end", "shown"),
    [
        ("short", False, "short"),
        ("a very long label", False, "a very lo…"),
        ("folder/image_17.png", True, "…ge_17.png"),
        ("猫" * 9, False, "猫猫猫猫…"),
        ("a" * 10**6, False, "a" * 9 + "…"),
    ],
)
def test_texts_are_shortened_to_a_width(text, end, shown):
    """Wide characters count twice, and names of files keep their ends."""
    assert shorten(text, 10, keep_end=end) == shown


def test_wide_letters_fit_too():
    """Of wide letters there are fewer than of narrow ones."""
    assert fit("iiiiiiiiii", 100, 9) == "iiiiiiiiii"
    wide = fit("WWWWWWWWWWWWWWWWWWWW", 100, 9)
    assert re.fullmatch("W{6,11}…", wide)
    assert fit("WWW", 0.1, 9) == "…"
