"""Draws a gallery of images with their labels, and a bar chart of the classes."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._image_spec import ImageSpec
from keras_csv_dataset._label_encoding import Target
from keras_csv_dataset._samples import Samples

_COLUMNS = 6
_ROWS = 4
_SIZE = (160, 160)
_MOST_BARS = 30
_CAPTION_LENGTH = 24
_DPI = 80


def draw_preview(samples: Samples, path: Path, seed: int = 0) -> None:
    """Writes a picture of what there is to train on.

    Args:
        samples: Images and their labels.
        path: Where to write the picture; the suffix says in which format.
        seed: Seed of the choice of images.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError as error:
        raise ImportError(
            "The preview needs matplotlib: pip install 'keras-csv-dataset[preview]'"
        ) from error
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    pictures = [_draw_gallery(samples, seed)]
    for output, target in samples.targets.items():
        title = "Labels" if output is None else str(output)
        pictures.append(_draw_distribution(target, title))
    width = max(picture.shape[1] for picture in pictures)
    padded = [
        np.pad(p, ((0, 0), (0, width - p.shape[1]), (0, 0)), constant_values=255)
        for p in pictures
    ]
    plt.imsave(path, np.concatenate(padded))


def _draw_gallery(samples: Samples, seed: int) -> NDArray[np.uint8]:
    import keras

    from keras_csv_dataset._tf_images import image_loader

    shuffled = np.random.RandomState(seed).permutation(len(samples))
    # The gallery must be full: the widths that leave out the fewest images.
    widths = range(min(_COLUMNS, len(samples)), 0, -1)
    columns = max(widths, key=lambda width: width * min(_ROWS, len(samples) // width))
    rows = min(_ROWS, len(samples) // columns)
    chosen = np.sort(shuffled[: rows * columns])
    load_image = image_loader(ImageSpec(image_size=_SIZE, pad_to_aspect_ratio=True))
    keras.visualization.plot_image_gallery(
        np.stack([load_image(samples.paths[number]) for number in chosen]),
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
    for output, target in samples.targets.items():
        value, names = target.values[number], target.class_names
        if names is None:
            text = ", ".join(f"{v:g}" for v in np.atleast_1d(value))
        elif target.mode == "multi_hot":
            text = ", ".join(n for n, hot in zip(names, value, strict=True) if hot)
        else:
            text = names[value]
        parts.append(text if output is None else f"{output} {text}")
    caption = "; ".join(parts)
    if len(caption) > _CAPTION_LENGTH:
        return caption[: _CAPTION_LENGTH - 1] + "…"
    return caption


def _draw_distribution(target: Target, title: str) -> NDArray[np.uint8]:
    """A bar for each class; for numbers, a histogram."""
    import matplotlib.pyplot as plt

    counts = dict(list(target.class_counts().items())[:_MOST_BARS])
    height = 2.5 if target.class_names is None else 1 + 0.25 * len(counts)
    figure, axes = plt.subplots(figsize=(2 * _COLUMNS, height), layout="tight")
    if target.class_names is None:
        axes.hist(target.values.reshape(len(target.values), -1), bins=30)
        axes.set_ylabel("images")
    else:
        bars = axes.barh(list(counts), list(counts.values()))
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
