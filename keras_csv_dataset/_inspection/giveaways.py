"""Finds properties of the files that give the label away.

A model can learn such a property in place of what the image shows. For each property,
a rule is learned on one half of the images: the most frequent class for each value.
On the other half, the rule is compared with always guessing the most frequent class. A
property is reported if the rule avoids at least half of the errors, and if its accuracy
is higher than chance explains: for a property that has nothing to do with the classes,
the probability of a report is at most `_FALSE_ALARMS`, for all properties together
(Hoeffding's inequality).
"""

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from keras_csv_dataset._files import split_suffix
from keras_csv_dataset._inspection.collection import NO_SAMPLE, Collection
from keras_csv_dataset._inspection.findings import Finding
from keras_csv_dataset._inspection.images import Images
from keras_csv_dataset._labels import Target

_FALSE_ALARMS = 0.001
_LEAST_AVOIDED = 0.5
_LEAST_IMAGES = 40
# A folder with fewer images, on average, is that of a patient or a film: of course all
# its images have one label.
_LEAST_IMAGES_OF_A_FOLDER = 20
_BINS = 10
_ADVICE = (
    "A model can learn this instead of what the images show. Check whether the classes "
    "come from different sources. If they do not, ignore this finding."
)
IntArray = NDArray[np.int64]


def giveaway_findings(collection: Collection) -> Iterator[Finding]:
    """Yields the properties that give the label away."""
    if collection.samples is None:
        return
    images = collection.images
    usable = images.are_sound & (collection.sample_of_image != NO_SAMPLE)
    chosen = np.flatnonzero(usable)
    if len(chosen) < _LEAST_IMAGES:
        return
    paths = images.paths(chosen)
    properties = _properties(images, chosen, paths)
    for output, target in collection.samples.targets.titled():
        classes = _classes(target, collection.sample_of_image[chosen])
        if classes is None or classes.min() == classes.max():
            continue
        class_names = target.class_names or []
        names = [class_names[index] for index in classes.tolist()]
        of = f" of {output}" if output else ""
        for name, values in properties.items():
            if name == "folder" and _are_in_folders_called(names, paths):
                continue
            accuracy, guess = accuracy_of_rule(values, classes)
            if is_giveaway(accuracy, guess, len(chosen) // 2, len(properties)):
                yield Finding(
                    kind="giveaways",
                    message=f"The {name} gives the label{of} away: from it alone, "
                    f"{accuracy:.0%} of the labels are guessed, instead of "
                    f"{guess:.0%}.",
                    advice=_ADVICE,
                )


def _properties(
    images: Images, chosen: IntArray, paths: list[str]
) -> dict[str, IntArray]:
    """Number of the value that each of the chosen images has, by property."""
    numbers = {
        "brightness": images["brightness"],
        "sharpness": images["sharpness"],
        "size of the file": images["bytes"],
        "number of pixels": images["height"] * images["width"].astype(np.int64),
        "aspect ratio": images["width"] / np.maximum(images["height"], 1),
    }
    properties = {
        "format": _number([split_suffix(path)[1].lower() for path in paths]),
        "colour": (~images.are_grey[chosen]).astype(np.int64),
        **{name: _bins(values[chosen]) for name, values in numbers.items()},
    }
    folders = _number([os.path.dirname(path) for path in paths])
    if len(folders) >= _LEAST_IMAGES_OF_A_FOLDER * (folders.max() + 1):
        properties["folder"] = folders
    return properties


def _number(texts: list[str]) -> IntArray:
    """Numbers the different texts in order of appearance."""
    numbers: IntArray = pd.factorize(np.array(texts))[0]
    return numbers


def _bins(values: NDArray[Any]) -> IntArray:
    """Divides numbers at their quantiles; equal numbers stay together."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, _BINS + 1)[1:-1]))
    return np.searchsorted(edges, values, side="right")


def _classes(target: Target, samples: IntArray) -> IntArray | None:
    """The class of each sample; `None` if it can have several, or is no class."""
    if target.class_names is None or target.names_files:
        return None
    values = target.values
    return values[samples].astype(np.int64) if isinstance(values, np.ndarray) else None


def _are_in_folders_called(names: list[str], paths: list[str]) -> bool:
    """Whether folders are called as the classes, as those that Keras reads labels from.

    The label says so itself, then, and no model sees the folder.

    Args:
        names: The class of each image.
        paths: The path of each image.
    """
    same = [
        os.path.basename(os.path.dirname(path)).casefold() == name.casefold()
        for name, path in zip(names, paths, strict=True)
    ]
    return bool(np.mean(same) > 0.5)


def accuracy_of_rule(values: IntArray, classes: IntArray) -> tuple[float, float]:
    """Accuracy of a rule that is learned on one half, and of always guessing one class.

    Both are measured on the other half.
    """
    order = np.random.RandomState(0).permutation(len(values))
    learned, tested = order[::2], order[1::2]
    counts = np.zeros((values.max() + 1, classes.max() + 1), np.int64)
    np.add.at(counts, (values[learned], classes[learned]), 1)
    usual = int(counts.sum(axis=0).argmax())
    # A value that was not seen tells nothing.
    rule = np.where(counts.any(axis=1), counts.argmax(axis=1), usual)
    shares = np.bincount(classes) / len(classes)
    accuracy = float((rule[values[tested]] == classes[tested]).mean())
    return accuracy, float(shares.max())


def is_giveaway(accuracy: float, guess: float, number: int, properties: int) -> bool:
    """Whether a rule avoids half of the errors, and chance does not explain it.

    Args:
        accuracy: Of the rule.
        guess: Accuracy of always guessing one class.
        number: How many images the rule was tested on.
        properties: How many properties are tested.
    """
    chance = np.sqrt(np.log(properties / _FALSE_ALARMS) / (2 * number))
    avoided = 1 - (1 - accuracy) / max(1 - guess, 1e-9)
    return bool(avoided >= _LEAST_AVOIDED and accuracy - guess > chance)
