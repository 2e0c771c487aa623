"""Images: the size, channels and orientation they get, the cache, and soundness."""

from keras_csv_dataset._images.cache import (
    Cache,
    Images,
    cached_images,
)
from keras_csv_dataset._images.decoder import Decoder, decoder_of
from keras_csv_dataset._images.orientation import (
    orientation_in,
    orientations_of,
    read_orientations,
)
from keras_csv_dataset._images.soundness import (
    MOST_PIXELS,
    THUMBNAIL_SIDE,
    CheckImages,
    ImageCheck,
    ReadPixels,
    Thumbnails,
    too_many_pixels,
)
from keras_csv_dataset._images.spec import NO_CLASS, ImageSpec
from keras_csv_dataset._images.turning import TURNS, UPRIGHT, turned, turned_size

__all__ = [
    "MOST_PIXELS",
    "NO_CLASS",
    "THUMBNAIL_SIDE",
    "TURNS",
    "UPRIGHT",
    "Cache",
    "CheckImages",
    "Decoder",
    "ImageCheck",
    "ImageSpec",
    "Images",
    "ReadPixels",
    "Thumbnails",
    "cached_images",
    "decoder_of",
    "orientation_in",
    "orientations_of",
    "read_orientations",
    "too_many_pixels",
    "turned",
    "turned_size",
]
