"""Writes the results as Markdown."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from benchmarks.cases import CASES, GRAIN, Case
from benchmarks.contenders import CONTENDERS
from benchmarks.measure import (
    Figures,
    measure_epochs,
    measure_lookup,
    measure_memory,
    measure_nearness,
    measure_start_up,
)
from benchmarks.rounds import Results

BEGIN = "<!-- Written by tests/benchmarks. -->\n"
END = "<!-- The end of what it writes. -->\n"

Measure = Callable[[Figures], float]


def markdown(results: Results, notes: Sequence[str]) -> str:
    """The notes as paragraphs, then all tables."""
    parts = list(notes)
    epochs = _cases(results, measure_epochs)
    if epochs:
        parts.append(_epochs_table(results, epochs))
    start_up = _cases(results, measure_start_up)
    if start_up:
        parts.append(_start_up_table(results, start_up))
    facts = [line for name in results for line in _facts(results, name)]
    if facts:
        parts.append(_table(["other measurements", "loader", "result"], facts))
    return "\n\n".join(parts) + "\n"


def put_in(page: str, text: str) -> str:
    """Replaces the text between the two marks of a page, or appends marks and text."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


def missing_rows(page: str, case: str) -> list[str]:
    """The contenders of a case without a row in the tables of a page.

    Contenders that need grain are ignored, because it may not be installed.
    """
    rows = [line.split(" | ")[:2] for line in page.splitlines()]
    labels = [label(one) for one in CASES[case].contenders if one not in GRAIN]
    return [one for one in labels if [f"| {CASES[case].title}", one] not in rows]


def rate(figures: Figures) -> float:
    """Images per second."""
    return figures["images"] / figures["seconds"]


def against_first(
    results: Results, case: str, contender: str, measure: Measure
) -> list[float]:
    """For each round, the figure of the first contender divided by another's."""
    first = results[case][CASES[case].contenders[0]]
    pairs = zip(first, results[case][contender], strict=True)
    return [measure(theirs) / measure(its) for theirs, its in pairs]


def middle(results: Results, case: str, contender: str, measure: Measure) -> float:
    """The median of the rounds."""
    return median(map(measure, results[case][contender]))


def _cases(results: Results, measure: Callable[..., Figures]) -> dict[str, Case]:
    return {name: CASES[name] for name in results if CASES[name].measure is measure}


def _seconds(figures: Figures) -> float:
    """Seconds per image."""
    return figures["seconds"] / figures["images"]


def _cpu(figures: Figures) -> float:
    """CPU time per image, in ms."""
    return 1000 * figures["cpu"] / figures["images"]


def _memory(figures: Figures) -> float:
    return figures["memory"]


def _epochs_table(results: Results, cases: dict[str, Case]) -> str:
    header = [
        *("images", "loader", "images/s", "speed, Keras = 1"),
        *("CPU, ms per image", "CPU efficiency, Keras = 1", "peak memory, MB"),
    ]
    lines = [
        [
            case.title,
            label(contender),
            f"{middle(results, name, contender, rate):,.0f}",
            _ratio(against_first(results, name, contender, _seconds)),
            f"{middle(results, name, contender, _cpu):.3g}",
            _ratio(against_first(results, name, contender, _cpu)),
            f"{middle(results, name, contender, _memory):,.0f}",
        ]
        for name, case in cases.items()
        for contender in results[name]
    ]
    return _table(header, lines)


def _start_up_table(results: Results, cases: dict[str, Case]) -> str:
    header = ["", "loader", "seconds", "speed, Keras = 1", "CPU, s"]
    header += ["peak memory, MB"]
    lines = [
        [
            case.title,
            label(contender),
            f"{middle(results, name, contender, lambda f: f['seconds']):.2f}",
            _ratio(against_first(results, name, contender, _seconds)),
            f"{middle(results, name, contender, lambda f: f['cpu']):.2f}",
            f"{middle(results, name, contender, _memory):,.0f}",
        ]
        for name, case in cases.items()
        for contender in results[name]
    ]
    return _table(header, lines)


def _facts(results: Results, name: str) -> list[list[str]]:
    """The rows of a case in the table of other measurements."""
    case = CASES[name]
    if case.measure is measure_epochs:
        return [
            ["the call that fills the cache", label(contender), f"{call:.2f} s"]
            for contender in results[name]
            if CONTENDERS[contender].is_cached
            for call in [middle(results, name, contender, lambda f: f["call"])]
        ]
    describe = _DESCRIPTIONS.get(case.measure)
    return [
        [case.title, label(contender), describe(rounds[0])]
        for contender, rounds in results[name].items()
        if describe
    ]


def _describe_memory(figures: Figures) -> str:
    return f"{figures['early']:,.0f} MB, {figures['late']:,.0f} MB"


def _describe_lookup(figures: Figures) -> str:
    share = figures["lookup"] / figures["image"]
    return f"{1e6 * figures['lookup']:.2g} µs, {share:.1%} of a 64 × 64 image's"


def _describe_nearness(figures: Figures) -> str:
    return f"{figures['mean']:.1f} dB, at least {figures['lowest']:.1f} dB"


_DESCRIPTIONS = {
    measure_memory: _describe_memory,
    measure_lookup: _describe_lookup,
    measure_nearness: _describe_nearness,
}


def label(contender: str) -> str:
    """A contender's name; arguments are formatted as code."""
    name, comma, rest = CONTENDERS[contender].label.partition(", ")
    return f"{name}{comma}`{rest}`" if "=" in rest else f"{name}{comma}{rest}"


def _ratio(values: Sequence[float]) -> str:
    """The median, and the lowest and highest value if there are several rounds."""
    text = f"{median(values):.2f}"
    if len(values) > 1 and set(values) != {1.0}:
        text += f" ({min(values):.2f} to {max(values):.2f})"
    return text


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---", "---", *["---:"] * (len(header) - 2)]
    rows = [header, rule, *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
