"""What is to be said of rules beyond their use: doubled, shadowed, redundant, too wide, dangling.

Pure: an inventory in, and what was observed; findings out.
"""

from aws_network.findings.analysis import Analysis
from aws_network.findings.finding import Finding, kinds_by_rule
from aws_network.findings.too_wide import may_be_too_wide
from aws_network.findings.vocabulary import Basis, Kind, Scope, TradeOff

__all__ = [
    "Analysis",
    "Basis",
    "Finding",
    "Kind",
    "Scope",
    "TradeOff",
    "kinds_by_rule",
    "may_be_too_wide",
]
