"""Training that is killed goes on in a new process: what comes back, and what not."""

import re
import signal

import pytest

from images import save_all
from other_process import run_python
from places import DOCS

pytestmark = pytest.mark.slow

NUM_IMAGES, BATCH_SIZE = 40, 4
# One process: it goes on from the checkpoint, if there is one, and tells each batch.
# After `stop` batches it saves, reads on, and is killed.
READ = """
import os, signal, sys
import tensorflow as tf
from images import load, number_of

epochs, stop = {epochs}, int(sys.argv[1])
dataset = load("images", "labels.csv", batch_size={batch_size}, **{arguments})
iterator = iter(dataset.repeat(epochs))
checkpoint = tf.train.Checkpoint(iterator=iterator)
manager = tf.train.CheckpointManager(checkpoint, "checkpoints", max_to_keep=1)
manager.restore_or_initialize()
for count, (images, labels) in enumerate(iterator, start=1):
    print(*map(number_of, images), *labels.numpy(), flush=True)
    if count == stop:
        manager.save()
    elif count == stop + 2:
        os.kill(os.getpid(), signal.SIGKILL)
"""
ORDERS = {
    "in order": {"shuffle": False},
    "shuffled": {"shuffle": True, "seed": 1, "shuffle_buffer_size": 5},
    "from memory": {"shuffle": True, "seed": 1, "cache": True},
    "from a folder": {"shuffle": True, "seed": 1, "cache": "decoded"},
    "rounded": {"shuffle": True, "seed": 1, "cache": True, "cache_dtype": "uint8"},
}


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    """A current directory with `images` and `labels.csv`."""
    save_all(tmp_path / "images", [f"{number}.png" for number in range(NUM_IMAGES)])
    rows = "".join(f"{n},{n % 3}\n" for n in range(NUM_IMAGES))
    (tmp_path / "labels.csv").write_text("image,label\n" + rows)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(code: str, *arguments: object) -> "tuple[int, list[str]]":
    """Runs code in a process of its own: how it ended, and what it printed."""
    done = run_python(code, *arguments)
    lines = done.stdout.splitlines()
    return done.returncode, [line for line in lines if not line.startswith("Found")]


@pytest.mark.parametrize(
    ("order", "stop"),
    [
        ("in order", 3),
        ("shuffled", 13),
        ("from memory", 13),
        ("from a folder", 4),
        ("rounded", 13),
    ],
)
@pytest.mark.usefixtures("in_folder")
def test_a_killed_iterator_goes_on_where_it_was_saved(order, stop):
    """A new process yields exactly the batches that were still to come."""
    epochs, arguments = 2, ORDERS[order]
    code = READ.format(epochs=epochs, batch_size=BATCH_SIZE, arguments=arguments)
    # In a process of its own too: here another test may have set TensorFlow's seed.
    _, whole = run(code, -9)
    killed, before = run(code, stop)
    ended, after = run(code, -9)
    assert (killed, ended) == (-signal.SIGKILL, 0)
    assert len(whole) == epochs * NUM_IMAGES // BATCH_SIZE
    assert before == whole[: stop + 2]
    assert after == whole[stop:]


def backup_recipe() -> str:
    """The recipe for `model.fit` in `docs/reliability.md`."""
    page = (DOCS / "reliability.md").read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.M | re.S)
    return next(block for block in blocks if "BackupAndRestore" in block)


# Put before the recipe: tells every epoch and step, and kills the process in time.
WATCH = """
import os, signal, sys
import keras

class Watch(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        print("epoch", epoch, flush=True)

    def on_train_batch_end(self, batch, logs=None):
        steps = int(self.model.optimizer.iterations.numpy())
        print("step", steps, flush=True)
        if steps == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)

Model = keras.Sequential
fit = Model.fit
Model.fit = lambda self, *args, callbacks, **kwargs: fit(
    self, *args, callbacks=[*callbacks, Watch()], **kwargs
)
"""


@pytest.mark.usefixtures("in_folder")
def test_fit_goes_on_with_the_epoch_in_which_it_was_killed():
    """The recipe restores weights, optimizer and epoch; that epoch begins again."""
    code = WATCH + backup_recipe()
    killed, before = run(code, 25)
    ended, after = run(code, -9)
    assert (killed, ended) == (-signal.SIGKILL, 0)
    # Ten steps are an epoch: the third was under way.
    assert before[-6:] == ["epoch 2", *(f"step {step}" for step in range(21, 26))]
    assert after[:2] == ["epoch 2", "step 21"]
    assert after[-1] == "step 50"


@pytest.mark.usefixtures("in_folder")
def test_fit_with_a_save_frequency_repeats_a_part_of_the_epoch():
    """Weights of mid-epoch come back, and the epoch begins again all the same."""
    recipe = backup_recipe()
    assert '"backup"' in recipe
    code = WATCH + recipe.replace('"backup"', '"backup", save_freq=5')
    run(code, 27)
    _, after = run(code, -9)
    assert after[:2] == ["epoch 2", "step 26"]
    assert after[-1] == "step 55"
