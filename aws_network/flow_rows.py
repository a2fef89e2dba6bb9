"""The accepted rows of the flow-log query, placed on the interfaces of the inventory."""

from importlib.resources import files

from pyspark.sql import DataFrame

from aws_network.match_frames import UNKNOWN, MatchFrames

ROW = (
    *("day", "era", "account_id", "region", "interface_id", "carrier", "vpc_id"),
    *("is_known", "both_sides", "protocol", "opener", "evidence", "replies_alone", "heard"),
    *("own_block", "peer_block", "own_from", "own_to", "peer_from", "peer_to"),
    *("own_port_shared", "peer_port_shared"),
)
"""What tells one row from another, as far as rules can; flow_rows.sql says what each is."""

SUMS = ("records_in", "records_out")
"""Records of the log towards and from the interface."""

SHARED_BY = 16
"""Peers that must use a port before it counts as a service, where nothing else decides."""


def interface_rows(flows: DataFrame, frames: MatchFrames) -> DataFrame:
    """The accepted rows with the columns ROW and SUMS; what no rule can tell apart is one row."""
    return flows.sparkSession.sql(
        files("aws_network").joinpath("flow_rows.sql").read_text(),
        flows=flows,
        days=frames.days,
        interfaces=frames.interfaces,
        blocks=frames.blocks,
        floors=frames.floors,
        interface_blocks=frames.interface_blocks,
        unknown=UNKNOWN,
        lengths=_Numbers(frames.lengths),
        shared_by=SHARED_BY,
    )


class _Numbers(list[int]):
    """Numbers that format as SQL literals with commas between them."""

    def __format__(self, spec: str) -> str:
        return ", ".join(str(number) for number in self)
