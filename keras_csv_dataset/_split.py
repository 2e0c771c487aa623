"""Deals the samples out: to subsets, in their order."""

import numpy as np
from numpy.typing import NDArray


def split_samples(
    num_samples: int, *, validation_split: float | None, shuffle: bool, seed: int
) -> dict[str | None, NDArray[np.int64]]:
    """Divides samples into training and validation as Keras does.

    Args:
        num_samples: How many there are.
        validation_split: Share of the validation subset, between 0 and 1; `None` or
            0 for no split.
        shuffle: Whether to shuffle before the split.
        seed: Seed of the shuffle.

    Returns:
        Subset -> int64 numbers of its samples; the only subset is `None`.

    Raises:
        ValueError: If a subset would be empty.
    """
    order = np.arange(num_samples)
    if shuffle:
        np.random.RandomState(seed).shuffle(order)
    if not validation_split:
        return {None: order}
    num_validation = int(validation_split * num_samples)
    if not 0 < num_validation < num_samples:
        empty = "validation" if num_validation == 0 else "training"
        raise ValueError(
            f"The {empty} subset would be empty: validation_split={validation_split} "
            f"of {num_samples} images is {num_validation}. Use a "
            f"{'larger' if num_validation == 0 else 'smaller'} `validation_split`, or "
            "more images."
        )
    return {"training": order[:-num_validation], "validation": order[-num_validation:]}
