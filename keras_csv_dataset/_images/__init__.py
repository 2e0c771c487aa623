"""Images: the size and channels they get, the cache, and whether they are sound."""

from keras_csv_dataset._images.cache import (
    Cache,
    Images,
    cached_images,
)
from keras_csv_dataset._images.soundness import (
    MOST_PIXELS,
    THUMBNAIL_SIDE,
    CheckImages,
    ImageCheck,
    Thumbnails,
    too_many_pixels,
)
from keras_csv_dataset._images.spec import NO_CLASS, ImageSpec

__all__ = [
    "MOST_PIXELS",
    "NO_CLASS",
    "THUMBNAIL_SIDE",
    "Cache",
    "CheckImages",
    "ImageCheck",
    "ImageSpec",
    "Images",
    "Thumbnails",
    "cached_images",
    "too_many_pixels",
]
