"""Where we differ from Keras, on purpose."""

import pandas as pd
import pytest

from images import numbers_and_labels, save_all
from keras_csv_dataset import image_dataset_from_csv


@pytest.fixture
def animals(folder):
    """Twenty images, and a DataFrame that labels them."""
    names = [f"{number:02}.png" for number in range(20)]
    save_all(folder, names)
    labels = ["cat", "dog"] * 10
    return {
        "directory": folder,
        "csv": pd.DataFrame({"image": names, "label": labels}),
        "image_size": (8, 8),
        "verbose": False,
    }


def validation_subset(subset, **arguments):
    datasets = image_dataset_from_csv(
        subset=subset, validation_split=0.5, seed=1, **arguments
    )
    return datasets[1] if subset == "both" else datasets


@pytest.mark.parametrize("subset", ["validation", "both"])
def test_validation_subset_keeps_its_order_in_every_epoch(animals, subset):
    """A validation subset is not reshuffled, also when asked for alone."""
    dataset = validation_subset(subset, **animals)
    first, second = numbers_and_labels(dataset), numbers_and_labels(dataset)
    assert first == second


def test_validation_subset_is_the_same_alone_and_together(animals):
    """A validation subset asked for alone is the one that `"both"` gives."""
    alone = validation_subset("validation", **animals)
    assert alone.file_paths == validation_subset("both", **animals).file_paths


def test_both_subsets_come_as_a_tuple(animals):
    """`subset="both"` returns a tuple, as Keras's documentation says."""
    datasets = image_dataset_from_csv(
        subset="both", validation_split=0.5, seed=1, **animals
    )
    assert type(datasets) is tuple
    assert [len(dataset.file_paths) for dataset in datasets] == [10, 10]


@pytest.mark.parametrize("subset", ["training", "validation", "both"])
def test_empty_validation_subset_is_an_error(animals, subset):
    """A split too small for one validation image is refused, not ignored."""
    with pytest.raises(
        ValueError, match=r"(?s)validation subset of 20 rows would be empty.*larger"
    ):
        image_dataset_from_csv(subset=subset, validation_split=0.04, seed=1, **animals)


def test_single_image_cannot_be_split(animals):
    """However large the split, one image does not make two subsets."""
    animals["csv"] = animals["csv"][:1]
    with pytest.raises(ValueError, match=r"each subset. The table has 1 row"):
        image_dataset_from_csv(subset="both", validation_split=0.9, seed=1, **animals)


def test_pad_with_crop_is_refused_before_any_file_is_read():
    """Pad together with crop is an error even where no folder exists."""
    with pytest.raises(
        ValueError, match=r"Only one of `crop_to_.*` and `pad_to_.*` can"
    ):
        image_dataset_from_csv(
            "no/such/folder",
            "no-such-file.csv",
            crop_to_aspect_ratio=True,
            pad_to_aspect_ratio=True,
        )


def test_data_frame_is_not_changed(animals):
    """A DataFrame is the same after as before, shuffle or not."""
    before = animals["csv"].copy(deep=True)
    validation_subset("both", **animals)
    pd.testing.assert_frame_equal(animals["csv"], before)


def test_class_names_are_not_changed(animals):
    """The caller's list of classes is the same after as before."""
    class_names = ["dog", "cat", "bird"]
    validation_subset("both", class_names=class_names, **animals)
    assert class_names == ["dog", "cat", "bird"]


def test_class_names_of_the_caller_are_not_those_of_the_dataset(animals):
    """Changing the caller's list afterwards does not change the dataset's."""
    class_names = ["dog", "cat"]
    dataset = image_dataset_from_csv(class_names=class_names, **animals)
    class_names.reverse()
    assert dataset.class_names == ["dog", "cat"]


def test_csv_options_are_not_changed(animals, write_csv):
    """The caller's dictionary of options is the same after as before."""
    animals["csv"] = write_csv(animals["csv"].to_csv(index=False, sep=";"))
    csv_options = {"sep": ";"}
    image_dataset_from_csv(csv_options=csv_options, **animals)
    assert csv_options == {"sep": ";"}


@pytest.mark.parametrize("label_mode", ["int", "categorical", "binary"])
def test_labels_are_indices_into_class_names(animals, label_mode):
    """Classes 1 and 2 are 0 and 1 in every mode; Keras makes `[0, 0]` of the 2."""
    animals["csv"]["label"] = [1, 2] * 10
    dataset = image_dataset_from_csv(label_mode=label_mode, shuffle=False, **animals)
    assert dataset.class_names == ["1", "2"]
    assert dataset.labels.tolist() == [0, 1] * 10
    ((_, labels),) = dataset.as_numpy_iterator()
    by_mode = {"int": [0, 1], "categorical": [[1, 0], [0, 1]], "binary": [[0], [1]]}
    assert labels.tolist() == by_mode[label_mode] * 10


def test_class_names_that_leave_out_a_label_are_an_error(animals):
    """`class_names` is no filter: labels outside it are listed with their counts."""
    with pytest.raises(ValueError, match=r"not in `class_names`: 'dog' \(10×\)"):
        image_dataset_from_csv(class_names=["cat", "bird"], **animals)


def test_class_names_may_name_classes_that_no_row_has(animals):
    """A CSV that lacks a rare class gets the indices of one that has it."""
    dataset = image_dataset_from_csv(
        class_names=["bird", "cat", "dog"], shuffle=False, **animals
    )
    assert dataset.labels.tolist() == [1, 2] * 10
