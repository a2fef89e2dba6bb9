"""Nothing that was observed is refused after a plan, and what-if tells what a change would refuse:
random networks, through Spark.

`python -m tests.findings` plays 200 of them.
"""

from pathlib import Path

import pytest

from tests.attribution.harness import spark_session
from tests.findings.replay import replay


@pytest.mark.spark
def test_observed_traffic_is_still_admitted_after_the_plan(tmp_path: Path) -> None:
    spark = spark_session()
    tally = replay(spark, [*range(8), 63, 225, 231], tmp_path)
    spark.stop()
    assert tally.refused == []
    assert {"remove unused", "remove shadowed", "remove redundant", "narrow too_wide"} <= set(
        tally.items
    )
    assert tally.requests > 1_000
    assert tally.wrong_answers == []
    assert {"refused", "may_be_refused"} <= set(tally.answers)
