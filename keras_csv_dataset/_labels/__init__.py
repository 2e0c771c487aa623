"""Labels: text becomes class indices, vectors or numbers, for each model output."""

from keras_csv_dataset._labels.class_sets import ClassSets
from keras_csv_dataset._labels.class_weights import (
    refuse_unknown_keys,
    weigh_classes,
    weigh_samples,
)
from keras_csv_dataset._labels.doubts import are_many_numbers, doubts, name_parts
from keras_csv_dataset._labels.encoding import encode_labels, recognise_lists
from keras_csv_dataset._labels.numbers import encode_numbers, is_number
from keras_csv_dataset._labels.target import (
    FILE_MODES,
    ClassWeight,
    LabelSpec,
    Target,
    take,
)

__all__ = [
    "FILE_MODES",
    "ClassSets",
    "ClassWeight",
    "LabelSpec",
    "Target",
    "are_many_numbers",
    "doubts",
    "encode_labels",
    "encode_numbers",
    "is_number",
    "name_parts",
    "recognise_lists",
    "refuse_unknown_keys",
    "take",
    "weigh_classes",
    "weigh_samples",
]
