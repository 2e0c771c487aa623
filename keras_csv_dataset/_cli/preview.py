"""The picture of `keras-csv-dataset preview`: images with labels, and the classes."""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._images import ImageSpec
from keras_csv_dataset._labels import Target
from keras_csv_dataset._messages import quote
from keras_csv_dataset._rows import IMAGE_INPUT, Samples

_COLUMNS = 6
_ROWS = 4
_SPEC = ImageSpec(image_size=(160, 160), pad_to_aspect_ratio=True)
_MOST_BARS = 30
_CAPTION_LENGTH = 24
_DPI = 80


def draw_preview(
    samples: Samples,
    numbers: NDArray[np.int64],
    framework: ModuleType,
    path: Path,
    seed: int = 0,
) -> list[str]:
    """Draws images with their labels, and the distribution of the labels.

    Args:
        samples: Images and their labels.
        numbers: The samples to choose from.
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

    shuffled = np.random.RandomState(seed).permutation(numbers)
    chosen, broken = _choose_sound(samples, shuffled, framework)
    pictures = [_draw_gallery(samples, chosen, framework)]
    for name, target in samples.targets.titled():
        if target.mode != "text" and not target.names_files:
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
        batch = shuffled[start : start + wanted]
        problems: dict[int, str] = {}
        for paths, spec in samples.files_of(batch, _SPEC):
            checked = framework.check_images(paths, are_masks=spec.kind == "mask")
            for place, problem in checked.errors.items():
                shown = f"{quote(paths[place])} cannot be decoded: {problem}"
                problems.setdefault(int(batch[place]), shown)
        broken += [f"{samples.locate(n)}: {problems[n]}" for n in sorted(problems)]
        chosen += [number for number in batch.tolist() if number not in problems]
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
        _SPEC,
        batch_size=len(chosen),
        shuffle_buffer_size=None,
        seed=0,
        cache=None,
    )
    keras.visualization.plot_image_gallery(
        _panels(samples, next(iter(dataset))),
        y_true=np.arange(len(chosen)),
        label_map={i: _caption(samples, number) for i, number in enumerate(chosen)},
        rows=rows,
        cols=columns,
        show=False,
        data_format="channels_last",
    )
    return _pixels_of_figure()


def _panels(samples: Samples, batch: Any) -> NDArray[np.float32]:
    """A picture of each sample: its images side by side, with masks over the first.

    Returns:
        float32 `(samples, height, width, 3)`, from 0 to 255.
    """
    inputs, labels = batch[:2] if isinstance(batch, tuple) else (batch, None)
    names = samples.paths.names or [IMAGE_INPUT]
    images = (
        [inputs[name] for name in names] if isinstance(inputs, Mapping) else [inputs]
    )
    panels = [np.array(image, np.float32) for image in images]
    for name, target in samples.targets.titled():
        if target.names_files:
            label = np.asarray(labels[name] if name else labels)
            if target.mode == "mask":
                panels[0] = _with_mask(panels[0], label[..., 0])
            else:
                panels.append(label * min(1, 255 / max(label.max(), 1)))
    return np.concatenate(panels, axis=2)


def _with_mask(
    images: NDArray[np.float32], masks: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Draws the classes of masks over images, each but 0 in a colour."""
    import matplotlib

    colours = 255 * matplotlib.colormaps["tab10"](masks % 10)[..., :3]
    drawn = (images + colours.astype(np.float32)) / 2
    return np.where(masks[..., np.newaxis] > 0, drawn, images)


def _caption(samples: Samples, number: int) -> str:
    parts = []
    for name, target in samples.targets.titled():
        if target.names_files:
            continue
        if target.class_names is None:
            text = _values(target.batch(np.int64(number)))
        else:
            text = ", ".join(target.classes_of(number))
        parts.append(f"{name} {text}".strip())
    lines = [_shorten("; ".join(parts))]
    lines += [
        _shorten(f"{name} {_values(values[number])}")
        for name, values in samples.inputs.items()
    ]
    return "\n".join(lines)


def _values(values: Any) -> str:
    """Numbers or text, as they are written."""
    return ", ".join(
        value if isinstance(value, str) else f"{value:g}"
        for value in np.atleast_1d(values).tolist()
    )


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
