"""Maps functions over datasets, and makes their graphs."""

from collections.abc import Callable
from functools import cache
from typing import Any

import tensorflow as tf


def map_in_parallel(
    dataset: tf.data.Dataset, function: Callable[..., Any]
) -> tf.data.Dataset:
    """Maps in parallel, without AutoGraph, which takes two seconds to find nothing."""
    function = tf.autograph.experimental.do_not_convert(function)
    return dataset.map(function, num_parallel_calls=tf.data.AUTOTUNE)


def traced_once(function: Callable[..., tf.Tensor]) -> Callable[..., tf.Tensor]:
    """Makes the graph of a function once, and copies it into every dataset.

    A call of the function instead of a copy counts as stateful, because the graph has
    assertions: the iterator could not be saved.
    """
    traced = tf.function(function, autograph=False)

    @cache
    def graph_of(concrete: Any) -> Any:
        return concrete.graph.as_graph_def()

    def copy(*arguments: tf.Tensor) -> tf.Tensor:
        concrete = traced.get_concrete_function(*arguments)
        names = [tensor.name for tensor in concrete.inputs]
        (result,) = tf.graph_util.import_graph_def(
            graph_of(concrete),
            dict(zip(names, arguments, strict=True)),
            [concrete.outputs[0].name],
        )
        result.set_shape(concrete.outputs[0].shape)
        return result

    return copy


def plain_options() -> tf.data.Options:
    """Options for a dataset that contains all images, or that is read only once.

    The optimizations would start by copying everything in it, and there is nothing to
    tune: reading from a cache takes less time than measuring it.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    return options
