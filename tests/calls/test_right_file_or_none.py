"""A row whose file is missing never gets another image.

The label of every row is the number that the colour of its image must tell.
"""

import os
import re
import time
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from images import batches, number_of, numbers_and_labels, save, save_all, singly
from images import load as load_all
from in_each_format import image_dataset_from_csv
from keras_csv_dataset._files import (
    NO_FILE,
    SEVERAL_FILES,
    WHOLE_PATH,
    Decodable,
    FileFinder,
    ImageFiles,
)

NFC, NFD = (unicodedata.normalize(form, "é") for form in ("NFC", "NFD"))


def load(directory, names, **keywords) -> list[tuple[int, str]]:
    """For every image: the number that its colour tells, and the name of its row."""
    frame = pd.DataFrame({"image": names, "label": range(len(names))})
    arguments = {"image_column": "image", "verbose": False, **keywords}
    dataset = image_dataset_from_csv(
        directory, frame, image_size=(8, 8), batch_size=None, shuffle=False, **arguments
    )
    return [
        (number_of(image), names[int(dataset.class_names[label])])
        for image, label in batches(dataset)
    ]


# Files, rows that find the file of the same position, and a row that must find none.
MISSING = {
    "a stray at the top": (["p1/1.jpg", "p1/2.jpg", "3.jpg"], ["p1/1.jpg"], "p1/3.jpg"),
    "a stray, no suffix": (["p1/1.jpg", "p1/2.jpg", "3.jpg"], ["p1/1"], "p1/3"),
    "a stray, backslashes": (["p1/1.jpg", "p1/2.jpg", "3.jpg"], [r"p1\1"], r"p1\3"),
    "a stray, absolute": (["p1/1.jpg", "p1/2.jpg", "3.jpg"], ["@/p1/1"], "@/p1/3"),
    "a stray, after rows without a folder": (
        [*(f"{n}.jpg" for n in range(1200)), "p1/1.jpg", "3x.jpg"],
        [f"{n}.jpg" for n in range(1200)],
        "p1/3x.jpg",
    ),
    "a folder above": (["b/a/1.png", "a/3.png"], ["b/a/1.png"], "b/a/3.png"),
    "another patient's": (["1.png", "x/2.png"], ["1.png"], "patient2/1.png"),
    "a deeper file": (["p1/1.png", "x/p1/2.png"], ["p1/1.png"], "p1/2.png"),
    "an absolute path and a deeper file": (["a.png", "b/c.png"], [], "@/c.png"),
    "a looser convention than the undecodable file's": (
        ["1.png", "thumbs/3.png", "3.tif"],
        ["1"],
        "3",
    ),
    "nothing but undecodable files": (["thumbs/3.png", "3.tif"], [], "3"),
    "a folder with other images": (["p1/1.jpg", "3.jpg"], [], "p1/3.jpg"),
    "a folder with other images, and a deeper file": (
        ["p1/1.png", "x/p1/2.png"],
        [],
        "p1/2.png",
    ),
    "an added suffix": (["a.jpg.png", "b.jpg"], [], "a.jpg"),
    "without the leading part": (
        ["a/1.png", "b/2.png"],
        ["/x/a/1.png"],
        "/z/y/b/2.png",
    ),
    "a stray, with several leading parts": (
        ["p1/1.png", "p1/2.png", "3.png"],
        ["/a/p1/1.png", "/b/p1/2.png"],
        "/b/p1/3.png",
    ),
    "a stray, with a leading part of its own": (
        ["p1/1.png", "p2/2.png", "3.png"],
        ["/a/p1/1.png", "/b/p2/2.png"],
        "/c/p3/3.png",
    ),
    "a stray, with a shorter leading part": (
        ["p1/1.png", "3.png"],
        ["/m/d/p1/1.png"],
        "x/3.png",
    ),
    "a stray, beside the folder": (["p1/1.png", "3.png"], [], "/z/p1/3.png"),
    "a stray, beside the folder in another case": (
        ["p1/1.png", "p1/2.png", "3.png"],
        [],
        "P1/3.png",
    ),
    "a stray, beside the folder with a blank": (["p1/1.png", "3.png"], [], "p1 /3.png"),
    "a stray, beside the folder in another Unicode form": (
        [f"{NFC}/1.png", "3.png"],
        [],
        f"/z/{NFD}/3.png",
    ),
    "a stray, beside a folder of folders": (
        ["train/p1/1.png", "3.png"],
        [],
        "/z/train/3.png",
    ),
    "a deeper file, with a leading part": (
        ["p2/1.jpg", "x/3.jpg"],
        [],
        r"C:\d\p2\3.jpg",
    ),
    "another class's": (["dog/1.png", "dog/2.png"], [], "cat/1.png"),
    "another patient's, of several": (["p3/1.png", "p4/2.png"], [], "p1/1.png"),
    "another site's": (["b/p1/1.png"], [], "/d/a/p1/1.png"),
}


@pytest.fixture
def folder(tmp_path) -> Path:
    """The folder of images."""
    (tmp_path / "images").mkdir()
    return tmp_path / "images"


@pytest.mark.parametrize(("files", "found", "missing"), MISSING.values(), ids=MISSING)
class TestMissingFile:
    """A row that finds no file in the way of the other rows is missing."""

    @pytest.fixture
    def names(self, files, found, missing, folder) -> list[str]:
        """The rows, the missing one last."""
        save_all(folder, files)
        return [name.replace("@", str(folder)) for name in [*found, missing]]

    def test_it_is_an_error_that_names_the_row(self, names, folder):
        """The error gives the row."""
        with pytest.raises(
            ValueError, match=rf"row {len(names) - 1}: '.*' is (not|a) "
        ):
            load(folder, names)

    def test_it_is_skipped_by_policy(self, names, folder):
        """With `missing_images="skip"`, the others are yielded, each with its image."""
        if len(names) == 1:
            with pytest.raises(ValueError, match=r"row 0: '.*' is (not|a) "):
                load(folder, names, missing_images="skip")
            return
        with pytest.warns(UserWarning, match="1 of .* rows is left out"):
            pairs = load(folder, names, missing_images="skip")
        assert pairs == list(enumerate(names[:-1]))


SEVERAL_NAMES = {
    "the ends of a path": (["x/patient2/1.png"], ["1.png", "patient2/1.png"]),
    "without their folders": (["1.png"], ["p1/1.png", "p2/1.png"]),
    "several leading parts": (["p/1.png"], ["/a/p/1.png", "/b/p/1.png"]),
}


@pytest.mark.parametrize(("files", "names"), SEVERAL_NAMES.values(), ids=SEVERAL_NAMES)
@pytest.mark.parametrize("label_mode", ["int", "multi_hot"])
def test_two_names_do_not_lead_to_one_file(files, names, label_mode, folder):
    """Names that write different folders are an error, in the long form as well."""
    save_all(folder, files)
    with pytest.raises(ValueError, match=f"'{names[1]}' leads to '{files[0]}', and so"):
        load(folder, names, label_mode=label_mode, missing_images="skip")


def test_blanks_at_the_ends_of_names_tell_files_apart(folder):
    """`a ` and `a` are two files, with their suffix and without."""
    save_all(folder, ["a .png", "a.png", " b.png", "b.png"])
    rows = ["a ", "a", " b.png", "b.png"]
    assert load(folder, rows) == list(enumerate(rows))


def test_a_missing_file_is_not_replaced_by_one_with_a_blank(folder):
    """Where one of the two is missing, its row is an error."""
    save_all(folder, ["a .png", "b.png"])
    with pytest.raises(ValueError, match="row 1: 'a' is not an image file"):
        load(folder, ["a ", "a"])


ANNOUNCED = {
    "whole path": (["a/b.png"], ["a/b"], None),
    "end": (["a/b.png"], ["b"], "as the ends of paths."),
    "above": (["a/b.png"], [r"C:\data\a\b"], "without the leading C:/data/."),
    "address": (
        ["a/b.png"],
        ["https://x.org/a/b.png"],
        "without the leading https://x.org/.",
    ),
    "several leading parts": (
        ["p/b.png", "p/c.png"],
        ["/u/p/b", "/v/p/c"],
        "without the leading /u/ or /v/.",
    ),
    "flattened": (["b.png", "c.png"], ["x/b", "y/c"], "without their folders."),
}


@pytest.mark.parametrize(("files", "names", "said"), ANNOUNCED.values(), ids=ANNOUNCED)
def test_the_convention_is_announced(files, names, said, folder, capsys):
    """The message says how names were matched, if not as whole paths."""
    save_all(folder, files)
    assert load(folder, names, verbose=True) == list(enumerate(names))
    printed = capsys.readouterr().out
    assert f"Names were matched {said}" in printed if said else "match" not in printed


def test_the_error_tells_what_most_rows_follow(folder):
    """The error counts the rows that would be found otherwise, and by what."""
    save_all(folder, ["a/1.png", "a/2.png", "a/3.png"])
    names = ["/data/a/1.png", "/data/a/2.png", "a/3.png"]
    with pytest.raises(ValueError, match="row 0") as error:
        load(folder, names)
    assert "as paths relative to `directory`, which finds 1 of 3" in str(error.value)
    assert "2 without the leading /data/" in str(error.value)
    assert "Write the other 1 in the same way" in str(error.value)


def test_the_error_shows_a_file_of_that_name_in_another_folder(folder):
    """The error shows where a file of the name is, which was not taken."""
    save_all(folder, ["dog/1.png", "dog/2.png"])
    with pytest.raises(ValueError, match="row 0") as error:
        load(folder, ["cat/1.png", "cat/2"])
    assert "'cat/1.png' is not an image file; a file with that" in str(error.value)
    assert "name is 'dog/1.png'" in str(error.value)
    assert "name is 'dog/2.png'" in str(error.value)


def test_an_address_with_a_query(folder):
    """The error says how to remove the query, and then the rows are found."""
    save_all(folder, ["1.jpg", "2.jpg"])
    names = [f"https://x.org/{n}.jpg?w=640" for n in (1, 2)]
    frame = pd.DataFrame({"url": names, "label": ["x", "y"]})
    with pytest.raises(ValueError, match=r'What follows the "\?"') as error:
        image_dataset_from_csv(folder, frame)
    assert """df['url'] = df['url'].str.partition("?")[0]""" in str(error.value)
    frame["url"] = frame["url"].str.partition("?")[0]
    assert len(image_dataset_from_csv(folder, frame).file_paths) == 2


class TestFilesElsewhere:
    """A name that is the path of a file is not taken for a namesake in `directory`."""

    @pytest.fixture(autouse=True)
    def files(self, tmp_path, monkeypatch):
        """Files of the same names in the folders `train` and `test`, and no other."""
        for number in range(2):
            save(tmp_path / "d" / "train" / f"000{number}.png", number)
            save(tmp_path / "d" / "test" / f"000{number}.png", 5 + number)
        monkeypatch.chdir(tmp_path)

    @pytest.mark.parametrize("suffix", [".png", ""])
    @pytest.mark.parametrize(
        ("start", "directory"),
        [
            ("@/d/train/", None),
            ("file://@/d/train/", None),
            ("train/", "@/d"),
            ("d/train/", "."),
        ],
        ids=["absolute", "file address", "from the parent", "from the current folder"],
    )
    def test_it_is_an_error_and_the_advice_helps(
        self, start, directory, suffix, tmp_path
    ):
        """The error says where the file is, and what it advises reads that file."""
        start = start.replace("@", str(tmp_path))
        names = [f"{start}000{number}{suffix}" for number in range(2)]
        if directory is not None:
            directory = directory.replace("@", str(tmp_path))
        with pytest.raises(
            ValueError, match=r"is an image file.*, but not in"
        ) as error:
            load(tmp_path / "d" / "test", names)
        assert f"row 0: '{names[0]}'" in str(error.value)
        assert "taken for '0000.png'" in str(error.value)
        advice = f"{directory!r} as `directory`" if directory else "directory=None"
        assert f"Pass {advice} to read the files" in str(error.value)
        assert load(directory, names) == list(enumerate(names))

    def test_names_without_their_folders(self, tmp_path):
        """Names whose folders are dropped are looked up, too."""
        save(tmp_path / "d" / "more" / "0002.png", 2)
        save(tmp_path / "d" / "test" / "0002.png", 7)
        names = ["train/0000.png", "train/0001.png", "more/0002.png"]
        with pytest.raises(ValueError, match=r"row 2: 'more/0002\.png' is an im"):
            load("d/test", names)
        assert load("d", names) == list(enumerate(names))

    @pytest.mark.parametrize("directory", ["d/train", "d/link"])
    def test_the_file_itself_is_no_other(self, directory, tmp_path):
        """A name from the folder above `directory`, or past a link, is its file."""
        (tmp_path / "d" / "link").symlink_to(tmp_path / "d" / "train")
        for start in ("train/", f"{tmp_path}/d/train/"):
            names = [f"{start}0000.png", f"{start}0001.png"]
            assert load(directory, names) == list(enumerate(names))

    def test_a_file_that_is_not_there_is_found_without_its_leading_part(self):
        """Paths of another machine are read in `directory`."""
        names = ["/elsewhere/train/0000.png", "/elsewhere/train/0001.png"]
        assert [number for number, _ in load("d/test", names)] == [5, 6]

    def test_more_rows_ask_no_more(self, tmp_path, monkeypatch):
        """A thousand rows are not looked up one by one."""
        for number in range(1000):
            (tmp_path / "d" / "test" / f"{number}.png").touch()
        asked = []
        isfile = os.path.isfile
        monkeypatch.setattr(os.path, "isfile", lambda p: asked.append(p) or isfile(p))
        frame = pd.DataFrame({"image": [f"/x/{n}.png" for n in range(1000)]})
        image_dataset_from_csv("d/test", frame, label_mode=None)
        assert 0 < len(asked) <= 300


class TestFoldersThatAreNotListed:
    """Rows of links, and of folders that cannot be read, are told with the reason."""

    @pytest.mark.parametrize("stray", [[], ["1.png"]])
    def test_class_folders_that_are_links(self, stray, folder, tmp_path):
        """The error advises `follow_links`, and that works."""
        save_all(folder, ["dog/2.png", *stray])
        save(tmp_path / "store" / "1.png", 7)
        (folder / "cat").symlink_to(tmp_path / "store")
        message = r"'cat' is a link to a folder\nPass follow_links=True"
        with pytest.raises(ValueError, match=message) as error:
            load(folder, ["cat/1.png"])
        assert "skip" not in str(error.value)
        assert load(folder, ["cat/1.png"], follow_links=True) == [(7, "cat/1.png")]

    def test_nothing_but_links(self, folder, tmp_path):
        """A folder without any image says the same."""
        save(tmp_path / "store" / "1.png", 7)
        (folder / "cat").symlink_to(tmp_path / "store")
        with pytest.raises(ValueError, match=r"'cat': pass follow_links=True"):
            load(folder, ["cat/1.png"])

    @pytest.mark.parametrize("kind", ["link", "hidden", "empty", "unreadable"])
    @pytest.mark.parametrize("start", ["/m/{}/", "{}/", "/m/{}/deeper/"])
    def test_a_stray_does_not_stand_in(
        self, start, kind, folder, tmp_path, monkeypatch
    ):
        """A name that ends in such a folder finds no file outside it."""
        save_all(folder, ["1.png", "2.png"])
        name = ".cat" if kind == "hidden" else "cat"
        if kind == "link":
            save(tmp_path / "store" / "1.png", 7)
            (folder / name).symlink_to(tmp_path / "store")
        else:
            (folder / name).mkdir()
            if kind == "empty" and "deeper" in start:
                (folder / name / "deeper").mkdir()
        scandir = os.scandir

        def refuse(path):
            if kind == "unreadable" and str(path).endswith("/cat"):
                raise PermissionError(13, "Permission denied")
            return scandir(path)

        monkeypatch.setattr(os, "scandir", refuse)
        with pytest.raises(ValueError, match=r"row 0: '.*/1\.png' (is not|may be)"):
            load(folder, [start.format(name) + "1.png"])

    def test_a_file_address_is_a_local_folder(self, folder, tmp_path):
        """Links of a `file://` directory are as those of a local one."""
        save_all(folder, ["a.png"])
        save(tmp_path / "store" / "1.png", 7)
        (folder / "cat").symlink_to(tmp_path / "store")
        for name in ["a.png", f"{folder}/a.png", f"file://{folder}/a.png"]:
            assert load(f"file://{folder}", [name]) == [(0, name)]
        with pytest.raises(ValueError, match="is a link"):
            load(f"file://{folder}", ["a.png", "cat/1.png"])

    @pytest.mark.parametrize(
        "names", [["a/1.png", "b/2.png"], ["1.png", "2.png"]], ids=["paths", "names"]
    )
    def test_a_folder_that_may_not_be_read(self, names, folder, monkeypatch):
        """Its rows are never skipped: the error says that permission is missing."""
        save_all(folder, ["a/1.png", "b/2.png"])
        scandir = os.scandir

        def refuse(path):
            if str(path).endswith("/b"):
                raise PermissionError(13, "Permission denied")
            return scandir(path)

        monkeypatch.setattr(os, "scandir", refuse)
        with pytest.raises(ValueError, match=r"row 1: .*'b'.*Permission denied"):
            load(folder, names, missing_images="skip")
        assert load(folder, names[:1]) == [(0, names[0])]

    def test_linked_folders_are_listed_once(self, folder, monkeypatch):
        """Ten folders that link to each other take ten listings."""
        save_all(folder, [f"{i}/{i}.png" for i in range(10)])
        for i in range(10):
            for j in range(10):
                (folder / str(i) / f"to{j}").symlink_to(folder / str(j))
        listed = []
        scandir = os.scandir
        monkeypatch.setattr(os, "scandir", lambda p: listed.append(p) or scandir(p))
        names = ["1/1.png", "1/to2/2.png", "3/to4/to5/5.png"]
        pairs = load(folder, names, follow_links=True)
        assert pairs == [(1, names[0]), (2, names[1]), (5, names[2])]
        assert len(listed) == 11


class TestManyFilesOfOneName:
    """Names that fit none or many of 20,000 files take seconds, not minutes."""

    @pytest.fixture(params=["p", NFC], ids=["ASCII", "other letters"])
    def finder(self, request) -> FileFinder:
        """Finds files that are all called `scan.png`, in folders of their own."""
        paths = [f"{request.param}{number}/scan.png" for number in range(20_000)]
        return FileFinder(ImageFiles("/d", paths, (), Decodable((".png",))))

    def test_ambiguous_names_are_refused_at_once(self, finder):
        """Every row fits several files."""
        begin = time.perf_counter()
        assert (finder.find(["scan.png"] * 20_000).numbers == SEVERAL_FILES).all()
        assert time.perf_counter() - begin < 10

    def test_near_misses_are_found_at_once(self, finder):
        """A name in another case of its folder leads to that folder's file."""
        begin = time.perf_counter()
        for path in finder.files.paths[:4000]:
            name = path.replace("scan", "00SCAN")
            assert finder.near_miss(name, WHOLE_PATH) == path
        assert time.perf_counter() - begin < 10


@pytest.mark.parametrize("hash_of", [len, lambda text: 0])
def test_names_with_the_same_hash_find_their_own_files(hash_of, monkeypatch):
    """Texts are compared, too: names that only have a file's hash find nothing."""
    monkeypatch.setattr(
        "keras_csv_dataset._files.index.hash",
        lambda text: hash_of(text or ""),
        raising=False,
    )
    paths = ["a.png", "b.png", "c.PNG", "d.jpg", "d.png", "longer.png"]
    names = ["b.png", "a", "c.png", "d", "x.png", None, "longer", "e", "shorte.png"]
    found = FileFinder(ImageFiles("/d", paths, (), Decodable((".png", ".jpg")))).find(
        names
    )
    none, several = NO_FILE, SEVERAL_FILES
    assert found.numbers.tolist() == [1, 0, 2, several, none, none, 5, none, none]


@pytest.mark.parametrize("directory", ["given", None])
@pytest.mark.parametrize("spelled", ["0.png/.", "0.png/", "./0.png"])
def test_an_unchecked_image_is_one_image(spelled, directory, folder):
    """However a path is spelled, `file_paths` has one spelling."""
    save_all(folder, ["0.png"])
    start = "" if directory else f"{folder}/"
    frame = pd.DataFrame({"image": [f"{start}0.png", start + spelled], "label": "x"})
    dataset = image_dataset_from_csv(
        folder if directory else None, frame, missing_images="unchecked"
    )
    assert set(dataset.file_paths) == {f"{folder}/0.png"}


@pytest.mark.parametrize("missing_images", ["error", "unchecked"])
def test_a_file_address_is_the_path(missing_images, folder):
    """With `directory=None`, `file:///d/0.png` and `/d/0.png` are one image."""
    save_all(folder, ["0.png"])
    names = [f"file://{folder}/0.png", f"{folder}/0.png"]
    frame = pd.DataFrame({"image": names, "label": "x"})
    dataset = image_dataset_from_csv(None, frame, missing_images=missing_images)
    assert dataset.file_paths == [f"{folder}/0.png"] * 2


def test_a_decomposed_directory(tmp_path):
    """Absolute names in another Unicode form than `directory` find their files."""
    save_all(tmp_path / NFD, ["a.png", "x/b.png"])
    for form in (NFC, NFD):
        names = [f"{tmp_path}/{form}/a", f"{tmp_path}/{form}/x/b.png"]
        assert load(tmp_path / NFD, names) == list(enumerate(names))


def test_a_folder_whose_name_is_not_unicode(folder):
    """A file in such a folder is an error that says to rename it."""
    save_all(folder, ["a.png"])
    os.mkdir(os.fsencode(folder) + b"/\xff")
    os.rename(folder / "a.png", os.fsencode(folder) + b"/\xff/a.png")
    with pytest.raises(ValueError, match=r"row 0: .*not valid Unicode\nRename"):
        load(folder, ["a.png"])


def test_a_name_of_many_slashes_is_missing(folder):
    """A cell with 100,000 slashes takes no more than its length."""
    save_all(folder, ["a.png", "b/c.png"])
    with pytest.raises(ValueError, match=r"row 1: .* is not an image file"):
        load(folder, ["b/x/c.png", "x/" * 100_000 + "z.png"])


@pytest.fixture
def deep(folder, monkeypatch):
    """A folder with a tree of 2,500 folders, and an image in the 1,500th."""
    monkeypatch.chdir(folder)
    for depth in range(2500):
        if depth == 1500:
            save(Path("a.png"), 0)
        os.mkdir("d")
        os.chdir("d")
    yield folder
    # What removes temporary folders is recursive, and would fail.
    for depth in reversed(range(2500)):
        os.chdir("..")
        os.rmdir("d")
        if depth == 1500:
            os.remove("a.png")


def test_a_tree_of_many_folders(deep):
    """A deep tree is listed; where paths are too long to be read, an error says so."""
    assert load(deep, ["a.png"]) == [(0, "a.png")]
    with pytest.raises(ValueError, match=r"row 1: 'c\.png' .*File name too long"):
        load(deep, ["a.png", "c.png"])


class TestImageColumn:
    """What a column is called counts before how its values are written."""

    def columns(self, folder, label_column="label", **columns) -> list[str]:
        """The names that are found, if the column is left open."""
        csv = pd.DataFrame(columns)
        dataset = image_dataset_from_csv(
            folder, csv, label_column=label_column, shuffle=False, verbose=False
        )
        return [os.path.relpath(path, folder) for path in dataset.file_paths]

    def test_ids_go_before_masks(self, folder):
        """`image` with ids is taken, not `mask` with whole names."""
        save_all(folder, ["007.png", "007_mask.png", "008.png", "008_mask.png"])
        found = self.columns(
            folder,
            image=["007", "008"],
            mask=["007_mask.png", "008_mask.png"],
            label=["x", "y"],
        )
        assert found == ["007.png", "008.png"]

    def test_two_that_remain_are_shown(self, folder):
        """Two columns of files are an error with examples of both."""
        save_all(folder, ["1.png", "2.png", "1_mask.png", "2_mask.png"])
        with pytest.raises(ValueError, match="Several columns") as error:
            self.columns(
                folder,
                scan=["1.png", "2.png"],
                mask=["1_mask.png", "2_mask.png"],
                label=["x", "y"],
            )
        assert "column 'scan' contains '1.png', '2.png'" in str(error.value)
        assert "column 'mask' contains '1_mask.png'" in str(error.value)

    @pytest.mark.parametrize(
        "name", ["Unnamed: 0", "Unnamed: 0.1", "index", "level_0", ""]
    )
    def test_row_numbers_of_pandas_are_no_names(self, name, folder):
        """Row numbers are neither taken nor suggested, though files are called so."""
        save_all(folder, [f"{n}.png" for n in range(12)])
        csv = pd.DataFrame({name: range(12), "who": list("abcdefghijkl"), "label": "x"})
        with pytest.raises(ValueError, match="No column") as error:
            image_dataset_from_csv(folder, csv)
        assert "image_column=" not in str(error.value)

    def test_row_numbers_of_pandas_are_no_labels(self, folder):
        """The only other column is the column of labels."""
        save_all(folder, ["0.png", "1.png"])
        frame = pd.DataFrame({"image": ["0.png", "1.png"], "kind": ["x", "y"]})
        frame = frame.reset_index()
        assert image_dataset_from_csv(folder, frame).class_names == ["x", "y"]

    def test_a_few_repeated_values_are_no_names(self, folder):
        """`invasive` with 0 and 1 is not taken beside `0.jpg` ... `11.jpg`."""
        save_all(folder, [f"{n}.jpg" for n in range(12)])
        with pytest.raises(ValueError, match="No column") as error:
            self.columns(
                folder,
                label_column="label",
                name=[f"scan {n}" for n in range(12)],
                invasive=[n % 2 for n in range(12)],
                label=["x", "y"] * 6,
            )
        assert "image_column=" not in str(error.value)

    def test_ids_that_are_not_called_so_are_taken_beside_flags(self, folder):
        """The column of different names is taken."""
        save_all(folder, [f"{n}.jpg" for n in range(12)])
        found = self.columns(
            folder,
            label_column="invasive",
            name=list(range(11, -1, -1)),
            invasive=[n % 2 for n in range(12)],
        )
        assert found == [f"{n}.jpg" for n in range(11, -1, -1)]

    @pytest.mark.parametrize("other", ["source", "name", "scan", "url"])
    @pytest.mark.parametrize("header", ["id", "image_id", "image_number", "file_id"])
    def test_numbers_are_not_preferred_to_file_names(self, header, other, folder):
        """Two columns that fit are an error, whatever the one of numbers is called.

        What the error advises yields the images whose names are written out.
        """
        save_all(folder, ["0.png", "1.png", "2.png"])
        csv = pd.DataFrame(
            {header: range(3), other: ["2.png", "0.png", "1.png"], "label": list("xyz")}
        )
        assert self.advised(folder, csv) == [(2, "x"), (0, "y"), (1, "z")]

    @pytest.mark.parametrize("header", ["file_version", "image_series", "photo_set"])
    def test_repeated_numbers_are_no_names(self, header, folder):
        """A column of a few repeated numbers is not taken, even if files fit it."""
        save_all(folder, [f"{number}.png" for number in range(12)])
        csv = pd.DataFrame(
            {header: [n % 5 for n in range(12)], "label": ["x", "y"] * 6}
        )
        with pytest.raises(ValueError, match=r"No column .*names image files") as error:
            load_all(folder, csv)
        assert "files have these names, but few of the values differ" in str(
            error.value
        )
        csv["scan"] = [f"{number}.png" for number in reversed(range(12))]
        found = numbers_and_labels(load_all(folder, csv, label_column="label"))
        assert [number for number, _ in found] == list(reversed(range(12)))

    def test_repeated_numbers_called_photo_are_shown(self, folder):
        """`photo` with 0 and 1 is not taken in silence beside different file names."""
        save_all(folder, [f"{number}.png" for number in range(6)])
        csv = pd.DataFrame(
            {
                "photo": [0, 1] * 3,
                "scan": [f"{number}.png" for number in range(6)],
                "label": list("xyxyxy"),
            }
        )
        assert [number for number, _ in self.advised(folder, csv)] == list(range(6))

    @pytest.mark.parametrize("names", [["a", "b"], ["a.png", "b.png"]], ids=str)
    @pytest.mark.parametrize("header", ["case", "image"])
    def test_repeated_images_beside_different_masks(self, header, names, folder):
        """With a row for each mask, the masks are never taken for the images."""
        save_all(folder, ["a.png", "b.png", *(f"m{n}.png" for n in range(6))])
        csv = pd.DataFrame(
            {
                header: [name for name in names for _ in range(3)],
                "mask": [f"m{number}.png" for number in range(6)],
                "label": list("xxxyyy"),
            }
        )
        with pytest.raises(ValueError, match="Several columns") as error:
            load_all(folder, csv, label_column="label")
        assert "image_column='mask'" not in str(error.value)
        found = load_all(folder, csv, label_column="label", image_column=header)
        assert numbers_and_labels(found) == 3 * [(0, 0)] + 3 * [(1, 1)]

    def test_repeated_file_names_that_are_missing(self, folder):
        """Masks do not replace missing images that have several rows each."""
        save_all(folder, [f"m{number}.png" for number in range(6)])
        csv = pd.DataFrame(
            {
                "scan": ["a.png"] * 3 + ["b.png"] * 3,
                "mask": [f"m{number}.png" for number in range(6)],
                "label": list("xxxyyy"),
            }
        )
        with pytest.raises(
            ValueError, match=r"'mask' .*names image files, but.*'scan'"
        ):
            load_all(folder, csv, label_column="label", missing_images="skip")

    def test_a_few_repeated_files_are_not_taken_alone(self, folder):
        """A template for many rows is no image column unless it is named."""
        save_all(folder, ["t0.png", "t1.png"])
        csv = pd.DataFrame(
            {"template": ["t0.png"] * 3 + ["t1.png"] * 3, "label": list("xxxyyy")}
        )
        with pytest.raises(ValueError, match=r"'template'.*few of the values differ"):
            load_all(folder, csv)
        assert (
            len(numbers_and_labels(load_all(folder, csv, image_column="template"))) == 6
        )

    def test_repeated_ids_of_images_are_taken(self, folder):
        """A long table of image ids needs no argument."""
        save_all(folder, ["p1.png", "p2.png"])
        csv = pd.DataFrame(
            {"image_id": ["p2"] * 3 + ["p1"] * 3, "label": list("aabbbb")}
        )
        found = load_all(folder, csv, label_mode="multi_hot", label_column="label")
        assert [number_of(image) for image, _ in singly(found)] == [1, 0]

    @pytest.mark.parametrize(
        "header",
        [
            *("image", "Images", "img", "file_name", "fileName", "image path"),
            *("ImagePath", "filepath", "FILENAME", "photo", "picture_file", "image1"),
            "imagename",
        ],
    )
    def test_a_header_of_words_for_image_files_decides(self, header, folder):
        """Every spelling of such a header is preferred to other columns that fit."""
        save_all(folder, ["0.png", "1.png"])
        csv = pd.DataFrame(
            {"scan": ["1.png", "0.png"], header: [0, 1], "label": ["x", "y"]}
        )
        assert numbers_and_labels(load_all(folder, csv, label_column="label")) == [
            (0, 0),
            (1, 1),
        ]

    @pytest.mark.parametrize(
        "header", ["pathology", "photographer", "filedate", "imager"]
    )
    def test_a_header_that_begins_like_an_image_does_not_decide(self, header, folder):
        """Only whole words of a header count."""
        save_all(folder, ["0.png", "1.png"])
        csv = pd.DataFrame(
            {header: [1, 0], "scan": ["0.png", "1.png"], "label": ["x", "y"]}
        )
        assert self.advised(folder, csv) == [(0, "x"), (1, "y")]

    @pytest.mark.parametrize("missing_images", ["error", "skip"])
    @pytest.mark.parametrize(
        ("image", "other"),
        [
            ("image", "mask"),
            ("filename", "thumb"),
            ("file", "segmentation"),
            ("frame", "prev_frame"),
            ("image_id", "scan"),
            ("case", "mask"),
            ("scan", "slice"),
        ],
    )
    def test_masks_do_not_replace_missing_images(
        self, image, other, missing_images, folder
    ):
        """If no file of the images exists, an error says which column finds files."""
        save_all(folder, ["m0.png", "m1.png"])
        csv = pd.DataFrame(
            {
                image: ["a.png", "b.png"],
                other: ["m0.png", "m1.png"],
                "label": ["x", "y"],
            }
        )
        with pytest.raises(
            ValueError, match=f"{other!r} .*names image files, but.*{image!r}"
        ) as e:
            load_all(folder, csv, label_column="label", missing_images=missing_images)
        assert (
            f"column {image!r} contains 'a.png', 'b.png': 0 of 2 name image files"
            in str(e.value)
        )
        assert (
            f"column {other!r} contains 'm0.png', 'm1.png': 2 of 2 name image files"
            in str(e.value)
        )
        assert f"image_column={other!r}" not in str(e.value)

    def test_masks_do_not_replace_images_that_are_mostly_missing(self, folder):
        """One image that is left does not make a column of masks the images."""
        save_all(folder, ["m0.png", "m1.png", "m2.png", "a.png"])
        csv = pd.DataFrame(
            {
                "image": ["a.png", "b.png", "c.png"],
                "mask": ["m0.png", "m1.png", "m2.png"],
                "label": list("xyz"),
            }
        )
        with pytest.raises(
            ValueError, match=r"'image' contains .*: 1 of 3 name image files"
        ):
            load_all(folder, csv, label_column="label", missing_images="skip")

    def test_previews_do_not_replace_images_that_cannot_be_decoded(self, folder):
        """The error says what to do about the images."""
        save_all(folder, ["p0.png", "p1.png"])
        for name in ("a.tif", "b.tif"):
            (folder / name).write_bytes(b"scan")
        csv = pd.DataFrame(
            {
                "image": ["a.tif", "b.tif"],
                "preview": ["p0.png", "p1.png"],
                "label": ["x", "y"],
            }
        )
        with pytest.raises(ValueError, match=r"'a\.tif' is a \.tif file"):
            load_all(folder, csv, label_column="label")

    def test_masks_do_not_replace_ids_where_paths_are_unchecked(self, folder):
        """`missing_images="unchecked"` does not take masks for missing ids."""
        csv = pd.DataFrame(
            {
                "image": ["1", "2"],
                "mask": ["1_mask.png", "2_mask.png"],
                "label": ["x", "y"],
            }
        )
        with pytest.raises(
            ValueError, match=r"'mask' .*names image files, but.*'image'"
        ):
            load_all(folder, csv, label_column="label", missing_images="unchecked")

    @pytest.mark.parametrize(
        "other", ["mask", "thumb", "image_url", "prev_image", "url"]
    )
    @pytest.mark.parametrize("image", ["image", "file_name", "image_path"])
    def test_files_elsewhere_do_not_disturb_the_images(self, image, other, folder):
        """A well named column that is found is taken beside one whose files are not."""
        save_all(folder, ["a.png", "b.png"])
        csv = pd.DataFrame(
            {
                other: ["x/m0.png", "x/m1.png"],
                image: ["b.png", "a.png"],
                "label": [0, 1],
            }
        )
        found = numbers_and_labels(load_all(folder, csv, label_column="label"))
        assert found == [(1, 0), (0, 1)]

    @pytest.mark.parametrize(
        ("first", "second"),
        [("patient_image", "image_of_mask"), ("case", "mask"), ("file", "path")],
    )
    def test_what_the_error_advises_are_the_images(self, first, second, folder):
        """The advice names the likeliest column first, and never the masks."""
        save_all(folder, ["001.png", "002.png", "001_mask.png", "002_mask.png"])
        csv = pd.DataFrame(
            {
                second: ["001_mask.png", "002_mask.png"],
                first: ["001.png", "002.png"],
                "label": ["x", "y"],
            }
        )
        if "mask" not in second:
            csv = csv[[first, second, "label"]]
        assert self.advised(folder, csv) == [(0, "x"), (1, "y")]

    def test_images_go_before_image_masks(self, folder):
        """`image` with ids is taken, not `image_mask` with whole names."""
        save_all(folder, ["001.png", "002.png", "001_mask.png", "002_mask.png"])
        csv = pd.DataFrame(
            {
                "image_mask": ["001_mask.png", "002_mask.png"],
                "image": ["001", "002"],
                "label": ["x", "y"],
            }
        )
        found = numbers_and_labels(load_all(folder, csv, label_column="label"))
        assert found == [(0, 0), (1, 1)]

    @pytest.mark.parametrize(
        "text",
        ["zz.png,x\na.png,x\nb.png,y\n", "zz.png,zz_mask.png,x\na.png,b.png,y\n"],
        ids=["one column", "two columns"],
    )
    def test_a_header_that_is_a_file_name_is_data(self, text, images, write_csv):
        """A file without a header loses no row, even if its first image is missing."""
        with pytest.raises(ValueError, match=r"with 'zz\.png', looks like data"):
            load_all(images, write_csv(text))

    def test_numbers_alone_are_announced(self, folder, capsys):
        """`verbose=True` names the column if neither header nor values say images."""
        save_all(folder, ["33.png", "44.png"])
        csv = pd.DataFrame({"age": [44, 33], "label": ["x", "y"]})
        dataset = load_all(folder, csv, verbose=True)
        assert numbers_and_labels(dataset) == [(1, 0), (0, 1)]
        sentence = "The names of the images are taken from column 'age'."
        assert sentence in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("header", "names"), [("id", [44, 33]), ("scan", ["44.png", "33.png"])]
    )
    @pytest.mark.parametrize("named", [False, True])
    def test_other_columns_are_not_announced(
        self, header, names, named, folder, capsys
    ):
        """A header, extensions or an argument say enough."""
        save_all(folder, ["33.png", "44.png"])
        csv = pd.DataFrame({header: names, "label": ["x", "y"]})
        column = header if named else None
        load_all(folder, csv, verbose=True, image_column=column)
        assert "are taken from" not in capsys.readouterr().out

    def advised(self, folder, csv) -> list[tuple[int, str]]:
        """What the call yields that the error about several columns advises."""
        with pytest.raises(ValueError, match=r"Several columns .*name image") as error:
            load_all(folder, csv, label_column="label")
        (column,) = re.findall(r"image_column='(.+?)'", str(error.value))
        dataset = load_all(folder, csv, label_column="label", image_column=column)
        return [
            (number, dataset.class_names[label])
            for number, label in numbers_and_labels(dataset)
        ]


# The property. Names are written from files by one convention; then files are deleted.

FOLDERS = st.sampled_from(
    ["", "p1/", "P1/", "p1 /", "p2/", "p1/p2/", "x/p1/", "x/", f"{NFC}/", f"{NFD}/"]
)
STEMS = st.sampled_from(["1", "2", "3", "1.2", NFC, NFD])
SUFFIXES = st.sampled_from([".png", ".PNG", ".jpg"])
ABOVE = ["", "data/", "/mnt/set 1/", "/mnt/set 2/", "C:/u/", "https://x.org/", "p1/"]
PATHS = st.builds(lambda *parts: "".join(parts), FOLDERS, STEMS, SUFFIXES)


def forms(path: str, suffixless: bool) -> str:
    """A path composed, with its suffix in lower case or without it."""
    path = unicodedata.normalize("NFC", path)
    stem, dot, suffix = path.rpartition(".")
    return stem if suffixless else stem + dot + suffix.lower()


def ends(folder: str) -> list[str]:
    """The folders in which a folder ends, longest first; the last is `directory`."""
    parts = folder.split("/")
    return ["/".join(parts[begin:]) for begin in range(len(parts))] + [""] * bool(
        folder
    )


def plain(folder: str) -> str:
    """A folder without case, blanks and the form of its accents."""
    parts = unicodedata.normalize("NFC", folder).casefold().split("/")
    return "/".join(part.strip() for part in parts)


def is_spelling(name: str, file: str, tree: set[str], kind: str) -> bool:
    """Whether a name can only mean a file in a tree of folders: the oracle."""
    name, file = (unicodedata.normalize("NFC", text) for text in (name, file))
    folder, _, last = name.replace("\\", "/").rpartition("/")
    own_folder, _, own = file.rpartition("/")
    suffixless = not last.lower().endswith((".png", ".jpg"))
    if forms(last + "." * suffixless, suffixless) != forms(own, suffixless):
        return False
    if kind == "whole_path":
        return folder == own_folder
    if kind == "end_of_path":
        # A folder of the tree means itself.
        return folder in ends(own_folder) and (not folder or plain(folder) not in tree)
    return own_folder == next(end for end in ends(folder) if plain(end) in tree)


@given(data=st.data())
@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_row_finds_the_image_of_another(data):
    """In any tree with deletions and strays, a name finds the file it spells, or none.

    Names are whole paths, the ends of paths, or paths after one of several leading
    parts, of files that lie in their folders or were moved into one. If the folder of
    its file is there, a row finds its own file or none.
    """
    draw = data.draw
    paths = draw(st.lists(PATHS, min_size=1, max_size=8, unique=True))
    leading = draw(st.lists(st.sampled_from(ABOVE), min_size=1, max_size=3))
    shortened, moved = leading == [""] and draw(st.booleans()), draw(st.booleans())
    starts = [draw(st.sampled_from(leading)) for _ in paths]
    names = [
        draw(spellings(path, start, shortened))
        for path, start in zip(paths, starts, strict=True)
    ]
    left = [path for path in paths if draw(st.integers(0, 3))]
    if moved:
        left = [path.rpartition("/")[2] for path in left]
    namesakes = [f"x/{path}" for path in paths]
    namesakes += [path.rpartition("/")[2] for path in paths]
    strays = draw(st.lists(PATHS | st.sampled_from(namesakes), max_size=3))
    there = list(dict.fromkeys([*left, *strays]))
    kept = draw(st.booleans())
    emptied = {path[: path.rfind("/") + 1] for path in paths if kept} - {""}
    files = ImageFiles(
        "/d", there, (), Decodable((".png", ".jpg")), without_images=[*emptied]
    )
    located = FileFinder(files).find(names)

    tree = tree_of([*there, *emptied])
    folders: dict[str, str] = {}
    for name, own, start, number in zip(
        names, paths, starts, located.numbers.tolist(), strict=True
    ):
        if number < 0:
            continue
        file = there[number]
        assert is_spelling(name, file, tree, located.convention.kind)
        own_folder = own.rpartition("/")[0]
        if own_folder and plain(own_folder) in tree and start != "p1/":
            assert shortened or forms(own, True) == forms(file, True)
        folder = name.replace("\\", "/").rpartition("/")[0]
        folder = unicodedata.normalize("NFC", folder)
        assert folders.setdefault(file, folder) == folder


def tree_of(paths: list[str]) -> set[str]:
    """The folders of some files, and the folders that contain these."""
    folders = [path.rpartition("/")[0] for path in paths]
    tops = [folder.partition("/")[0] for folder in folders]
    return {plain(folder) for folder in (*folders, *tops, "")}


@st.composite
def spellings(draw, path: str, above: str, shortened: bool) -> str:
    """A name for a file: its whole path, or the end of it, in some form."""
    parts = path.split("/")
    if shortened:
        parts = parts[draw(st.integers(0, len(parts) - 1)) :]
    name = "/".join(parts)
    stem, dot, suffix = name.rpartition(".")
    name = draw(st.sampled_from([name, stem, stem + dot + suffix.swapcase()]))
    name = above + name
    if "://" not in name and draw(st.booleans()):
        name = name.replace("/", "\\")
    return unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), name)
