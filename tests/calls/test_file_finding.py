"""Every row finds its own file, however the label file spells it, or says why not.

The label of every row is the number that the colour of its image must tell.
"""

import os
import unicodedata
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

import pandas as pd
import pytest
import tensorflow as tf
from PIL import Image

from images import batches, number_of, save, save_all
from in_each_format import image_dataset_from_csv

pytestmark = pytest.mark.usefixtures("each_format")

NFC, NFD = (unicodedata.normalize(form, "Käfer") for form in ("NFC", "NFD"))


def load(directory, rows: dict, **keywords) -> list[tuple[int, str]]:
    """For every image: the number that its colour tells, and the label of its row."""
    frame = pd.DataFrame({"image": list(rows), "label": list(rows.values())})
    arguments = {"image_column": "image", "verbose": False, **keywords}
    dataset = image_dataset_from_csv(
        directory, frame, image_size=(8, 8), batch_size=None, shuffle=False, **arguments
    )
    return [
        (number_of(image), dataset.class_names[label])
        for image, label in batches(dataset)
    ]


SPELLINGS = {
    "a relative path": ("a/b.png", "a/b.png"),
    "a leading ./": ("a/b.png", "./a/b.png"),
    "a ./ within": ("a/b.png", "a/./b.png"),
    "two slashes": ("a/b.png", "a//b.png"),
    "blanks around": ("a/b.png", "  a/b.png "),
    "backslashes": ("a/b.png", r"a\b.png"),
    "a leading .\\": ("a/b.png", r".\a\b.png"),
    "mixed separators": ("a/b/c.png", r"a/b\c.png"),
    "no extension": ("a/b.png", "a/b"),
    "no extension, .jpg": ("b.jpg", "b"),
    "no extension, .jpeg": ("b.jpeg", "b"),
    "no extension, .bmp": ("b.bmp", "b"),
    "no extension, .gif": ("b.gif", "b"),
    "an upper-case file": ("a/b.PNG", "a/b.PNG"),
    "an upper-case file, no extension": ("a/b.JPG", "a/b"),
    "an upper-case file, lower-case row": ("a/b.JPG", "a/b.jpg"),
    "a lower-case file, upper-case row": ("a/b.jpg", "a/b.JPG"),
    "a mixed-case file": ("b.Jpg", "b"),
    "a file name alone": ("a/b/c.png", "c.png"),
    "a file name alone, no extension": ("a/b/c.png", "c"),
    "a file name alone, other case": ("a/b/c.png", "c.PNG"),
    "the last folder and the file": ("a/b/c.png", "b/c.png"),
    "the last folder, no extension": ("a/b/c.png", r"b\c"),
    "one folder above": ("train/p1.jpg", "CheXpert-v1.0/train/p1.jpg"),
    "one folder above, other case": ("train/p1.jpg", "CheXpert-v1.0/train/p1.JPG"),
    "two folders above, no extension": ("train/p1.jpg", "data/CheXpert/train/p1"),
    "an absolute path elsewhere": ("train/p1.jpg", "/home/me/data/train/p1.jpg"),
    "a Windows drive": ("train/p1.jpg", r"D:\data\train\p1.jpg"),
    "a dotted id": ("1.2.826.0.1.png", "1.2.826.0.1"),
    "a dotted id in a folder": ("s/1.2.826.0.1.png", "1.2.826.0.1"),
    "a dotted id and its extension": ("1.2.826.0.1.png", "1.2.826.0.1.png"),
    "a version in the name": ("v1.10.png", "v1.10"),
    "leading zeros": ("00642.png", "00642"),
    "a number": ("642.png", "642"),
    "spaces": ("my cats/a b.png", "my cats/a b.png"),
    "two spaces": ("a  b.png", "a  b"),
    "quotes": ('it\'s a "cat".png', 'it\'s a "cat".png'),
    "a comma": ("a,b.png", "a,b"),
    "a percent sign": ("100%25.png", "100%25"),
    "brackets and a star": ("a[1]*?.png", "a[1]*?"),
    "a hash": ("#1.png", "#1"),
    "a tilde": ("~a.png", "~a.png"),
    "NFC in both": (f"{NFC}.png", f"{NFC}.png"),
    "NFD in both": (f"{NFD}.png", f"{NFD}.png"),
    "NFC in the row, NFD on disk": (f"{NFD}.png", f"{NFC}.png"),
    "NFD in the row, NFC on disk": (f"{NFC}.png", f"{NFD}.png"),
    "NFC and NFD, no extension": (f"{NFD}/{NFD}.png", f"{NFC}/{NFC}"),
    "NFC and NFD, file name alone": (f"a/{NFD}.png", f"{NFC}.png"),
    "Chinese": ("图片/猫.png", "图片/猫"),
    "two dots in a name": ("a..b.png", "a..b"),
}


@pytest.mark.parametrize(("file", "spelled"), SPELLINGS.values(), ids=SPELLINGS)
def test_row_finds_its_file(file, spelled, folder):
    """A row finds its file among others, by whatever of its path it spells out."""
    save_all(folder, ["other.png", file, "z/another.png"])

    assert load(folder, {spelled: "1"}) == [(1, "1")]


def test_rows_may_mix_spellings_of_the_suffix(folder):
    """An id column may hold an extension, or a backslash, in some rows only."""
    save_all(folder, ["0a.jpg", "b/1.2.3.png", "b/c.PNG", "d.jpeg", "e/f.png"])
    rows = {"0a": "0", "b/1.2.3.png": "1", r"b\c": "2", "d.JPEG": "3", "./e/f": "4"}

    assert load(folder, rows) == [(i, str(i)) for i in range(5)]


def test_rows_may_not_mix_conventions(folder):
    """Rows that write folders in another way than the others are missing."""
    save_all(folder, ["a.png", "b/c.png", "e/f.png"])
    rows = {"a.png": "0", "c.png": "1", "x/e/f.png": "2"}

    with pytest.raises(ValueError, match="matched in one way") as error:
        load(folder, rows)
    assert "row 1: 'c.png' is not an image file" in str(error.value)
    assert "row 2: 'x/e/f.png' is not an image file" in str(error.value)


PRECEDENCE = {
    "the path goes before an added extension": (["a.jpg", "a.jpg.png"], "a.jpg"),
    "the path goes before the end of a path": (["a.png", "b/a.png"], "a.png"),
    "an added extension goes before the end": (["a.png", "b/a.png"], "a"),
    "an added extension goes before the end, in folders": (
        ["b/a.png", "c/b/a.png"],
        "b/a",
    ),
    "the exact case goes before the other case": (["a.png", "a.PNG"], "a.png"),
    "upper case as well": (["a.PNG", "a.png"], "a.PNG"),
    "another extension is another file": (["b/a.png", "a.jpg"], "a.png"),
    "the path in the other case goes before its end": (["b.JPG", "p1/b.jpg"], "b.jpg"),
    "the least is dropped from above": (["x/a.png", "a.png"], "data/x/a.png"),
    "the exact Unicode form goes first": ([f"{NFC}.png", f"{NFD}.png"], f"{NFC}.png"),
    "the decomposed form as well": ([f"{NFD}.png", f"{NFC}.png"], f"{NFD}.png"),
    "the exact form goes first, in folders": (
        [f"x/{NFD}.png", f"x/{NFC}.png"],
        f"y/x/{NFD}",
    ),
}


@pytest.mark.parametrize(("files", "spelled"), PRECEDENCE.values(), ids=PRECEDENCE)
def test_first_rule_that_fits_decides(files, spelled, folder):
    """Where several files could be meant, the more literal reading wins."""
    save_all(folder, files)

    assert load(folder, {spelled: "0"}) == [(0, "0")]


AMBIGUOUS = {
    "a file name in two folders": (["x/a.png", "y/a.png"], "a.png"),
    "two extensions": (["x.jpg", "x.png"], "x"),
    "two extensions in folders": (["p/x.jpg", "q/x.png"], "x"),
    "two cases of an extension": (["x.PNG", "x.Png"], "x.png"),
    "the end of two paths": (["p/x/a.png", "q/x/a.png"], "x/a.png"),
    "two extensions without their folders": (["a.png", "a.jpg"], "x/a"),
}


@pytest.mark.parametrize(("files", "spelled"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_ambiguous_name_is_refused_with_both_files(files, spelled, folder):
    """A row that fits two files by one rule is an error that names both."""
    save_all(folder, [*files, "other.png"])

    with pytest.raises(ValueError, match="fits several files") as error:
        load(folder, {spelled: "1"})
    assert "row 0" in str(error.value)
    assert all(repr(file) in str(error.value) for file in files)
    assert "tell them apart" in str(error.value)


NOT_FOUND = {
    "another folder": ("a/x.png", "b/x.png"),
    "another case of the folder": ("a/x.png", "A/x.png"),
    "half a name": ("image_1.png", "1.png"),
    "half a folder": ("xa/b.png", "a/b.png"),
    "half a dotted id": ("1.2.826.0.1.png", "1.2.826.0"),
    "more than the id": ("1.2.826.0.1.png", "1.2.826.0.1.5"),
    "another extension": ("a.png", "a.jpg"),
    "an image suffix within the name": ("a.jpg.png", "a.jpg"),
    "another case of the name": ("cat.png", "Cat.png"),
    "a folder": ("cat/1.png", "cat"),
    "a dot": ("cat/1.png", "."),
    "a pattern": ("cat.png", "c*.png"),
}


@pytest.mark.parametrize(("file", "spelled"), NOT_FOUND.values(), ids=NOT_FOUND)
def test_guessing_has_an_end(file, spelled, folder):
    """A row that spells another name than a file has does not find that file."""
    save_all(folder, ["other.png", file])

    with pytest.raises(ValueError, match="is not an image file"):
        load(folder, {"other.png": "0", spelled: "1"})


def test_integer_ids_of_a_frame_name_the_near_file(folder):
    """Integers that lost their leading zeros are an error that shows the file meant."""
    save_all(folder, ["00642.png", "00643.png"])

    with pytest.raises(
        ValueError, match=r"'642' is not an image file, but '00642\.png' is"
    ):
        load(folder, {642: "0", 643: "1"})


def test_integer_ids_of_a_frame_find_files(folder):
    """Integers of a DataFrame find files that are called by the number."""
    save_all(folder, ["642.png", "643.png"])

    assert load(folder, {643: "1", 642: "0"}) == [(1, "1"), (0, "0")]


def test_float_ids_of_a_frame_find_files(folder):
    """Whole numbers that pandas turned into floats still find their files."""
    save_all(folder, ["642.png", "643.png"])

    assert load(folder, {643.0: "1", 642.0: "0"}) == [(1, "1"), (0, "0")]


def test_leading_zeros_of_a_csv_are_kept(folder, write_csv):
    """`00642` in a CSV is a name, not the number 642, so both files can be named."""
    save_all(folder, ["642.png", "00642.png"])
    csv = write_csv("image,label\n00642,1\n642,0\n")

    dataset = image_dataset_from_csv(
        folder, csv, image_size=(8, 8), batch_size=None, shuffle=False, verbose=False
    )

    found = [(number_of(x), int(y)) for x, y in batches(dataset)]
    assert found == [(1, 1), (0, 0)]


def test_quoted_names_of_a_csv_find_files(folder, write_csv):
    """Commas, quotes and line breaks in a quoted name are part of it."""
    save_all(folder, ['a,"b".png', "c\nd.png"])
    csv = write_csv('image,label\n"a,""b"".png",0\n"c\nd.png",1\n')

    dataset = image_dataset_from_csv(
        folder, csv, image_size=(8, 8), batch_size=None, shuffle=False, verbose=False
    )

    found = [(number_of(x), int(y)) for x, y in batches(dataset)]
    assert found == [(0, 0), (1, 1)]


DIRECTORIES = {
    "as text": str,
    "as a Path": Path,
    "with a slash at the end": lambda folder: f"{folder}/",
    "with a . in it": lambda folder: f"{folder.parent}/./images",
    "relative": os.path.relpath,
}


@pytest.mark.parametrize("spell", DIRECTORIES.values(), ids=DIRECTORIES)
def test_absolute_path_inside_directory_is_found(spell, folder):
    """An absolute path inside `directory` names the very file, also among namesakes."""
    save_all(folder, ["a.png", "b/a.png", "c/b/a.png"])
    rows = {f"{folder}/b/a.png": "1", f"{folder}/a.png": "0", f"{folder}/c/b/a": "2"}

    assert load(spell(folder), rows) == [(1, "1"), (0, "0"), (2, "2")]


def test_absolute_path_inside_a_linked_directory_is_found(folder, tmp_path):
    """`directory` may be a link: absolute paths through it and past it are found."""
    save_all(folder, ["a.png", "b/a.png"])
    (tmp_path / "link").symlink_to(folder)
    rows = {f"{folder}/b/a.png": "1", f"{tmp_path}/link/a.png": "0"}

    assert load(tmp_path / "link", rows) == [(1, "1"), (0, "0")]


def test_current_directory_may_be_the_folder(folder, monkeypatch):
    """`directory="."` finds relative and absolute paths."""
    save_all(folder, ["a.png", "b/a.png"])
    monkeypatch.chdir(folder)

    assert load(".", {"./b/a.png": "1", f"{folder}/a.png": "0"}) == [(1, "1"), (0, "0")]


class TestWithoutDirectory:
    """`directory=None`: the column holds absolute paths."""

    def test_absolute_paths_are_found(self, tmp_path):
        """Files are found wherever they lie."""
        files = save_all(tmp_path, ["x/a.png", "y/z/a.png", "x/b.png"])
        rows = {str(file): str(number) for number, file in enumerate(files)}

        assert load(None, rows) == [(0, "0"), (1, "1"), (2, "2")]

    def test_the_column_is_found(self, tmp_path):
        """The column of paths need not be named."""
        files = save_all(tmp_path, ["a.png", "b.png"])
        rows = {str(file): str(number) for number, file in enumerate(files)}

        assert load(None, rows, image_column=None) == [(0, "0"), (1, "1")]

    def test_extension_may_be_left_out(self, tmp_path):
        """An absolute path finds its file without the extension, too."""
        save_all(tmp_path, ["x/a.png", "x/1.2.3.JPG"])

        rows = {f"{tmp_path}/x/1.2.3": "1", f"{tmp_path}/x/a": "0"}
        assert load(None, rows) == [(1, "1"), (0, "0")]

    @pytest.mark.parametrize(
        ("file", "spelled"),
        [
            (f"{NFD}/{NFD}.png", f"{NFD}/{NFD}.png"),
            (f"{NFC}/{NFC}.png", f"{NFC}/{NFC}.png"),
            (f"a/{NFD}.png", f"a/{NFC}.png"),
            (f"a/{NFC}.png", f"a/{NFD}.png"),
        ],
        ids=["NFD in both", "NFC in both", "NFD on disk", "NFC on disk"],
    )
    def test_unicode_forms_meet(self, file, spelled, tmp_path):
        """A file is found in either Unicode form, in a folder spelled as it is."""
        save_all(tmp_path, [file])

        assert load(None, {f"{tmp_path}/{spelled}": "0"}) == [(0, "0")]

    def test_relative_path_is_refused(self, tmp_path):
        """A relative path is an error that says to pass the folder."""
        file = save(tmp_path / "a.png", 0)

        with pytest.raises(ValueError, match="is not an absolute path") as error:
            load(None, {str(file): "0", "a.png": "1"})
        assert "row 1: 'a.png'" in str(error.value)
        assert "as `directory`" in str(error.value)

    def test_missing_file_is_refused(self, tmp_path):
        """A file that is not there is an error with its row."""
        file = save(tmp_path / "a.png", 0)

        with pytest.raises(
            ValueError, match=r"row 1: '.*/b\.png' is not an image file"
        ):
            load(None, {str(file): "0", f"{tmp_path}/b.png": "1"})

    def test_missing_folder_is_refused(self, tmp_path):
        """A folder that is not there is an error with its row, too."""
        file = save(tmp_path / "a.png", 0)

        with pytest.raises(
            ValueError, match=r"row 1: '.*/b\.png' is not an image file"
        ):
            load(None, {str(file): "0", f"{tmp_path}/not/there/b.png": "1"})

    def test_parent_folder_is_refused(self, tmp_path):
        """A `..` is refused here as well."""
        file = save(tmp_path / "a.png", 0)

        with pytest.raises(ValueError, match=r"row 1: .* contains a '\.\.'"):
            load(None, {str(file): "0", f"{tmp_path}/x/../a.png": "1"})


@pytest.mark.parametrize(
    "name",
    [
        "../secret.png",
        "a/../../secret.png",
        r"..\secret.png",
        "..",
        "./../secret",
        "../images/a.png",
        "/../a",
    ],
)
def test_parent_folder_is_refused(name, folder):
    """A path with `..` is an error, whether or not it would leave the folder."""
    save_all(folder, ["a.png", "a/b.png", "../secret.png"])

    with pytest.raises(
        ValueError, match=r"row 1: .* contains a '\.\.'(.|\n)*without '\.\.'"
    ):
        load(folder, {"a.png": "0", name: "1"})


@pytest.mark.parametrize(
    "hidden", ["._a.jpg", ".a.png", ".thumbnails/a.jpg", "x/.cache/y/a.jpg"]
)
class TestHiddenFiles:
    """Hidden files and the files of hidden folders are not images."""

    def test_it_does_not_make_a_name_ambiguous(self, hidden, folder):
        """A row finds the visible file, as if the hidden one were not there."""
        save_all(folder, ["b/a.jpg", hidden])

        assert load(folder, {"a.jpg": "0"}) == [(0, "0")]

    def test_it_is_not_found(self, hidden, folder):
        """A row that names it finds no image."""
        save_all(folder, ["b.jpg", hidden])

        with pytest.raises(ValueError, match="is not an image file"):
            load(folder, {"b.jpg": "0", hidden: "1"})

    def test_it_is_not_counted(self, hidden, folder, capsys):
        """It is not among the files that no row names."""
        save_all(folder, ["b.jpg", hidden])
        load(folder, {"b.jpg": "0"}, verbose=True)

        assert "named by no row" not in capsys.readouterr().out


def test_folder_that_is_itself_hidden_may_be_given(tmp_path):
    """Only what lies below `directory` is passed over when hidden."""
    save_all(tmp_path / ".data", ["a.png"])

    assert load(tmp_path / ".data", {"a.png": "0"}) == [(0, "0")]


def test_other_files_are_not_images(folder):
    """Files of other kinds do not make a name ambiguous."""
    save_all(folder, ["a.png"])
    for name in ("a.txt", "a.json", "a.png.bak", "a"):
        (folder / name).write_text("no image")

    assert load(folder, {"a": "0"}) == [(0, "0")]


def test_folder_called_like_an_image_is_no_image(folder):
    """A folder `a.png` is a folder."""
    save_all(folder, ["a.png/1.png", "a.jpg"])

    assert load(folder, {"a": "1", "a.png/1": "0"}) == [(1, "1"), (0, "0")]


class TestLinks:
    """Links to files are files; links to folders are followed only on request."""

    def test_link_to_a_file_is_found(self, folder, tmp_path):
        """A linked file is found under the name of the link."""
        target = save(tmp_path / "store" / "f00.png", 7)
        (folder / "a.png").symlink_to(target)

        assert load(folder, {"a.png": "0"}) == [(7, "0")]

    def test_broken_link_is_no_image(self, folder):
        """A link that leads nowhere is not an image file."""
        save_all(folder, ["a.png"])
        (folder / "b.png").symlink_to(folder / "gone.png")

        with pytest.raises(ValueError, match=r"'b\.png' is not an image file"):
            load(folder, {"a.png": "0", "b.png": "1"})

    def test_link_to_itself_is_no_image(self, folder):
        """A link that leads to itself is no image, and does not affect other rows."""
        save_all(folder, ["a.png"])
        (folder / "loop.png").symlink_to(folder / "loop.png")

        assert load(folder, {"a.png": "0"}) == [(0, "0")]

    def test_linked_folder_is_not_followed(self, folder, tmp_path):
        """By default a link to a folder is passed over."""
        save_all(folder, ["a.png"])
        save(tmp_path / "store" / "b.png", 1)
        (folder / "more").symlink_to(tmp_path / "store")

        with pytest.raises(ValueError, match=r"'more/b\.png' is not an image file"):
            load(folder, {"a.png": "0", "more/b.png": "1"})

    def test_linked_folder_is_followed_on_request(self, folder, tmp_path):
        """With `follow_links` its files are found."""
        save_all(folder, ["a.png"])
        save(tmp_path / "store" / "b.png", 1)
        (folder / "more").symlink_to(tmp_path / "store")

        rows = {"a.png": "0", "more/b.png": "1"}
        assert load(folder, rows, follow_links=True) == [(0, "0"), (1, "1")]

    @pytest.mark.parametrize("hidden", [False, True], ids=["link", "hidden"])
    def test_a_namesake_does_not_stand_in(self, folder, tmp_path, hidden):
        """A file in a folder that is not listed is not taken for another's file."""
        save(folder / "a.png", 0)
        save(folder / "b.png", 1)
        name = ".kept" if hidden else "more"
        save((folder / name if hidden else tmp_path / "store") / "a.png", 2)
        if not hidden:
            (folder / name).symlink_to(tmp_path / "store")
        rows = {"b.png": "1", f"{name}/a.png": "2"}
        with pytest.raises(ValueError, match=rf"'{name}/a\.png' is not an image file"):
            load(folder, rows)

    def test_a_name_with_a_folder_of_images_is_a_whole_path(self, folder):
        """A name with the folder's own name is refused if a sub-folder has it, too."""
        save(folder / "a.png", 0)
        save(folder / folder.name / "b.png", 1)
        rows = {f"{folder.name}/a.png": "0"}
        with pytest.raises(ValueError, match=r"/a\.png' is not an image file"):
            load(folder, rows)

    @pytest.mark.parametrize("follow_links", [False, True])
    def test_link_to_a_folder_above_ends(self, follow_links, folder):
        """A link that leads back up is not followed for ever."""
        save_all(folder, ["a.png", "x/b.png"])
        (folder / "x" / "up").symlink_to(folder)

        rows = {"x/b.png": "1", "a.png": "0"}
        assert load(folder, rows, follow_links=follow_links) == [(1, "1"), (0, "0")]

    def test_links_in_a_circle_end(self, folder):
        """Two folders that link to each other are not followed for ever."""
        save_all(folder, ["x/a.png", "y/b.png"])
        (folder / "x" / "y").symlink_to(folder / "y")
        (folder / "y" / "x").symlink_to(folder / "x")

        rows = {"y/b.png": "1", "x/a.png": "0"}
        assert load(folder, rows, follow_links=True) == [(1, "1"), (0, "0")]

    def test_link_to_itself_as_a_folder_ends(self, folder):
        """A link that leads to itself disturbs nobody who follows links."""
        save_all(folder, ["a.png"])
        (folder / "loop").symlink_to(folder / "loop")

        assert load(folder, {"a.png": "0"}, follow_links=True) == [(0, "0")]


@pytest.mark.parametrize("suffix", [".tif", ".tiff", ".dcm", ".dicom", ".TIF"])
class TestUndecodableFormats:
    """Formats that TensorFlow cannot decode are named, with the ways to read them."""

    MESSAGE = r'pass cache=True, which .*, or format="grain"'

    def test_row_that_names_one(self, suffix, folder):
        """A row with such an extension is an error that says how to read it."""
        save_all(folder, ["a.png"])
        (folder / f"b{suffix}").write_bytes(b"scan")

        with pytest.raises(ValueError, match=self.MESSAGE) as error:
            load(folder, {"a.png": "0", f"b{suffix}": "1"}, format="tf")
        assert f"row 1: 'b{suffix}' is a {suffix.lower()} file" in str(error.value)

    def test_row_that_means_one(self, suffix, folder):
        """A row that leaves the extension out gets the same error."""
        save_all(folder, ["a.png"])
        (folder / f"b{suffix}").write_bytes(b"scan")

        with pytest.raises(ValueError, match=self.MESSAGE) as error:
            load(folder, {"a.png": "0", "b": "1"}, format="tf")
        assert f"row 1: 'b' is a {suffix.lower()} file" in str(error.value)

    @pytest.mark.parametrize("ending", ["", "{}"])
    def test_column_of_nothing_else(self, ending, suffix, folder):
        """The same if the column is left open, beside an image that can be decoded."""
        save_all(folder, ["preview.png"])
        for name in "ab":
            (folder / f"{name}{suffix}").write_bytes(b"scan")
        rows = {name + ending.format(suffix): f"class {name}" for name in "ab"}

        with pytest.raises(ValueError, match=self.MESSAGE):
            load(folder, rows, image_column=None, format="tf")

    def test_folder_of_nothing_else(self, suffix, folder):
        """A folder that holds only such files is an error that says the same."""
        (folder / f"a{suffix}").write_bytes(b"scan")

        with pytest.raises(ValueError, match=self.MESSAGE):
            load(folder, {"a": "0"}, format="tf")

    def test_folder_of_nothing_else_without_directory(self, suffix, folder):
        """So are absolute paths to such files."""
        (folder / f"a{suffix}").write_bytes(b"scan")

        with pytest.raises(ValueError, match=self.MESSAGE):
            load(None, {f"{folder}/a{suffix}": "0"}, format="tf")

    def test_converted_file_is_found(self, suffix, folder):
        """Once a PNG stands beside it, a row without extension means the PNG."""
        save_all(folder, ["b.png"])
        (folder / f"b{suffix}").write_bytes(b"scan")

        assert load(folder, {"b": "0"}, format="tf") == [(0, "0")]


@pytest.mark.parametrize("spelled", ["b.webp", "b"])
def test_webp_is_an_image_where_it_can_be_decoded(spelled, folder, each_format):
    """A WebP image loads where TensorFlow decodes it, and with grain."""
    save_all(folder, ["a.png"])
    save(folder / "c.png", 1)
    Image.open(folder / "c.png").save(folder / "b.webp", lossless=True)

    outcome = nullcontext()
    if each_format == "tf" and not hasattr(tf.io, "decode_webp"):
        outcome = pytest.raises(ValueError, match=r"is a \.webp file\n.*2\.20")
    with outcome:
        rows = {"a.png": "0", spelled: "1"}
        assert load(folder, rows) == [(0, "0"), (1, "1")]


class TestUnnamedFiles:
    """Files that no row names are never yielded, and counted."""

    def test_they_are_never_yielded(self, folder):
        """Only the images of rows come."""
        save_all(folder, ["a.png", "b.png", "c/d.png"])

        assert load(folder, {"b.png": "1"}) == [(1, "1")]

    def test_they_are_counted(self, folder, capsys):
        """The message says how many there are."""
        save_all(folder, ["a.png", "b.png", "c/d.png"])
        load(folder, {"b.png": "1"}, verbose=True)

        assert "2 more image files in images are named by no row" in (
            capsys.readouterr().out
        )

    def test_nothing_is_said_of_none(self, folder, capsys):
        """Where rows name all files, the message does not mention it."""
        save_all(folder, ["a.png", "b.png"])
        load(folder, {"b.png": "1", "a": "0"}, verbose=True)

        assert "named by no row" not in capsys.readouterr().out


def load_many(folder: Path, number: int, with_directory: bool) -> None:
    """Loads images from three folders, with a row for each."""
    names = [f"{i % 3}/{i:04d}.png" for i in range(number)]
    start = "" if with_directory else f"{folder}/"
    frame = pd.DataFrame({"image": [start + name for name in names], "label": 0})
    image_dataset_from_csv(folder if with_directory else None, frame, verbose=False)


class TestOnePass:
    """The folder is listed once; the file system is not asked about each row."""

    @pytest.fixture
    def asked(self, monkeypatch) -> Counter:
        """Counts what the file system is asked: `(function, path)` -> calls."""
        counts: Counter = Counter()

        def counted(name, function):
            def call(path=".", *args, **kwargs):
                counts[name, str(path)] += 1
                return function(path, *args, **kwargs)

            return call

        for name in ("stat", "lstat", "access", "scandir", "listdir", "open"):
            monkeypatch.setattr(os, name, counted(name, getattr(os, name)))
        return counts

    def test_every_folder_is_listed_once(self, asked, folder):
        """Each folder is read exactly once, however many rows there are."""
        save_all(folder, [f"{i % 3}/{i:04d}.png" for i in range(30)])
        asked.clear()
        load_many(folder, 30, with_directory=True)

        listed = {path: n for (name, path), n in asked.items() if name == "scandir"}
        assert listed == {str(folder): 1} | {f"{folder}/{i}": 1 for i in range(3)}

    @pytest.mark.parametrize("with_directory", [True, False])
    def test_more_rows_ask_no_more(self, with_directory, asked, folder):
        """Ten times the rows do not ask the file system one question more."""
        save_all(folder, [f"{i % 3}/{i:04d}.png" for i in range(60)])
        questions = []
        # The first call also imports modules.
        for number in (6, 6, 60):
            asked.clear()
            load_many(folder, number, with_directory)
            questions.append(asked.total())

        assert questions[1] == questions[2] > 0
