"""The result of an inspection: what was counted, and what was found."""

from dataclasses import dataclass, field

from keras_csv_dataset._files import Convention
from keras_csv_dataset._inspection.findings import Finding


@dataclass(frozen=True, kw_only=True)
class SubsetCounts:
    """The size of one subset.

    Attributes:
        images: Number of images.
        classes: Output -> class -> number of images.
    """

    images: int
    classes: dict[str, dict[str, int]]


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """The distribution of a column of numbers.

    Attributes:
        minimum: The smallest.
        median: The median.
        maximum: The largest.
        edges: The limits of the bins of the histogram, one more than `counts`.
        counts: Number of images in each bin.
    """

    minimum: float
    median: float
    maximum: float
    edges: list[float]
    counts: list[int]


@dataclass(kw_only=True)
class Inspection:
    """What a folder and its label file contain, and what was found.

    Attributes:
        source: Name of the label file.
        counts: Number of rows and files, by kind.
        conventions: Column -> which folders its names of images include.
        classes: Output -> class -> number of images. The only output of a model is
            called `label`.
        numbers: Column of numbers -> their distribution.
        subsets: Subset -> its size; empty without a split.
        formats: Suffix -> number of images.
        sizes: `(height, width)` in pixels -> number of images.
        findings: What was found, the worst first.
        skipped: What was not looked for, and how to have it looked for.
    """

    source: str
    counts: dict[str, int] = field(default_factory=dict)
    conventions: dict[str, Convention] = field(default_factory=dict)
    classes: dict[str, dict[str, int]] = field(default_factory=dict)
    numbers: dict[str, Numbers] = field(default_factory=dict)
    subsets: dict[str, SubsetCounts] = field(default_factory=dict)
    formats: dict[str, int] = field(default_factory=dict)
    sizes: dict[tuple[int, int], int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
