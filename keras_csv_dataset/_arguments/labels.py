"""Checks the arguments about labels."""

from collections.abc import Hashable, Iterable, Mapping, Set
from typing import Any, get_args

from keras_csv_dataset._arguments.checks import check_choice, suggest
from keras_csv_dataset._arguments.choices import LabelMode
from keras_csv_dataset._labels import LabelSpec, Outputs
from keras_csv_dataset._table import as_cells, text_cells

_MODES = get_args(LabelMode)
# What `flow_from_dataframe`, scikit-learn and others call the modes.
_SYNONYMS: dict[object, str] = {
    "sparse": "int",
    "multiclass": "int",
    "onehot": "categorical",
    "one_hot": "categorical",
    "multilabel": "multi_hot",
    "multi_label": "multi_hot",
    "multi-label": "multi_hot",
    "regression": "raw",
    "float": "raw",
    "other": "raw",
}

# The label columns of each output; `None` to look for one.
LabelColumns = Outputs[tuple[Hashable, ...] | None]


def read_label_specs(
    *,
    label_mode: object,
    class_names: object,
    label_column: object,
    label_separator: object,
    weight_column: object,
    missing_labels: object,
) -> tuple[Outputs[LabelSpec], LabelColumns]:
    """Checks the arguments about labels, and returns a record for each output.

    Returns:
        How the labels of each output are read, and its label columns.
    """
    modes = _read_modes(label_mode)
    if not modes:
        _refuse_without_labels(
            label_column=label_column,
            class_names=class_names,
            weight_column=weight_column,
        )
    columns = _read_label_columns(modes, label_column)
    _check_separator(label_separator, modes, columns)
    if missing_labels == "empty" and modes.only != "multi_hot":
        raise ValueError(
            '`missing_labels="empty"` is only valid with `label_mode="multi_hot"`, '
            "where an image can have no class. Received: "
            f"label_mode={label_mode!r}"
        )
    specs = modes.map(
        lambda mode, names: LabelSpec(
            mode=mode,
            class_names=names,
            separator=str(label_separator)
            if mode == "multi_hot" and label_separator is not None
            else None,
            is_list=isinstance(label_column, list | tuple),
        ),
        _read_class_names(class_names, modes),
    )
    return specs, columns


def _read_modes(label_mode: object) -> Outputs[str]:
    if label_mode is None:
        return Outputs()
    if isinstance(label_mode, Mapping) and label_mode:
        for column, mode in label_mode.items():
            if not isinstance(column, str):
                raise ValueError(
                    "`label_mode` must have names of columns as keys, because the "
                    f"outputs of a model have names. Received: {column!r}"
                )
            check_choice(f"label_mode[{column!r}]", mode, _MODES, _SYNONYMS)
        return Outputs.named(label_mode)
    if not isinstance(label_mode, str) or label_mode not in _MODES:
        raise ValueError(
            f"`label_mode` must be {', '.join(map(repr, _MODES))}, None for "
            "images alone, or a dictionary from label columns to modes. "
            f"Received: label_mode={label_mode!r}"
            f"{suggest(label_mode, _MODES, _SYNONYMS)}"
        )
    return Outputs.of(label_mode)


def _refuse_without_labels(**arguments: object) -> None:
    """Refuses arguments about labels if there are no labels."""
    for argument, value in arguments.items():
        if value is not None:
            raise ValueError(
                f"`{argument}` must be left out when `label_mode` is None, because "
                f"only images are yielded. Received: {argument}={value!r}"
            )


def _read_label_columns(modes: Outputs[str], label_column: object) -> LabelColumns:
    if modes.names is not None:
        if label_column is not None:
            raise ValueError(
                "`label_column` must be left out when `label_mode` is a dictionary, "
                f"whose keys are the columns. Received: label_column={label_column!r}"
            )
        return Outputs.named({name: (name,) for name in modes.names})
    columns = _read_label_column(label_column)
    return modes.map(lambda mode: columns)


def _read_label_column(label_column: object) -> tuple[Hashable, ...] | None:
    if label_column is None:
        return None
    if hasattr(label_column, "tolist"):  # an Index or an array of names
        label_column = label_column.tolist()
    if not isinstance(label_column, list | tuple):
        return (label_column,)
    if not label_column:
        raise ValueError(
            "`label_column` must be the name of a column or a list of names. "
            f"Received: label_column={label_column!r}"
        )
    return tuple(label_column)


def _check_separator(
    separator: object, modes: Outputs[str], columns: LabelColumns
) -> None:
    received = f"label_mode={modes.unwrap()!r}"
    if separator is None:
        if modes.names is not None and "multi_hot" in modes:
            raise ValueError(
                '`label_separator` must be set for a "multi_hot" column among several '
                f"outputs. Received: {received}, label_separator=None"
            )
        return
    if not isinstance(separator, str) or not separator:
        raise ValueError(
            '`label_separator` must be text, such as " " or "|". '
            f"Received: label_separator={separator!r}"
        )
    if "multi_hot" not in modes:
        raise ValueError(
            '`label_separator` is only valid with `label_mode="multi_hot"`. Received: '
            f"label_separator={separator!r}, {received}"
        )
    if columns.only is not None and len(columns.only) > 1:
        raise ValueError(
            "`label_separator` must be left out when `label_column` lists one 0/1 "
            f"column per class. Received: label_separator={separator!r}, "
            f"label_column={list(columns.only)!r}"
        )


def _read_class_names(
    class_names: object, modes: Outputs[str]
) -> Outputs[list[str] | None]:
    """The classes of each output as text; `None` to find them."""
    if class_names is None:
        return modes.map(lambda mode: None)
    received = f"Received: class_names={class_names!r}"
    if modes.names is None:
        return modes.map(lambda mode: _read_classes(class_names, mode, received))
    if not isinstance(class_names, Mapping) or not class_names.keys() <= {*modes.names}:
        raise ValueError(
            "`class_names` must be a dictionary from outputs to lists when "
            f"`label_mode` is one; the outputs are {', '.join(map(repr, modes.names))}."
            f" {received}"
        )
    return Outputs.named(
        {
            name: _read_classes(class_names[name], mode, received)
            if name in class_names
            else None
            for name, mode in modes.titled()
        }
    )


def _read_classes(names: Any, mode: str, received: str) -> list[str]:
    if mode == "raw":
        raise ValueError(
            "`class_names` must be left out if there are no classes, as with "
            f'`label_mode="raw"`. {received}'
        )
    if isinstance(names, str | Mapping | Set) or not isinstance(names, Iterable):
        raise ValueError(
            "`class_names` must be a list of the classes in the order of their "
            f"indices. {received}"
        )
    classes = list(text_cells(as_cells(names)))
    if not classes or None in classes or len(set(classes)) < len(classes):
        raise ValueError(f"`class_names` must name every class once. {received}")
    if mode == "binary" and len(classes) != 2:
        raise ValueError(f'`label_mode="binary"` needs exactly 2 classes. {received}')
    return classes
