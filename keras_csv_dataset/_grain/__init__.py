"""grain: decodes images without TensorFlow, and builds `grain` datasets."""

from keras_csv_dataset._grain.check import check_images, read_pixels
from keras_csv_dataset._grain.images import DECODABLE_SUFFIXES
from keras_csv_dataset._grain.pipeline import build_dataset

__all__ = ["DECODABLE_SUFFIXES", "build_dataset", "check_images", "read_pixels"]
