"""What is to be said of rules beyond their use: doubled, shadowed, redundant, too wide, dangling.

Pure: an inventory in, and what was observed; findings out.
"""

from aws_network.findings.all_findings import findings_of
from aws_network.findings.finding import Finding, Kind, kinds_by_rule

__all__ = ["Finding", "Kind", "findings_of", "kinds_by_rule"]
