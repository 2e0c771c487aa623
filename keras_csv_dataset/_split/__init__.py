"""Subsets and shards: no image and no group is ever in two of them."""

from keras_csv_dataset._split.subsets import ALL, SplitSpec, Subset, split_samples

__all__ = ["ALL", "SplitSpec", "Subset", "split_samples"]
