"""The command `python -m benchmarks`, in the folder `tests`."""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

from benchmarks.cases import CASES
from benchmarks.chart import SHOWN, draw
from benchmarks.contenders import CONTENDERS, why_left_out
from benchmarks.corpus import make_corpus
from benchmarks.machine import describe_corpus, describe_machine
from benchmarks.report import label, markdown, put_in
from benchmarks.rounds import run_rounds


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, prints the tables, and writes the tables and the chart."""
    asked = _parser().parse_args(arguments)
    if asked.tiny:
        asked.rounds, asked.images, asked.files = 1, 32, 200
    with (
        nullcontext(asked.folder)
        if asked.folder
        else tempfile.TemporaryDirectory(prefix="benchmarks_")
    ) as folder:
        print("Making the images.", file=sys.stderr, flush=True)
        corpus = make_corpus(Path(folder), asked.images, asked.files)
        reasons = {name: why_left_out(one) for name, one in CONTENDERS.items()}
        left_out = {name: reason for name, reason in reasons.items() if reason}
        results = run_rounds(corpus, asked.rounds, asked.cases, left_out)
        notes = [
            f"Machine and versions: {describe_machine()}",
            f"Images: {describe_corpus(corpus)}",
            "Measured in one round."
            if asked.rounds == 1
            else f"Medians of {asked.rounds} rounds; for the limit, the least of them. "
            "A ratio is that of the figures beside it, with the lowest and the highest "
            "ratio within a round in brackets: equal if one is below 1 and one above.",
            *(
                f"{label(name)} is not measured: {reason}."
                for name, reason in left_out.items()
            ),
        ]
    text = markdown(results, notes)
    print(text, end="")
    asked.output.mkdir(parents=True, exist_ok=True)
    page = asked.output / "benchmarks.md"
    before = page.read_text("utf-8") if page.exists() else ""
    page.write_text(put_in(before, text), "utf-8")
    if set(SHOWN) & set(results):
        draw(results, asked.output / "benchmarks.svg")


def _count(text: str) -> int:
    """Parses a count, which must be 1 or more."""
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more. Received: {count}")
    return count


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures image_dataset_from_csv beside its peers.",
    )
    parser.add_argument(
        "--rounds", type=_count, default=3, help="measurements of each (default: 3)"
    )
    parser.add_argument(
        "--images",
        type=_count,
        default=1024,
        help="500 x 375 images; the other sizes follow (default: 1024)",
    )
    parser.add_argument(
        "--files",
        type=_count,
        default=100_000,
        help="tiny files for start-up (default: 100000)",
    )
    parser.add_argument(
        "--cases",
        nargs="+",
        choices=list(CASES),
        default=list(CASES),
        metavar="CASE",
        help=f"some of: {', '.join(CASES)} (default: all)",
    )
    parser.add_argument(
        "--tiny",
        action="store_true",
        help="one round of few images: shows that it works, measures nothing",
    )
    parser.add_argument(
        "--folder", type=Path, help="keep the images here (default: a temporary folder)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("benchmark_results"),
        help="where to write benchmarks.md and benchmarks.svg; a page that is there "
        "keeps what is outside its marks (default: benchmark_results)",
    )
    return parser


if __name__ == "__main__":
    main()
