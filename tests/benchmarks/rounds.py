"""Runs every measurement in its own process, in rounds.

The processes are forked from one that has only imported the packages, so all start in
the same state. Those with another backend of Keras import it themselves. Imports are
not measured.
"""

import importlib
import multiprocessing
import os
import sys
import time
from collections.abc import Collection, Sequence
from typing import Any

from benchmarks.cases import CASES
from benchmarks.contenders import CONTENDERS
from benchmarks.corpus import ImageSet
from benchmarks.measure import Figures

Results = dict[str, dict[str, list[Figures]]]
"""Case -> contender -> its figures in each round."""

_IMPORTS = ["keras", "keras_csv_dataset", "pandas", "PIL.Image"]
_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(_IMPORTS)
_SPAWNED = multiprocessing.get_context("spawn")


def run_rounds(
    corpus: dict[str, ImageSet],
    rounds: int,
    names: Sequence[str],
    left_out: Collection[str] = (),
) -> Results:
    """Measures all contenders of some cases.

    In every round, the contenders of a case run one directly after another, so that
    other load on the machine affects all of them. Every other round is in reverse
    order.

    Args:
        corpus: The images.
        rounds: The number of measurements of each contender.
        names: The names of the cases.
        left_out: The names of contenders that are not measured.

    Returns:
        The figures of each case and contender.
    """
    contenders = {
        name: [one for one in CASES[name].contenders if one not in left_out]
        for name in names
    }
    results: Results = {
        name: {one: [] for one in some} for name, some in contenders.items()
    }
    for number in range(rounds):
        for name, some in contenders.items():
            if number and CASES[name].once:
                continue
            for one in some if number % 2 == 0 else reversed(some):
                start = time.perf_counter()
                figures = _run_alone(name, one, corpus[CASES[name].images])
                results[name][one].append(figures)
                took = time.perf_counter() - start
                print(
                    f"round {number + 1} of {rounds}: {CASES[name].title}: "
                    f"{CONTENDERS[one].label}: {took:.1f} s",
                    file=sys.stderr,
                    flush=True,
                )
    return results


def _run_alone(case: str, contender: str, images: ImageSet) -> Figures:
    """Measures a contender in a new process."""
    backend = CONTENDERS[contender].backend
    processes: Any = _FORKED if backend == "tensorflow" else _SPAWNED
    receiving, sending = processes.Pipe(duplex=False)
    arguments = (sending, case, contender, images)
    process = processes.Process(target=_send_figures, args=arguments)
    os.environ["KERAS_BACKEND"] = backend
    process.start()
    sending.close()
    try:
        figures: Figures = receiving.recv()
    except EOFError:
        process.join()
        raise RuntimeError(
            f"{contender} in {case} ended with exit code {process.exitcode}."
        ) from None
    finally:
        process.join()
    return figures


def _send_figures(sending: Any, case: str, contender: str, images: ImageSet) -> None:
    for module in _IMPORTS:
        importlib.import_module(module)
    asked = CASES[case]
    sending.send(asked.measure(CONTENDERS[contender], images, asked.epochs))
    sending.close()
