"""The script of the page on competitions gives every row the prediction of its image.

The predictions are computed again, from the files that the ids of the rows name.
"""

import re

import keras
import numpy as np
import pandas as pd
import pytest

from places import DOCS

PAGE = DOCS / "kaggle.md"
# The page trains five models.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The folder that the script writes, and the names that it defines."""
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    folder = tmp_path_factory.mktemp("competition")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        names = {"__name__": "example"}
        exec(compile("\n".join(blocks), PAGE.name, "exec"), names)
    return folder, names


def predictions(folder, ids, models):
    """The predictions of every model, `(models, rows)`, for the images of some ids."""
    paths = [folder / f"{name}.png" for name in ids]
    images = np.stack([np.asarray(keras.utils.load_img(path)) for path in paths])
    return np.stack([model.predict(images, verbose=0)[:, 0] for model in models])


def test_out_of_fold_table_has_every_row_once_and_in_order(results):
    """The table has the rows of `train.csv`, and the red of image *n* is 4 *n*."""
    folder, _ = results
    table = pd.read_csv(folder / "out_of_fold.csv", dtype={"id": str})
    given = pd.read_csv(folder / "train.csv", dtype=str)
    pd.testing.assert_frame_equal(table[list(given)], given)
    reds = [
        np.asarray(keras.utils.load_img(folder / "train" / f"{name}.png"))[0, 0, 0]
        for name in table["id"]
    ]
    assert reds == list(range(0, 240, 4))


def test_each_out_of_fold_prediction_is_that_of_the_image_of_its_row(results):
    """A row has the prediction for its own image, by the model of its own fold."""
    folder, names = results
    table = pd.read_csv(folder / "out_of_fold.csv", dtype={"id": str})
    by_model = predictions(folder / "train", table["id"], names["models"])
    expected = by_model[table["fold"], np.arange(len(table))]
    np.testing.assert_allclose(table["score"], expected, atol=1e-5)
    # Those of other images and of other models differ by more than this.
    everything = np.sort(by_model.ravel())
    assert np.median(np.diff(everything)) > 1e-4


def test_no_model_has_seen_a_patient_that_it_is_scored_on(results):
    """All rows of a patient are in one of five folds, each with ill patients."""
    folder, _ = results
    table = pd.read_csv(folder / "out_of_fold.csv")
    assert (table.groupby("patient")["fold"].nunique() == 1).all()
    ill = table[table["label"] == "ill"].groupby("fold")["patient"].nunique()
    assert sorted(ill) == [1, 1, 2, 2, 2]


def test_submission_is_the_mean_of_the_models_in_the_form_of_the_sample(results):
    """The submission has the sample's ids, and the mean prediction for each of them."""
    folder, names = results
    submission = pd.read_csv(folder / "submission.csv", dtype={"id": str})
    sample = pd.read_csv(folder / "sample_submission.csv", dtype={"id": str})
    assert list(submission) == list(sample)
    assert submission["id"].tolist() == sample["id"].tolist()
    by_model = predictions(folder / "test", submission["id"], names["models"])
    np.testing.assert_allclose(submission["ill"], by_model.mean(axis=0), atol=1e-5)
