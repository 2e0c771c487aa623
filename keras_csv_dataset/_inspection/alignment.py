"""Measures whether two thumbnails show the same picture, slightly moved or changed.

One is moved onto the other: OpenCV's dense inverse search (Kroeger et al., 2016) finds
where each part went, and the affine motion that most parts agree on is undone. Then
brightness and contrast around each pixel are divided out, so that only lines and
textures are compared.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE = 64
# If they are so similar as they are, no motion is looked for.
_CERTAIN = 0.98
# Of 3,700 duplicates of all kinds, reduced to so many pixels, no pair was below 0.75.
_FEW_PIXELS, _ALIKE = (8, 8), 0.7
# Corners move by this share of the side at most: more is another part of the scene.
_MOST_MOTION = 0.12
# In pixels: of the surroundings, of the border that is left out, between the points
# that move, and by which a point may miss the motion.
_SURROUNDINGS, _BORDER, _STEP, _MISS = 2.0, 1, 4, 1.0
# Grey levels below which a difference is noise.
_NOISE = 4.0

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]


def are_alike(one: Grey, other: Grey) -> bool:
    """Whether thumbnails have light and dark in about the same places."""
    import cv2

    reduced = [
        cv2.resize(image, _FEW_PIXELS, interpolation=cv2.INTER_AREA).astype(np.float32)
        for image in (one, other)
    ]
    return _correlation(*reduced) >= _ALIKE


def similarity(one: Grey, other: Grey) -> float:
    """How similar two grey thumbnails are, uint8 `(SIDE, SIDE)`: at most 1."""
    import cv2

    textures = _textures(one)
    inner = (slice(_BORDER, -_BORDER),) * 2
    in_place = _correlation(textures[inner], _textures(other)[inner])
    if in_place >= _CERTAIN:
        return in_place
    motion = _motion(one, other)
    if motion is None:
        return in_place
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(other, motion, (SIDE, SIDE), flags=flags)
    covered = cv2.warpAffine(np.ones_like(other), motion, (SIDE, SIDE), flags=flags)
    ring = np.ones((2 * _BORDER + 1,) * 2, np.uint8)
    overlap = cv2.erode(covered, ring, borderValue=0) > 0
    moved_textures = _textures(moved)[overlap]
    return max(in_place, _correlation(textures[overlap], moved_textures))


def _motion(one: Grey, other: Grey) -> NDArray[np.float64] | None:
    """The affine motion between thumbnails, `(2, 3)`; `None` if it is far."""
    import cv2

    # The types of OpenCV lack it.
    search: Any = getattr(cv2, "DISOpticalFlow_create")(2)  # noqa: B009
    flow = search.calc(one, _with_contrast_of(one, other), None)
    places = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1)
    points = places[::_STEP, ::_STEP].reshape(-1, 2).astype(np.float32)
    moved = points + flow[::_STEP, ::_STEP].reshape(-1, 2)
    motion: Any = cv2.estimateAffine2D(points, moved, ransacReprojThreshold=_MISS)[0]
    if motion is None:
        return None
    corners = np.array([[0, 0], [SIDE, 0], [0, SIDE], [SIDE, SIDE]])
    shifts = corners @ motion[:, :2].T + motion[:, 2] - corners
    is_near = bool(np.abs(shifts).max() <= _MOST_MOTION * SIDE)
    return motion if is_near else None


def _with_contrast_of(one: Grey, other: Grey) -> Grey:
    """Another thumbnail with the mean and the deviation of one."""
    levels = (other - other.mean()) * (one.std() / max(other.std(), 1e-3)) + one.mean()
    clipped: Grey = np.clip(levels, 0, 255).astype(np.uint8)
    return clipped


def _textures(levels: Grey) -> Floats:
    """Differences from the surroundings, in terms of how large they are there."""
    import cv2

    def smooth(values: Floats) -> Any:
        return cv2.GaussianBlur(values, (0, 0), _SURROUNDINGS)

    values = levels.astype(np.float32)
    differences = values - smooth(values)
    textures: Floats = differences / np.sqrt(smooth(differences**2) + _NOISE**2)
    return textures


def _correlation(one: Floats, other: Floats) -> float:
    one, other = one - one.mean(), other - other.mean()
    size = np.sqrt((one * one).sum() * (other * other).sum())
    return float((one * other).sum() / max(size, 1e-6))
