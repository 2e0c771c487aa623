"""What every image becomes: Keras's arguments about images, in one record."""

from dataclasses import dataclass

_NUM_CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}


@dataclass(frozen=True, kw_only=True)
class ImageSpec:
    """What every image becomes: Keras's arguments, with Keras's defaults.

    Attributes:
        color_mode: `"grayscale"`, `"rgb"` or `"rgba"`.
        image_size: `(height, width)` in pixels.
        interpolation: A method of `tf.image.resize`.
        crop_to_aspect_ratio: Whether to crop the image to the aspect ratio.
        pad_to_aspect_ratio: Whether to pad the image with zeros to the aspect ratio.
        data_format: `"channels_last"` or `"channels_first"`.
        scaled_decoding: Whether large JPEGs are decoded at a fraction of their size.
    """

    color_mode: str = "rgb"
    image_size: tuple[int, int] = (256, 256)
    interpolation: str = "bilinear"
    crop_to_aspect_ratio: bool = False
    pad_to_aspect_ratio: bool = False
    data_format: str = "channels_last"
    scaled_decoding: bool = False

    @property
    def num_channels(self) -> int:
        """1, 3 or 4."""
        return _NUM_CHANNELS[self.color_mode]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of one image."""
        size, channels = self.image_size, self.num_channels
        return (
            (channels, *size)
            if self.data_format == "channels_first"
            else (*size, channels)
        )

    @property
    def dtype(self) -> str:
        """Type of a pixel: `"nearest"` keeps the values of the file."""
        return "uint8" if self.interpolation == "nearest" else "float32"
