"""The command `python -m planted_faults`, in the folder `tests`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from planted_faults.changes import NEAR
from planted_faults.corpus import write_corpus
from planted_faults.sources import digits, photographs, radiographs

SETS = ("photographs", "digits", "radiographs")


def write_all(folder: Path, seed: int = 0) -> None:
    """Writes photographs, and two sets of images that are hard to tell apart.

    The digits and the radiographs have no planted faults but duplicates.
    """
    write_corpus(folder / "photographs", photographs(), seed=seed)
    near = [kind for kind in NEAR if kind != "grey"]
    for name, bases in (("digits", digits()), ("radiographs", radiographs(1000, seed))):
        write_corpus(folder / name, bases, pairs=20, near=near, faults=(), seed=seed)


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes all sets of images."""
    parser = argparse.ArgumentParser(
        prog="python -m planted_faults",
        description="Writes images with planted faults, label files, and the truth.",
    )
    parser.add_argument("folder", type=Path, help="a folder that does not exist yet")
    parser.add_argument("--seed", type=int, default=0, help="(default: 0)")
    asked = parser.parse_args(arguments)
    write_all(asked.folder, asked.seed)


if __name__ == "__main__":
    main()
