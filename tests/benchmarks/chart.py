"""Draws the results as bar charts."""

from pathlib import Path
from statistics import median

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.layout_engine import ConstrainedLayoutEngine

from benchmarks.cases import CASES
from benchmarks.contenders import CONTENDERS
from benchmarks.measure import measure_start_up
from benchmarks.report import against_first, middle, rate
from benchmarks.rounds import Results

# The panels from the top. Short epochs are only in the table.
SHOWN = ("small", "medium", "large", "cache", "start")
_COLOURS = {
    "ours": "#2f6fb3",
    "opt-in": "#7fb0e0",
    "peer": "#b4bcc6",
    "limit": "#e3e7eb",
}
_TEXT, _PAPER, _LINE = "#26313d", "#f7f8fa", "#cfd6de"
_INCHES_PER_BAR = 0.27
_STYLE = {
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": _TEXT,
    "axes.labelcolor": _TEXT,
    "ytick.color": _TEXT,
    # Keep text as text, which is sharp, small and searchable.
    "svg.fonttype": "none",
    # The same results give the same file.
    "svg.hashsalt": "benchmarks",
}


def draw(results: Results, path: Path) -> None:
    """Writes an SVG file with one panel for each case."""
    cases = [name for name in SHOWN if name in results]
    bars = [len(results[name]) for name in cases]
    with matplotlib.rc_context(_STYLE):
        figure, panels = plt.subplots(
            len(cases),
            squeeze=False,
            figsize=(8.4, _INCHES_PER_BAR * sum(bars) + 0.45 * len(cases)),
            height_ratios=[count + 0.3 for count in bars],
            layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1),
            facecolor=_PAPER,
            edgecolor=_LINE,
            linewidth=2,
        )
        for panel, name in zip(panels[:, 0], cases, strict=True):
            _draw_case(panel, results, name)
        figure.supxlabel(
            "×: speed relative to image_dataset_from_directory in the same rounds",
            fontsize=8,
        )
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


def _draw_case(panel: Axes, results: Results, name: str) -> None:
    """Draws the bars of one case, each with its value."""
    case = CASES[name]
    contenders = list(results[name])
    is_start_up = case.measure is measure_start_up
    if is_start_up:
        lengths = [
            middle(results, name, one, lambda f: f["seconds"]) for one in contenders
        ]
        files = results[name][contenders[0]][0]["images"]
        title = f"{files:,.0f} files, {case.title}: lower is better"
    else:
        lengths = [middle(results, name, one, rate) for one in contenders]
        title = f"{case.title}, into 224 × 224: higher is better"
    roles = [CONTENDERS[one].role for one in contenders]
    panel.barh(
        [CONTENDERS[one].label for one in contenders],
        lengths,
        0.72,
        color=[_COLOURS[role] for role in roles],
        edgecolor=[_LINE if role == "limit" else "none" for role in roles],
    )
    for row, (one, length) in enumerate(zip(contenders, lengths, strict=True)):
        text = f"{length:.2f} s" if is_start_up else f"{length:,.0f} images/s"
        if row:
            times = against_first(results, name, one, lambda f: 1 / rate(f))
            text += f", {median(times):.2f} ×"
        panel.annotate(
            text, (length, row), (4, 0), textcoords="offset points", va="center"
        )
    panel.set_title(title, loc="left", fontsize=9, fontweight="bold")
    panel.set_facecolor("none")
    panel.set_xlim(0, 1.42 * max(lengths))
    panel.set_xticks([])
    panel.tick_params(left=False)
    panel.spines[:].set_visible(False)
    panel.invert_yaxis()
