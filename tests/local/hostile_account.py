"""Names, descriptions and tags that somebody typed in to do harm, in the exports of an account."""

import json
from itertools import cycle
from pathlib import Path

HOSTILE_TEXTS = (
    "'; DROP TABLE flow_logs; --",
    "' OR '1'='1",
    "<script>window.hacked=1</script>",
    '"><img src=x onerror=window.hacked=1>',
    '=HYPERLINK("https://192.0.2.1/","x")',
    "+1+1",
    "@SUM(A1)",
    "../../../etc/passwd",
    "s3://elsewhere/${day}/{{ 7 * 7 }}",
    "{% $states.input.secret %}",
    "$(touch hacked) `touch hacked`",
    "\u202ecod.exe line\nbreak",
)


def make_hostile(inventory: Path) -> None:
    """Renames groups, and describes and tags rules and interfaces; ids and terms stay."""
    texts = cycle(HOSTILE_TEXTS)
    for name, items, fields in (
        ("security-groups.json", "SecurityGroups", ("GroupName", "Description")),
        ("security-group-rules.json", "SecurityGroupRules", ("Description",)),
        ("network-interfaces.json", "NetworkInterfaces", ("Description",)),
    ):
        path = inventory / name
        exported = json.loads(path.read_text())
        for item in exported[items]:
            text = next(texts)
            item |= dict.fromkeys(fields, text)
            if name != "network-interfaces.json":
                kept = [tag for tag in item.get("Tags", []) if tag["Key"] == "do-not-delete"]
                item["Tags"] = [*kept, *({"Key": key, "Value": text} for key in (text, "Owner"))]
        path.write_text(json.dumps(exported))
