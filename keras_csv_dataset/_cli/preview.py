"""The picture of `keras-csv-dataset preview`: images with labels, and the classes."""

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._images import ImageSpec
from keras_csv_dataset._labels import Target
from keras_csv_dataset._messages import quote
from keras_csv_dataset._rows import Samples

_COLUMNS = 6
_ROWS = 4
_SIZE = (160, 160)
_MOST_BARS = 30
_CAPTION_LENGTH = 24
_DPI = 80


def draw_preview(
    samples: Samples, framework: ModuleType, path: Path, seed: int = 0
) -> list[str]:
    """Draws images with their labels, and the distribution of the labels.

    Args:
        samples: Images and their labels.
        framework: Decodes the images.
        path: Where to write the picture; the suffix determines the format.
        seed: Seed for choosing the images.

    Returns:
        A line for each image that was chosen but cannot be decoded.

    Raises:
        ImportError: If matplotlib is not installed.
        ValueError: If no image can be decoded.
    """
    try:
        import matplotlib
    except ImportError as error:
        raise ImportError(
            "The preview needs matplotlib: pip install 'keras-csv-dataset[preview]'"
        ) from error
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    shuffled = np.random.RandomState(seed).permutation(len(samples))
    chosen, broken = _choose_sound(samples, shuffled, framework)
    pictures = [_draw_gallery(samples, chosen, framework)]
    for name, target in samples.targets.titled():
        pictures.append(_draw_distribution(target, name or "Labels"))
    width = max(picture.shape[1] for picture in pictures)
    padded = [
        np.pad(p, ((0, 0), (0, width - p.shape[1]), (0, 0)), constant_values=255)
        for p in pictures
    ]
    plt.imsave(path, np.concatenate(padded))
    return broken


def _choose_sound(
    samples: Samples, shuffled: NDArray[np.int64], framework: ModuleType
) -> tuple[NDArray[np.int64], list[str]]:
    """The first samples with sound images, and a line for each image that is not."""
    chosen: list[int] = []
    broken: list[str] = []
    wanted = _COLUMNS * _ROWS
    for start in range(0, len(shuffled), wanted):
        batch = shuffled[start : start + wanted].tolist()
        errors = framework.check_images([samples.paths[number] for number in batch])
        for place, number in enumerate(batch):
            if problem := errors.errors.get(place):
                broken.append(
                    f"{samples.locate(number)}: {quote(samples.paths[number])} cannot "
                    f"be decoded: {problem}"
                )
            else:
                chosen.append(number)
        if len(chosen) >= wanted:
            break
    if not chosen:
        raise ValueError("\n".join(["No image can be decoded.", *broken[:_ROWS]]))
    return np.array(chosen[:wanted]), broken


def _draw_gallery(
    samples: Samples, chosen: NDArray[np.int64], framework: ModuleType
) -> NDArray[np.uint8]:
    import keras

    # The gallery must be full, so its width is the one that leaves out fewest images.
    widths = range(min(_COLUMNS, len(chosen)), 0, -1)
    columns = max(widths, key=lambda width: width * min(_ROWS, len(chosen) // width))
    rows = min(_ROWS, len(chosen) // columns)
    chosen = np.sort(chosen[: rows * columns])
    dataset = framework.build_dataset(
        samples,
        chosen,
        ImageSpec(image_size=_SIZE, pad_to_aspect_ratio=True),
        batch_size=len(chosen),
        shuffle_buffer_size=None,
        seed=0,
        cache=None,
    )
    batch = next(iter(dataset))
    keras.visualization.plot_image_gallery(
        np.asarray(batch[0] if isinstance(batch, tuple) else batch),
        y_true=np.arange(len(chosen)),
        label_map={i: _caption(samples, number) for i, number in enumerate(chosen)},
        rows=rows,
        cols=columns,
        show=False,
        data_format="channels_last",
    )
    return _pixels_of_figure()


def _caption(samples: Samples, number: int) -> str:
    parts = []
    for name, target in samples.targets.titled():
        if target.class_names is None:
            numbers = np.atleast_1d(target.batch(np.int64(number)))
            text = ", ".join(f"{v:g}" for v in numbers)
        else:
            text = ", ".join(target.classes_of(number))
        parts.append(f"{name} {text}".strip())
    return _shorten("; ".join(parts))


def _shorten(text: str) -> str:
    return text if len(text) <= _CAPTION_LENGTH else text[: _CAPTION_LENGTH - 1] + "…"


def _draw_distribution(target: Target, title: str) -> NDArray[np.uint8]:
    """Draws a bar for each class, or a histogram of numbers."""
    import matplotlib.pyplot as plt

    counts = dict(list(target.class_counts().items())[:_MOST_BARS])
    height = 2.5 if target.class_names is None else 1 + 0.25 * len(counts)
    figure, axes = plt.subplots(figsize=(2 * _COLUMNS, height), layout="tight")
    if target.class_names is None:
        axes.hist(target.batch(np.arange(len(target.values))), bins=30)
        axes.set_ylabel("images")
    else:
        bars = axes.barh(range(len(counts)), list(counts.values()))
        axes.set_yticks(range(len(counts)), list(map(_shorten, counts)))
        axes.bar_label(bars, padding=3)
        axes.invert_yaxis()
        axes.set_xlabel("images")
        rest = len(target.class_names) - len(counts)
        title += f" (the first {len(counts)} classes; {rest} more)" if rest else ""
    axes.set_title(title)
    axes.spines[["top", "right"]].set_visible(False)
    figure.patch.set_facecolor("white")
    return _pixels_of_figure()


def _pixels_of_figure() -> NDArray[np.uint8]:
    """Draws the current figure, closes it, and returns its RGB pixels."""
    import matplotlib.pyplot as plt

    figure: Any = plt.gcf()
    figure.set_dpi(_DPI)
    figure.set_frameon(True)
    figure.canvas.draw()
    pixels: NDArray[np.uint8] = np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()
    plt.close(figure)
    return pixels
