"""Pairwise test cases: few cases that cover every pair of values of two factors."""

import itertools
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest


def cover_pairs(
    factors: "dict[str, Sequence[Any]]",
    is_possible: "Callable[[dict[str, Any]], bool]" = lambda case: True,
) -> "list[dict[str, Any]]":
    """A few cases that together contain every pair of values of two factors.

    `is_possible` is called with pairs and with whole cases; none that it rejects is
    used. The same factors always give the same cases.
    """
    rng = random.Random(0)
    missing = {
        frozenset([(a, i), (b, j)])
        for (a, values), (b, others) in itertools.combinations(factors.items(), 2)
        for i, j in itertools.product(range(len(values)), range(len(others)))
        if is_possible({a: values[i], b: others[j]})
    }

    def case_of(places: "dict[str, int]") -> "dict[str, Any]":
        return {name: factors[name][place] for name, place in places.items()}

    def pairs_of(places: "dict[str, int]") -> "set[frozenset[tuple[str, int]]]":
        return set(map(frozenset, itertools.combinations(places.items(), 2)))

    cases = []
    while missing:
        wanted = dict(min(missing, key=sorted))
        drawn = (
            {
                name: wanted.get(name, rng.randrange(len(values)))
                for name, values in factors.items()
            }
            for _ in range(200)
        )
        possible = [places for places in drawn if is_possible(case_of(places))]
        best = max(possible, key=lambda places: len(pairs_of(places) & missing))
        cases.append(case_of(best))
        missing -= pairs_of(best)
    return cases


def each_pair(
    *,
    is_possible: "Callable[[dict[str, Any]], bool]" = lambda case: True,
    indirect: "Sequence[str]" = ("each_format",),
    **factors: Any,
) -> pytest.MarkDecorator:
    """Runs a test for a few cases that contain every pair of values of two factors.

    The values of a factor are a list, or a dictionary from names to values. The factors
    in `indirect` are passed to the fixtures with the same names.
    """
    named = {
        factor: values if isinstance(values, dict) else {str(v): v for v in values}
        for factor, values in factors.items()
    }

    def values_of(case: "dict[str, str]") -> "dict[str, Any]":
        return {factor: named[factor][name] for factor, name in case.items()}

    cases = cover_pairs(
        {factor: list(values) for factor, values in named.items()},
        lambda case: is_possible(values_of(case)),
    )
    parameters = [
        pytest.param(
            *values_of(case).values(),
            id="-".join(case.values()),
            marks=[pytest.mark.grain] if case.get("each_format") == "grain" else [],
        )
        for case in cases
    ]
    for_fixtures = [name for name in indirect if name in factors]
    return pytest.mark.parametrize(tuple(factors), parameters, indirect=for_fixtures)
