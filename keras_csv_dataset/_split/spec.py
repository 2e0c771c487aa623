"""What the caller asked for: which subsets, how large, and of which rows."""

from collections.abc import Hashable
from dataclasses import dataclass

TRAINING, VALIDATION, TEST = "training", "validation", "test"
SUBSETS = (TRAINING, VALIDATION, TEST)
# What the images of each subset are for, in messages.
PURPOSES = {TRAINING: "training", VALIDATION: "validation", TEST: "testing"}
# The name of the only subset where nothing is split.
WHOLE = "whole"
# The values of `subset` that ask for several subsets.
_SEVERAL = {"both": (TRAINING, VALIDATION), "all": SUBSETS}


@dataclass(frozen=True, kw_only=True)
class SplitSpec:
    """How samples are divided into subsets and shards.

    Attributes:
        subset: `"training"`, `"validation"`, `"test"`, `"both"`, `"all"`, or `None` if
            nothing is split.
        validation_split: Fraction of the samples for validation, if any.
        test_split: Fraction of the samples for the test, if any.
        num_folds: Number of folds of the samples that are not for the test, if any.
        fold_index: The fold for validation; with a split column, the number that the
            column gives it.
        stratify: Whether all subsets get the same share of each class, or of each value
            of `Samples.strata` if there are columns of them.
        shuffle: Whether to shuffle. If true, every subset is in the order of Keras's
            shuffle of all samples. If false, it keeps the order of the table, and no
            random number is drawn.
        seed: Seed of the shuffle and of the choice of units.
        num_shards: Number of hosts that share the samples; `None` for one host.
        shard_index: Number of this host.
        split_column: Name of the column that assigns rows to subsets, for messages.
    """

    subset: str | None = None
    validation_split: float | None = None
    test_split: float | None = None
    num_folds: int | None = None
    fold_index: int | None = None
    stratify: bool = False
    shuffle: bool = True
    seed: int | None = None
    num_shards: int | None = None
    shard_index: int | None = None
    split_column: Hashable = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the subsets that are asked for."""
        return _SEVERAL.get(self.subset or "", (self.subset or WHOLE,))

    @property
    def is_by_share(self) -> bool:
        """Whether subsets are shares or folds, rather than read from a column."""
        return bool(self.test_split or self.num_folds or self.validation_split)

    @property
    def num_parts_besides_test(self) -> int:
        """Number of parts besides those for the test: the folds, or the subsets."""
        return self.num_folds or 1 + bool(self.validation_split)

    @property
    def num_parts(self) -> int:
        """Number of parts that the samples are divided into, all but one by choice."""
        return self.num_parts_besides_test + bool(self.test_split)

    @property
    def smallest_share(self) -> float:
        """Share of the smallest of the parts that are not for the test."""
        left = 1 - (self.test_split or 0.0)
        if self.num_folds:
            return left / self.num_folds
        validation = self.validation_split or 0.0
        return min(validation or left, left - validation)

    @property
    def images_per_class(self) -> int:
        """Number of images that a class needs to be in all subsets.

        The test leaves one for training and one for validation, even if there is no
        validation in the same call.
        """
        return 3 if self.test_split else 2
