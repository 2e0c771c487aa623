"""Runs every measurement in its own process, in rounds.

The processes are forked from one that has only imported the packages, so all start in
the same state, and imports are not measured.
"""

import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.cases import CASES
from benchmarks.contenders import CONTENDERS
from benchmarks.corpus import ImageSet
from benchmarks.measure import Figures

Results = dict[str, dict[str, list[Figures]]]
"""Case -> contender -> its figures in each round."""

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["keras", "keras_csv_dataset", "pandas", "PIL.Image"])


def run_rounds(
    corpus: dict[str, ImageSet],
    rounds: int,
    names: Sequence[str],
    left_out: Sequence[str] = (),
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
                figures = run_alone(_measure, name, one, corpus[CASES[name].images])
                results[name][one].append(figures)
                took = time.perf_counter() - start
                print(
                    f"round {number + 1} of {rounds}: {CASES[name].title}: "
                    f"{CONTENDERS[one].label}: {took:.1f} s",
                    file=sys.stderr,
                    flush=True,
                )
    return results


def run_alone(function: Callable[..., Any], *arguments: Any) -> Any:
    """Runs a function in a new process and returns its result."""
    receiving, sending = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=_send, args=(sending, function, *arguments))
    process.start()
    sending.close()
    try:
        return receiving.recv()
    except EOFError:
        process.join()
        raise RuntimeError(
            f"{function.__name__}{arguments} ended with exit code {process.exitcode}."
        ) from None
    finally:
        process.join()


def _send(sending: Any, function: Callable[..., Any], *arguments: Any) -> None:
    sending.send(function(*arguments))
    sending.close()


def _measure(case: str, contender: str, images: ImageSet) -> Figures:
    asked = CASES[case]
    return asked.measure(CONTENDERS[contender], images, asked.epochs)
