"""The command `python -m planted_faults.score`, in the folder `tests`."""

import argparse
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from planted_faults.corpus import read_truth
from planted_faults.inspectors import (
    Report,
    read_findings,
    run_check,
    run_cleanvision,
)
from planted_faults.scoring import Score, score

INSPECTORS = {"keras_csv_dataset": run_check, "CleanVision": run_cleanvision}


def main(arguments: Sequence[str] | None = None) -> None:
    """Inspects sets of images, and prints tables of precision and recall."""
    asked = _parser().parse_args(arguments)
    for folder in _sets(asked.folder):
        reports = {}
        if asked.report:
            found = read_findings(asked.report.read_text("utf-8"))
            reports["report"] = Report(found)
        reports |= {name: INSPECTORS[name](folder) for name in asked.inspectors}
        print(f"### {folder.name}\n\n{markdown(folder, reports)}\n", flush=True)


def markdown(folder: Path, reports: dict[str, Report]) -> str:
    """A table of precision and recall of each inspector, and of the time that it took.

    Args:
        folder: A folder that `write_corpus` wrote.
        reports: What the inspectors found, by their names.
    """
    truth = read_truth(folder)
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        labels = {row["image"]: row["label"] for row in csv.DictReader(file)}
    scores = {name: score(truth, labels, one.groups) for name, one in reports.items()}
    header = ["fault", "planted"]
    for name in reports:
        header += [f"{name}: recall", "precision"]
    lines = [header, ["---"] + ["---:"] * (len(header) - 1)]
    for kind, first in next(iter(scores.values())).items():
        cells = [_title(kind), f"{first.planted:,}"]
        for name, report in reports.items():
            cells += _shares(kind, scores[name][kind], report.kinds)
        lines.append(cells)
    lines += _durations(list(reports.values()))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _durations(reports: list[Report]) -> Iterator[list[str]]:
    for title, seconds in (
        ("wall time", [report.wall for report in reports]),
        ("CPU time", [report.cpu for report in reports]),
    ):
        cells = (
            cell for one in seconds for cell in (f"{one:.1f} s" if one else "", "")
        )
        yield [title, "", *cells]


def _title(kind: str) -> str:
    kind, colon, part = kind.partition(": ")
    return f"… {part}" if colon else kind.replace("_", " ")


def _shares(kind: str, one: Score, kinds: tuple[str, ...] | None) -> list[str]:
    """The cells for recall and precision."""
    if kinds is not None and kind.partition(": ")[0] not in kinds:
        return ["not looked for", ""]
    precision = _percent(one.precision) if one.reported != 0 else "no reports"
    return [_percent(one.recall), precision]


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _sets(folder: Path) -> list[Path]:
    """The folder itself, or the sets of images in it."""
    truths = sorted(folder.glob("truth.json")) or sorted(folder.glob("*/truth.json"))
    if not truths:
        raise SystemExit(f"There is no truth.json in {folder} or in a folder of it.")
    return [path.parent for path in truths]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m planted_faults.score",
        description="Compares what inspections find with what was planted.",
    )
    parser.add_argument(
        "folder", type=Path, help="what `python -m planted_faults` wrote, or a part"
    )
    parser.add_argument(
        "--inspectors",
        nargs="*",
        choices=list(INSPECTORS),
        default=list(INSPECTORS),
        help="those to run (default: all)",
    )
    parser.add_argument("--report", type=Path, help="JSON of `check`, to score as well")
    return parser


if __name__ == "__main__":
    main()
