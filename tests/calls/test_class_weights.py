"""`class_weight`, which weighs images by their classes, and `class_counts`.

The colour of each image encodes the number of its row, so that the tests detect the
weight of another image.
"""

import re

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.utils.class_weight import compute_class_weight, compute_sample_weight

from images import NAMES, batches, form_of, load, number_of, save_all, singly
from in_each_format import FORMATS, image_dataset_from_csv
from pairwise import each_pair

pytestmark = pytest.mark.usefixtures("each_format")

LABELS = [*"aabacaab"]  # 5 of a, 2 of b, 1 of c
TAGS = ["a b", "a", "b", "", "a c", "a", "a b c", "b"]
TRUST = [1, 2, 0.5, 3, 1, 0, 4, 0.25]
SPLIT = {"validation_split": 0.4, "seed": 1}
MULTI_HOT = {
    "label_mode": "multi_hot",
    "label_separator": " ",
    "missing_labels": "empty",
}


def frame(**columns) -> pd.DataFrame:
    """A table with a row for each image."""
    length = len(next(iter(columns.values())))
    return pd.DataFrame({"image": [f"{n}.png" for n in NAMES[:length]], **columns})


def weights_of(dataset, output=None) -> "list[float]":
    """The weights in a dataset, in the order of the images' numbers."""
    known: dict[int, float] = {}
    for image, _, weight in singly(dataset):
        weight = np.asarray(weight if output is None else weight[output]).item()
        assert known.setdefault(number_of(image), weight) == weight
    return [known[number] for number in sorted(known)]


def numbers_of(dataset) -> "list[int]":
    """The numbers of the images in a dataset, in ascending order."""
    return sorted(number_of(image) for image, *_ in singly(dataset))


def balanced(labels) -> "list[float]":
    """scikit-learn's balanced weights of samples, as float32."""
    return np.float32(compute_sample_weight("balanced", labels)).tolist()


def has_weights(dataset) -> bool:
    """Whether the dataset yields weights."""
    return len(next(iter(batches(dataset)))) == 3


# What a weight is.


@pytest.mark.parametrize("mode", ["int", "categorical"])
def test_an_image_has_the_weight_of_its_class(mode, images):
    """The weight of an image is what the dictionary gives for the name of its class."""
    weights = {"a": 0.5, "b": 2, "c": np.float32(7)}
    dataset = load(images, frame(label=LABELS), label_mode=mode, class_weight=weights)
    assert weights_of(dataset) == [weights[label] for label in LABELS]
    assert form_of(dataset, 2) == ("float32", ())


def test_binary_classes_have_weights(images):
    """With `label_mode="binary"`, both classes can have a weight."""
    csv = frame(label=[*"yynyynnn"])
    dataset = load(images, csv, label_mode="binary", class_weight={"y": 3, "n": 0})
    assert weights_of(dataset) == [3, 3, 0, 3, 3, 0, 0, 0]


def test_a_class_that_is_left_out_weighs_1(images):
    """A class that the dictionary does not name has the weight 1, as in Keras."""
    dataset = load(images, frame(label=LABELS), class_weight={"c": 4})
    assert weights_of(dataset) == [1, 1, 1, 1, 4, 1, 1, 1]


def test_a_class_of_class_names_can_have_a_weight_without_an_image(images):
    """A dictionary can name a class that only `class_names` lists."""
    dataset = load(
        *(images, frame(label=LABELS)),
        class_names=["z", "c", "b", "a"],
        class_weight={"z": 9, "c": 4},
    )
    assert weights_of(dataset) == [1, 1, 1, 1, 4, 1, 1, 1]


@pytest.mark.parametrize(
    "weights", [{1: 2, 3: 5}, {"1": 2, "3": 5}, {1.0: 2, 3.0: 5}, {"1.0": 2, " 3": 5}]
)
def test_names_that_are_numbers_are_names(weights, images):
    """The numbers 1 and 3 mean the classes called "1" and "3", not their indices."""
    csv = frame(label=[1, 2, 3, 3, 1])
    dataset = load(images, csv, class_weight=weights)
    assert weights_of(dataset) == [2, 1, 5, 5, 2]


def test_names_may_be_in_another_unicode_form(images):
    """A class is the same class, however its accents are encoded."""
    csv = frame(label=["e\u0301", "b", "b"])
    assert weights_of(load(images, csv, class_weight={"\u00e9": 3})) == [3, 1, 1]


def test_one_hot_columns_have_weights_by_their_names(images):
    """If classes are columns, their weights go by the names of the columns."""
    csv = frame(cat=[1, 0, 0, 1], dog=[0, 1, 1, 0])
    dataset = load(
        images, csv, label_column=["cat", "dog"], class_weight={"dog": 2, "cat": 3}
    )
    assert weights_of(dataset) == [3, 2, 2, 3]


def test_balanced_weights_are_those_of_scikit_learn(images):
    """`"balanced"` gives the weights of `compute_sample_weight("balanced")`."""
    dataset = load(images, frame(label=LABELS), class_weight="balanced")
    assert weights_of(dataset) == balanced(LABELS)
    by_class = compute_class_weight("balanced", classes=np.array([*"abc"]), y=LABELS)
    assert weights_of(dataset)[:5:2] == np.float32(by_class).tolist()


def test_balanced_ignores_a_class_without_images(images):
    """A class that no row has does not change the balanced weights."""
    names = ["z", "a", "b", "c"]
    dataset = load(
        images, frame(label=LABELS), class_names=names, class_weight="balanced"
    )
    assert weights_of(dataset) == balanced(LABELS)


def test_weights_of_classes_multiply_those_of_the_column(images):
    """The weight of an image is the product of both weights."""
    csv = frame(label=LABELS, trust=TRUST)
    dataset = load(
        *(images, csv),
        label_column="label",
        weight_column="trust",
        class_weight={"a": 2, "c": 8},
    )
    of_classes = [2, 2, 1, 2, 8, 2, 2, 1]
    expected = [w * t for w, t in zip(of_classes, TRUST, strict=True)]
    assert weights_of(dataset) == expected


def test_unbatched_images_have_scalar_weights(images):
    """With `batch_size=None`, a weight is a float32 scalar."""
    csv = frame(label=LABELS)
    dataset = load(images, csv, class_weight={"a": 2}, batch_size=None)
    weights = [weight for _, _, weight in batches(dataset)]
    assert weights == [2, 2, 1, 2, 1, 2, 2, 1]
    assert {(weight.dtype.name, weight.shape) for weight in weights} == {
        ("float32", ())
    }


@pytest.mark.parametrize("cache", [True, "folder"])
def test_cached_images_have_their_weights(cache, images, tmp_path):
    """A cache of pixels changes no weight, and keeps none."""
    cache = str(tmp_path / "cache") if cache == "folder" else cache
    for weights in ({"a": 2, "c": 3}, {"b": 5}):
        dataset = load(
            images, frame(label=LABELS), cache=cache, shuffle=True, class_weight=weights
        )
        expected = [weights.get(label, 1) for label in LABELS]
        assert weights_of(dataset) == weights_of(dataset) == expected


def test_an_image_that_occurs_twice_counts_twice(images):
    """Each repetition of an image counts for `"balanced"`, and has the same weight."""
    csv = frame(label=[*"aabbb"])
    csv = pd.concat([csv, csv[:2], csv[:1]])
    dataset = load(images, csv, class_weight="balanced")
    found = [(number_of(x), float(w)) for x, _, w in singly(dataset)]
    weights = balanced(csv["label"])
    assert found == list(zip([0, 1, 2, 3, 4, 0, 1, 0], weights, strict=True))


# Several labels per image.


def test_the_weight_of_several_classes_is_their_mean(images):
    """With `"multi_hot"`, an image has the mean weight of its classes, or 1."""
    csv = frame(tags=TAGS)
    dataset = load(images, csv, **MULTI_HOT, class_weight={"a": 1, "b": 3, "c": 11})
    assert weights_of(dataset) == [2, 1, 3, 1, 6, 1, 5, 3]


def test_balanced_weights_of_several_classes(images):
    """`"balanced"` counts every label of an image."""
    dataset = load(images, frame(tags=TAGS), **MULTI_HOT, class_weight="balanced")
    a, b, c = (11 / (3 * count) for count in (5, 4, 2))
    expected = [(a + b) / 2, a, b, 1, (a + c) / 2, a, (a + b + c) / 3, b]
    assert weights_of(dataset) == pytest.approx(expected, rel=1e-6)


def test_one_label_per_image_weighs_the_same_in_every_mode(images):
    """With one label per image, `"multi_hot"` gives the weights of `"int"`."""
    csv = frame(label=LABELS)
    columns = pd.get_dummies(pd.Series(LABELS)).astype(int)
    dataset = load(
        *(images, frame(**columns)),
        label_mode="multi_hot",
        label_column=[*"abc"],
        class_weight="balanced",
    )
    ours = load(images, csv, class_weight="balanced")
    assert weights_of(dataset) == weights_of(ours)


def test_rows_of_one_image_are_labels_of_one_image(images):
    """With a row for each label, an image has the mean weight of its rows' classes."""
    csv = frame(finding=[*"abab"])
    csv = pd.concat([csv, frame(finding=[*"bc"])])
    dataset = load(
        images, csv, label_mode="multi_hot", class_weight={"a": 2, "b": 4, "c": 6}
    )
    assert weights_of(dataset) == [3, 5, 2, 4]
    assert dataset.class_counts.tolist() == [2, 3, 1]


# Which subset is weighed.


@pytest.mark.parametrize("subset", ["training", "both"])
def test_balanced_counts_the_training_images_alone(subset, images):
    """The labels of validation images do not change the weights of training."""
    csv = frame(label=[*"abababac"])
    dataset = load(
        images, csv, **SPLIT, shuffle=True, subset=subset, class_weight="balanced"
    )
    train = dataset[0] if subset == "both" else dataset
    numbers = numbers_of(train)
    assert len(numbers) == 5
    assert weights_of(train) == balanced(csv["label"][numbers])
    of_all = np.array(balanced(csv["label"]))
    assert weights_of(train) != of_all[numbers].tolist()


def test_a_class_without_training_images_changes_nothing(images):
    """A class that only validation has does not count for `"balanced"`."""
    csv = frame(label=[*"aabbacab"], split=["train"] * 5 + ["val"] * 3)
    train = load(
        *(images, csv),
        label_column="label",
        split_column="split",
        subset="training",
        class_weight="balanced",
    )
    assert weights_of(train) == balanced([*"aabba"])


@pytest.mark.parametrize("subset", ["validation", "test"])
@pytest.mark.parametrize("weights", ["balanced", {"a": 5}])
def test_validation_and_test_have_no_class_weights(subset, weights, images):
    """Validation and test images have no weights, as `validation_data` in Keras."""
    csv = frame(label=LABELS, split=["train", "val", "test", "train"] * 2)
    dataset = load(
        *(images, csv),
        label_column="label",
        split_column="split",
        subset=subset,
        class_weight=weights,
    )
    assert not has_weights(dataset)


def test_both_subsets_differ_in_their_weights(images):
    """With `subset="both"`, training has class weights and validation has none."""
    train, validation = load(
        images, frame(label=LABELS), **SPLIT, subset="both", class_weight={"a": 2}
    )
    assert has_weights(train)
    assert not has_weights(validation)


def test_validation_keeps_the_weights_of_the_column(images):
    """Validation images have the weights of `weight_column` alone."""
    validation = load(
        *(images, frame(label=LABELS, trust=TRUST)),
        **SPLIT,
        subset="validation",
        label_column="label",
        weight_column="trust",
        class_weight={"a": 100, "b": 100, "c": 100},
    )
    assert weights_of(validation) == TRUST[-3:]


@pytest.mark.parametrize("split", [{}, {**SPLIT, "subset": "training"}])
def test_every_shard_has_the_weights_of_the_whole_subset(split, images):
    """Hosts agree on the weights: each counts the images of all shards."""
    csv = frame(label=LABELS)
    arguments = {"seed": 1, **split, "shuffle": True, "class_weight": "balanced"}
    whole = load(images, csv, **arguments)
    expected = dict(zip(numbers_of(whole), weights_of(whole), strict=True))
    for index in range(2):
        shard = load(images, csv, **arguments, num_shards=2, shard_index=index)
        found = dict(zip(numbers_of(shard), weights_of(shard), strict=True))
        assert 2 <= len(found) <= 4
        assert found.items() <= expected.items()


# Several outputs.


def several(images, class_weight, **arguments):
    """A dataset with the outputs `x`, `y` and `age`, of which two have classes."""
    csv = frame(x=LABELS, y=[*"ppqqpqpq"], age=range(8), trust=TRUST)
    modes = {"x": "int", "age": "raw", "y": "categorical"}
    return load(images, csv, label_mode=modes, class_weight=class_weight, **arguments)


def test_each_output_has_weights_of_its_own(images):
    """Weights of several outputs are a dictionary in the order of the outputs."""
    dataset = several(images, {"y": {"p": 3}, "x": "balanced"})
    weights = next(iter(batches(dataset)))[2]
    assert list(weights) == ["x", "age", "y"]
    assert weights_of(dataset, "x") == balanced(LABELS)
    assert weights_of(dataset, "y") == [3, 3, 1, 1, 3, 1, 3, 1]
    assert weights_of(dataset, "age") == [1] * 8
    assert form_of(dataset, 2) == dict.fromkeys(weights, ("float32", ()))


def test_balanced_is_for_every_output_with_classes(images):
    """`"balanced"` balances each output that has classes."""
    dataset = several(images, "balanced")
    assert weights_of(dataset, "x") == balanced(LABELS)
    assert weights_of(dataset, "y") == balanced([*"ppqqpqpq"])
    assert weights_of(dataset, "age") == [1] * 8


def test_an_output_without_class_weights_has_those_of_the_column(images):
    """Each output has the weights of `weight_column`, times its own class weights."""
    dataset = several(images, {"x": {"a": 2, "c": 4}}, weight_column="trust")
    of_classes = [2, 2, 1, 2, 4, 2, 2, 1]
    expected = [w * t for w, t in zip(of_classes, TRUST, strict=True)]
    assert weights_of(dataset, "x") == expected
    assert weights_of(dataset, "y") == weights_of(dataset, "age") == TRUST


@pytest.mark.parametrize("weight_column", [None, "trust"])
def test_an_output_beside_masks_has_class_weights(weight_column, folder):
    """Weights of masks keep the two axes for pixels; those of classes have none."""
    csv = frame(label=LABELS, mask=[f"{name}_mask.png" for name in NAMES], trust=TRUST)
    save_all(folder, csv["image"])
    save_masks(folder, csv["mask"])
    dataset = load(
        *(folder, csv),
        image_column="image",
        label_mode={"mask": "mask", "label": "int"},
        weight_column=weight_column,
        class_weight={"label": {"c": 2}},
    )
    assert form_of(dataset, 2) == {
        "mask": ("float32", (1, 1)),
        "label": ("float32", ()),
    }
    trust = TRUST if weight_column else [1] * 8
    assert weights_of(dataset, "mask") == trust
    trust = [*trust[:4], 2 * trust[4], *trust[5:]]  # the only image of class c
    assert weights_of(dataset, "label") == trust


def save_masks(folder, names):
    """Writes a mask of one class for each name."""
    for name in names:
        Image.new("L", (8, 8), 1).save(folder / name)


@each_pair(
    mode=["int", "multi_hot", "several"],
    batch_size=[None, 3],
    cache=[None, True],
    weight_column=[None, "trust"],
    subset=[None, "training", "validation"],
    num_shards=[None, 2],
    class_weight=["balanced", {"a": 2.5}],
    each_format=["tf"],
)
@pytest.mark.grain
def test_both_formats_yield_the_same_weights(
    images, mode, batch_size, cache, weight_column, subset, num_shards, class_weight
):
    """The formats give the same weights to the same images, and the same counts."""
    given = {
        "batch_size": batch_size,
        "cache": cache,
        "weight_column": weight_column,
        "class_weight": class_weight,
    }
    csv = frame(label=LABELS, tags=TAGS, y=[*"ppqqpqpq"], trust=TRUST)
    arguments = {**given, "shuffle": False, "label_column": "label", "image_size": 8}
    if mode == "multi_hot":
        arguments |= {**MULTI_HOT, "label_column": "tags"}
    elif mode == "several":
        arguments |= {"label_mode": {"y": "int", "label": "int"}, "label_column": None}
        if class_weight != "balanced":
            arguments["class_weight"] = {"label": class_weight}
    if subset:
        arguments |= {**SPLIT, "subset": subset}
    if num_shards:
        arguments |= {"num_shards": num_shards, "shard_index": 1}
    arguments["verbose"] = False

    ours, theirs = (
        image_dataset_from_csv(images, csv, format=name, **arguments)
        for name in FORMATS
    )

    for one, other in zip(batches(ours), batches(theirs), strict=True):
        assert len(one) == len(other)
        keras.tree.map_structure(np.testing.assert_array_equal, one[2:], other[2:])
    keras.tree.map_structure(
        np.testing.assert_array_equal, ours.class_counts, theirs.class_counts
    )


# What Keras makes of them.


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "labels", "layer", "loss"),
    [
        ("int", LABELS, (3, "softmax"), "sparse_categorical_crossentropy"),
        ("categorical", LABELS, (3, "softmax"), "categorical_crossentropy"),
        ("binary", [*"aabaabab"], (1, "sigmoid"), "binary_crossentropy"),
    ],
    ids=["int", "categorical", "binary"],
)
@pytest.mark.parametrize("each_format", ["tf"], indirect=True)
def test_training_is_that_of_class_weight_in_fit(mode, labels, layer, loss, images):
    """Training gives the model of `model.fit(class_weight=…)`, bit for bit."""

    def train(ours, theirs):
        keras.utils.set_random_seed(1)
        dataset = load(
            *(images, frame(label=labels)),
            label_mode=mode,
            batch_size=3,
            shuffle=True,
            seed=1,
            class_weight=ours,
        )
        model = small_model(keras.layers.Dense(*layer))
        model.compile(keras.optimizers.SGD(0.1), loss)
        model.fit(dataset, epochs=2, verbose=0, class_weight=theirs)
        return model.get_weights()

    names = sorted({*labels})
    weights = {names[0]: 0.3, names[-1]: 7}
    by_index = {names.index(name): weight for name, weight in weights.items()}
    ours = train(weights, None)
    for array, other in zip(ours, train(None, by_index), strict=True):
        assert np.array_equal(array, other)
    assert not np.array_equal(ours[0], train(None, None)[0])


def small_model(*layers):
    """A model of the mean colour of an image."""
    features = keras.layers.GlobalAveragePooling2D()
    return keras.Sequential(
        [keras.Input((8, 8, 3)), keras.layers.Rescaling(1 / 255), features, *layers]
    )


@pytest.mark.slow
@pytest.mark.parametrize("each_format", ["tf"], indirect=True)
def test_fit_learns_from_the_class_with_a_weight(images):
    """A class of weight 0 teaches nothing to one output, and the other learns."""
    csv = frame(x=[*"aaaabbbb"], y=[*"pqpqpqpp"])
    dataset = load(
        *(images, csv),
        label_mode={"x": "binary", "y": "binary"},
        class_weight={"x": {"a": 0}},
    )
    image = keras.Input((8, 8, 3))
    features = keras.layers.GlobalAveragePooling2D()(image)
    zeros = keras.layers.Rescaling(0.0)(features)
    outputs = {
        name: keras.layers.Dense(1, "sigmoid", name=name)(zeros) for name in "xy"
    }
    model = keras.Model(image, outputs)
    model.compile(keras.optimizers.SGD(2.0), dict.fromkeys("xy", "binary_crossentropy"))
    model.fit(dataset, epochs=60, verbose=0)
    predicted = model.predict(dataset, verbose=0)
    assert predicted["x"].min() > 0.9
    assert predicted["y"].mean() == pytest.approx(3 / 8, abs=0.05)


@pytest.mark.parametrize("each_format", ["tf"], indirect=True)
def test_keras_itself_refuses_what_works_here(images):
    """`model.fit(class_weight=…)` does not work with weights, or with many outputs."""
    csv = frame(label=LABELS, trust=TRUST)
    model = small_model(keras.layers.Dense(3, "softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    with_trust = {"label_column": "label", "weight_column": "trust"}
    with pytest.raises(ValueError, match="cannot `class_weight` and `sample_weight`"):
        model.fit(load(images, csv, **with_trust), class_weight={0: 2.0}, verbose=0)
    with pytest.raises(ValueError, match="Models with a single output"):
        model.fit(several(images, None), class_weight={0: 2.0}, verbose=0)


@pytest.mark.parametrize(
    "each_format", [pytest.param("grain", marks=pytest.mark.grain)], indirect=True
)
def test_keras_itself_refuses_class_weights_of_grain_datasets(images):
    """`model.fit(class_weight=…)` does not work with grain datasets, and ours do."""
    model = small_model(keras.layers.Dense(3, "softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    grain = load(images, frame(label=LABELS))
    with pytest.raises(ValueError, match=r"not supported for grain"):
        model.fit(grain, class_weight={0: 2.0}, verbose=0)
    weighed = load(images, frame(label=LABELS), class_weight={"a": 2.0})
    assert weights_of(weighed) == [2, 2, 1, 2, 1, 2, 2, 1]


@pytest.mark.slow
@pytest.mark.parametrize("each_format", ["tf"], indirect=True)
def test_keras_itself_weighs_the_first_of_several_classes(images):
    """`model.fit(class_weight=…)` ignores all classes of an image but the first."""

    def train(class_weight=None, **arguments):
        keras.utils.set_random_seed(1)
        dataset = load(images, csv, **MULTI_HOT, label_column="tags", **arguments)
        model = small_model(keras.layers.Dense(3, "sigmoid"))
        model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
        model.fit(dataset, epochs=2, verbose=0, class_weight=class_weight)
        return model.get_weights()

    # An image without a class has the weight of class 0.
    first = [2, 2, 3, 2, 2, 2, 2, 3]
    csv = frame(tags=TAGS, first=first)
    theirs = train({0: 2, 1: 3, 2: 7})
    for array, other in zip(theirs, train(weight_column="first"), strict=True):
        assert np.array_equal(array, other)


# Messages.


def printed(capsys, *arguments, **keywords) -> "list[str]":
    """The lines that the call prints."""
    load(*arguments, **{"verbose": True, **keywords})
    return capsys.readouterr().out.splitlines()


def test_weights_are_printed_after_the_training_subset(images, capsys):
    """With `verbose`, one line says how much each class weighs."""
    lines = printed(
        *(capsys, images, frame(label=LABELS)),
        **SPLIT,
        subset="both",
        class_weight={"b": 5.5, "c": 0.5454},
    )
    assert lines[1:] == [
        "Using 5 images for training.",
        "Class weights: a 1, b 5.5, c 0.545.",
        "Using 3 images for validation.",
    ]


def test_of_many_classes_two_are_printed(images, capsys):
    """Of many classes, only the lightest and the heaviest are printed."""
    lines = printed(
        *(capsys, images, frame(label=[*"abcdefga"])),
        class_weight={"c": 1234.5, "f": 0.012345},
    )
    assert lines[1] == "Class weights: from f 0.0123 to c 1230."


def test_weights_of_outputs_are_printed_by_output(images, capsys):
    """With several outputs, the line gives the weights by output."""
    csv = frame(x=LABELS, age=range(8), y=[*"ppqqpqpq"])
    lines = printed(
        *(capsys, images, csv),
        label_mode={"x": "int", "age": "raw", "y": "int"},
        class_weight={"x": {"a": 2}, "y": "balanced"},
    )
    assert lines[1] == "Class weights: x (a 2, b 1, c 1), y (p 1, q 1)."


@pytest.mark.parametrize(
    "arguments",
    [
        {"class_weight": {"a": 2}, "verbose": False},
        {"class_weight": {"a": 2}, **SPLIT, "subset": "validation"},
        {},
    ],
)
def test_nothing_is_printed_without_class_weights(arguments, images, capsys):
    """Nothing is said of class weights where there are none, or without `verbose`."""
    lines = printed(capsys, images, frame(label=LABELS), **arguments)
    assert "weights" not in "".join(lines)


# Errors.


def refused(message, *, modes="int", **arguments):
    """Expects an error before any file is touched."""
    with pytest.raises(ValueError, match=message):
        load("no/such/folder", "no-such.csv", label_mode=modes, **arguments)


@pytest.mark.parametrize(
    "value", ["balance", "auto", True, 1, 2.5, [1, 2], {}, np.ones(2), {"a"}], ids=repr
)
def test_neither_balanced_nor_a_dictionary(value):
    """Anything but "balanced" and a dictionary raises an error."""
    refused(
        r'^`class_weight` must be "balanced", or a dictionary from names of classes to '
        rf"weights\. Received: class_weight={re.escape(repr(value))}",
        class_weight=value,
    )


@pytest.mark.parametrize("value", ["balance", "Balanced", "auto", "inverse", True])
def test_balanced_is_suggested(value):
    """What others call balanced weights is met with a suggestion."""
    refused(r"Did you mean 'balanced'\?$", class_weight=value)


@pytest.mark.parametrize(
    "weight",
    [-1, float("nan"), float("inf"), 1e39, "2", None, True, [1], {"a": 1}],
    ids=repr,
)
def test_weights_that_are_no_weights(weight):
    """A weight must be a finite number of 0 or more."""
    refused(
        "^`class_weight` must have finite numbers of 0 or more as weights, not "
        rf"{re.escape(repr(weight))}\. Received: class_weight=",
        class_weight={"cat": 1, "dog": weight},
    )


@pytest.mark.parametrize("weights", [{1: 1, "1": 2}, {"a": 1, " a": 2}, {None: 1}])
def test_names_that_occur_twice_or_are_blank(weights):
    """Each key must name a class, and no other may name the same."""
    refused("^`class_weight` must not name a class twice", class_weight=weights)


@pytest.mark.parametrize("weights", [{"1": 1, "1.0": 2}, {1: 1, "1.0": 2}])
def test_two_spellings_of_one_class(weights, images):
    """Two keys that mean the same class raise an error when the classes are known."""
    with pytest.raises(
        ValueError, match=r"^`class_weight` must not name a class twice; 1 and 1\.0 are"
    ):
        load(images, frame(label=[1, 2, 1]), class_weight=weights)


@pytest.mark.parametrize("subset", [None, "training", "validation"])
def test_a_name_that_is_no_class(subset, images):
    """A name that is no class raises an error, whichever subset is requested."""
    split = {**SPLIT, "subset": subset} if subset else {}
    csv = frame(label=["cat", "dog", "dog", "bird"] * 2)
    with pytest.raises(
        ValueError,
        match=r"^`class_weight` must have names of classes as keys\. 'dgo' is not "
        r"among the classes \['bird', 'cat', 'dog'\]\. Received: "
        r"class_weight=\{'dgo': 2, 'cat': 1\}\. Did you mean 'dog'\?$",
    ):
        load(images, csv, class_weight={"dgo": 2, "cat": 1}, **split)


def test_many_names_that_are_no_classes(images):
    """The first five of several wrong names are listed, and the rest is counted."""
    with pytest.raises(
        ValueError, match=r"'t', 'u', 'v', 'w', 'x', \.\.\. \(2 more\) are not among"
    ):
        load(images, frame(label=LABELS), class_weight=dict.fromkeys("tuvwxyz", 2))


def test_indices_are_refused_with_the_right_dictionary(images):
    """Indices in place of names raise an error that shows the right dictionary."""
    weights = {0: 1, 1: 5.5}
    with pytest.raises(
        ValueError,
        match=r"^`class_weight` must have names of classes as keys, not their indices: "
        r"write \{'a': 1\.0, 'b': 5\.5\}\. Received: "
        rf"class_weight={re.escape(repr(weights))}$",
    ):
        load(images, frame(label=LABELS), class_weight=weights)


def test_indices_of_classes_that_are_numbers(images):
    """Where classes are numbers, an index that is no class raises the same error."""
    with pytest.raises(ValueError, match=r"write \{'1': 3\.0, '3': 2\.0\}"):
        load(images, frame(label=[1, 2, 3, 1]), class_weight={0: 3, 2: 2})


def test_indices_beyond_the_classes(images):
    """A number that is no index either is not among the classes."""
    with pytest.raises(
        ValueError, match=r"0, 7 are not among the classes \['a', 'b', "
    ):
        load(images, frame(label=LABELS), class_weight={0: 3, 7: 2})


def test_indices_of_many_classes(images):
    """Of many classes, the dictionary has those that were given."""
    with pytest.raises(ValueError, match=r"write \{'a': 1\.0, 'g': 2\.0\}"):
        load(images, frame(label=[*"abcdefg"]), class_weight={0: 1, 6: 2})


def test_a_number_that_is_no_class_among_numbers(images):
    """Where classes are numbers, another number is a wrong name, not an index."""
    with pytest.raises(ValueError, match="4 is not among the classes"):
        load(images, frame(label=[1, 2, 3, 1]), class_weight={1: 3, 4: 2})


@pytest.mark.parametrize("mode", ["raw", "text", "image"])
def test_labels_that_are_no_classes(mode):
    """Labels without classes raise an error that leads to `weight_column`."""
    refused(
        rf'^`class_weight` must be left out with label_mode="{mode}", .*to weigh '
        r"single images, pass `weight_column`\. Received: class_weight='balanced'$",
        modes=mode,
        label_column="label",
        class_weight="balanced",
    )


def test_classes_of_pixels():
    """Masks raise an error that says where the weights of pixels belong."""
    refused(
        r'^`class_weight` must be left out with label_mode="mask", .*the weights of '
        r"the classes of pixels belong in the loss\. Received: class_weight=\{'cat': ",
        modes="mask",
        label_column="mask",
        class_weight={"cat": 1},
    )


def test_no_labels():
    """Images alone have no classes, and so no class weights."""
    refused(
        "^`class_weight` must be left out when `label_mode` is None, .*Received: "
        "class_weight='balanced'",
        modes=None,
        class_weight="balanced",
    )


@pytest.mark.parametrize(
    "weights", [{"a": 2}, {"breed": "balanced", "a": {}}, {}, "auto", [1]], ids=repr
)
def test_outputs_have_weights_by_output(weights):
    """With several outputs, a dictionary must be from outputs."""
    refused(
        r'(?s)^`class_weight` must be "balanced", or a dictionary from outputs to .*; '
        r"the outputs with classes are 'breed', 'sex'\. Received: class_weight=",
        modes={"breed": "int", "age": "raw", "sex": "binary"},
        class_weight=weights,
    )


@pytest.mark.parametrize("weights", [{"age": "balanced"}, {"age": {"a": 1}}])
def test_an_output_without_classes(weights):
    """Class weights for an output without classes raise an error that names it."""
    refused(
        "^`class_weight` must be left out for the output 'age' with label_mode=\"raw\"",
        modes={"breed": "int", "age": "raw"},
        class_weight=weights,
    )


def test_no_output_with_classes():
    """`"balanced"` needs an output with classes."""
    refused(
        "^`class_weight` must be left out for the output 'age' with label_mode=\"raw\"",
        modes={"age": "raw", "size": "raw"},
        class_weight="balanced",
    )


@pytest.mark.parametrize("weights", ["balance", {"a": -1}, {1: 1, "1": 2}])
def test_wrong_weights_of_an_output(weights):
    """An error about one of several outputs names it."""
    refused(
        r"^`class_weight\['breed'\]` must .*Received: class_weight\['breed'\]=",
        modes={"breed": "int", "age": "raw"},
        class_weight={"breed": weights},
    )


def test_a_name_that_is_no_class_of_an_output(images):
    """An unknown name for one of several outputs names the output."""
    with pytest.raises(ValueError, match=r"^`class_weight\['y'\]` .*'a' is not among"):
        several(images, {"y": {"a": 2}})


def test_the_dictionary_is_not_changed(images):
    """The caller's dictionary keeps its keys and values."""
    weights = {"x": {"a": 2}, "y": "balanced"}
    several(images, weights)
    assert weights == {"x": {"a": 2}, "y": "balanced"}


# The attribute `class_counts`.


@pytest.mark.parametrize("mode", ["int", "categorical"])
def test_class_counts_are_in_the_order_of_class_names(mode, images):
    """`class_counts[i]` is the number of images of `class_names[i]`."""
    names = ["c", "z", "b", "a"]
    dataset = load(images, frame(label=LABELS), label_mode=mode, class_names=names)
    assert dataset.class_names == names
    assert dataset.class_counts.tolist() == [1, 0, 2, 5]
    assert dataset.class_counts.dtype == np.int64


def test_class_counts_of_binary_classes(images):
    """With `label_mode="binary"`, there are two counts."""
    dataset = load(images, frame(label=[*"yyyn"]), label_mode="binary")
    assert dataset.class_counts.tolist() == [1, 3]


def test_class_counts_of_several_classes(images):
    """With `"multi_hot"`, an image counts for each of its classes."""
    dataset = load(images, frame(tags=TAGS), **MULTI_HOT)
    assert dataset.class_counts.tolist() == [5, 4, 2]
    assert dataset.class_counts.dtype == np.int64


@pytest.mark.parametrize("mode", ["raw", "text", None])
def test_without_classes_there_are_no_counts(mode, images):
    """Labels without classes, and images without labels, have no counts."""
    dataset = load(images, frame(label=range(8)), label_mode=mode)
    assert dataset.class_counts is None


@pytest.mark.parametrize("mode", ["mask", "image"])
def test_images_as_labels_have_no_counts(mode, tmp_path):
    """Masks have no counts, even if the classes of their pixels have names."""
    save_all(tmp_path, ["a.png", "b.png"])
    save_masks(tmp_path, ["a2.png", "b2.png"])
    csv = pd.DataFrame({"image": ["a.png", "b.png"], "other": ["a2.png", "b2.png"]})
    dataset = load(
        *(tmp_path, csv),
        label_mode=mode,
        image_column="image",
        label_column="other",
        class_names=["sky", "cat"] if mode == "mask" else None,
    )
    assert dataset.class_counts is None


def test_class_counts_of_several_outputs(images):
    """With several outputs, the counts are a dictionary."""
    counts = several(images, None).class_counts
    assert list(counts) == ["x", "age", "y"]
    assert counts["x"].tolist() == [5, 2, 1]
    assert counts["age"] is None
    assert counts["y"].tolist() == [4, 4]


def test_each_subset_counts_its_own_images(images):
    """Each subset counts its own images, and together they count all."""
    csv = frame(label=LABELS, split=["train", "val", "test", "train"] * 2)
    arguments = {"label_column": "label", "split_column": "split"}
    train, validation = load(images, csv, **arguments, subset="both")
    test = load(images, csv, **arguments, subset="test")
    assert train.class_counts.tolist() == [2, 1, 1]
    assert validation.class_counts.tolist() == [2, 0, 0]
    assert test.class_counts.tolist() == [1, 1, 0]


def test_each_shard_counts_its_own_images(images):
    """Each shard counts its own images."""
    shards = [
        load(images, frame(label=LABELS), num_shards=2, shard_index=index)
        for index in range(2)
    ]
    for shard in shards:
        labels = [label for _, label in singly(shard)]
        assert shard.class_counts.tolist() == np.bincount(labels, minlength=3).tolist()
    total = sum(shard.class_counts for shard in shards)
    assert total.tolist() == [5, 2, 1]


def test_an_image_that_occurs_twice_has_two_counts(images):
    """Each repetition of an image counts."""
    csv = frame(label=[*"ab"])
    dataset = load(images, pd.concat([csv, csv[:1], csv[:1]]))
    assert dataset.class_counts.tolist() == [3, 1]
