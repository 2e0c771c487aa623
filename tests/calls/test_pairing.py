"""Every image has its label from the CSV, whatever the arguments are."""

import csv
import random
import unicodedata
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from images import batches, number_of, numbers_and_labels, save, save_all, singly
from in_each_format import FORMATS, image_dataset_from_csv
from pairwise import each_pair

pytestmark = pytest.mark.usefixtures("each_format")

NUM_IMAGES = 30
NUM_CLASSES = 4
SUBSETS = ("training", "validation")


def file_name(number: int) -> str:
    """The path of an image, in one of three folders; the paths are not in order."""
    folder = ("", "z/", "a/deep/er/")[number % 3]
    return f"{folder}{number * 7 % NUM_IMAGES:02}.png"


def label_of(number: int) -> str:
    """The label of an image; it is unrelated to the folder."""
    return f"class {number * 5 // 3 % NUM_CLASSES}"


@pytest.fixture(scope="module")
def coloured(tmp_path_factory) -> Path:
    """A folder of images whose colours encode their numbers."""
    folder = tmp_path_factory.mktemp("coloured")
    for number in range(NUM_IMAGES):
        save(folder / file_name(number), number)
    return folder


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """A row for each image, in a different order from the folder's."""
    numbers = list(range(NUM_IMAGES))
    random.Random(0).shuffle(numbers)
    return pd.DataFrame(
        {"image": map(file_name, numbers), "label": map(label_of, numbers)}
    )


def load(folder, csv, **arguments):
    defaults = {"image_size": (8, 8), "batch_size": 7, "seed": 1, "verbose": False}
    return image_dataset_from_csv(folder, csv, **{**defaults, **arguments})


def numbers_and_texts(dataset) -> list[tuple[int, str]]:
    """For every image in a dataset: its number, and its label as text."""
    return [(n, dataset.class_names[y]) for n, y in numbers_and_labels(dataset)]


def expected(numbers) -> list[tuple[int, str]]:
    return [(number, label_of(number)) for number in numbers]


def numbers_in_folder_order() -> list[int]:
    return sorted(range(NUM_IMAGES), key=file_name)


def test_rows_are_not_in_the_order_of_the_files(rows):
    """Rows and files have different orders, so tests detect pairing by position."""
    in_order = [file_name(number) for number in numbers_in_folder_order()]
    assert sum(a == b for a, b in zip(rows["image"], in_order, strict=True)) < 5


@each_pair(
    shuffle=[False, True],
    seed=[1, 2, None],
    batch_size=[1, 7, 64],
    each_format=FORMATS,
)
def test_every_image_has_its_label(coloured, rows, shuffle, seed, batch_size):
    """Each epoch contains every image once, with its own label."""
    dataset = load(coloured, rows, shuffle=shuffle, seed=seed, batch_size=batch_size)
    for _epoch in range(2):
        pairs = numbers_and_texts(dataset)
        assert sorted(pairs) == expected(range(NUM_IMAGES))


@each_pair(
    shuffle=[False, True],
    validation_split=[0.1, 0.5, 0.9],
    batch_size=[1, 7, 64],
    each_format=FORMATS,
)
def test_subsets_share_out_the_images(
    coloured, rows, shuffle, validation_split, batch_size
):
    """Training and validation together contain every image once, with its label."""
    subsets = load(
        coloured,
        rows,
        shuffle=shuffle,
        validation_split=validation_split,
        batch_size=batch_size,
        subset="both",
    )
    for _epoch in range(2):
        pairs = [pair for subset in subsets for pair in numbers_and_texts(subset)]
        assert sorted(pairs) == expected(range(NUM_IMAGES))


@pytest.mark.parametrize("shuffle", [False, True])
def test_subsets_asked_for_alone_do_not_overlap(coloured, rows, shuffle):
    """Two calls, one for each subset, cover all images without overlap."""
    subsets = [
        load(coloured, rows, shuffle=shuffle, validation_split=0.3, subset=subset)
        for subset in SUBSETS
    ]
    pairs = [pair for subset in subsets for pair in numbers_and_texts(subset)]
    assert sorted(pairs) == expected(range(NUM_IMAGES))


@pytest.mark.parametrize("shuffle", [False, True])
def test_single_images_have_their_labels(coloured, rows, shuffle):
    """With `batch_size=None`, every image has its own label."""
    dataset = load(coloured, rows, shuffle=shuffle, batch_size=None)
    pairs = [
        (number_of(image), dataset.class_names[label])
        for image, label in batches(dataset)
    ]
    assert sorted(pairs) == expected(range(NUM_IMAGES))


def test_categorical_labels_belong_to_their_images(coloured, rows):
    """A one-hot label has its 1 at the index of the image's class."""
    dataset = load(coloured, rows, label_mode="categorical")
    pairs = numbers_and_labels(dataset)
    one_hot = np.eye(NUM_CLASSES).tolist()
    assert sorted((n, label.tolist()) for n, label in pairs) == [
        (n, one_hot[dataset.class_names.index(label_of(n))]) for n in range(NUM_IMAGES)
    ]


def test_binary_labels_belong_to_their_images(coloured, rows):
    """A binary label is 0 or 1, the index of the image's class."""
    rows = rows.assign(label=rows["label"].isin(["class 1", "class 2"]))
    dataset = load(coloured, rows, label_mode="binary")
    assert dataset.class_names == ["False", "True"]
    assert sorted((n, label.tolist()) for n, label in numbers_and_labels(dataset)) == [
        (n, [float(label_of(n) in ("class 1", "class 2"))]) for n in range(NUM_IMAGES)
    ]


def test_images_alone_are_those_of_the_rows(coloured, rows):
    """With `label_mode=None`, the dataset yields the images of the rows in order."""
    dataset = load(coloured, rows[["image"]][:9], label_mode=None, shuffle=False)
    numbers = [number_of(image) for (image,) in singly(dataset)]
    assert [file_name(number) for number in numbers] == rows["image"].tolist()[:9]


def test_images_that_no_row_names_are_not_yielded(coloured, rows):
    """A CSV that lists some of the files yields only those, each with its label."""
    dataset = load(coloured, rows[5:15])
    named = set(rows["image"][5:15])
    numbers = [n for n in range(NUM_IMAGES) if file_name(n) in named]
    assert sorted(numbers_and_texts(dataset)) == expected(numbers)


def test_image_named_twice_is_yielded_twice(coloured, rows):
    """An image in several rows is yielded once for each row, with its label."""
    repeated = pd.concat([rows, rows[:6], rows[:3]])
    pairs = numbers_and_texts(load(coloured, repeated))
    again = [file_name(number) for number, _ in pairs]
    assert sorted(again) == sorted(repeated["image"])
    assert set(pairs) == set(expected(range(NUM_IMAGES)))


def test_unshuffled_images_keep_the_order_of_the_rows(coloured, rows):
    """With `shuffle=False`, every epoch is in the order of the rows."""
    dataset = load(coloured, rows, shuffle=False)
    for _epoch in range(2):
        names = [file_name(number) for number, _ in numbers_and_labels(dataset)]
        assert names == rows["image"].tolist()


def test_sorted_rows_yield_sorted_images(coloured, rows):
    """Reordered rows give reordered images, each with its own label."""
    rows = rows.sort_values("image")
    dataset = load(coloured, rows, shuffle=False)
    assert numbers_and_texts(dataset) == expected(numbers_in_folder_order())


def test_two_seeds_give_two_orders(coloured, rows):
    """The same seed gives the same order, and a different seed a different order."""
    orders = {
        tuple(n for n, _ in numbers_and_labels(load(coloured, rows, seed=seed)))
        for seed in (1, 1, 2)
    }
    assert len(orders) == 2


def test_every_epoch_is_shuffled_anew(coloured, rows):
    """The second epoch has a different order from the first."""
    dataset = load(coloured, rows)
    assert numbers_and_texts(dataset) != numbers_and_texts(dataset)


@pytest.mark.parametrize("subset", [None, *SUBSETS])
@pytest.mark.parametrize("shuffle", [False, True])
def test_labels_line_up_with_file_paths(coloured, rows, shuffle, subset):
    """`labels[i]` is the class of the image at `file_paths[i]`, in every dataset."""
    split = 0.4 if subset else None
    dataset = load(
        coloured, rows, shuffle=shuffle, validation_split=split, subset=subset
    )
    names = [Path(path).relative_to(coloured).as_posix() for path in dataset.file_paths]
    labels = dict(zip(rows["image"], rows["label"], strict=True))
    texts = [dataset.class_names[label] for label in dataset.labels]
    assert texts == [labels[name] for name in names]
    assert set(names) == {file_name(n) for n, _ in numbers_and_labels(dataset)}


@pytest.mark.parametrize(
    ("shuffle", "subset"),
    [(False, None), (False, "training"), (False, "validation"), (True, "validation")],
)
def test_file_paths_line_up_with_the_images(coloured, rows, shuffle, subset):
    """A dataset that is not reshuffled is in the order of `file_paths` and `labels`."""
    split = 0.4 if subset else None
    dataset = load(
        coloured, rows, shuffle=shuffle, validation_split=split, subset=subset
    )
    for _epoch in range(2):
        numbers, labels = zip(*numbers_and_labels(dataset), strict=True)
        assert [str(coloured / file_name(n)) for n in numbers] == dataset.file_paths
        assert list(labels) == dataset.labels.tolist()


def predict_numbers(dataset) -> list[int]:
    """The number of each image, predicted by a model that returns its mean colour."""
    model = keras.Sequential(
        [keras.Input((8, 8, 3)), keras.layers.GlobalAveragePooling2D()]
    )
    colours = model.predict(dataset, verbose=0)
    return [number_of(colour[None, None]) for colour in colours]


@pytest.mark.parametrize(
    ("shuffle", "subset"), [(False, None), (False, "validation"), (True, "validation")]
)
def test_predictions_line_up_with_file_paths(coloured, rows, shuffle, subset):
    """`model.predict` returns its predictions in the order of `file_paths`."""
    split = 0.4 if subset else None
    dataset = load(
        coloured, rows, shuffle=shuffle, validation_split=split, subset=subset
    )
    for _call in range(2):
        numbers = predict_numbers(dataset)
        assert [str(coloured / file_name(n)) for n in numbers] == dataset.file_paths


# Any text as labels and file names, in CSVs from different writers.

NUM_ROWS = 6
# UTF-8 cannot encode a lone surrogate, and a CSV with a NUL is refused.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
LABEL = TEXT.filter(str.strip)
# Hypothesis may need a while to build its table of characters.
ANY_TEXT = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def is_file_name(name: str) -> bool:
    """Whether a file can have this name, and a stripped CSV cell can contain it."""
    return (
        name == name.strip()
        and not name.startswith(".")
        and not {"/", "\\"} & set(name)
        and 0 < len(name.encode()) < 200
    )


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@pytest.fixture(scope="module")
def few(tmp_path_factory) -> Path:
    """A folder with a few images called 0.png, 1.png, …."""
    folder = tmp_path_factory.mktemp("few") / "images"
    save_all(folder, [f"{number}.png" for number in range(NUM_ROWS)])
    return folder


def load_columns(folder: Path, source) -> list[tuple[int, str]]:
    """The number of each image and its label as text, in the order of the rows."""
    dataset = load(
        folder, source, shuffle=False, image_column="image", label_column="label"
    )
    return numbers_and_texts(dataset)


@given(
    labels=st.lists(LABEL, min_size=NUM_ROWS, max_size=NUM_ROWS),
    order=st.permutations(range(NUM_ROWS)),
    columns=st.permutations(["image", "label"]),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig"]),
)
@ANY_TEXT
def test_any_label_text_comes_through_csv_writer(
    few, labels, order, columns, delimiter, quoting, encoding
):
    """Any label that Python's `csv` module writes is read back, stripped."""
    path = few.with_name("labels.csv")
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, columns, delimiter=delimiter, quoting=quoting)
        writer.writeheader()
        for number in order:
            writer.writerow({"image": f"{number}.png", "label": labels[number]})
    assert load_columns(few, path) == [(n, labels[n].strip()) for n in order]


@given(
    labels=st.lists(LABEL, min_size=NUM_ROWS, max_size=NUM_ROWS),
    order=st.permutations(range(NUM_ROWS)),
    index=st.booleans(),
)
@ANY_TEXT
def test_any_label_text_comes_through_to_csv(few, labels, order, index):
    """Any label that `DataFrame.to_csv` writes is read back, with or without index."""
    frame = pd.DataFrame({"image": [f"{n}.png" for n in order]})
    frame["label"] = [labels[n] for n in order]
    path = few.with_name("labels.csv")
    frame.to_csv(path, index=index, lineterminator="\r\n")
    assert load_columns(few, path) == [(n, labels[n].strip()) for n in order]


@given(
    labels=st.lists(LABEL, min_size=NUM_ROWS, max_size=NUM_ROWS),
    order=st.permutations(range(NUM_ROWS)),
)
@ANY_TEXT
def test_any_label_text_comes_through_a_data_frame(few, labels, order):
    """Any label of a DataFrame is kept, whatever the index contains."""
    frame = pd.DataFrame({"image": [f"{n}.png" for n in range(NUM_ROWS)]})
    frame["label"] = labels
    frame = frame.iloc[list(order)]
    assert load_columns(few, frame) == [(n, labels[n].strip()) for n in order]


@given(labels=st.lists(st.integers(), min_size=NUM_ROWS, max_size=NUM_ROWS))
@ANY_TEXT
def test_any_integer_label_comes_through(few, labels):
    """Integers of any size can be classes, and `class_names` sorts them numerically."""
    frame = pd.DataFrame({"image": [f"{n}.png" for n in range(NUM_ROWS)]})
    frame["label"] = pd.Series(labels, dtype=object)
    dataset = load(few, frame, shuffle=False)
    assert dataset.class_names == [str(label) for label in sorted(set(labels))]
    assert numbers_and_texts(dataset) == list(enumerate(map(str, labels)))


@given(
    names=st.lists(
        TEXT.filter(is_file_name), min_size=1, max_size=NUM_ROWS, unique_by=nfc
    ),
    folder=st.sampled_from(["", "ä b/", "深い/层/"]),
    form=st.sampled_from(["NFC", "NFD", None]),
    data=st.data(),
)
@ANY_TEXT
def test_any_file_name_comes_through(tmp_path_factory, names, folder, form, data):
    """A row finds a file with any name, in composed or decomposed Unicode."""
    directory = tmp_path_factory.mktemp("named") / "images"
    files = [f"{folder}{name}.png" for name in names]
    save_all(directory, files)
    order = data.draw(st.permutations(range(len(files))))
    path = directory.with_name("labels.csv")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "label"])
        for number in order:
            name = files[number]
            name = unicodedata.normalize(form, name) if form else name
            writer.writerow([name, f"label {number}"])
    assert load_columns(directory, path) == [(n, f"label {n}") for n in order]
