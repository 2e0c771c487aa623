"""Groups of things that belong together, compared with plain sets."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from keras_csv_dataset._groups import Groups, groups_in

THINGS = 12
PAIRS = st.lists(st.lists(st.integers(0, THINGS - 1), min_size=1, max_size=4))


def sets_of(parts: "list[list[int]]") -> "list[set[int]]":
    """Merges sets that have anything in common until none have."""
    sets = [{thing} for thing in range(THINGS)]
    for part in parts:
        touched = [one for one in sets if one & set(part)]
        sets = [one for one in sets if not one & set(part)] + [set().union(*touched)]
    return sorted(sets, key=min)


@given(PAIRS)
def test_things_are_joined_directly_and_through_others(parts):
    """Things are in one group exactly if a chain of parts connects them."""
    groups = Groups(THINGS)
    for part in parts:
        groups.join(part)
    expected = sets_of(parts)
    assert groups.numbers().tolist() == [
        min(one) for thing in range(THINGS) for one in expected if thing in one
    ]
    found = [set(group.tolist()) for group in groups_in(groups.numbers())]
    assert found == [one for one in expected if len(one) > 1]
    for one in range(THINGS):
        joined = next(group for group in expected if one in group)
        assert groups.are_joined(0, one) == (0 in joined)


@given(st.lists(st.integers(-3, 3)))
def test_groups_are_in_order_of_appearance(numbers):
    """Things with the same number are a group; the group that begins first is first."""
    found = [group.tolist() for group in groups_in(np.array(numbers, np.int64))]
    places = {n: [i for i, m in enumerate(numbers) if m == n] for n in numbers}
    assert found == [group for group in places.values() if len(group) > 1]
