"""Sample weights: those in a column, times those of the classes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._labels import (
    LabelSpec,
    Target,
    encode_numbers,
    refuse_unknown_keys,
    weigh_classes,
    weigh_samples,
)
from keras_csv_dataset._messages import quote
from keras_csv_dataset._structure import Structure
from keras_csv_dataset._table import LabelTable

# As a dataset yields them: none, one array for all outputs, or one for each output.
Weights = Structure[NDArray[np.float32]]
# float64 `(classes,)` for each output; `None` for an output without class weights.
ClassWeights = Structure[NDArray[np.float64] | None]


def read_weights(table: LabelTable, column: int | None) -> NDArray[np.float32] | None:
    """The weight of each row: float32 `(rows,)`, or `None` without a column."""
    if column is None:
        return None
    weights = encode_numbers(table, [column])[:, 0]
    negative = np.flatnonzero(weights < 0)
    if negative.size:
        cells, name = table[column], quote(table.name(column))
        raise ValueError(
            table.report(
                negative,
                lambda row: (
                    f"column {name} contains the negative weight {quote(cells[row])}"
                ),
                "A sample weight must be 0 or more.",
            )
        )
    return weights


def weights_in_form(
    targets: Structure[Target], weights: NDArray[np.float32] | None
) -> Weights:
    """The weights as Keras takes them: one array for all outputs, if it can be."""
    if weights is None:
        return Structure()
    if not any(target.names_files for target in targets):
        return Structure.of(weights)
    return _for_each_output(targets, weights)


def _for_each_output(
    targets: Structure[Target], weights: NDArray[np.float32]
) -> Weights:
    """The weights of each output.

    If labels are images, a loss has a value for each pixel, so the weights have two
    more axes, of length 1.
    """
    return targets.map(
        lambda target: weights[:, None, None] if target.names_files else weights
    )


def refuse_unknown_classes(
    targets: Structure[Target], specs: Structure[LabelSpec]
) -> None:
    """Refuses class weights for classes that do not exist."""
    for (name, target), spec in zip(targets.titled(), specs, strict=True):
        argument = f"class_weight[{name!r}]" if name else "class_weight"
        refuse_unknown_keys(spec.class_weight, target.class_names or [], argument)


def find_class_weights(
    targets: Structure[Target],
    specs: Structure[LabelSpec],
    samples: NDArray[np.int64],
) -> ClassWeights:
    """The weights of the classes of each output.

    Args:
        targets: The labels of each output.
        specs: How the labels of each output are weighed.
        samples: int64 numbers of the samples for training.
    """

    def of_output(target: Target, spec: LabelSpec) -> NDArray[np.float64] | None:
        if spec.class_weight is None:
            return None
        return weigh_classes(target, samples, spec.class_weight)

    return targets.map(of_output, specs)


def times_class_weights(
    weights: Weights, targets: Structure[Target], class_weights: ClassWeights
) -> Weights:
    """Multiplies the weights of samples by those of their classes.

    Returns:
        The weights of each output, or the same weights if no class has any.
    """
    if all(of_classes is None for of_classes in class_weights):
        return weights
    if weights.names is None:
        num_samples = len(targets.values[0].values)
        ones = np.ones(num_samples, np.float32)
        weights = _for_each_output(targets, ones if not weights else weights.values[0])

    def times(of_samples: NDArray[np.float32], target: Target, of_classes: Any) -> Any:
        if of_classes is None:
            return of_samples
        return of_samples * weigh_samples(target, of_classes)

    return weights.map(times, targets, class_weights)
