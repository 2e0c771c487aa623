"""The levels that `cache_dtype="uint8"` keeps, whatever was decoded."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from keras_csv_dataset._images import Cache, ImageSpec, cached_images


@given(
    arrays(
        np.float32,
        (3, 2, 2, 1),
        elements=st.floats(-1000, 1000, width=32)
        | st.sampled_from([0.5, 254.5, 255.5]),
    )
)
def test_any_levels_are_rounded_as_numpy_does(levels):
    """Whatever an interpolation makes of an image, the kept level is the nearest."""
    keys = [("a",), ("b",), ("c",)]
    spec = ImageSpec(image_size=(2, 2), color_mode="grayscale")
    kept = cached_images(
        Cache(dtype="uint8"), keys, spec, lambda files: [levels], "a decoder"
    )
    assert kept.images.dtype == np.uint8
    assert kept.images.nbytes == 12
    assert np.array_equal(kept.images[kept.places], np.clip(np.round(levels), 0, 255))
