"""Builds the grain pipeline: shuffle, decode, look up the labels, batch."""

import hashlib
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import grain
import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._grain.files import read_options
from keras_csv_dataset._grain.samples import SampleArrays
from keras_csv_dataset._images import Cache, ImageSpec
from keras_csv_dataset._rows import Samples, describe_dataset

# Batches that are prepared from a cache while the model computes.
_READ_BATCHES = grain.ReadOptions(num_threads=2, prefetch_buffer_size=2)
# Images that a thread loads one after the other. grain takes 0.07 ms for each element
# that a thread hands over, which is as much as a small image takes.
_MOST_IMAGES_PER_TASK = 8


def build_dataset(
    samples: Samples,
    order: NDArray[np.int64],
    spec: ImageSpec,
    *,
    batch_size: int | None,
    shuffle_buffer_size: int | None,
    seed: int,
    cache: Cache | None,
) -> grain.IterDataset:
    """Builds the dataset of one subset.

    Args:
        samples: The samples.
        order: int64 numbers of the subset's samples, in the order in which they are
            yielded if they are not shuffled.
        spec: What every image becomes.
        batch_size: Images per batch, or `None` for single images.
        shuffle_buffer_size: `None` to keep the order. Otherwise the whole subset is
            reshuffled in every pass, whatever the number is.
        seed: Seed of the shuffles.
        cache: Where decoded images are kept, or `None`.

    Returns:
        A `grain.IterDataset` of what `SampleArrays.join` returns, with the attributes
        that `describe_dataset` sets.

    Raises:
        ValueError: If an image is in an object store.
    """
    _refuse_addresses(samples, order)
    arrays = SampleArrays(samples, order, spec, cache)
    if cache is None:
        build_pass = _decoding(arrays, batch_size)
    else:
        build_pass = _reading(arrays, batch_size)
    keys = samples.keys_of(order)
    kind = {
        "images": len(order),
        "batch_size": batch_size,
        "cached": cache is not None,
        # The files in their order, and the numbers of their samples.
        "order": hashlib.sha256(repr((order.tolist(), keys)).encode()).hexdigest(),
    }
    if shuffle_buffer_size is None:
        dataset = OrderedDataset(build_pass(order), kind)
    else:
        dataset = ShuffledDataset(build_pass, order, int(seed), kind)
    describe_dataset(dataset, samples, order)
    return dataset


def _refuse_addresses(samples: Samples, order: NDArray[np.int64]) -> None:
    for number, *paths in zip(order.tolist(), *samples.paths_of(order), strict=True):
        for path in (path for path in paths if "://" in path):
            raise ValueError(
                f"{samples.locate(number)}: {path!r} is a URL, but "
                '`format="grain"` reads only files on disk. Download the images, or '
                'pass format="tf".'
            )


# Makes the dataset of one pass from the numbers of its samples, in order.
BuildPass = Callable[[NDArray[np.int64]], grain.IterDataset]


def _decoding(arrays: SampleArrays, batch_size: int | None) -> BuildPass:
    """Decodes the images in every pass."""

    def build_pass(order: NDArray[np.int64]) -> grain.IterDataset:
        numbers = grain.MapDataset.source(order)
        if batch_size is None:
            loaded = numbers.map(arrays.load).to_iter_dataset(read_options(1))
            return loaded.map(arrays.join)
        task_size = _task_size(batch_size)
        tasks_per_batch = batch_size // task_size
        tasks = numbers.batch(task_size, batch_fn=list).map(arrays.load_each)
        loaded = tasks.to_iter_dataset(read_options(tasks_per_batch))
        return loaded.batch(tasks_per_batch, batch_fn=arrays.batch)

    return build_pass


def _task_size(batch_size: int) -> int:
    """The most images per task such that no task spans two batches.

    It does not depend on the machine, because the state of an iterator counts tasks.
    """
    sizes = range(1, _MOST_IMAGES_PER_TASK + 1)
    return max(size for size in sizes if batch_size % size == 0)


def _reading(arrays: SampleArrays, batch_size: int | None) -> BuildPass:
    """Reads the images from a cache, in whole batches."""

    def read(numbers: NDArray[np.int64]) -> Any:
        return arrays.join(arrays.load(numbers))

    def build_pass(order: NDArray[np.int64]) -> grain.IterDataset:
        numbers = grain.MapDataset.source(order)
        if batch_size is not None:
            numbers = numbers.batch(batch_size)
        return numbers.map(read).to_iter_dataset(_READ_BATCHES)

    return build_pass


class OrderedDataset(grain.IterDataset):
    """A finite dataset with the same order in every pass.

    Args:
        batches: The dataset.
        kind: What must be the same when a state is restored: name -> value.
    """

    def __init__(self, batches: grain.IterDataset, kind: Mapping[str, Any]) -> None:
        super().__init__(batches)
        self.kind = kind

    def __iter__(self) -> grain.DatasetIterator:
        return _OrderedIterator(iter(self._parent), self.kind)

    def __str__(self) -> str:
        return "OrderedDataset()"


class ShuffledDataset(grain.IterDataset):
    """A finite dataset with a new order in every pass.

    grain's own shuffle changes the order only within one endless iterator, but Keras
    makes a new iterator for every epoch, and another to look at the first batches. It
    also takes 0.03 ms for each number, which is a tenth of the time of a small image.

    Args:
        build_pass: Makes the dataset of one pass from the numbers in their order.
        order: int64 numbers of the samples.
        seed: Determines the orders of all passes.
        kind: What must be the same when a state is restored: name -> value.
    """

    def __init__(
        self,
        build_pass: BuildPass,
        order: NDArray[np.int64],
        seed: int,
        kind: Mapping[str, Any],
    ) -> None:
        super().__init__()
        # Not `seed`, which is a method of grain's datasets.
        self._seed = seed
        self.kind = {"seed": seed, **kind}
        self._build_pass = build_pass
        self._order = order
        self._pass_numbers = itertools.count()

    def __iter__(self) -> grain.DatasetIterator:
        # `next` is atomic, so two threads never get the same pass.
        return _ShuffledIterator(self, next(self._pass_numbers))

    def __str__(self) -> str:
        return f"ShuffledDataset(seed={self._seed})"

    def start_pass(self, number: int) -> grain.DatasetIterator:
        """Makes an iterator over one pass.

        Args:
            number: Number of the pass, from 0 on.
        """
        # Unrelated to the orders of the other passes.
        generator = np.random.default_rng((self._seed, number))
        return iter(self._build_pass(generator.permutation(self._order)))

    def resume_pass(self, number: int) -> grain.DatasetIterator:
        """Makes an iterator over one pass; `iter` then starts the next one."""
        self._pass_numbers = itertools.count(number + 1)
        return self.start_pass(number)

    def set_slice(self, *_: object) -> None:
        """Refuses grain's request to divide the dataset among processes."""
        raise ValueError(
            "A dataset that is shuffled cannot be divided among processes: each would "
            "start every epoch with the same order. Leave out `mp_prefetch` (all cores "
            "decode images without it), or pass shuffle=False."
        )


class _OrderedIterator(grain.DatasetIterator):
    """One pass. Its state identifies its dataset, and no other dataset accepts it."""

    def __init__(self, batches: grain.DatasetIterator, kind: Mapping[str, Any]) -> None:
        super().__init__()
        self._kind = kind
        self._batches = batches

    def __next__(self) -> Any:
        return next(self._batches)

    def get_state(self) -> dict[str, Any]:
        return {**self._kind, "position": self._batches.get_state()}

    def set_state(self, state: dict[str, Any]) -> None:
        here = self._kind
        known = state if isinstance(state, dict) else {}
        there = {name: known.get(name) for name in here}
        if there != here:
            raise ValueError(
                "The state must be that of a dataset made by the same call on the same "
                f"files. Received: a state of {there}, for a dataset of {here}"
            )
        self._restore(state)

    def _restore(self, state: dict[str, Any]) -> None:
        self._batches.set_state(state["position"])

    def start_prefetch(self) -> None:
        self._batches.start_prefetch()

    def close(self) -> None:
        super().close()
        # This also runs if `__init__` failed.
        if hasattr(self, "_batches"):
            self._batches.close()

    def __str__(self) -> str:
        return "OrderedIterator()"


class _ShuffledIterator(_OrderedIterator):
    """One pass. Its state contains its number, so that any process can resume it."""

    def __init__(self, dataset: ShuffledDataset, pass_number: int) -> None:
        super().__init__(dataset.start_pass(pass_number), dataset.kind)
        self._dataset = dataset
        self._pass_number = pass_number

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "pass_number": self._pass_number}

    def _restore(self, state: dict[str, Any]) -> None:
        self._batches.close()
        self._pass_number = state["pass_number"]
        self._batches = self._dataset.resume_pass(self._pass_number)
        super()._restore(state)

    def __str__(self) -> str:
        return f"ShuffledIterator(pass_number={self._pass_number})"
