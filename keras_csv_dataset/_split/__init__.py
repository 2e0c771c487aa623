"""Subsets, folds and shards: no image and no group is ever in two of them."""

from keras_csv_dataset._split.spec import PURPOSES, WHOLE, SplitSpec
from keras_csv_dataset._split.subsets import Subset, divide, split_samples

__all__ = ["PURPOSES", "WHOLE", "SplitSpec", "Subset", "divide", "split_samples"]
