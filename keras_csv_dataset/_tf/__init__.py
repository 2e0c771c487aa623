"""TensorFlow: decodes images as Keras does, and builds `tf.data` datasets."""

from keras_csv_dataset._tf.check import check_images, read_pixels
from keras_csv_dataset._tf.formats import decodable_formats
from keras_csv_dataset._tf.pipeline import build_dataset

__all__ = ["build_dataset", "check_images", "decodable_formats", "read_pixels"]
