"""Text that people can put into descriptions and tags, and that means something to shells."""

import random

DESCRIPTIONS = (
    "$(touch /tmp/owned) `id`; & | > < !! ~ * ?",
    "it's \"quoted\" 'twice' \\ and \\\\",
    "${aws:username} %{ if true } $${x} #{y}",
    "-- --dry-run -h",
    "<script>alert(1)</script>",
    "ends in a backslash \\",
    "https://example.com/ {}[],: # no comment",
)
TAGS = (
    ("owner", "платформа ☃ 😀"),
    ("line", "two\nlines\r\n\ttabbed"),
    ("$HOME", "$(id)"),
    ("quote'\"", "'\"'"),
    ("separator", "a\u2028b\u2029c\x85d\u202ee"),
    ("template", "${var.x}%{ for }"),
    ("empty", ""),
    ("aws:cloudformation:stack-name", "web"),
)


def description(rng: random.Random) -> str | None:
    """One of them, or none."""
    return rng.choice((None, *DESCRIPTIONS))


def tags(rng: random.Random) -> tuple[tuple[str, str], ...]:
    """Some of those that people may set."""
    own = [tag for tag in TAGS if not tag[0].startswith("aws:")]
    return tuple(rng.sample(own, rng.randint(0, 3)))
