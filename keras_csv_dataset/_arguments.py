"""Checks arguments, and brings them into one form, before any file is touched."""

import operator
import os
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from numbers import Real
from typing import Any

import numpy as np

from keras_csv_dataset._file_system import is_address
from keras_csv_dataset._image_spec import ImageSpec
from keras_csv_dataset._label_encoding import LabelSpec
from keras_csv_dataset._label_table import as_cells, did_you_mean, text_cells

_CLASS_MODES = ("int", "categorical", "binary")
_LABEL_MODES = (*_CLASS_MODES, "multi_hot", "raw")
# What `numpy.random.RandomState` takes.
_LARGEST_SEED = 2**32 - 1
_INTERPOLATIONS = (
    *("bilinear", "nearest", "bicubic", "area"),
    *("lanczos3", "lanczos5", "gaussian", "mitchellcubic"),
)


def check_choice(argument: str, value: object, choices: Sequence[object]) -> None:
    """Refuses a value that is not one of a few."""
    if not any(value is choice or value == choice for choice in choices):
        *others, last = map(repr, choices)
        raise ValueError(
            f"`{argument}` must be {', '.join(others)} or {last}. "
            f"Received: {argument}={value!r}{did_you_mean(value, choices)}"
        )


def check_directory(directory: object, format: str) -> str | None:
    """The folder as text, or `None` where the CSV holds absolute paths."""
    if directory is None:
        return None
    if not isinstance(directory, str | os.PathLike):
        raise ValueError(
            "`directory` must be the path of a folder, or None if the CSV holds "
            f"absolute paths. Received: directory={directory!r}"
        )
    folder = str(os.fspath(directory))
    if format == "grain" and is_address(folder):
        raise ValueError(
            '`directory` must be a folder on this machine with format="grain": copy '
            f'the images, or pass format="tf". Received: directory={directory!r}'
        )
    return folder


def check_whole_number(
    argument: str, value: object, smallest: int, largest: float = float("inf")
) -> int:
    """An integer that is neither too small nor too large."""
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = smallest - 1
    if not smallest <= number <= largest or isinstance(value, bool):
        bounds = f"from {smallest} " + (f"to {largest}" if largest < 2**64 else "on")
        raise ValueError(
            f"`{argument}` must be a whole number {bounds}. "
            f"Received: {argument}={value!r}"
        )
    return number


def check_flag(argument: str, value: object) -> bool:
    """Refuses what is neither True nor False, such as the name of a column."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(
            f"`{argument}` must be True or False. Received: {argument}={value!r}"
        )
    return bool(value)


def read_batch_size(batch_size: object) -> int | None:
    """Images per batch; `None` for single images."""
    if batch_size is None:
        return None
    return check_whole_number("batch_size", batch_size, 1)


def read_shuffle_buffer_size(
    size: object, batch_size: int | None, format: object
) -> int:
    """Images from which each next one is drawn; Keras's number for `None`."""
    if size is not None and format == "grain":
        raise ValueError(
            '`shuffle_buffer_size` must be left out with `format="grain"`: every image '
            "is drawn from the whole set. Received: "
            f"shuffle_buffer_size={size!r}"
        )
    if size is None:
        return 8 * batch_size if batch_size is not None else 1024
    return check_whole_number("shuffle_buffer_size", size, 1)


def read_cache(cache: object) -> bool | str | None:
    """`True` for memory, the path of a folder, or `None`."""
    if cache is None or isinstance(cache, bool | np.bool_):
        return True if cache else None
    folder = str(os.fspath(cache)) if isinstance(cache, str | os.PathLike) else ""
    if not folder or is_address(folder):
        raise ValueError(
            "`cache` must be True, to keep decoded images in memory, or the path of a "
            f"folder of this machine to keep them in. Received: cache={cache!r}"
        )
    return folder


def read_image_spec(
    *,
    color_mode: object,
    image_size: object,
    interpolation: object,
    crop_to_aspect_ratio: bool,
    pad_to_aspect_ratio: bool,
    data_format: object,
    scaled_decoding: object,
) -> ImageSpec:
    """Checks all that is said of the images."""
    check_choice("color_mode", color_mode, ("rgb", "rgba", "grayscale"))
    if isinstance(interpolation, str):
        interpolation = interpolation.lower()
    check_choice("interpolation", interpolation, _INTERPOLATIONS)
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError(
            "Only one of `crop_to_aspect_ratio` and `pad_to_aspect_ratio` can be True. "
            "Received: crop_to_aspect_ratio=True, pad_to_aspect_ratio=True"
        )
    reasons = {"nearest": "computes no new values", "area": "takes all pixels' mean"}
    if check_flag("scaled_decoding", scaled_decoding) and interpolation in reasons:
        raise ValueError(
            f'`scaled_decoding` must be False with interpolation="{interpolation}", '
            f"which {reasons[str(interpolation)]}. Received: scaled_decoding=True"
        )
    if data_format is None:
        import keras

        data_format = keras.config.image_data_format()
    check_choice("data_format", data_format, ("channels_last", "channels_first"))
    return ImageSpec(
        str(color_mode),
        _read_image_size(image_size),
        str(interpolation),
        bool(crop_to_aspect_ratio),
        bool(pad_to_aspect_ratio),
        str(data_format),
        bool(scaled_decoding),
    )


def _read_image_size(image_size: object) -> tuple[int, int]:
    """`(height, width)`; one number stands for both."""
    size = image_size if isinstance(image_size, list | tuple) else (image_size,) * 2
    try:
        height, width = (check_whole_number("image_size", n, 1) for n in size)
    except ValueError:
        raise ValueError(
            "`image_size` must be a tuple of 2 whole numbers, (height, width). "
            f"Received: image_size={image_size!r}"
        ) from None
    return height, width


def check_split(
    validation_split: float | None,
    subset: str | None,
    shuffle: bool,
    seed: int | None,
    split_column: object,
    group_column: object,
) -> None:
    """Refuses a split that is incomplete or contradicts itself."""
    if validation_split is not None and not (
        isinstance(validation_split, Real)
        and not isinstance(validation_split, bool)
        and 0 <= validation_split < 1
    ):
        raise ValueError(
            "`validation_split` must be between 0 and 1. "
            f"Received: validation_split={validation_split!r}"
        )
    if split_column is not None and validation_split:
        raise ValueError(
            "`validation_split` must be left out when `split_column` says which subset "
            f"a row belongs to. Received: validation_split={validation_split!r}, "
            f"split_column={split_column!r}"
        )
    subsets = ("training", "validation", "both", None)
    check_choice(
        "subset", subset, subsets if split_column is None else ("test", *subsets)
    )
    splitting = bool(validation_split) or split_column is not None
    if splitting != bool(subset):
        raise ValueError(
            "`subset` must be set together with `validation_split` or `split_column`. "
            f"Received: subset={subset!r}, validation_split={validation_split!r}, "
            f"split_column={split_column!r}"
        )
    if group_column is not None and not splitting:
        raise ValueError(
            "`group_column` must be left out where nothing is split. Received: "
            f"group_column={group_column!r}, validation_split={validation_split!r}"
        )
    if seed is not None:
        check_whole_number("seed", seed, 0, _LARGEST_SEED)
    if validation_split and shuffle and seed is None:
        raise ValueError(
            "`seed` must be set when shuffled images are split, so that the training "
            "and the validation subset do not overlap. Received: seed=None"
        )


def check_stratify(
    stratify: object, validation_split: float | None, label_mode: object
) -> None:
    """Refuses `stratify` where there is nothing to divide, or no classes to keep."""
    if not isinstance(stratify, bool | np.bool_):
        raise ValueError(
            "`stratify` must be True or False: the classes are those of the labels. "
            f"Received: stratify={stratify!r}"
        )
    if not stratify:
        return
    if not validation_split:
        raise ValueError(
            "`stratify` must be False unless `validation_split` is set. Received: "
            f"stratify={stratify!r}, validation_split={validation_split!r}"
        )
    if label_mode not in (*_CLASS_MODES, "multi_hot"):
        raise ValueError(
            "`stratify` must be False unless one output has classes. Received: "
            f"stratify={stratify!r}, label_mode={label_mode!r}"
        )


def check_shards(
    num_shards: object, shard_index: object, shuffle: bool, seed: int | None
) -> None:
    """Refuses shards that hosts could not agree on."""
    if num_shards is None and shard_index is None:
        return
    if num_shards is None or shard_index is None:
        raise ValueError(
            "`num_shards` and `shard_index` must be set together. Received: "
            f"num_shards={num_shards!r}, shard_index={shard_index!r}"
        )
    number = check_whole_number("num_shards", num_shards, 1)
    check_whole_number("shard_index", shard_index, 0, number - 1)
    if shuffle and seed is None:
        raise ValueError(
            "`seed` must be set when shuffled images are dealt to hosts, so that their "
            "shards do not overlap. Received: seed=None"
        )


def read_label_arguments(
    label_mode: object,
    class_names: object,
    label_column: object,
    label_separator: object,
    weight_column: object,
    missing_labels: str,
) -> tuple[LabelSpec, list[Hashable] | None]:
    """Checks all that is said of labels.

    Returns:
        How labels are read, and the columns that hold them: none for images alone,
        `None` if the column is left open.
    """
    modes = _read_modes(label_mode)
    if not modes:
        given = {
            "label_column": label_column,
            "class_names": class_names,
            "weight_column": weight_column,
        }
        for argument, value in given.items():
            if value is not None:
                raise ValueError(
                    f"`{argument}` must be left out when `label_mode` is None: the "
                    f"images are yielded alone. Received: {argument}={value!r}"
                )
    columns = _read_label_column(label_column)
    if isinstance(label_mode, Mapping):
        if label_column is not None:
            raise ValueError(
                "`label_column` must be left out when `label_mode` is a dictionary, "
                f"whose keys are the columns. Received: label_column={label_column!r}"
            )
        columns = list(label_mode)
    if not modes:
        columns = []
    _check_separator(label_separator, label_mode, modes, columns)
    if missing_labels == "empty" and label_mode != "multi_hot":
        raise ValueError(
            '`missing_labels="empty"` goes with `label_mode="multi_hot"` alone: only '
            f"there can an image have no class. Received: label_mode={label_mode!r}"
        )
    spec = LabelSpec(
        modes,
        None if label_separator is None else str(label_separator),
        _read_class_names(class_names, modes),
        is_list=isinstance(label_column, list | tuple),
    )
    return spec, columns


def _read_modes(label_mode: object) -> dict[Hashable, str]:
    """Output -> mode; the only output of a model is `None`."""
    if label_mode is None:
        return {}
    if isinstance(label_mode, Mapping) and label_mode:
        for column, mode in label_mode.items():
            if not isinstance(column, str):
                raise ValueError(
                    "`label_mode` must have names of columns as keys, as outputs "
                    f"of a model have names. Received: {column!r}"
                )
            check_choice(f"label_mode[{column!r}]", mode, _LABEL_MODES)
        return dict(label_mode)
    if not isinstance(label_mode, str) or label_mode not in _LABEL_MODES:
        raise ValueError(
            f"`label_mode` must be {', '.join(map(repr, _LABEL_MODES))}, None for "
            "images alone, or a dictionary from label columns to modes. "
            f"Received: label_mode={label_mode!r}"
            + did_you_mean(label_mode, _LABEL_MODES)
        )
    return {None: label_mode}


def _read_label_column(label_column: object) -> list[Hashable] | None:
    if label_column is None:
        return None
    if hasattr(label_column, "tolist"):  # an Index or an array of names
        label_column = label_column.tolist()
    if not isinstance(label_column, list | tuple):
        return [label_column]
    if not label_column:
        raise ValueError(
            "`label_column` must be the name of a column or a list of names. "
            f"Received: label_column={label_column!r}"
        )
    return list(label_column)


def _check_separator(
    separator: object,
    label_mode: object,
    modes: Mapping[Hashable, str],
    columns: Sequence[Hashable] | None,
) -> None:
    if separator is None:
        if isinstance(label_mode, Mapping) and "multi_hot" in modes.values():
            raise ValueError(
                '`label_separator` must be set for a "multi_hot" column among several '
                f"outputs. Received: label_mode={label_mode!r}, label_separator=None"
            )
        return
    if not isinstance(separator, str) or not separator:
        raise ValueError(
            '`label_separator` must be text, such as " " or "|". '
            f"Received: label_separator={separator!r}"
        )
    if "multi_hot" not in modes.values():
        raise ValueError(
            '`label_separator` goes with `label_mode="multi_hot"` alone. Received: '
            f"label_separator={separator!r}, label_mode={label_mode!r}"
        )
    if not isinstance(label_mode, Mapping) and columns and len(columns) > 1:
        raise ValueError(
            "`label_separator` must be left out when `label_column` lists one 0/1 "
            f"column per class. Received: label_separator={separator!r}, "
            f"label_column={list(columns)!r}"
        )


def _read_class_names(
    class_names: object, modes: Mapping[Hashable, str]
) -> dict[Hashable, list[str]]:
    """Output -> its classes as text, for the outputs whose classes are fixed."""
    if class_names is None:
        return {}
    received = f"Received: class_names={class_names!r}"
    by_output: Any = {None: class_names} if None in modes else class_names
    if not isinstance(by_output, Mapping) or not by_output.keys() <= modes.keys():
        raise ValueError(
            "`class_names` must be a dictionary from outputs to lists when "
            f"`label_mode` is one; the outputs are {', '.join(map(repr, modes))}. "
            f"{received}"
        )
    read = {}
    for output, names in by_output.items():
        if modes[output] == "raw":
            raise ValueError(
                "`class_names` must be left out where there are no classes, as with "
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
        if modes[output] == "binary" and len(classes) != 2:
            raise ValueError(
                f'`label_mode="binary"` needs exactly 2 classes. {received}'
            )
        read[output] = classes
    return read


_SEVERAL_COLUMNS = (list, tuple, Mapping)


def check_parts(columns: Mapping[str, object]) -> None:
    """Refuses a column that is to play two parts.

    Args:
        columns: Argument -> the column or the columns that it names.
    """
    seen: dict[object, str] = {}
    for argument, named in columns.items():
        several = argument == "label_column" and isinstance(named, _SEVERAL_COLUMNS)
        for column in named if several else (named,):  # type: ignore[attr-defined]
            name = column.strip() if isinstance(column, str) else column
            if name is None:
                continue
            if not isinstance(name, Hashable):
                raise ValueError(
                    f"`{argument}` must be the name of a column. Received: {column!r}"
                )
            if name in seen:
                raise ValueError(
                    f"`{argument}` must not be a column that `{seen[name]}` names "
                    f"already. Received: {column!r} for both"
                )
            seen[name] = argument
