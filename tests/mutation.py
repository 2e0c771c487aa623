"""The command `python -m mutation`, in the folder `tests`.

Mutation testing asks whether the tests would notice a mistake: it makes a small change
to one place of the code, and expects a test to fail. cosmic-ray makes the changes. The
tests run in processes that are forked from one with the frameworks already imported,
because importing them takes longer than most tests.
"""

import argparse
import difflib
import importlib.util
import multiprocessing
import os
import random
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import pytest
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.modules import find_modules
from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator, operator_names

REPOSITORY = Path(__file__).parents[1]
PACKAGE = "keras_csv_dataset"
# The tests of each room, the likeliest to notice a mistake first. Tests of others may
# notice it too: look there before you write a test.
TESTS = {
    "_arguments": [
        "calls/test_arguments.py",
        "calls/test_smallest_values.py",
        "calls/test_mistakes_and_the_way_out.py",
    ],
    "_files": ["calls/test_file_finding.py", "calls/test_hostile_input.py"],
    "_formats": ["modules/test_formats.py", "calls/test_more_formats.py"],
    "_images": [
        "calls/test_cache.py",
        "calls/test_cache_dtype.py",
        "calls/test_corrupt_images.py",
    ],
    "_labels": ["calls/test_label_kinds.py"],
    "_messages.py": [
        "calls/test_mistakes_and_the_way_out.py",
        "calls/test_label_files_that_are_refused.py",
        "calls/test_missing_images_and_labels.py",
    ],
    "_report": ["modules/test_report_page.py"],
    "_rows": [
        "calls/test_missing_images_and_labels.py",
        "calls/test_label_files_that_are_read.py",
        "calls/test_mistakes_and_the_way_out.py",
    ],
    "_split": [
        "modules/test_splitting_of_rows.py",
        "modules/test_three_subsets_and_folds.py",
    ],
    "_table": [
        "calls/test_label_files_that_are_read.py",
        "calls/test_label_files_that_are_refused.py",
    ],
}
# Changes that no test can notice, or that end the import: `is` and `==` mean the same
# for most values here, and nearly every `|` stands in a type.
POINTLESS = ("Is_Eq", "IsNot_NotEq", "Eq_Is", "NotEq_IsNot", "_BitOr_")
PRELOADED = ["grain", "jax", "keras", "pandas", "tensorflow"]


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One change to one place of the code.

    Attributes:
        module: The module that is changed.
        operator: cosmic-ray's name for the kind of change.
        occurrence: Number of the place among those that the operator can change.
        place: Line and column.
    """

    module: Path
    operator: str
    occurrence: int
    place: tuple[int, int]

    @property
    def room(self) -> str:
        """The folder of the package that the module is in, or the module."""
        return self.module.parts[1]


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the tests against one mutant after another, and prints the results."""
    asked = _parser().parse_args(arguments)
    _fork_from_a_process_that_imported(PRELOADED)
    with tempfile.TemporaryDirectory(prefix="mutation_") as folder:
        copy = Path(folder, "clone")
        subprocess.run(["git", "clone", "-q", REPOSITORY, copy], check=True)
        with chdir(copy):
            _test_mutants(asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mutation", description=__doc__)
    parser.add_argument(
        "paths",
        nargs="+",
        help=f"folders and modules in {PACKAGE}/, as in _rows or _rows/naming.py",
    )
    parser.add_argument("--sample", type=int, help="number of mutants (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="choice of the mutants")
    parser.add_argument(
        "--pytest",
        type=shlex.split,
        default=[],
        help="options for pytest, as in --pytest='-m \"not grain\"'",
    )
    return parser


def _fork_from_a_process_that_imported(modules: list[str]) -> None:
    multiprocessing.set_start_method("forkserver")
    multiprocessing.set_forkserver_preload(
        [name for name in modules if importlib.util.find_spec(name)]
    )


def _test_mutants(asked: argparse.Namespace) -> None:
    mutants = _choose_mutants(asked.paths, asked.sample, asked.seed)
    limits = {
        room: _time_limit(room, asked.pytest)
        for room in sorted({mutant.room for mutant in mutants})
    }
    survived = 0
    for number, mutant in enumerate(mutants, 1):
        with _in_place(mutant) as change:
            passed = _passes(mutant.room, asked.pytest, limits[mutant.room])
        survived += passed
        result = "SURVIVED" if passed else "killed"
        print(f"{number}/{len(mutants)} {result} {change}", flush=True)
    print(f"{len(mutants)} mutants, {survived} survived.")


def _choose_mutants(paths: list[str], sample: int | None, seed: int) -> list[Mutant]:
    """One mutant for each place, so that a line with many kinds does not outweigh."""
    modules = sorted(find_modules(Path(PACKAGE, path) for path in paths))
    mutants = [mutant for module in modules for mutant in _mutants_of(module)]
    random.Random(seed).shuffle(mutants)
    one_for_each = {(mutant.module, mutant.place): mutant for mutant in mutants}
    return list(one_for_each.values())[:sample]


def _mutants_of(module: Path) -> Iterator[Mutant]:
    tree = get_ast_from_path(module)
    for name in sorted(operator_names()):
        operator = get_operator(name)
        if operator.arguments() or any(kind in name for kind in POINTLESS):
            continue
        places = (
            start
            for node in ast_nodes(tree)
            for start, _ in operator().mutation_positions(node)
        )
        for occurrence, place in enumerate(places):
            yield Mutant(
                module=module, operator=name, occurrence=occurrence, place=place
            )


@contextmanager
def _in_place(mutant: Mutant) -> Iterator[str]:
    """Makes the change for as long as the context lasts, and says what it is."""
    operator = get_operator(mutant.operator)()
    with use_mutation(mutant.module, operator, mutant.occurrence) as (before, after):
        lines = difflib.unified_diff(
            before.splitlines(), after.splitlines(), n=0, lineterm=""
        )
        # Without the names of the files, which come first.
        changed = [line for line in lines if line.startswith(("-", "+"))][2:]
        yield "\n".join([f"{mutant.module}:{mutant.place[0]}", *changed])


def _time_limit(room: str, options: list[str]) -> float:
    """Seconds after which the tests of a room are taken to hang."""
    started = time.monotonic()
    if not _passes(room, options, limit=None, shown=True):
        sys.exit(f"The tests of {room} fail without any mutant: correct this first.")
    taken = time.monotonic() - started
    print(f"The tests of {room} take {taken:.0f} seconds.", flush=True)
    return 30 + 3 * taken


def _passes(
    room: str, options: list[str], limit: float | None, shown: bool = False
) -> bool:
    """Whether a room's tests pass within a number of seconds."""
    tests = [f"tests/{path}" for path in TESTS.get(room, ["modules", "calls"])]
    process = multiprocessing.Process(
        target=_run_pytest, args=([*tests, *options], shown)
    )
    process.start()
    process.join(limit)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode == 0


def _run_pytest(arguments: list[str], shown: bool) -> None:
    """Runs tests of the clone in the current folder, up to the first failure."""
    here = str(Path.cwd())
    sys.path.insert(0, here)
    # The bytecode of one mutant could be taken for that of the next one.
    sys.dont_write_bytecode = True
    # The same for tests that start processes.
    os.environ |= {"PYTHONPATH": here, "PYTHONDONTWRITEBYTECODE": "1"}
    if not shown:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
    sys.exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *arguments]))


if __name__ == "__main__":
    main()
