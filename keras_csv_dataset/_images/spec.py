"""What every image becomes: Keras's arguments about images, in one record."""

from dataclasses import dataclass, replace

# What padding adds to a mask: no class, as in `ignore_class=-1` of Keras's losses.
NO_CLASS = -1
_NUM_CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}


@dataclass(frozen=True, kw_only=True)
class ImageSpec:
    """What every image becomes: Keras's arguments, with Keras's defaults.

    Attributes:
        color_mode: `"grayscale"`, `"rgb"` or `"rgba"`.
        image_size: `(height, width)` in pixels.
        interpolation: A method of `tf.image.resize`, for images.
        crop_to_aspect_ratio: Whether to crop the image to the aspect ratio.
        pad_to_aspect_ratio: Whether to pad the image with zeros to the aspect ratio.
        data_format: `"channels_last"` or `"channels_first"`.
        exif_orientation: Whether images are turned as their EXIF orientation says.
        scaled_decoding: Whether large JPEGs are decoded at a fraction of their size.
        kind: `"image"` for an input of the model; for a label, `"target"`, an image
            whose values keep their 16 bits, or `"mask"`, whose values are classes.
    """

    color_mode: str = "rgb"
    image_size: tuple[int, int] = (256, 256)
    interpolation: str = "bilinear"
    crop_to_aspect_ratio: bool = False
    pad_to_aspect_ratio: bool = False
    data_format: str = "channels_last"
    exif_orientation: bool = False
    scaled_decoding: bool = False
    kind: str = "image"

    def of_labels(self, label_mode: str) -> "ImageSpec":
        """What labels become that are images: `"mask"` or `"image"`."""
        if label_mode == "image":
            return replace(self, kind="target")
        return replace(self, color_mode="grayscale", kind="mask")

    @property
    def method(self) -> str:
        """How the image is resized; between classes there is nothing."""
        return "nearest" if self.kind == "mask" else self.interpolation

    @property
    def scales_jpegs(self) -> bool:
        """Whether this image is decoded at a fraction of its size, if it is a JPEG."""
        return self.scaled_decoding and self.kind == "image"

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
        if self.kind == "mask":
            return "int32"
        is_kept = self.interpolation == "nearest" and self.kind == "image"
        return "uint8" if is_kept else "float32"
