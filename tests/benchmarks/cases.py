"""The benchmark cases: the measurement, the images and the contenders of each."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.contenders import Contender
from benchmarks.corpus import ImageSet
from benchmarks.measure import (
    Figures,
    measure_epochs,
    measure_lookup,
    measure_memory,
    measure_nearness,
    measure_start_up,
)

_GRAIN = ("keras_jax", "ours_jax", "keras_torch", "ours_torch")
_EVERYBODY = ("keras", "ours", *_GRAIN, "generator", "pillow", "decoding")


@dataclass(frozen=True)
class Case:
    """A benchmark case.

    Attributes:
        title: Its name in the tables and in the chart.
        images: The name of the image set.
        contenders: The names of the contenders; the first is the baseline.
        measure: The function that measures a contender.
        epochs: The number of epochs.
        once: Whether one round is enough, because it does not compare times.
    """

    title: str
    images: str
    contenders: tuple[str, ...]
    measure: Callable[[Contender, ImageSet, int], Figures]
    epochs: int = 1
    once: bool = False


CASES = {
    "small": Case("64 × 64", "small", _EVERYBODY, measure_epochs, epochs=2),
    "medium": Case("500 × 375", "medium", _EVERYBODY, measure_epochs, epochs=2),
    "large": Case(
        "2000 × 1500",
        "large",
        ("keras", "ours", "scaled", *_EVERYBODY[2:]),
        measure_epochs,
        epochs=2,
    ),
    "short": Case(
        "500 × 375, short epochs", "few", ("keras", "ours"), measure_epochs, epochs=8
    ),
    "cache": Case(
        "500 × 375, second and later epochs",
        "medium",
        ("keras", "cached", "cached_levels", "cached_in_folder"),
        measure_epochs,
        epochs=3,
    ),
    "start": Case(
        "from the call to the first batch",
        "tree",
        ("keras", "ours", "ids", "basenames", "unchecked", "upright", "generator"),
        measure_start_up,
    ),
    "memory": Case(
        "resident memory after 5 and after 50 epochs",
        "few",
        ("keras", "ours"),
        measure_memory,
        epochs=50,
        once=True,
    ),
    "lookup": Case(
        "CPU time of hash table and gather, for an image",
        "small",
        ("ours",),
        measure_lookup,
        epochs=5,
        once=True,
    ),
    "nearness": Case(
        "PSNR of 2000 × 1500 images against the antialiased ones",
        "large",
        ("keras", "scaled"),
        measure_nearness,
        once=True,
    ),
}
