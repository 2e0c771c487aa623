"""Deliberate differences from Keras."""

import pandas as pd
import pytest

from images import numbers_and_labels, save_all
from keras_csv_dataset import image_dataset_from_csv


@pytest.fixture
def animals(folder):
    """Arguments for twenty images and a DataFrame with their labels."""
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
    """A validation subset is not reshuffled, even if it is requested alone."""
    dataset = validation_subset(subset, **animals)
    first, second = numbers_and_labels(dataset), numbers_and_labels(dataset)
    assert first == second


def test_validation_subset_is_the_same_alone_and_together(animals):
    """`subset="validation"` gives the same validation subset as `"both"`."""
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
    """A split without a validation image raises an error."""
    with pytest.raises(
        ValueError, match=r"(?s)validation subset of 20 rows would be empty.*larger"
    ):
        image_dataset_from_csv(subset=subset, validation_split=0.04, seed=1, **animals)


def test_single_image_cannot_be_split(animals):
    """A split of a single image raises an error."""
    animals["csv"] = animals["csv"][:1]
    with pytest.raises(ValueError, match=r"each of 2 subsets\. The table has 1 row"):
        image_dataset_from_csv(subset="both", validation_split=0.9, seed=1, **animals)


def test_pad_with_crop_is_refused_before_any_file_is_read():
    """Pad together with crop raises an error, even if the folder does not exist."""
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
    """A call does not change the caller's DataFrame."""
    before = animals["csv"].copy(deep=True)
    validation_subset("both", **animals)
    pd.testing.assert_frame_equal(animals["csv"], before)


def test_class_names_are_not_changed(animals):
    """A call does not change the caller's list of classes."""
    class_names = ["dog", "cat", "bird"]
    validation_subset("both", class_names=class_names, **animals)
    assert class_names == ["dog", "cat", "bird"]


def test_class_names_of_the_caller_are_not_those_of_the_dataset(animals):
    """If the caller changes the list later, the dataset's list does not change."""
    class_names = ["dog", "cat"]
    dataset = image_dataset_from_csv(class_names=class_names, **animals)
    class_names.reverse()
    assert dataset.class_names == ["dog", "cat"]


def test_csv_options_are_not_changed(animals, write_csv):
    """A call does not change the caller's dictionary of options."""
    animals["csv"] = write_csv(animals["csv"].to_csv(index=False, sep=";"))
    csv_options = {"sep": ";"}
    image_dataset_from_csv(csv_options=csv_options, **animals)
    assert csv_options == {"sep": ";"}


@pytest.mark.parametrize("label_mode", ["int", "categorical", "binary"])
def test_labels_are_indices_into_class_names(animals, label_mode):
    """Labels 1 and 2 become 0 and 1 in every mode; Keras encodes 2 as `[0, 0]`."""
    animals["csv"]["label"] = [1, 2] * 10
    dataset = image_dataset_from_csv(label_mode=label_mode, shuffle=False, **animals)
    assert dataset.class_names == ["1", "2"]
    assert dataset.labels.tolist() == [0, 1] * 10
    ((_, labels),) = dataset.as_numpy_iterator()
    by_mode = {"int": [0, 1], "categorical": [[1, 0], [0, 1]], "binary": [[0], [1]]}
    assert labels.tolist() == by_mode[label_mode] * 10


def test_class_names_that_leave_out_a_label_are_an_error(animals):
    """Labels that are not in `class_names` raise an error that gives their counts."""
    with pytest.raises(ValueError, match=r"not in `class_names`: 'dog' \(10×\)"):
        image_dataset_from_csv(class_names=["cat", "bird"], **animals)


def test_class_names_may_name_classes_that_no_row_has(animals):
    """Classes without rows keep their indices in `class_names`."""
    dataset = image_dataset_from_csv(
        class_names=["bird", "cat", "dog"], shuffle=False, **animals
    )
    assert dataset.labels.tolist() == [1, 2] * 10
