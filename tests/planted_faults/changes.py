"""How images are changed: into near duplicates of themselves, or for the worse."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

Change: TypeAlias = Callable[[Image.Image, np.random.Generator], Image.Image]


def _crop(
    image: Image.Image, random: np.random.Generator, sides: int, share: float = 0.02
) -> Image.Image:
    """Cuts off a share of the width or height, at all four sides or at one."""
    width, height = image.size
    cut = np.zeros(4) if sides == 1 else np.ones(4)
    cut[random.integers(4)] = 1
    left, top, right, bottom = np.ceil(cut * share * (width, height, width, height))
    return image.crop((int(left), int(top), width - int(right), height - int(bottom)))


def _resize(
    image: Image.Image, random: np.random.Generator, x: float, y: float
) -> Image.Image:
    size = (round(image.width * x), round(image.height * y))
    return image.resize(size, Image.Resampling.BICUBIC)


def _brighten(
    image: Image.Image, random: np.random.Generator, factor: float
) -> Image.Image:
    return ImageEnhance.Brightness(image).enhance(factor)


def _gamma(
    image: Image.Image, random: np.random.Generator, gamma: float
) -> Image.Image:
    table = [round(255 * (level / 255) ** gamma) for level in range(256)]
    return image.point(table * len(image.getbands()))


def _transpose(
    image: Image.Image, random: np.random.Generator, how: Image.Transpose
) -> Image.Image:
    return image.transpose(how)


def _tilt(
    image: Image.Image, random: np.random.Generator, degrees: float
) -> Image.Image:
    """Rotates by a small angle, in either direction, with black corners."""
    sign = random.choice([-1, 1])
    return image.rotate(sign * degrees, Image.Resampling.BICUBIC)


def _blur(
    image: Image.Image, random: np.random.Generator, radius: float
) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius))


def _watermark(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """Writes a small text in white into a corner."""
    marked = image.copy()
    at = (0.05 * image.width, random.choice([0.05, 0.88]) * image.height)
    white = (255,) * len(image.getbands())
    size = max(image.height // 18, 10)
    ImageDraw.Draw(marked).text(at, "© example.org", fill=white, font_size=size)
    return marked


def _to_grey(image: Image.Image, random: np.random.Generator) -> Image.Image:
    return image.convert("L")


def _noise(
    image: Image.Image, random: np.random.Generator, deviation: float
) -> Image.Image:
    pixels = np.asarray(image, np.float64)
    noisy = pixels + random.normal(0, deviation, pixels.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def _unchanged(image: Image.Image, random: np.random.Generator) -> Image.Image:
    return image


# JPEG qualities of kinds of near duplicates that only differ by them.
QUALITIES = {f"JPEG quality {quality}": quality for quality in (95, 75, 50, 30)}

NEAR: dict[str, Change] = {
    **dict.fromkeys(QUALITIES, _unchanged),
    "cropped by 2 % on each side": partial(_crop, sides=4),
    "cropped by 2 % on one side": partial(_crop, sides=1),
    "resized × 0.5": partial(_resize, x=0.5, y=0.5),
    "resized × 0.75": partial(_resize, x=0.75, y=0.75),
    "resized × 1.5": partial(_resize, x=1.5, y=1.5),
    "stretched by 3 %": partial(_resize, x=1.03, y=1),
    "brightened × 1.2": partial(_brighten, factor=1.2),
    "darkened × 0.8": partial(_brighten, factor=0.8),
    "gamma 0.7": partial(_gamma, gamma=0.7),
    "gamma 1.4": partial(_gamma, gamma=1.4),
    "turned by 90°": partial(_transpose, how=Image.Transpose.ROTATE_90),
    "turned by 180°": partial(_transpose, how=Image.Transpose.ROTATE_180),
    "turned by 270°": partial(_transpose, how=Image.Transpose.ROTATE_270),
    "mirrored": partial(_transpose, how=Image.Transpose.FLIP_LEFT_RIGHT),
    "turned by 1°": partial(_tilt, degrees=1),
    "turned by 2°": partial(_tilt, degrees=2),
    "blurred, radius 1": partial(_blur, radius=1),
    "noise": partial(_noise, deviation=5),
    "watermark": _watermark,
    "grey": _to_grey,
}


def _flatten(
    image: Image.Image, random: np.random.Generator, share: float
) -> Image.Image:
    """Keeps a share of the contrast, around a random level."""
    pixels = np.asarray(image, np.float64)
    flat = random.uniform(20, 235) + share * (pixels - pixels.mean())
    return Image.fromarray(flat.round().clip(0, 255).astype(np.uint8))


def _blank(image: Image.Image, random: np.random.Generator) -> Image.Image:
    colour = tuple(random.integers(5, 250, 3).tolist())
    return Image.new("RGB", image.size, colour)


def _darken(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """Stretches the image over all levels, then leaves a small share of its light."""
    return Image.fromarray((_stretched(image) * _share(random)).astype(np.uint8))


def _lighten(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """Stretches the image over all levels, then leaves a small share of its shadows."""
    shadows = (255 - _stretched(image)) * _share(random)
    return Image.fromarray((255 - shadows).astype(np.uint8))


def _share(random: np.random.Generator) -> float:
    return 1 / random.uniform(8, 40)


def _stretched(image: Image.Image) -> np.ndarray:
    pixels = np.asarray(image, np.float64)
    least, most = pixels.min(), pixels.max()
    return (pixels - least) * 255 / max(most - least, 1)


def _blur_heavily(image: Image.Image, random: np.random.Generator) -> Image.Image:
    return _blur(_resize(image, random, 1.5, 1.5), random, random.uniform(4, 8))


def _odd_size(image: Image.Image, random: np.random.Generator) -> Image.Image:
    factor = float(random.choice([0.1, 0.12, 8, 10]))
    return _resize(image, random, factor, factor)


def _odd_aspect_ratio(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """Cuts a strip out of the middle, as large as the image was."""
    width, height = image.size
    strip = image.crop((0, height * 2 // 5, width, height * 3 // 5))
    strip = strip.resize((width * 9 // 4, height * 9 // 20), Image.Resampling.BICUBIC)
    return (
        strip if random.random() < 0.5 else strip.transpose(Image.Transpose.ROTATE_90)
    )


def _sixteen_bits(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """Converts to grey levels from 0 to 65,535, with random lower bytes."""
    levels = np.asarray(image.convert("L"), np.uint16)
    return Image.fromarray(
        levels * 256 + random.integers(0, 256, levels.shape, np.uint16)
    )


# By the kind of finding that should report the image.
FAULTS: dict[str, dict[str, Change]] = {
    "blank_images": {
        "blank": _blank,
        "nearly blank": partial(_flatten, share=0.02),
    },
    "dark_images": {"very dark": _darken},
    "light_images": {"very light": _lighten},
    "blurred_images": {"blurred, radius 4 to 8": _blur_heavily},
    "odd_sizes": {"a tenth or ten times the size": _odd_size},
    "odd_aspect_ratios": {"strips": _odd_aspect_ratio},
    "grey_images": {"grey": _to_grey},
    "sixteen_bit_images": {"16-bit PNG": _sixteen_bits},
    "exif_orientation": {"EXIF orientation 3, 6 or 8": _unchanged},
}
