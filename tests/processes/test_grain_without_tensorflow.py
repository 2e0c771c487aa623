"""`format="grain"` in new processes: resuming, and training without TensorFlow."""

import json
from pathlib import Path

import pytest

from grain_example import numbers, open_grain, save_coloured
from images import numbers_and_labels
from other_process import run_python

pytestmark = [pytest.mark.grain, pytest.mark.slow]


@pytest.fixture(scope="module")
def coloured(tmp_path_factory) -> Path:
    """A folder with `images` and `labels.csv`."""
    return save_coloured(tmp_path_factory.mktemp("coloured"))


RESUME = """
import json, sys
from pathlib import Path
from images import batches, load, numbers_and_labels
root, shuffle = Path(sys.argv[1]), sys.argv[2] == "True"
dataset = load(root / "images", root / "labels.csv", format="grain", shuffle=shuffle,
               seed=3, batch_size=4, label_column="label", data_format="channels_last")
iterator = iter(dataset)
iterator.set_state(json.loads(sys.argv[3]))
rest = numbers_and_labels(iterator)
following = numbers_and_labels(dataset)
print(json.dumps([[n for n, _ in rest], [n for n, _ in following]]))
"""


@pytest.mark.parametrize("shuffle", [True, False])
def test_an_epoch_is_resumed_in_a_new_process(coloured, shuffle):
    """A saved state restores the remaining batches and the next epoch."""
    dataset = open_grain(coloured, shuffle=shuffle)
    numbers(dataset)
    iterator = iter(dataset)
    for _ in range(2):
        next(iterator)
    state = json.dumps(iterator.get_state())
    expected = [[number for number, _ in numbers_and_labels(iterator)]]
    expected.append(numbers(dataset))

    run = run_python(RESUME, coloured, shuffle, state)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == expected
    assert [len(epoch) for epoch in expected] == [12, 20]


FIT = """
import sys
from pathlib import Path
from keras_csv_dataset import image_dataset_from_csv
root = Path(sys.argv[1])
train, validation = image_dataset_from_csv(
    root / "images", root / "labels.csv", label_column="label", format="grain",
    image_size=(8, 8), batch_size=4, validation_split=0.5, subset="both", seed=1,
)
next(iter(train))
assert "tensorflow" not in sys.modules, "building"

import keras
model = keras.Sequential([
    keras.layers.Rescaling(1 / 255),
    keras.layers.Flatten(),
    keras.layers.Dense(3, "softmax", kernel_initializer="zeros"),
])
model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
history = model.fit(train, validation_data=validation, epochs=8, verbose=0)
losses = history.history["loss"]
assert len(history.history["val_loss"]) == 8
assert losses[-1] < losses[0], losses
assert model.predict(validation, verbose=0).shape == (10, 3)
assert keras.backend.backend() == sys.argv[2]
assert "tensorflow" not in sys.modules, "training"
"""


@pytest.mark.parametrize(
    "backend", ["jax", pytest.param("torch", marks=pytest.mark.pytorch)]
)
def test_training_needs_no_tensorflow(coloured, backend):
    """Training with `model.fit` does not import TensorFlow."""
    run = run_python(FIT, coloured, backend, environment={"KERAS_BACKEND": backend})
    assert run.returncode == 0, run.stderr
