"""Checks `class_weight`, and sets the class weights of each output."""

from collections.abc import Mapping
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np

from keras_csv_dataset._arguments.checks import suggest
from keras_csv_dataset._labels import ClassWeight, LabelSpec
from keras_csv_dataset._messages import list_columns
from keras_csv_dataset._structure import Structure
from keras_csv_dataset._table import as_cells, text_cells

# What others call the weights that balance the classes.
_SYNONYMS: dict[object, str] = {
    **dict.fromkeys(("auto", "balance", "inverse", "weighted"), "balanced"),
    True: "balanced",
}
_LARGEST = float(np.finfo(np.float32).max)


def set_class_weight(
    specs: Structure[LabelSpec], class_weight: Any
) -> Structure[LabelSpec]:
    """Checks `class_weight`, and adds the class weights of each output to its record.

    Args:
        specs: How the labels of each output are read.
        class_weight: The argument.

    Returns:
        The same records with their class weights.
    """
    if class_weight is None:
        return specs
    if specs.names is not None:
        given = _by_output(specs, class_weight)
    else:
        given = specs.map(lambda spec: class_weight)
    titles = Structure(tuple(name for name, _ in specs.titled()), specs.names)

    def with_weight(spec: LabelSpec, name: str, value: Any) -> LabelSpec:
        if value is None:
            return spec
        _refuse_without_classes(spec, name, class_weight)
        argument = f"class_weight[{name!r}]" if name else "class_weight"
        return replace(spec, class_weight=_read_class_weight(argument, value))

    return specs.map(with_weight, titles, given)


def _by_output(specs: Structure[LabelSpec], class_weight: Any) -> Structure[Any]:
    """What each of several outputs gets; `None` for an output without class weights."""
    with_classes = [name for name, spec in specs.titled() if spec.has_classes]
    names = specs.names or ()
    if isinstance(class_weight, str) and class_weight == "balanced":
        return _by_output(specs, dict.fromkeys(with_classes or names, class_weight))
    is_by_output = isinstance(class_weight, Mapping) and len(class_weight) > 0
    if not is_by_output or not class_weight.keys() <= {*names}:
        raise ValueError(
            '`class_weight` must be "balanced", or a dictionary from outputs to '
            '"balanced" or to dictionaries from names of classes to weights, when '
            "`label_mode` is a dictionary; the outputs with classes are "
            f"{list_columns(with_classes)}. Received: class_weight={class_weight!r}"
            f"{_suggest(class_weight)}"
        )
    return Structure.named({name: class_weight.get(name) for name in names})


def _refuse_without_classes(spec: LabelSpec, name: str, class_weight: Any) -> None:
    """Refuses class weights for labels that are no classes."""
    if spec.has_classes:
        return
    of_output = f" for the output {name!r}" if name else ""
    way_out = "to weigh single images, pass `weight_column`"
    if spec.mode == "mask":
        way_out = "the weights of the classes of pixels belong in the loss"
    raise ValueError(
        f"`class_weight` must be left out{of_output} with "
        f'label_mode="{spec.mode}", where images have no classes: {way_out}. Received: '
        f"class_weight={class_weight!r}"
    )


def _read_class_weight(argument: str, value: Any) -> ClassWeight:
    """The class weights of one output."""
    if isinstance(value, str) and value == "balanced":
        return "balanced"
    received = f"Received: {argument}={value!r}"
    if not isinstance(value, Mapping) or not value:
        raise ValueError(
            f'`{argument}` must be "balanced", or a dictionary from names of classes '
            f"to weights. {received}{_suggest(value)}"
        )
    wrong = [weight for weight in value.values() if not _is_weight(weight)]
    if wrong:
        raise ValueError(
            f"`{argument}` must have finite numbers of 0 or more as weights, not "
            f"{wrong[0]!r}. {received}"
        )
    # As those of `class_names`: the class "1" can be written as the number 1.
    names = list(text_cells(as_cells(value)))
    if None in names or len(set(names)) < len(names):
        raise ValueError(
            f"`{argument}` must not name a class twice, or have a blank key. {received}"
        )
    return dict(value)


def _is_weight(weight: Any) -> bool:
    """Whether a weight is a number that float32 can hold."""
    is_number = isinstance(weight, Real) and not isinstance(weight, bool | np.bool_)
    return is_number and 0 <= float(weight) <= _LARGEST


def _suggest(value: object) -> str:
    return suggest(value, ["balanced"], _SYNONYMS)
