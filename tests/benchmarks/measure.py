"""The measurements of a contender; each runs in a process of its own.

Each function takes a contender, an image set and a number of epochs, and returns
figures by name: times in seconds, memory in MB (1,000,000 bytes).
"""

import re
import resource
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contenders import BATCH_SIZE, IMAGE_SIZE, Contender, Epoch
from benchmarks.corpus import ImageSet

Figures = dict[str, float]

_EARLY_EPOCHS = 5
_LOOKUPS_PER_IMAGE = 5
_COMPARED = 16


@dataclass(frozen=True)
class Clock:
    """A point in time: wall-clock time and CPU time of this process."""

    wall: float
    cpu: float

    @classmethod
    def now(cls) -> "Clock":
        """The current point in time."""
        return cls(time.perf_counter(), time.process_time())

    def elapsed(self) -> Figures:
        """The seconds since this point in time."""
        now = Clock.now()
        return {"seconds": now.wall - self.wall, "cpu": now.cpu - self.cpu}


def measure_epochs(contender: Contender, images: ImageSet, epochs: int) -> Figures:
    """The time of whole epochs, after a warm-up of two batches.

    An epoch includes the creation of its iterator, so the start of tf.data's autotuning
    and the end of its threads are included, as in `model.fit`.
    """
    start = Clock.now()
    epoch = contender.open(images)
    call = start.elapsed()["seconds"]
    _use(epoch, batches=2)
    start = Clock.now()
    for _ in range(epochs):
        _use(epoch)
    return {
        **start.elapsed(),
        "call": call,
        "images": epochs * images.count,
        "memory": _peak_memory(),
    }


def measure_start_up(contender: Contender, images: ImageSet, epochs: int) -> Figures:
    """The time from the call to the first batch; `epochs` is not used."""
    start = Clock.now()
    epoch = contender.open(images)
    batches = iter(epoch())
    next(batches)
    return {**start.elapsed(), "images": images.count, "memory": _peak_memory()}


def measure_memory(contender: Contender, images: ImageSet, epochs: int) -> Figures:
    """The resident memory after a few epochs and after many."""
    epoch = contender.open(images)
    figures = {}
    for number in range(1, epochs + 1):
        _use(epoch)
        if number == _EARLY_EPOCHS:
            figures["early"] = _resident_memory()
    return {**figures, "late": _resident_memory()}


def measure_lookup(contender: Contender, images: ImageSet, epochs: int) -> Figures:
    """The CPU time per image of the hash table and the gather, and of all work.

    They are measured together with the decoding of a tiny image, because tf.data
    executes a function with a single cheap step differently.
    """
    import tensorflow as tf

    count = _LOOKUPS_PER_IMAGE * images.count
    names = [f"images/class_0000/{number:07d}.jpg" for number in range(count)]
    paths, numbers = tf.constant(names), tf.range(count, dtype=tf.int64)
    table = tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(paths, numbers), default_value=-1
    )
    labels = tf.cast(numbers % 10, tf.int32)
    tiny = tf.io.encode_jpeg(tf.zeros((8, 8, 3), tf.uint8))

    def look_up(path: Any) -> Any:
        return tf.io.decode_jpeg(tiny), tf.gather(labels, table.lookup(path))

    def cpu(function: Any) -> float:
        dataset = tf.data.Dataset.from_tensor_slices(paths)
        dataset = dataset.map(function, num_parallel_calls=tf.data.AUTOTUNE)
        dataset = dataset.batch(1000)
        start = Clock.now()
        _use(lambda: dataset)
        return start.elapsed()["cpu"] / count

    # The minimum, because other processes can only add time.
    with_it, without = (
        min(cpu(function) for _ in range(epochs))
        for function in (look_up, lambda path: tf.io.decode_jpeg(tiny))
    )
    whole = measure_epochs(contender, images, 1)
    return {"lookup": with_it - without, "image": whole["cpu"] / whole["images"]}


def measure_nearness(contender: Contender, images: ImageSet, epochs: int) -> Figures:
    """The peak signal-to-noise ratio against the antialiased image, in dB.

    The reference is the image, decoded at full size and resized with
    `tf.image.resize(antialias=True)`. `epochs` is not used.
    """
    import tensorflow as tf

    values = []
    for path, image in _first_images(contender, images):
        pixels = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
        reference = tf.image.resize(pixels, IMAGE_SIZE, antialias=True)
        values.append(float(tf.image.psnr(image, reference, max_val=255)))
    return {"mean": float(np.mean(values)), "lowest": min(values)}


def _first_images(
    contender: Contender, images: ImageSet
) -> "list[tuple[str, np.ndarray]]":
    """The first files, and the images that a contender loads from them."""
    dataset: Any = contender.open(images, shuffle=False)()
    batches = islice(dataset, -(-_COMPARED // BATCH_SIZE))
    read = np.concatenate([batch.numpy() for batch, _ in batches])
    return list(zip(dataset.file_paths, read[:_COMPARED], strict=False))


def _use(epoch: Epoch, batches: int | None = None) -> None:
    """Iterates over all batches of an epoch, or over the first few."""
    for _ in islice(epoch(), batches):
        pass


def _peak_memory() -> float:
    # `getrusage` would count what the process was started from.
    status = Path("/proc/self/status").read_text()
    peak = re.search(r"VmHWM:\s*(\d+) kB", status)
    assert peak is not None
    return int(peak[1]) * 1024 / 1e6


def _resident_memory() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
