"""The demonstration: a model is trained on real handwritten digits and a CSV."""

import csv
from pathlib import Path

from keras_csv_dataset._image_dataset import image_dataset_from_csv

_SEED = 1
_EPOCHS = 12
# Each of the 8 × 8 pixels of a digit is written as a square of this side, so that a
# picture of the digits shows them as they are, and does not blur them.
_ENLARGEMENT = 24


def run_demo(folder: Path) -> float:
    """Writes scikit-learn's digits as images with a CSV, and trains on them.

    The 1,797 images are the test set of the UCI "Optical Recognition of Handwritten
    Digits" data (E. Alpaydin and C. Kaynak, 1998).

    Args:
        folder: Where to write `images/` and `labels.csv`, which are kept.

    Returns:
        Accuracy on the validation images, between 0 and 1.

    Raises:
        ImportError: If scikit-learn is not installed.
    """
    labels = write_digits(folder)
    print(f"Wrote {folder / 'images'} and {labels}.")
    train, validation = image_dataset_from_csv(
        folder / "images",
        labels,
        color_mode="grayscale",
        image_size=(16, 16),
        validation_split=0.2,
        subset="both",
        seed=_SEED,
    )
    return _train(train, validation)


def write_digits(folder: Path) -> Path:
    """Writes `images/0000.png`, … and `labels.csv`; returns the path of the CSV."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ImportError(
            "The demo needs scikit-learn: pip install 'keras-csv-dataset[demo]'"
        ) from error
    # matplotlib, which the demo needs as well, requires Pillow.
    from PIL import Image

    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    digits = load_digits()
    path = folder / "labels.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "label"])
        for number, (image, label) in enumerate(
            zip(digits.images, digits.target, strict=True)
        ):
            # 17 grey levels, 0 to 16.
            pixels = (image * (255 / 16)).astype("uint8")
            pixels = pixels.repeat(_ENLARGEMENT, axis=0).repeat(_ENLARGEMENT, axis=1)
            name = f"{number:04d}.png"
            Image.fromarray(pixels).save(images / name)
            writer.writerow([name, label])
    return path


def _train(train, validation) -> float:  # type: ignore[no-untyped-def]
    import keras

    keras.utils.set_random_seed(_SEED)
    model = keras.Sequential(
        [
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(64, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(len(train.class_names), activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(train, validation_data=validation, epochs=_EPOCHS)
    accuracy: float = model.evaluate(validation, return_dict=True, verbose=0)[
        "accuracy"
    ]
    return accuracy
