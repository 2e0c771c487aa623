"""Describes the machine and the images of a measurement."""

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

from benchmarks.corpus import SIZES, ImageSet

_PACKAGES = ("tensorflow", "keras", "pandas", "numpy", "pillow")


def describe_machine() -> str:
    """The processor, memory, system and package versions, as text."""
    cores = os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    versions = ", ".join(f"{package} {version(package)}" for package in _PACKAGES)
    return (
        f"{_processor()}, {cores} {'core' if cores == 1 else 'cores'}, {memory:.0f} GB "
        f"of memory, no GPU used; {platform.system()}; Python "
        f"{platform.python_version()}, {versions}."
    )


def describe_corpus(corpus: dict[str, ImageSet]) -> str:
    """The number of images of each size, and the size of their files."""
    sizes = ", ".join(
        f"{corpus[name].count:,} of {width} × {height} pixels "
        f"({corpus[name].mean_file_size / 1000:,.3g} kB each)"
        for name, (width, height) in SIZES.items()
    )
    return (
        f"JPEG files, quality 90: {sizes}, {corpus['few'].count:,} of 500 × 375 for "
        f"short epochs; {corpus['tree'].count:,} tiny files for start-up."
    )


def _processor() -> str:
    """The name of the processor, or its architecture if the name is not available."""
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1].strip() if found else platform.machine()
