"""Runs `keras-csv-dataset check` and CleanVision on a folder of images.

Each runs in a process of its own, with all its imports, as from the command line.
"""

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

# The kinds of issues of CleanVision, as the kinds of findings that they correspond to.
_ISSUES = {
    "dark": "dark_images",
    "light": "light_images",
    "blurry": "blurred_images",
    "odd_size": "odd_sizes",
    "odd_aspect_ratio": "odd_aspect_ratios",
    "low_information": "blank_images",
    "grayscale": "grey_images",
}
_DUPLICATES = {
    "exact_duplicates": "identical_pixels",
    "near_duplicates": "near_duplicates",
}


@dataclass
class Report:
    """What an inspection found.

    Attributes:
        groups: By kind of finding, the names of the images that belong together. An
            image that is reported for itself is a group of one.
        kinds: The kinds of findings that the inspection looks for; `None` if all.
        wall: Seconds from the start of the process to its end.
        cpu: Seconds of CPU time of the process and its children.
    """

    groups: dict[str, list[list[str]]] = field(default_factory=dict)
    kinds: tuple[str, ...] | None = None
    wall: float = 0.0
    cpu: float = 0.0


def run_check(folder: Path) -> Report:
    """Runs `keras-csv-dataset check`."""
    command = ["-m", "keras_csv_dataset", "check", "images", "labels.csv", "--json"]
    output, wall, cpu = _run(command, folder, statuses=(0, 1))
    return Report(read_findings(output), wall=wall, cpu=cpu)


def run_cleanvision(folder: Path) -> Report:
    """Runs CleanVision."""
    command = ["-m", "planted_faults.inspectors"]
    output, wall, cpu = _run(command, folder / "images", statuses=(0,))
    kinds = (*_ISSUES.values(), *_DUPLICATES.values(), "identical_files")
    return Report(json.loads(output.splitlines()[-1]), kinds, wall, cpu)


def read_findings(text: str) -> dict[str, list[list[str]]]:
    """The groups of images in the JSON that `check` prints, by kind of finding."""
    found: dict[str, list[list[str]]] = {}
    for finding in json.loads(text)["findings"]:
        groups = found.setdefault(finding["kind"], [])
        for group in finding["groups"]:
            paths = [place["path"] or place["name"] for place in group]
            groups.append([Path(path).name for path in paths])
    return found


def _run(
    arguments: list[str], folder: Path, statuses: tuple[int, ...]
) -> tuple[str, float, float]:
    """The output of a Python process, its duration, and its CPU time."""
    before, start = _children_cpu(), time.perf_counter()
    command = [sys.executable, *arguments]
    # The packages are found from another folder as well.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True
    )
    wall, cpu = time.perf_counter() - start, _children_cpu() - before
    if done.returncode not in statuses:
        raise RuntimeError(f"{arguments} failed: {done.stderr[-2000:]}")
    return done.stdout, wall, cpu


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _inspect_with_cleanvision(folder: Path) -> dict[str, list[list[str]]]:
    from cleanvision import Imagelab

    # By paths, because in a folder CleanVision ignores some formats, such as BMP.
    lab = Imagelab(filepaths=[str(path) for path in sorted(folder.iterdir())])
    lab.find_issues(verbose=False)
    found = {
        kind: [
            [Path(path).name]
            for path in lab.issues.index[lab.issues[f"is_{issue}_issue"]]
        ]
        for issue, kind in _ISSUES.items()
    }
    for issue, kind in _DUPLICATES.items():
        sets = lab.info[issue]["sets"]
        found[kind] = [[Path(path).name for path in one] for one in sets]
    return found


if __name__ == "__main__":
    print(json.dumps(_inspect_with_cleanvision(Path.cwd())))
