"""Checks the arguments about labels."""

from collections.abc import Hashable, Iterable, Mapping, Set
from typing import Any, get_args

from keras_csv_dataset._arguments.checks import check_choice, suggest, without_arrays
from keras_csv_dataset._arguments.choices import LabelMode
from keras_csv_dataset._arguments.class_weight import set_class_weight
from keras_csv_dataset._labels import FILE_MODES, LabelSpec
from keras_csv_dataset._structure import Structure
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
    "caption": "text",
    "string": "text",
    "str": "text",
    "segmentation": "mask",
    "masks": "mask",
    "images": "image",
}

# The label columns of each output; `None` to look for one.
LabelColumns = Structure[tuple[Hashable, ...] | None]


def read_label_specs(
    *,
    label_mode: object,
    class_names: object,
    label_column: object,
    label_separator: object,
    weight_column: object,
    class_weight: object,
    missing_labels: object,
) -> tuple[Structure[LabelSpec], LabelColumns]:
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
            class_weight=class_weight,
        )
    given = _read_label_column(label_column, modes)
    columns = given.map(_names_of_columns)
    are_lists = given.map(lambda column: isinstance(column, list | tuple))
    _check_separator(label_separator, modes, columns)
    _check_files(modes, columns)
    _refuse_several_columns(modes, columns)
    if missing_labels == "empty" and modes.only != "multi_hot":
        raise ValueError(
            '`missing_labels="empty"` is only valid with `label_mode="multi_hot"`, '
            "where an image can have no class. Received: "
            f"label_mode={label_mode!r}"
        )
    specs = modes.map(
        lambda mode, names, is_list, number: LabelSpec(
            mode=mode,
            class_names=names,
            separator=str(label_separator)
            if mode == "multi_hot" and label_separator is not None and number == 1
            else None,
            is_list=is_list,
        ),
        _read_class_names(class_names, modes),
        are_lists,
        columns.map(lambda names: len(names or (None,))),
    )
    return set_class_weight(specs, class_weight), columns


def _read_modes(label_mode: object) -> Structure[str]:
    if label_mode is None:
        return Structure()
    if isinstance(label_mode, Mapping) and label_mode:
        for column, mode in label_mode.items():
            if not isinstance(column, str):
                raise ValueError(
                    "`label_mode` must have names of columns as keys, because the "
                    f"outputs of a model have names. Received: {column!r}"
                )
            check_choice(f"label_mode[{column!r}]", mode, _MODES, _SYNONYMS)
        return Structure.named(label_mode)
    if not isinstance(label_mode, str) or label_mode not in _MODES:
        raise ValueError(
            f"`label_mode` must be {', '.join(map(repr, _MODES))}, None for "
            "images alone, or a dictionary from outputs to modes. "
            f"Received: label_mode={label_mode!r}"
            f"{suggest(label_mode, _MODES, _SYNONYMS)}"
        )
    return Structure.of(label_mode)


def _refuse_without_labels(**arguments: object) -> None:
    """Refuses arguments about labels if there are no labels."""
    for argument, value in arguments.items():
        if value is not None:
            raise ValueError(
                f"`{argument}` must be left out when `label_mode` is None, because "
                f"only images are yielded. Received: {argument}={value!r}"
            )


def _read_label_column(label_column: Any, modes: Structure[str]) -> Structure[Any]:
    """The column, or list of columns, of each output; `None` to look for one."""
    if modes.names is None:
        if isinstance(label_column, Mapping) and modes:
            several = dict.fromkeys(map(str, label_column), modes.only)
            raise ValueError(
                "`label_column` must be a column or a list of columns unless "
                "`label_mode` is a dictionary: if these are outputs, pass the mode of "
                f"each, as in label_mode={several!r}. Received: "
                f"label_column={label_column!r}"
            )
        return modes.map(lambda mode: without_arrays(label_column))
    given = {} if label_column is None else label_column
    if not isinstance(given, Mapping) or not given.keys() <= {*modes.names}:
        outputs = ", ".join(map(repr, modes.names))
        raise ValueError(
            "`label_column` must be a dictionary from outputs to columns when "
            "`label_mode` is a dictionary; an output without an entry is a column "
            f"itself. The outputs are {outputs}. Received: "
            f"label_column={label_column!r}"
        )
    columns = {name: given.get(name) for name in modes.names}
    return Structure.named(
        {
            name: name if column is None else without_arrays(column)
            for name, column in columns.items()
        }
    )


def _names_of_columns(column: Any) -> tuple[Hashable, ...] | None:
    if column is None:
        return None
    if not isinstance(column, list | tuple):
        return (column,)
    if not column:
        raise ValueError(
            "`label_column` must be the name of a column or a list of names. "
            f"Received: label_column={column!r}"
        )
    return tuple(column)


def _check_files(modes: Structure[str], columns: LabelColumns) -> None:
    """Refuses labels that are images without a column."""
    if modes.only in FILE_MODES and columns.only is None:
        raise ValueError(
            f'`label_column` must name a column with label_mode="{modes.only}", '
            "because several columns name image files. Received: label_column=None"
        )


def _refuse_several_columns(modes: Structure[str], columns: LabelColumns) -> None:
    """Refuses several columns of text, masks or images for one output."""
    for mode, names in zip(modes, columns, strict=True):
        if mode in ("text", *FILE_MODES) and names is not None and len(names) > 1:
            raise ValueError(
                f'`label_column` must name one column with `label_mode="{mode}"`; for '
                "several, make each an output of its own, as in label_mode="
                f"{dict.fromkeys(names, mode)!r}. Received: "
                f"label_column={list(names)!r}"
            )


def _check_separator(
    separator: object,
    modes: Structure[str],
    columns: LabelColumns,
) -> None:
    if separator is None:
        return
    received = f"label_mode={modes.unwrap()!r}"
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
    of_cells = [
        mode == "multi_hot" and (names is None or len(names) == 1)
        for mode, names in zip(modes, columns, strict=True)
    ]
    if not any(of_cells):
        raise ValueError(
            "`label_separator` must be left out when `label_column` lists one 0/1 "
            f"column per class. Received: label_separator={separator!r}, "
            f"label_column={columns.map(lambda names: [*(names or ())]).unwrap()!r}"
        )


def _read_class_names(
    class_names: object, modes: Structure[str]
) -> Structure[list[str] | None]:
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
    return Structure.named(
        {
            name: _read_classes(class_names[name], mode, received)
            if name in class_names
            else None
            for name, mode in modes.titled()
        }
    )


def _read_classes(names: Any, mode: str, received: str) -> list[str]:
    if mode in ("raw", "text", "image"):
        raise ValueError(
            "`class_names` must be left out if there are no classes, as with "
            f'`label_mode="{mode}"`. {received}'
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
