"""The ways in which the names in a column can include folders."""

from dataclasses import dataclass

# Leading parts that a message shows.
_MOST_SHOWN = 3


@dataclass(frozen=True)
class Convention:
    """Which folders the names in a column include.

    Attributes:
        kind: `"whole_path"`: all of them, from `directory` on; `"end_of_path"`: the
            last ones, or none; `"from_above"`: all of them, after a leading part that
            is the same in every name; `"flattened"`: folders that the files, which are
            in `directory` itself, have no longer.
        leading: The leading part; several if names begin in several ways.
    """

    kind: str
    leading: tuple[str, ...] = ()

    @property
    def phrase(self) -> str:
        """How names are matched, after a verb: `without their folders`."""
        return {
            "whole_path": "as paths relative to `directory`",
            "end_of_path": "as the ends of paths",
            "from_above": f"without the leading {self._shown()}",
            "flattened": "without their folders",
        }[self.kind]

    def _shown(self) -> str:
        shown = [p if p.isprintable() else repr(p) for p in self.leading[:_MOST_SHOWN]]
        if len(self.leading) > _MOST_SHOWN:
            shown.append(f"{len(self.leading) - _MOST_SHOWN} others")
        return " or ".join(shown)


WHOLE_PATH = Convention("whole_path")
END_OF_PATH = Convention("end_of_path")
FLATTENED = Convention("flattened")
