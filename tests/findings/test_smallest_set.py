"""The smallest set that serves every need, against trying every set."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aws_network.findings import smallest_set as module
from aws_network.findings.smallest_set import components, smallest_set


def needs(*texts: str) -> list[frozenset[str]]:
    return [frozenset(text) for text in texts]


CASES = [
    ("nothing is needed", needs(), "", 0),
    ("a rule that is alone stays", needs("a", "ab", "abc"), "a", 1),
    ("one serves all", needs("ab", "bc", "bd"), "b", 1),
    ("two components", needs("ab", "bc", "xy", "yz"), "by", 2),
    ("greedy takes three, two are enough", needs("ax", "bx", "ay", "by", "cx", "cy"), "xy", 2),
    ("the cheaper one of two", needs("qp"), "q", 1),
    ("a triangle needs two", needs("ab", "bc", "ac"), "ab", 2),
]


@pytest.mark.parametrize(("given_needs", "kept", "at_least"), [c[1:] for c in CASES])
def test_cases(given_needs: list[frozenset[str]], kept: str, at_least: int) -> None:
    found = smallest_set(given_needs, {"p": 5})
    assert (found.kept, found.at_least) == (frozenset(kept), at_least)
    assert found.is_smallest


RANDOM_NEEDS = st.lists(st.frozensets(st.sampled_from("abcdefgh"), min_size=1), max_size=10)


@settings(deadline=None)
@given(RANDOM_NEEDS)
def test_no_set_with_fewer_rules_serves_all(given_needs: list[frozenset[str]]) -> None:
    found = smallest_set(given_needs, {})
    assert all(need & found.kept for need in given_needs)
    assert found.is_smallest
    for fewer in combinations("abcdefgh", max(0, len(found.kept) - 1)):
        assert not found.kept or not all(need & set(fewer) for need in given_needs)


@settings(deadline=None)
@given(RANDOM_NEEDS)
def test_a_component_that_is_too_large_has_an_honest_bound(
    given_needs: list[frozenset[str]],
) -> None:
    exact = smallest_set(given_needs, {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "EXACT_UP_TO", 0)
        found = smallest_set(given_needs, {})
    assert all(need & found.kept for need in given_needs)
    assert found.at_least <= len(exact.kept) <= len(found.kept)


def test_components_share_no_rule() -> None:
    found = [
        frozenset().union(*component)
        for component in components(needs("ab", "cd", "bc", "xy", "z"))
    ]
    assert sorted(map(sorted, found)) == [["a", "b", "c", "d"], ["x", "y"], ["z"]]
