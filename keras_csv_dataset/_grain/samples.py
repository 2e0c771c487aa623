"""Everything that belongs to samples, as arrays."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._grain.files import Gatherer, file_loader
from keras_csv_dataset._images import Cache, ImageSpec
from keras_csv_dataset._labels import Target, take
from keras_csv_dataset._rows import Samples, assemble
from keras_csv_dataset._structure import Structure


class Loaded(NamedTuple):
    """The images of one sample, or of several.

    Attributes:
        numbers: Number of the sample, or of each.
        images: The images, by image column.
        labels: The labels that are images, in the order of the outputs.
    """

    numbers: Any
    images: Structure[NDArray[Any]]
    labels: list[NDArray[Any]]


class SampleArrays:
    """Everything that belongs to some samples, by the number of the sample.

    Args:
        samples: All samples.
        order: int64 numbers of those that are wanted.
        spec: What every image becomes.
        cache: Where decoded images are kept, or `None`.
    """

    def __init__(
        self,
        samples: Samples,
        order: NDArray[np.int64],
        spec: ImageSpec,
        cache: Cache | None,
    ) -> None:
        self._samples = samples
        every = np.arange(len(samples))
        images, orientations = samples.paths_of(every), samples.orientations
        self._images = images.map(
            lambda paths: file_loader(paths, order, spec, cache, orientations)
        )

        def label_loader(target: Target) -> Gatherer:
            label = spec.of_labels(target.mode)
            return file_loader(
                target.paths_of(every),
                order,
                label,
                cache,
                orientations,
                images.values[0],
            )

        self._labels = [label_loader(t) for t in samples.targets if t.names_files]

    def load(self, numbers: Any) -> Loaded:
        """Loads the images of one sample; with a cache, also of several."""
        return Loaded(
            numbers,
            self._images.map(lambda load: load(numbers)),
            [load(numbers) for load in self._labels],
        )

    def load_each(self, numbers: Iterable[Any]) -> list[Loaded]:
        """Loads the images of some samples, one after the other."""
        return [self.load(number) for number in numbers]

    def batch(self, tasks: Iterable[Sequence[Loaded]]) -> Any:
        """What the dataset yields for a batch of samples, loaded in tasks."""
        loaded = chain.from_iterable(tasks)
        numbers, images, labels = zip(*loaded, strict=True)
        first, *others = images
        stacked = first.map(lambda *column: np.stack(column), *others)
        return self.join(
            Loaded(
                np.asarray(numbers),
                stacked,
                [np.stack(column) for column in zip(*labels, strict=True)],
            )
        )

    def join(self, loaded: Loaded) -> Any:
        """Joins images with everything else that belongs to their samples.

        Args:
            loaded: The images of one sample, or of several.

        Returns:
            What `assemble` returns.
        """
        numbers, images, loaded_labels = loaded
        samples = self._samples
        from_files = iter(loaded_labels)
        return assemble(
            images=images,
            inputs={name: take(v, numbers) for name, v in samples.inputs.items()},
            labels=samples.targets.map(
                lambda target: (
                    next(from_files) if target.names_files else target.batch(numbers)
                )
            ),
            weights=samples.weights.map(lambda values: take(values, numbers)),
        )
