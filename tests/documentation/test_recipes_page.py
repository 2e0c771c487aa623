"""What the recipes make of a row belongs to this row.

The examples of `test_readme_and_pages.py` run; here, their results are compared with
the files that the rows name.
"""

import re
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from places import DOCS

PAGE = (DOCS / "recipes.md").read_text("utf-8")
DATA, *_ = re.findall(r"^```python\n(.*?)^```", PAGE, re.M | re.S)

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the recipe under a heading, and returns the names that it defines."""
    monkeypatch.chdir(tmp_path)
    exec(compile(DATA, "data", "exec"), {"__name__": "example"})

    def run(title: str, *changes: tuple[str, str]) -> dict:
        section = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        code = re.findall(r"^```python\n(.*?)^```", section, re.M | re.S)[0]
        for old, new in changes:
            assert old in code
            code = code.replace(old, new)
        names = {"__name__": "example"}
        exec(compile(code, title, "exec"), names)
        return names

    return run


def image_of(path) -> np.ndarray:
    return np.asarray(keras.utils.load_img(path), np.float32)


def test_every_task_at_the_top_has_a_recipe():
    """The table at the top names every recipe of the page."""
    table = PAGE.partition("## The data for this page")[0]
    links = re.findall(r"\]\(#([\w-]+)\)", table)
    titles = re.findall(r"^## (.*)$", PAGE, re.M)[1:]
    slugs = [re.sub(r"[^a-z0-9]+", "-", t.lower()).strip("-") for t in titles]
    assert sorted(links) == sorted(slugs)


def test_each_out_of_fold_prediction_has_the_label_of_its_image(run):
    """Every row is held out once, with its own label, and no patient is divided."""
    run("K-fold cross-validation")
    parts = pd.read_csv("out_of_fold.csv")
    table = pd.read_csv("details.csv", dtype=str).set_index("image")
    parts["image"] = parts["path"].str[-8:-4]
    assert sorted(parts["image"]) == sorted(table.index)
    rows = table.loc[parts["image"]]
    assert parts["label"].tolist() == rows["label"].tolist()
    folds_of_patient = parts.groupby(rows["patient"].to_numpy())["fold"].nunique()
    assert set(folds_of_patient) == {1}


def test_each_row_of_the_submission_has_the_prediction_of_its_image(run):
    """The submission has the ids of `test.csv`, each with the class of its image."""
    names = run("Kaggle: from a CSV to a submission")
    submission = pd.read_csv("submission.csv", dtype=str)
    expected = pd.read_csv("test.csv", dtype=str)["image"].tolist()
    assert submission["image"].tolist() == expected
    images = np.stack([image_of(f"test/{name}.png") for name in expected])
    scores = names["model"].predict(images, verbose=0)
    assert np.allclose(scores, names["scores"], atol=1e-5)
    classes = [["ill", "well"][number] for number in scores.argmax(axis=1)]
    assert submission["label"].tolist() == classes


def test_confusion_matrix_counts_the_validation_images(run):
    """Each prediction is compared with the label of its own image."""
    names = run("Confusion matrix and F1")
    validation, model = names["validation"], names["model"]
    images = np.stack([image_of(path) for path in validation.file_paths])
    classes = model.predict(images, verbose=0).argmax(axis=1)
    assert names["predicted"] == [["ill", "well"][number] for number in classes]
    table = pd.read_csv("labels.csv", dtype=str).set_index("image")["label"]
    ids = [path[-8:-4] for path in validation.file_paths]
    assert names["truth"] == table.loc[ids].tolist()


def test_mask_is_flipped_with_its_image(run):
    """The square of a scan is where the mask is 1, after the flip as before."""
    names = run("Segmentation")
    flipped = 0
    for images, masks in names["train"]:
        for _ in range(5):
            both = zip(*names["augment"](images, masks), images, strict=True)
            for image, mask, original in both:
                image, mask = image.numpy(), mask.numpy()[..., 0]
                flipped += not np.array_equal(image, original)
                if mask.any():
                    assert mask.sum() == 256
                    inside, outside = image[mask == 1], image[mask == 0]
                    assert inside.mean() - outside.mean() == pytest.approx(60, abs=8)
    assert flipped > 20


def test_boxes_are_those_of_their_image(run):
    """Every image has its boxes and their classes, and -1 in all other places."""
    names = run("Several boxes per image", ('label_column="boxes"', _UNSHUFFLED))
    ((_, targets),) = names["dataset"].map(names["parse"])
    boxes, labels = targets["boxes"].numpy(), targets["labels"].numpy()
    first = [[0.1, 0.2, 0.3, 0.3], [0.5, 0.5, 0.2, 0.4]]
    assert np.allclose(boxes[0, :2], first)
    assert np.allclose(boxes[1, 0], [0.4, 0.1, 0.2, 0.2])
    assert labels[:, :2].tolist() == [[1, 0], [1, -1], [-1, -1]]
    assert (boxes[0, 2:] == -1).all()
    assert (boxes[1, 1:] == -1).all()
    assert (boxes[2] == -1).all()


_UNSHUFFLED = 'label_column="boxes", shuffle=False'


def test_each_image_has_one_of_its_captions(run):
    """In some epochs, it has the one, in others the other, and never another's."""
    names = run(
        "Several captions per image",
        ('label_column="caption"', 'label_column="caption", shuffle=False'),
    )
    dataset = names["dataset"].map(names["draw_one"])
    epochs = [[t.decode() for _, ts in dataset for t in ts.numpy()] for _ in range(40)]
    first, second = map(set, zip(*epochs, strict=True))
    assert first == {"a bright square", "a square, noisy"}
    assert second == {"noise"}


def test_repeated_epochs_have_every_image(run):
    """Six steps of the repeated dataset yield every training image once."""
    train = run("`steps_per_epoch` and `repeat`")["train"]
    images = [image for batch, _ in train.repeat().take(6) for image in batch.numpy()]
    expected = [image_of(path) for path in train.file_paths]
    assert sorted(i.sum() for i in images) == sorted(i.sum() for i in expected)


def test_images_of_the_archive_have_their_labels(run):
    """The images that are extracted have the labels of the CSV."""
    dataset = run("A zip archive or Google Drive")["dataset"]
    table = pd.read_csv("labels.csv", dtype=str).set_index("image")["label"]
    ids = [path[-8:-4] for path in dataset.file_paths]
    labels = [dataset.class_names[number] for number in dataset.labels]
    assert labels == table.loc[ids].tolist()


def test_downloaded_images_have_their_labels(run):
    """An image has the label of its address; one that cannot be read is left out."""
    Path("page.png").write_text("<html>404 Not Found</html>")
    changes = (
        'table["url"] = [path.as_uri() for path in paths]',
        'table["url"] = [path.as_uri() for path in paths]\n'
        'table.loc[3, "url"] = Path("nowhere.png").absolute().as_uri()\n'
        'table.loc[5, "url"] = Path("page.png").absolute().as_uri()\n',
    )
    with pytest.warns(UserWarning, match=r"1 of \d+ rows is left out"):
        names = run("Images at URLs", changes)
    dataset, table = names["dataset"], names["table"]
    assert len(dataset.file_paths) == 58
    rows = table.set_index("file")
    for path, label in zip(dataset.file_paths, dataset.labels, strict=True):
        row = rows.loc[path.rpartition("/")[2]]
        assert dataset.class_names[label] == row["label"]
        original = image_of(f"train/{row['image']}.png")
        assert np.array_equal(image_of(path), original)


def test_sixteen_bits_become_the_levels_of_the_window(run):
    """Values below the window are black, those above are white, others in between."""
    names = run("DICOM and 16 bits")
    levels = np.asarray(Image.open("train/scan.png")).astype(float)
    values = names["scan"].astype(float)
    assert (levels[values <= 1000] == 0).all()
    assert (levels[values >= 5000] == 255).all()
    within = (values > 1000) & (values < 5000)
    expected = (values[within] - 1000) / 4000 * 255
    assert within.sum() > 100
    assert np.abs(levels[within] - expected).max() <= 0.51


def test_convert_is_not_enough_for_sixteen_bits(run):
    """Pillow makes values above 255 white, as the page warns."""
    run("DICOM and 16 bits")
    levels = np.asarray(Image.open("train/scan.tif").convert("RGB"))
    assert (levels == 255).mean() > 0.99


def test_keras_has_no_dataset_from_a_dataframe():
    """The page quotes the error of the function that Keras does not have."""
    section = PAGE.partition("\n## `image_dataset_from_dataframe`\n")[2]
    quoted = re.search(r"AttributeError: (.*)", section)[1]
    with pytest.raises(AttributeError, match=re.escape(quoted)):
        _ = keras.utils.image_dataset_from_dataframe
