"""Maps functions over datasets."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf


def map_in_parallel(
    dataset: tf.data.Dataset, function: Callable[..., Any]
) -> tf.data.Dataset:
    """Maps in parallel, without AutoGraph, which takes two seconds to find nothing."""
    function = tf.autograph.experimental.do_not_convert(function)
    return dataset.map(function, num_parallel_calls=tf.data.AUTOTUNE)


def plain_options() -> tf.data.Options:
    """Options for a dataset that contains all images, or that is read only once.

    The optimizations would start by copying everything in it, and there is nothing to
    tune: reading from a cache takes less time than measuring it.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    return options
