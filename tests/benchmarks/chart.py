"""Draws the results as bar charts, narrow enough for a telephone."""

from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.layout_engine import ConstrainedLayoutEngine

from benchmarks.cases import CASES
from benchmarks.contenders import CONTENDERS
from benchmarks.measure import measure_start_up
from benchmarks.report import against_first, cpu_ms, cpu_seconds, figure
from benchmarks.rounds import Results

# The panels from the top, with their bars. All others are only in the tables.
SHOWN = {
    "small": ("keras", "ours", "keras_jax", "ours_jax"),
    "medium": ("keras", "ours", "keras_jax", "ours_jax"),
    "large": ("keras", "ours", "scaled"),
    "cache": ("keras", "cached", "cached_levels"),
    "start": ("keras", "ours", "generator"),
}
_COLOURS = {"ours": "#2f6fb3", "opt-in": "#7fb0e0", "peer": "#b4bcc6"}
_TEXT, _PAPER, _LINE = "#26313d", "#f7f8fa", "#cfd6de"
# On a page that is 400 pixels wide, text of 9 points is 11 pixels high.
_WIDTH, _INCHES_PER_BAR, _INCHES_PER_TITLE = 4.1, 0.36, 0.42
_STYLE = {
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": _TEXT,
    # Keep text as text, which is sharp, small and searchable.
    "svg.fonttype": "none",
    # The same results give the same file.
    "svg.hashsalt": "benchmarks",
}


def shown(results: Results) -> dict[str, list[str]]:
    """The cases that are drawn, each with its contenders."""
    return {
        name: [one for one in contenders if one in results[name]]
        for name, contenders in SHOWN.items()
        if name in results
    }


def draw(results: Results, path: Path) -> None:
    """Writes an SVG file with one panel for each case."""
    bars = shown(results)
    heights = [
        _INCHES_PER_BAR * len(some) + _INCHES_PER_TITLE for some in bars.values()
    ]
    with matplotlib.rc_context(_STYLE):
        picture, panels = plt.subplots(
            len(bars),
            squeeze=False,
            figsize=(_WIDTH, sum(heights) + _INCHES_PER_BAR),
            height_ratios=heights,
            layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08),
            facecolor=_PAPER,
            edgecolor=_LINE,
            linewidth=2,
        )
        for panel, (name, contenders) in zip(panels[:, 0], bars.items(), strict=True):
            _draw_case(panel, results, name, contenders)
        picture.suptitle(
            "CPU time: shorter is better",
            x=0.03,
            ha="left",
            fontsize=9,
        )
        picture.savefig(path, metadata={"Date": None})
        plt.close(picture)


def _draw_case(panel: Axes, results: Results, name: str, contenders: list[str]) -> None:
    """Draws the bars of one case, each below its name and its value."""
    case = CASES[name]
    is_start_up = case.measure is measure_start_up
    time, unit = (cpu_seconds, "s") if is_start_up else (cpu_ms, "ms")
    lengths = [figure(results, name, one, time) for one in contenders]
    roles = [CONTENDERS[one].role for one in contenders]
    rows = range(len(contenders))
    panel.barh(rows, lengths, 0.36, color=[_COLOURS[role] for role in roles])
    for row, one, length in zip(rows, contenders, lengths, strict=True):
        text = f"{_name(one)}: {length:.2f} {unit}"
        if row:
            ratio = against_first(results, name, one, time)
            text += f", {ratio.value:.2f} ×" if ratio.verdict else ", equal"
        panel.annotate(
            text, (0, row - 0.22), (0, 1), textcoords="offset points", va="bottom"
        )
    files = f"{results[name][contenders[0]][0]['images']:,.0f} files, "
    title = f"{files if is_start_up else 'an image of '}{case.title}"
    panel.set_title(title, loc="left", fontsize=9, fontweight="bold")
    panel.set_facecolor("none")
    panel.set_xlim(0, max(lengths))
    panel.set_ylim(len(contenders) - 0.6, -0.9)
    panel.set_xticks([])
    panel.set_yticks([])
    panel.spines[:].set_visible(False)


def _name(contender: str) -> str:
    """Its label; of an option, its arguments alone, for which there is room."""
    one = CONTENDERS[contender]
    return one.label.partition(", ")[2] if one.role == "opt-in" else one.label
