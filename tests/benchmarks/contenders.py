"""The contenders: this package, and other ways to load the same images.

Each opens an image set and returns a function that starts an epoch: batches of 32
images as float32 at 224 × 224 pixels, bilinear, shuffled, with integer labels.
"""

import contextlib
import inspect
import io
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from PIL import Image

from benchmarks.corpus import ImageSet

IMAGE_SIZE = (224, 224)
BATCH_SIZE = 32

Epoch = Callable[[], Iterable[Any]]


@dataclass(frozen=True)
class Contender:
    """A way to load images.

    Attributes:
        label: Its name in the tables, and in the chart if there is room.
        role: `"ours"`, `"opt-in"`, `"peer"` or `"limit"`.
        open: Opens an image set and returns the function that starts an epoch.
        is_cached: Whether opening it reads all images.
        backend: The backend of Keras.
    """

    label: str
    role: str
    open: Callable[..., Epoch]
    is_cached: bool = False
    backend: str = "tensorflow"

    @property
    def needs(self) -> tuple[str, ...]:
        """The packages that it needs and that may be missing."""
        return () if self.backend == "tensorflow" else ("grain", self.backend)


def _ours(images: ImageSet, spelling: str = "paths", **arguments: Any) -> Epoch:
    from keras_csv_dataset import image_dataset_from_csv

    dataset = image_dataset_from_csv(
        images.directory,
        images.csv(spelling),
        batch_size=BATCH_SIZE,
        image_size=IMAGE_SIZE,
        seed=1,
        verbose=False,
        **arguments,
    )
    return lambda: dataset


def _ours_cached_in_folder(images: ImageSet) -> Epoch:
    folder = images.folder / "cache"
    shutil.rmtree(folder, ignore_errors=True)
    return _ours(images, cache=folder)


def _keras(images: ImageSet, **arguments: Any) -> Epoch:
    dataset = keras.utils.image_dataset_from_directory(
        images.directory,
        batch_size=BATCH_SIZE,
        image_size=IMAGE_SIZE,
        seed=1,
        verbose=False,
        **arguments,
    )
    return lambda: dataset


def _image_data_generator(images: ImageSet) -> Epoch:
    from tensorflow.keras.preprocessing.image import ImageDataGenerator

    with contextlib.redirect_stdout(io.StringIO()):  # It always prints its counts.
        batches = ImageDataGenerator().flow_from_dataframe(
            pd.read_csv(images.csv()),
            images.directory,
            x_col="image",
            y_col="label",
            class_mode="sparse",
            target_size=IMAGE_SIZE,
            interpolation="bilinear",
            batch_size=BATCH_SIZE,
            seed=1,
        )

    def epoch() -> Iterator[Any]:
        batches.on_epoch_end()
        return _in_threads(batches.__getitem__, range(len(batches)))

    return epoch


def _pillow(images: ImageSet) -> Epoch:
    table = pd.read_csv(images.csv())
    paths = [images.directory / name for name in table["image"]]
    labels, _ = pd.factorize(table["label"], sort=True)
    random = np.random.default_rng(1)

    def batch(numbers: Any) -> tuple[Any, Any]:
        return np.stack([_read_with_pillow(paths[n]) for n in numbers]), labels[numbers]

    def epoch() -> Iterator[Any]:
        order = random.permutation(len(paths))
        starts = range(0, len(order), BATCH_SIZE)
        return _in_threads(
            batch, (order[start : start + BATCH_SIZE] for start in starts)
        )

    return epoch


def _read_with_pillow(path: Path) -> Any:
    with Image.open(path) as image:
        resized = image.convert("RGB").resize(IMAGE_SIZE, Image.Resampling.BILINEAR)
    return np.asarray(resized, np.float32)


def _decoding(images: ImageSet) -> Epoch:
    """Reads and decodes every file and discards the pixels."""
    import tensorflow as tf

    table = pd.read_csv(images.csv())
    paths = [str(images.directory / name) for name in table["image"]]

    def height(path: Any) -> Any:
        image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
        return tf.shape(image)[0]

    dataset = tf.data.Dataset.from_tensor_slices(paths)
    dataset = dataset.map(height, num_parallel_calls=tf.data.AUTOTUNE)
    dataset = dataset.batch(BATCH_SIZE).prefetch(tf.data.AUTOTUNE)
    return lambda: dataset


def _in_threads(make: Callable[[Any], Any], arguments: Iterable[Any]) -> Iterator[Any]:
    """`map` with one thread per core, and up to two pending results per thread."""
    threads = os.cpu_count() or 1
    waiting: deque[Future[Any]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for argument in arguments:
            waiting.append(pool.submit(make, argument))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def why_left_out(contender: Contender) -> str | None:
    """The reason why a contender cannot be measured; `None` if it can."""
    for package in contender.needs:
        if find_spec(package) is None:
            return f"{package} is not installed"
    arguments = inspect.signature(keras.utils.image_dataset_from_directory).parameters
    if "grain" in contender.needs and "format" not in arguments:
        return "this Keras does not offer it"
    return None


CONTENDERS = {
    "keras": Contender("Keras image_dataset_from_directory", "peer", _keras),
    "ours": Contender("keras_csv_dataset", "ours", _ours),
    "scaled": Contender(
        "keras_csv_dataset, scaled_decoding=True",
        "opt-in",
        partial(_ours, scaled_decoding=True),
    ),
    "cached": Contender(
        "keras_csv_dataset, cache=True",
        "opt-in",
        partial(_ours, cache=True),
        is_cached=True,
    ),
    "cached_levels": Contender(
        'keras_csv_dataset, cache=True, cache_dtype="uint8"',
        "opt-in",
        partial(_ours, cache=True, cache_dtype="uint8"),
        is_cached=True,
    ),
    "cached_in_folder": Contender(
        "keras_csv_dataset, cache=folder",
        "opt-in",
        _ours_cached_in_folder,
        is_cached=True,
    ),
    "ids": Contender(
        "keras_csv_dataset, ids without extension",
        "ours",
        partial(_ours, spelling="ids"),
    ),
    "basenames": Contender(
        "keras_csv_dataset, names without folder",
        "ours",
        partial(_ours, spelling="basenames"),
    ),
    "unchecked": Contender(
        'keras_csv_dataset, missing_images="unchecked"',
        "opt-in",
        partial(_ours, missing_images="unchecked"),
    ),
    "upright": Contender(
        "keras_csv_dataset, exif_orientation=True",
        "opt-in",
        partial(_ours, exif_orientation=True),
    ),
    "generator": Contender("Keras ImageDataGenerator", "peer", _image_data_generator),
    "pillow": Contender("Pillow in threads", "peer", _pillow),
    "decoding": Contender("decoding alone: the limit", "limit", _decoding),
    **{
        f"{name}_{backend}": Contender(
            f'{label}, format="grain", {title}',
            role,
            partial(open_images, format="grain"),
            backend=backend,
        )
        for backend, title in {"jax": "JAX", "torch": "PyTorch"}.items()
        for name, label, role, open_images in [
            ("keras", "Keras", "peer", _keras),
            ("ours", "keras_csv_dataset", "ours", _ours),
        ]
    },
}
