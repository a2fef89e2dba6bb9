"""What rules admitted before they were changed: no proof for them, and none against others."""

import pytest

from aws_network.findings.observed import admitted_sets

NOW = {"sgr-1": "v2", "sgr-2": "v1"}
SETS = [
    ("as they are now", "sgr-1@v2,sgr-2@v1", "", [({"sgr-1", "sgr-2"}, set())]),
    (
        "one of them in an earlier version: it covers nothing, and may be needed",
        "sgr-1@v1,sgr-2@v1",
        "",
        [({"sgr-2"}, set()), ({"sgr-1", "sgr-2"}, set())],
    ),
    ("an earlier version alone: it may be needed", "sgr-1@v1", "", [({"sgr-1"}, set())]),
    (
        "in doubt",
        "sgr-2@v1",
        "sgr-1@v1",
        [({"sgr-2"}, set()), ({"sgr-2"}, {"sgr-1"})],
    ),
    ("both versions on the day of the change", "sgr-1@v1,sgr-1@v2", "", [({"sgr-1"}, set())]),
    ("from before there were versions", "sgr-1,sgr-2", "", [({"sgr-1", "sgr-2"}, set())]),
]


@pytest.mark.parametrize(
    ("certain", "possible", "sets"), [s[1:] for s in SETS], ids=[s[0] for s in SETS]
)
def test_sets(certain: str, possible: str, sets: list[tuple[set[str], set[str]]]) -> None:
    row = {"certain": certain, "possible": possible, "is_known": True, "requests": 3}
    found = [(one.certain, one.possible) for one in admitted_sets([row], NOW)]
    assert sorted(found, key=str) == sorted(
        ((frozenset(one), frozenset(two)) for one, two in sets), key=str
    )
