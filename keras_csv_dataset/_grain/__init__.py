"""grain: decodes images without TensorFlow, and builds `grain` datasets."""

from keras_csv_dataset._grain.check import check_images, read_pixels
from keras_csv_dataset._grain.decoding import decodable_formats
from keras_csv_dataset._grain.pipeline import build_dataset

__all__ = ["build_dataset", "check_images", "decodable_formats", "read_pixels"]
