"""A dataset that is made while TensorFlow traces a function, as Keras's can be."""

import pytest
import tensorflow as tf

from images import load, number_of, numbers_and_labels, save_all

NAMES = [f"{number:02}.{'jpg' if number % 2 else 'png'}" for number in range(12)]
EVERY_WAY = pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"cache": True},
        {"corrupt_images": "error"},
        {"batch_size": None},
        {"exif_orientation": True},
    ],
    ids=["plain", "cache", "check", "single images", "orientation"],
)


@pytest.fixture
def call(folder, write_csv):
    """The folder and the label file of 12 images."""
    save_all(folder, NAMES)
    rows = [f"{name},{number}" for number, name in enumerate(NAMES)]
    return folder, write_csv("image,label\n" + "\n".join(rows) + "\n")


@EVERY_WAY
def test_a_traced_function_can_make_a_dataset(call, arguments):
    """In `tf.function`, the dataset is that of eager execution."""

    @tf.function
    def colours_and_labels():
        found = tf.TensorArray(tf.float32, 0, dynamic_size=True)
        dataset = load(*call, label_mode="raw", **arguments)
        if arguments.get("batch_size", 0) is not None:
            dataset = dataset.unbatch()
        for image, label in dataset:
            found = found.write(found.size(), [*tf.unstack(image[0, 0]), label])
        return found.stack()

    rows = colours_and_labels().numpy()
    found = [(number_of(row[None, None, :3]), int(row[3])) for row in rows]
    assert found == [(number, number) for number in range(12)]


@EVERY_WAY
def test_a_strategy_can_make_a_dataset(call, arguments):
    """`distribute_datasets_from_function` takes a function that makes one."""
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    arguments = {**arguments, "batch_size": 4}
    distributed = strategy.distribute_datasets_from_function(
        lambda context: load(*call, **arguments)
    )
    found = [
        (number_of(image), int(label))
        for images, labels in distributed
        for image, label in zip(images, labels, strict=True)
    ]
    assert found == [(number, number) for number in range(12)]


def test_a_graph_with_a_session_is_refused(call):
    """Without eager execution, an error says what to use."""
    with (
        tf.Graph().as_default(),
        pytest.raises(RuntimeError, match=r"eager execution or in a `tf\.function`"),
    ):
        load(*call)


def test_a_dataset_made_in_eager_execution_is_unchanged(call):
    """The labels are those of the images outside of traced functions too."""
    assert numbers_and_labels(load(*call)) == [(n, n) for n in range(12)]
