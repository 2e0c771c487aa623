"""Labels: text becomes class indices, vectors or numbers, for each model output."""

from keras_csv_dataset._labels.encoding import encode_labels
from keras_csv_dataset._labels.numbers import encode_numbers
from keras_csv_dataset._labels.outputs import Outputs
from keras_csv_dataset._labels.separators import split_labels
from keras_csv_dataset._labels.target import LabelSpec, Target

__all__ = [
    "LabelSpec",
    "Outputs",
    "Target",
    "encode_labels",
    "encode_numbers",
    "split_labels",
]
