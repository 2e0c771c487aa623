"""Images with what their rows say of them: labels, subsets and groups."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._inspection.findings import Place
from keras_csv_dataset._inspection.images import Images
from keras_csv_dataset._labels import Target
from keras_csv_dataset._rows import Samples

# The longest label that is shown.
_LONGEST = 200
NO_SAMPLE = -1


@dataclass(frozen=True, kw_only=True)
class Collection:
    """All images, with the samples that they belong to.

    Attributes:
        images: The images.
        samples: What the dataset yields; `None` if the labels cannot be read.
        subsets: Subset -> int64 numbers of its samples; empty without a split.
    """

    images: Images
    samples: Samples | None = None
    subsets: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    @cached_property
    def sample_of_image(self) -> NDArray[np.int64]:
        """The sample of each image's row `(images,)`, or `NO_SAMPLE`."""
        rows = self.images.located.table.rows[self.images.rows]
        if self.samples is None:
            return np.full(len(rows), NO_SAMPLE)
        # Both are in the order of the file.
        places = np.searchsorted(self.samples.rows, rows)
        places[places == len(self.samples)] = 0
        return np.where(self.samples.rows[places] == rows, places, NO_SAMPLE)

    @cached_property
    def subset_of_sample(self) -> NDArray[np.object_]:
        """Name of the subset of each sample `(samples,)`, or `None`."""
        names = np.full(0 if self.samples is None else len(self.samples), None, object)
        for name, numbers in self.subsets.items():
            names[numbers] = name
        return names

    def subset_of(self, image: int) -> str | None:
        """The subset of an image; `None` if it is in none."""
        sample = self.sample_of_image[image]
        name: str | None = None if sample < 0 else self.subset_of_sample[sample]
        return name

    def label_of(self, image: int) -> str | None:
        """The labels of an image as text, to be shown; `None` if it has none."""
        parts = [
            f"{name} {text}".strip()
            for name, target in self._targets()
            if (text := _label(target, int(self.sample_of_image[image]))) is not None
        ]
        return "; ".join(parts)[:_LONGEST] if parts else None

    def comparable_label_of(self, image: int) -> tuple[str, ...] | None:
        """What must be the same for the same picture: its classes and numbers.

        Two captions may differ, and so may masks.
        """
        sample = int(self.sample_of_image[image])
        if sample < 0:
            return None
        return tuple(
            _label(target, sample) or ""
            for _, target in self._targets()
            if target.mode != "text"
        )

    def place(self, image: int, detail: str = "") -> Place:
        """An image as a place in the label file."""
        table = self.images.located.table
        row = int(table.rows[self.images.rows[image]])
        return Place(
            row=row,
            line=table.source.line_of(row),
            path=self.images.path(image),
            name=self.images.name(image),
            label=self.label_of(image),
            subset=self.subset_of(image),
            detail=detail,
        )

    def groups_of(
        self, images: Iterable[int], details: Any = None
    ) -> tuple[tuple[Place, ...], ...]:
        """A group for each image."""
        return tuple(
            (self.place(image, "" if details is None else details(image)),)
            for image in images
        )

    def _targets(self) -> list[tuple[str, Target]]:
        return [] if self.samples is None else [*self.samples.targets.titled()]


def _label(target: Target, sample: int) -> str | None:
    """The label of a sample as text; `None` for labels that are images."""
    if target.names_files or sample < 0:
        return None
    if target.class_names is not None:
        return ", ".join(target.classes_of(sample))
    values = np.atleast_1d(target.batch(np.int64(sample)))
    return ", ".join(f"{value}".removesuffix(".0") for value in values)
