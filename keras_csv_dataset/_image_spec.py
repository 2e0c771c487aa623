"""What every image is to become, in one record."""

from dataclasses import dataclass

_NUM_CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}


@dataclass(frozen=True)
class ImageSpec:
    """What every image is to become: Keras's arguments, with Keras's defaults.

    Attributes:
        color_mode: `"grayscale"`, `"rgb"` or `"rgba"`.
        image_size: `(height, width)` in pixels.
        interpolation: A method of `tf.image.resize`.
        crop_to_aspect_ratio: Whether to cut off what the aspect ratio has no room for.
        pad_to_aspect_ratio: Whether to fill up with zeros to the aspect ratio.
        data_format: `"channels_last"` or `"channels_first"`.
        scaled_decoding: Whether the decoder may make a large JPEG smaller.
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
        """`"nearest"` computes no new values, and so keeps those of the file."""
        return "uint8" if self.interpolation == "nearest" else "float32"
