"""Keras's `image_dataset_from_directory`, with the labels in a CSV."""

from keras_csv_dataset._image_dataset import image_dataset_from_csv

__all__ = ["image_dataset_from_csv"]
__version__ = "0.1.0"
