"""The weights of classes, and of the samples that have these classes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._labels.class_sets import ClassSets
from keras_csv_dataset._labels.classes import Classes, find_classes
from keras_csv_dataset._labels.target import ClassWeight, Target
from keras_csv_dataset._labels.unknown import list_names
from keras_csv_dataset._messages import did_you_mean, list_columns, quote
from keras_csv_dataset._table import as_cells, text_cells

# Names of classes that a message lists.
_NAMES_SHOWN = 5


def weigh_classes(
    target: Target, samples: NDArray[np.int64], class_weight: ClassWeight
) -> NDArray[np.float64]:
    """The weight of each class of an output.

    Args:
        target: The labels of the output.
        samples: int64 numbers of the samples for training.
        class_weight: `"balanced"`, or weights by the name of the class.

    Returns:
        float64 `(classes,)`. Balanced weights are n / (k * n_c), as in scikit-learn:
        n labels of k different classes, n_c of which are the class c. A class that
        occurs in no sample, or that the dictionary leaves out, has the weight 1.
    """
    weights = np.ones(len(target.class_names or ()))
    if isinstance(class_weight, Mapping):
        classes = _classes_of_keys(class_weight, target.class_names or [])
        weights[classes.indices] = [*class_weight.values()]
        return weights
    counts = target.class_counts_of(samples)
    assert counts is not None
    occur = counts > 0
    weights[occur] = counts.sum() / (occur.sum() * counts[occur])
    return weights


def weigh_samples(target: Target, weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """The weight of each sample's class: float32 `(samples,)`.

    The weight of a sample of several classes is the mean of their weights; that of a
    sample without a class is 1.
    """
    classes = target.values
    if not isinstance(classes, ClassSets):
        of_samples: NDArray[np.float32] = weights[classes].astype(np.float32)
        return of_samples
    sums = np.bincount(classes.owners, weights[classes.classes], minlength=len(classes))
    means = np.divide(
        sums, classes.sizes, out=np.ones(len(classes)), where=classes.sizes > 0
    )
    return means.astype(np.float32)


def refuse_unknown_keys(
    class_weight: ClassWeight | None, class_names: list[str], argument: str
) -> None:
    """Refuses weights of classes that do not exist.

    Args:
        class_weight: The class weights of an output.
        class_names: The classes of the output.
        argument: What the class weights are called in the call.

    Raises:
        ValueError: If a key is the name of no class, or two keys name the same class.
    """
    if not isinstance(class_weight, Mapping):
        return
    received = f"Received: {argument}={quote(class_weight)}"
    indices = _classes_of_keys(class_weight, class_names).indices.tolist()
    unknown = [key for key, n in zip(class_weight, indices, strict=True) if n < 0]
    if unknown:
        rule = f"`{argument}` must have names of classes as keys"
        if right := _without_indices(class_weight, class_names):
            raise ValueError(f"{rule}, not their indices: write {right}. {received}")
        close = did_you_mean(unknown[0], class_names)
        raise ValueError(
            f"{rule}. {_not_among(unknown, class_names)} {received}{close}"
        )
    if len(set(indices)) < len(indices):
        raise ValueError(
            f"`{argument}` must not name a class twice; 1 and 1.0 are one class, and "
            f"so are the forms of a letter that Unicode considers equal. {received}"
        )


def _not_among(unknown: Sequence[Any], class_names: list[str]) -> str:
    are = "is" if len(unknown) == 1 else "are"
    names, classes = list_columns(unknown, _NAMES_SHOWN), list_names(class_names)
    return f"{names} {are} not among the classes {classes}."


def _classes_of_keys(keys: Mapping[Any, float], class_names: list[str]) -> Classes:
    """The classes that keys mean, which are read as `class_names` are."""
    return find_classes(text_cells(as_cells(keys)).tolist(), class_names, None)


def _without_indices(
    class_weight: Mapping[Any, float], class_names: list[str]
) -> str | None:
    """The same weights by name, if all keys are indices of classes."""
    texts = text_cells(as_cells(class_weight)).tolist()
    by_index = dict(zip(texts, class_weight.values(), strict=True))
    if not by_index.keys() <= {str(n) for n in range(len(class_names))}:
        return None
    weights = {class_names[int(text)]: float(w) for text, w in by_index.items()}
    return repr(weights)
