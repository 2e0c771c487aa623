"""The ways in which the names in a column can include folders."""

from collections.abc import Sequence
from dataclasses import dataclass

from keras_csv_dataset._files.names import nfc


@dataclass(frozen=True)
class Convention:
    """Which folders the names in a column include.

    Attributes:
        kind: `"whole_path"`: all of them, from `directory` on; `"end_of_path"`: the
            last ones, or none; `"from_above"`: all of them, after a leading part that
            is the same in every name; `"flattened"`: folders other than the file's.
        leading: The leading part.
    """

    kind: str
    leading: str = ""

    @property
    def phrase(self) -> str:
        """How names are matched, after a verb: `without their folders`."""
        shown = self.leading if self.leading.isprintable() else repr(self.leading)
        return {
            "whole_path": "as whole paths from `directory` on",
            "end_of_path": "as the ends of paths",
            "from_above": f"without the leading {shown}",
            "flattened": "without their folders",
        }[self.kind]

    def keys(self, names: Sequence[str]) -> list[str]:
        """The part of each name that is matched; empty if it has none."""
        if self.kind == "flattened":
            return [name.rpartition("/")[2] for name in names]
        leading, begin = self.leading, len(self.leading)
        keys = [name[begin:] if name.startswith(leading) else "" for name in names]
        if not leading.isascii():
            folders = leading.count("/")
            for row in [row for row, key in enumerate(keys) if not key]:
                if nfc(names[row]).startswith(leading):
                    keys[row] = names[row].split("/", folders)[-1]
        return keys


WHOLE_PATH = Convention("whole_path")
END_OF_PATH = Convention("end_of_path")
FLATTENED = Convention("flattened")
