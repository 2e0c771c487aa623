"""The strings that each argument accepts, as types."""

import os
from typing import Literal, TypeAlias

FilePath: TypeAlias = str | os.PathLike[str]

CacheDtype: TypeAlias = Literal["float32", "uint8"]
ColorMode: TypeAlias = Literal["rgb", "rgba", "grayscale"]
CorruptImages: TypeAlias = Literal["error", "skip"]
DataFormat: TypeAlias = Literal["channels_last", "channels_first"]
Format: TypeAlias = Literal["tf", "grain"]
Interpolation: TypeAlias = Literal[
    "bilinear",
    "nearest",
    "bicubic",
    "area",
    "lanczos3",
    "lanczos5",
    "gaussian",
    "mitchellcubic",
]
LabelMode: TypeAlias = Literal[
    "int", "categorical", "binary", "multi_hot", "raw", "text", "mask", "image"
]
MissingImages: TypeAlias = Literal["error", "skip", "unchecked"]
MissingLabels: TypeAlias = Literal["error", "skip", "empty"]
SubsetName: TypeAlias = Literal["training", "validation", "test", "both", "all"]
