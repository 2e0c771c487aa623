"""Properties that give labels away: the statistic that decides."""

import numpy as np

from keras_csv_dataset._inspection.giveaways import accuracy_of_rule, is_giveaway


def is_reported(values: np.ndarray, classes: np.ndarray) -> bool:
    """Whether one of eight properties would be reported."""
    accuracy, guess = accuracy_of_rule(values, classes)
    return is_giveaway(accuracy, guess, number=len(values) // 2, properties=8)


def test_properties_that_say_nothing_are_not_reported():
    """Of 3,000 properties that are independent of the classes, none is reported."""
    random = np.random.RandomState(1)
    for trial in range(3000):
        number = random.randint(40, 200)
        values = random.randint(0, random.randint(2, 40), number)
        classes = random.randint(0, random.randint(2, 6), number)
        assert not is_reported(values, classes), trial


def test_a_property_that_is_the_label_is_reported():
    """A property that equals the class is reported from 40 images on."""
    classes = np.arange(40) % 2
    assert is_reported(classes, classes)
