"""Several devices, processes or hosts: runs the examples of `docs/scaling_out.md`."""

import re
import signal
import socket
import subprocess
from collections import Counter

import pandas as pd
import pytest

from images import save_all
from other_process import start_python
from places import DOCS

pytestmark = pytest.mark.slow

PAGE = DOCS / "scaling_out.md"
NUM_IMAGES = 60
# Code before an example: two devices.
TWO_CPUS = """
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
half = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(cpu, [half, half])
"""
# Code after every example: prints the number and the label of each image.
TELL = """
from images import number_of
for images, labels in dataset.as_numpy_iterator():
    for image, label in zip(images, labels):
        print(number_of(image), label, flush=True)
    after_batch()
"""


def recipe(heading: str) -> "list[str]":
    """The Python code blocks below a heading of the page."""
    sections = re.split(r"^##+ ", PAGE.read_text("utf-8"), flags=re.M)
    section = next(s for s in sections if s.startswith(heading))
    return re.findall(
        r"^```(?:python|\{code-block\} python)\n(.*?)^```", section, re.M | re.S
    )


@pytest.fixture
def run(tmp_path):
    """Starts code in a new process, in the folder of `images` and `labels.csv`."""
    save_all(tmp_path / "images", [f"{number}.png" for number in range(NUM_IMAGES)])
    rows = {"image": range(NUM_IMAGES), "label": [n % 7 for n in range(NUM_IMAGES)]}
    pd.DataFrame(rows).to_csv(tmp_path / "labels.csv", index=False)
    processes = []

    def run(code: str, **environment: str) -> subprocess.Popen:
        process = start_python(
            code,
            environment=environment,
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        processes.append(process)
        return process

    yield run
    for process in processes:
        process.kill()
        process.communicate()


def yielded(lines: "list[str]") -> Counter:
    """How often each image was yielded; also checks the labels."""
    pairs = [tuple(map(int, line.split())) for line in lines if line[:1].isdigit()]
    assert all(number % 7 == label for number, label in pairs)
    return Counter(number for number, _ in pairs)


def test_two_hosts_share_out_the_images(run):
    """Two independent processes together yield every image once."""
    (code,) = recipe("Each host trains")
    code = "after_batch = lambda: None\n" + code + TELL
    hosts = [run(code, NUM_HOSTS="2", HOST=str(host)) for host in range(2)]
    first, second = (yielded(host.communicate()[0].splitlines()) for host in hosts)
    assert len(first) == len(second) == NUM_IMAGES / 2
    assert first + second == Counter(range(NUM_IMAGES))


def test_two_devices_share_out_each_batch(run):
    """With two logical devices, each gets half of every batch in `model.fit`."""
    (code,) = recipe("One host, several devices")
    code = code.replace("MirroredStrategy()", 'MirroredStrategy(["CPU:0", "CPU:1"])')
    after = """
print(strategy.num_replicas_in_sync, len(history.history["loss"]))
sizes = [
    tuple(part.shape[0] for part in strategy.experimental_local_results(images))
    for images, labels in strategy.experimental_distribute_dataset(dataset)
]
print(*sorted(set(sizes)), len(sizes))
"""
    lines = run(TWO_CPUS + code + after).communicate()[0].splitlines()
    assert lines[-2:] == ["2 2", f"(2, 2) {NUM_IMAGES // 4}"]


NINE_IMAGES = """
import keras
import pandas as pd
rows = pd.read_csv("labels.csv").head(9)
rows.to_csv("labels.csv", index=False)
"""
TRAIN = """
import numpy as np
with scope:
    model = keras.Sequential(
        [
            keras.layers.Conv2D(4, 3),
            keras.layers.BatchNormalization(),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(7, activation="softmax"),
        ]
    )
    model.compile("sgd", "sparse_categorical_crossentropy")
steps = []
count = lambda batch, logs: steps.append(batch)
count = keras.callbacks.LambdaCallback(on_train_batch_end=count)
model.fit(train, epochs=2, verbose=0, callbacks=[count])
print("steps", len(steps), flush=True)
try:
    model.fit(dataset, verbose=0)
    if any(np.isnan(weights).any() for weights in model.get_weights()):
        print("error NaN")
except Exception as error:
    print("error", type(error).__name__)
"""
MIRRORED = TWO_CPUS + NINE_IMAGES
MIRRORED += """
scope = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope()
"""
JAX = (
    NINE_IMAGES
    + """
from contextlib import nullcontext
keras.distribution.set_distribution(keras.distribution.DataParallel())
scope = nullcontext()
"""
)
# What becomes of a device without images depends on the processor.
WITHOUT_IMAGES = "InvalidArgumentError|NaN"
# What newer and older releases of JAX call it.
INDIVISIBLE = "IndivisibleError|ValueError"
JAX_DEVICES = {
    "KERAS_BACKEND": "jax",
    "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
}


@pytest.mark.parametrize(
    ("before", "example", "environment", "error"),
    [
        pytest.param(MIRRORED, 0, {}, WITHOUT_IMAGES, id="mirrored"),
        pytest.param(JAX, 0, JAX_DEVICES, INDIVISIBLE, id="jax"),
        pytest.param(
            *(JAX, 1, JAX_DEVICES, INDIVISIBLE),
            id="jax and grain",
            marks=pytest.mark.grain,
        ),
    ],
)
def test_devices_share_out_batches_of_one_size(
    run, before, example, environment, error
):
    """Without the ninth image, two devices train; with it, they fail."""
    code = before + recipe("Batches of one size")[example] + TRAIN
    lines = run(code, **environment).communicate()[0].splitlines()
    # Newer releases of JAX warn between the two.
    ours = [line for line in lines if line.startswith(("steps ", "error "))]
    assert re.fullmatch(f"steps 2\nerror ({error})", "\n".join(ours))


class Service:
    """A `tf.data` service with a dispatcher and two workers, and its trainer."""

    def __init__(self, run) -> None:
        self._run = run
        self._ports = {port: free_port() for port in ("5050", "5051", "5052")}
        dispatcher, self._worker, self._trainer = recipe("Several hosts decode")
        self._start(dispatcher)
        self.workers = [self.start_worker(number) for number in range(2)]

    def _start(self, code: str) -> subprocess.Popen:
        for port, free in self._ports.items():
            code = code.replace(port, str(free))
        return self._run(code)

    def start_worker(self, number: int) -> subprocess.Popen:
        """Starts the worker with a number at its address."""
        code = self._worker.replace("5051", f"505{1 + number}")
        return self._start(
            code.replace("worker.join", "print('ready', flush=True)\nworker.join")
        )

    def wait_for_workers(self) -> None:
        """Waits until both workers have started."""
        for worker in self.workers:
            assert worker.stdout.readline() == "ready\n"

    def start_trainer(self, after_batch: str, epochs: int = 1) -> subprocess.Popen:
        """Starts a trainer that reads all images in each epoch."""
        loop = "\n".join("    " + line for line in TELL.splitlines())
        code = (
            f"{self._trainer}\nafter_batch = {after_batch}\nfor _ in range({epochs}):\n"
        )
        return self._start(code + loop + "\n    print('end of epoch', flush=True)")


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("localhost", 0))
        return server.getsockname()[1]


def test_two_workers_decode_every_image_once(run):
    """With dynamic sharding, each image is yielded exactly once, with its label."""
    service = Service(run)
    service.wait_for_workers()
    lines = service.start_trainer("lambda: None").communicate()[0].splitlines()
    assert lines[-1] == "end of epoch"
    assert yielded(lines) == Counter(range(NUM_IMAGES))


def test_a_killed_worker_repeats_no_image(run):
    """After a worker is killed, no image is repeated and every label is right."""
    service = Service(run)
    service.wait_for_workers()
    trainer = service.start_trainer("input", epochs=2)
    lines = [trainer.stdout.readline() for _ in range(4)]
    service.workers[0].send_signal(signal.SIGKILL)
    service.workers[0].wait()
    service.workers[0] = service.start_worker(0)
    lines += trainer.communicate("\n" * NUM_IMAGES)[0].splitlines()
    ends = [at for at, line in enumerate(lines) if line == "end of epoch"]
    assert max(yielded(lines[: ends[0]]).values()) == 1
    assert yielded(lines[ends[0] :]) == Counter(range(NUM_IMAGES))


COORDINATOR = """
import socket
import tensorflow as tf
from keras_csv_dataset import image_dataset_from_csv

def address():
    with socket.socket() as server:
        server.bind(("localhost", 0))
        return f"localhost:{server.getsockname()[1]}"

spec = tf.train.ClusterSpec({"worker": [address()], "ps": [address()]})
servers = [
    tf.distribute.Server(spec, job_name=job, task_index=0, protocol="grpc")
    for job in spec.jobs
]
resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(spec, rpc_layer="grpc")
strategy = tf.distribute.ParameterServerStrategy(resolver)
coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)
dataset = coordinator.create_per_worker_dataset(
    lambda: image_dataset_from_csv(
        "images", "labels.csv", image_size=(8, 8), batch_size=4, shuffle=False
    )
)
iterator = iter(dataset)
step = tf.function(lambda iterator: next(iterator))
steps = [coordinator.schedule(step, args=(iterator,)) for _ in range(NUM_BATCHES)]
coordinator.join()
from images import number_of
for value in steps:
    images, labels = value.fetch()
    for image, label in zip(images, labels):
        print(number_of(image), int(label), flush=True)
"""


def test_a_coordinator_can_make_a_dataset_for_each_worker(run):
    """`create_per_worker_dataset` traces the call and sends it to the workers."""
    code = COORDINATOR.replace("NUM_BATCHES", str(NUM_IMAGES // 4))
    lines = run(code).communicate(timeout=200)[0].splitlines()
    assert yielded(lines) == Counter(range(NUM_IMAGES))
