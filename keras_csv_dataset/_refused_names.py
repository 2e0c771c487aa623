"""Refuses names of images that are wrong whatever the folder holds."""

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._image_names import ABSOLUTE, with_slashes
from keras_csv_dataset._label_table import LabelTable, quote


def refuse_relative(table: LabelTable, names: NDArray[np.object_]) -> None:
    """Refuses names that are no absolute paths, where there is no `directory`."""
    relative = [
        row
        for row, name in enumerate(names)
        if name and not ABSOLUTE.match(with_slashes(name))
    ]
    if relative:
        advice = (
            "With directory=None every image must be named by an absolute path. Pass "
            "the folder that holds the images as `directory`."
        )
        raise ValueError(
            table.report(
                relative,
                lambda row: f"{quote(names[row])} is not an absolute path",
                advice,
            )
        )


def refuse_unreadable(table: LabelTable, names: NDArray[np.object_]) -> None:
    """Refuses names that no file has: a NUL would cut one short where it is read."""
    text = _joined(names)
    if "\0" not in text and text.isascii():
        return
    unreadable = [
        row
        for row, name in enumerate(names)
        if name and ("\0" in name or not (name.isascii() or _is_unicode(name)))
    ]
    if unreadable:
        advice = (
            "Correct the names; a file that is called so must be renamed, in letters "
            "that Unicode has."
        )
        raise ValueError(
            table.report(
                unreadable,
                lambda row: f"{quote(names[row])} cannot be the name of a file",
                advice,
            )
        )


def _joined(names: NDArray[np.object_]) -> str:
    """All names at once, which are looked through in no time."""
    return "\n".join(filter(None, names))


def _is_unicode(name: str) -> bool:
    # Python reads a name in another encoding as lone surrogates.
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def refuse_parent_folders(table: LabelTable, names: NDArray[np.object_]) -> None:
    """Refuses names that could leave `directory`."""
    if ".." not in _joined(names):
        return
    leaving = [
        row
        for row, name in enumerate(names)
        if name is not None and ".." in name and ".." in with_slashes(name).split("/")
    ]
    if leaving:
        advice = "Write the paths without '..', from `directory` on."
        raise ValueError(
            table.report(
                leaving, lambda row: f"{quote(names[row])} holds a '..'", advice
            )
        )
