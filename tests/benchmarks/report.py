"""Writes the results as Markdown."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.cases import CASES, Case
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
from places import DOCS

sys.path.insert(0, str(DOCS))
from written_parts import with_part

BEGIN = "<!-- Written by tests/benchmarks. -->\n"

Measure = Callable[[Figures], float]


def markdown(results: Results, notes: Sequence[str]) -> str:
    """The notes as paragraphs, then all tables."""
    parts = list(notes)
    epochs = _cases(results, measure_epochs)
    if epochs:
        parts.append(_times_table(results, epochs, _EPOCHS))
    start_up = _cases(results, measure_start_up)
    if start_up:
        parts.append(_times_table(results, start_up, _START_UP))
    facts = [line for name in results for line in _facts(results, name)]
    if facts:
        parts.append(_table(["other measurements", "loader", "result"], facts))
    return "\n\n".join(parts) + "\n"


def put_in(page: str, text: str) -> str:
    """Returns a page with the tables in place of those that it has."""
    return with_part(page, BEGIN, text)


def missing_rows(page: str, case: str) -> list[str]:
    """The contenders of a case without a row in the tables of a page.

    Contenders that need other packages are ignored: they may not be installed.
    """
    rows = [line.split(" | ")[:2] for line in page.splitlines()]
    labels = [label(one) for one in CASES[case].contenders if not CONTENDERS[one].needs]
    return [one for one in labels if [f"| {CASES[case].title}", one] not in rows]


@dataclass(frozen=True)
class Ratio:
    """How many times as well a contender does as the first of its case.

    Attributes:
        value: Of the figures that stand beside it.
        lowest: The lowest within a round.
        highest: The highest within a round.
    """

    value: float
    lowest: float
    highest: float

    @property
    def verdict(self) -> int:
        """1 if the contender is better in all rounds, -1 if worse, and otherwise 0."""
        return int(self.lowest > 1) - int(self.highest < 1)

    def __str__(self) -> str:
        """The ratio; or that both are equal, as far as the rounds can tell."""
        text = "equal" if not self.verdict else f"{self.value:.2f}"
        if self.lowest < self.highest:
            text += f" ({self.lowest:.2f} to {self.highest:.2f})"
        return text


def against_first(
    results: Results, case: str, contender: str, measure: Measure
) -> Ratio:
    """Compares the times of a contender with those of the first one of a case."""
    first = CASES[case].contenders[0]
    pairs = zip(results[case][first], results[case][contender], strict=True)
    ratios = [measure(theirs) / measure(its) for theirs, its in pairs]
    value = figure(results, case, first, measure) / figure(
        results, case, contender, measure
    )
    return Ratio(value, min(ratios), max(ratios))


def figure(results: Results, case: str, contender: str, measure: Measure) -> float:
    """The median of the rounds; for a limit, the least."""
    values = map(measure, results[case][contender])
    return min(values) if CONTENDERS[contender].role == "limit" else median(values)


def cpu_ms(figures: Figures) -> float:
    """CPU time per image, in ms."""
    return 1000 * figures["cpu"] / figures["images"]


def cpu_seconds(figures: Figures) -> float:
    """CPU time in all, in seconds."""
    return figures["cpu"]


def _cases(results: Results, measure: Callable[..., Figures]) -> dict[str, Case]:
    return {name: CASES[name] for name in results if CASES[name].measure is measure}


def _seconds(figures: Figures) -> float:
    return figures["seconds"]


def _seconds_per_image(figures: Figures) -> float:
    return figures["seconds"] / figures["images"]


def _memory(figures: Figures) -> float:
    return figures["memory"]


@dataclass(frozen=True)
class _Columns:
    """What a table of times shows.

    Attributes:
        first: The title of the first column.
        cpu: CPU time, with its title and its format.
        wall: Wall time, with the title of what is shown of it, and its words.
    """

    first: str
    cpu: tuple[Measure, str, str]
    wall: tuple[Measure, str, Callable[[float], str]]


def _times_table(results: Results, cases: dict[str, Case], columns: _Columns) -> str:
    (cpu, cpu_title, cpu_format), (wall, wall_title, words) = columns.cpu, columns.wall
    header = [
        *(columns.first, "loader", cpu_title, "CPU efficiency, Keras = 1"),
        *(wall_title, "speed, Keras = 1", "peak memory, MB"),
    ]
    return _table(
        header,
        [
            [
                case.title,
                label(one),
                format(figure(results, name, one, cpu), cpu_format),
                _relative(results, name, one, cpu),
                *_wall(results, name, one, cpu, wall, words),
                f"{figure(results, name, one, _memory):,.0f}",
            ]
            for name, case in cases.items()
            for one in results[name]
        ],
    )


def _relative(results: Results, case: str, contender: str, measure: Measure) -> str:
    if contender == CASES[case].contenders[0]:
        return "1"
    ratio = against_first(results, case, contender, measure)
    # The range is that of all rounds, and so not about the least of them.
    is_limit = CONTENDERS[contender].role == "limit"
    return f"{ratio.value:.2f}" if is_limit else str(ratio)


def _wall(
    results: Results,
    case: str,
    contender: str,
    cpu: Measure,
    wall: Measure,
    words: Callable[[float], str],
) -> list[str]:
    """Wall time and its ratio, unless it says otherwise than CPU time.

    Other programs on a machine disturb wall time more.
    """
    ratios = [against_first(results, case, contender, time) for time in (cpu, wall)]
    if ratios[0].verdict != ratios[1].verdict:
        return ["noise", "noise"]
    relative = _relative(results, case, contender, wall)
    return [words(figure(results, case, contender, wall)), relative]


def _rate_of(seconds_per_image: float) -> str:
    return f"{1 / seconds_per_image:,.0f}"


_EPOCHS = _Columns(
    first="images",
    cpu=(cpu_ms, "CPU, ms per image", ".3g"),
    wall=(_seconds_per_image, "images/s", _rate_of),
)
_START_UP = _Columns(
    first="",
    cpu=(cpu_seconds, "CPU, s", ".2f"),
    wall=(_seconds, "seconds", "{:.2f}".format),
)


def _facts(results: Results, name: str) -> list[list[str]]:
    """The rows of a case in the table of other measurements."""
    case = CASES[name]
    if case.measure is measure_epochs:
        return [
            ["the call that fills the cache", label(contender), f"{call:.2f} s"]
            for contender in results[name]
            if CONTENDERS[contender].is_cached
            for call in [figure(results, name, contender, lambda f: f["call"])]
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
    parts = CONTENDERS[contender].label.split(", ")
    return ", ".join(f"`{part}`" if "=" in part else part for part in parts)


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---", "---", *["---:"] * (len(header) - 2)]
    rows = [header, rule, *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
