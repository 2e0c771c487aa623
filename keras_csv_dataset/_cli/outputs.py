"""Checks the files that `check` is to write, before it reads an image."""

import os
from collections.abc import Mapping
from pathlib import Path

_PAGES = (".html", ".htm")
_TABLES = (".csv", ".tsv", ".txt", ".gz", ".bz2", ".xz", ".zip", ".zst")
_SUFFIXES = {"--report": _PAGES, "--write-groups": _TABLES, "--write-usable": _TABLES}


def check_outputs(csv: str, outputs: Mapping[str, Path | None]) -> None:
    """Refuses files that cannot be written, or whose place something else has.

    The suffix is checked as well, so that no image is overwritten.

    Args:
        csv: The CSV that is read.
        outputs: Flag -> the file to write, if there is one.

    Raises:
        ValueError: If a file is refused.
    """
    taken = {"the CSV, which is never changed": Path(csv).expanduser()}
    for flag, path in outputs.items():
        if path is None:
            continue
        if rule := _broken_rule(path, _SUFFIXES[flag], taken):
            raise ValueError(f"{flag} must {rule}. Received: {path}")
        taken[f"that of {flag}"] = path


def _broken_rule(
    path: Path, suffixes: tuple[str, ...], taken: Mapping[str, Path]
) -> str | None:
    """What a path must be, but is not."""
    if path.is_dir():
        return "be a file, not a folder"
    if not path.name.lower().endswith(suffixes):
        return f"end in {', '.join(suffixes[:-1])} or {suffixes[-1]}"
    if not path.parent.is_dir():
        return "be in a folder that exists"
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        return "be a file that can be written"
    for name, other in taken.items():
        if _are_same(path, other):
            return f"be another file than {name}"
    return None


def _are_same(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()
