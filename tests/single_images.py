"""Unbatched datasets in the order of the rows of a DataFrame or a CSV."""

import pandas as pd

from images import batches, number_of
from in_each_format import image_dataset_from_csv


def frame(names, labels, **columns) -> pd.DataFrame:
    """A DataFrame of images, their labels, and any other columns."""
    return pd.DataFrame({"image": list(names), "label": list(labels), **columns})


def open_dataset(images, csv, **keywords):
    """An unbatched dataset in the order of the rows."""
    arguments = {"image_size": (8, 8), "image_column": "image", "verbose": False}
    return image_dataset_from_csv(
        images, csv, batch_size=None, shuffle=False, **{**arguments, **keywords}
    )


def paired(dataset) -> list[tuple[int, str]]:
    """For every image: the number that its colour encodes, and its label as text."""
    return [
        (number_of(image), dataset.class_names[label])
        for image, label in batches(dataset)
    ]
