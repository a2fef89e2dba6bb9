"""The mail: subject, both parts, the message, its limits, and untrusted text in it."""

import io
import random
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any

import pytest

from aws_network.usage.statuses import Status
from report.csv_file import to_csv
from report.mail import Mail, ReportLocation, render_mail, to_mime
from report.shades import shade
from report.usage_report import UsageReport
from tests.report.hostile import HOSTILE
from tests.report.sample import make_sample

LOCATION = ReportLocation("lake-123456789012", "reports/day=2026-10-31/")
REPORT = make_sample().report()
GMAIL_CUTS_AT = 102_000


class Reader(HTMLParser):
    """The tags and the visible text of a document."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


def only(report: UsageReport, *statuses: Status) -> UsageReport:
    return replace(report, rules=tuple(rule for rule in report.rules if rule.status in statuses))


def renamed(report: UsageReport, text: str) -> UsageReport:
    rules = (replace(rule, sg_name=text, description=text, source=text) for rule in report.rules)
    return replace(report, rules=tuple(rules), period_label=text)


def parsed(mail: Mail, sender: str = "security@example.com") -> EmailMessage:
    mime = to_mime(mail, sender, ["ops@example.com"])
    return message_from_bytes(mime, policy=default)


@pytest.mark.parametrize(
    ("report", "subject"),
    [
        (REPORT, "Security group rules, October 2026: 10 of 64 unused"),
        (only(REPORT, Status.USED), "Security group rules, October 2026: none of 39 unused"),
        (replace(REPORT, rules=()), "Security group rules, October 2026: none of 0 unused"),
        (
            replace(REPORT, period_label="2026-11-01 to 2026-11-20\r\nBcc: x@example.com"),
            "Security group rules, 2026-11-01 to 2026-11-20 Bcc: x@example.com: 10 of 64 unused",
        ),
    ],
    ids=["some stale", "nothing stale", "no rules", "line break in the period"],
)
def test_the_subject_says_period_and_count(report: UsageReport, subject: str) -> None:
    message = parsed(render_mail(report, LOCATION))
    assert message["Subject"] == subject
    assert message["Bcc"] is None


def test_the_message_has_text_and_html_and_the_csv() -> None:
    message = parsed(render_mail(REPORT, LOCATION))
    body = [part.get_content_type() for part in message.walk()]
    assert body == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/csv",
    ]
    [attachment] = message.iter_attachments()
    assert attachment.get_filename() == "rule_usage.csv"
    assert attachment.get_content() == to_csv(REPORT.rules)


def with_csv_of(size: int) -> Mail:
    """The mail of a report whose CSV has about this many bytes that cannot be compressed."""
    each = size // 20
    reason = random.Random(1)
    rules = tuple(
        replace(rule, reason=reason.randbytes(each // 2).hex()) for rule in REPORT.rules[:20]
    )
    return render_mail(replace(REPORT, rules=rules), LOCATION)


def test_a_large_csv_is_zipped() -> None:
    mail = with_csv_of(2_000_000)
    [attachment] = parsed(mail).iter_attachments()
    assert attachment.get_filename() == "rule_usage.csv.zip"
    assert attachment.get_content_type() == "application/zip"
    with zipfile.ZipFile(io.BytesIO(attachment.get_content())) as file:
        assert file.namelist() == ["rule_usage.csv"]
        assert len(file.read("rule_usage.csv")) > 2_000_000
    assert "Attached: rule_usage.csv.zip, one row per rule." in mail.text
    assert "Attached: rule_usage.csv.zip, one row per rule." in Reader(mail.html).words


def test_a_csv_that_is_too_large_for_a_mail_is_linked() -> None:
    mail = with_csv_of(8_000_000)
    message = parsed(mail)
    assert list(message.iter_attachments()) == []
    assert len(message.as_bytes()) < 200_000
    location = "s3://lake-123456789012/reports/day=2026-10-31/rule_usage.csv"
    assert f"is too large for a mail:\n{location}\n" in mail.text
    assert f"aws s3 cp {location} rule_usage.csv" in Reader(mail.html).words
    for text in (mail.text, Reader(mail.html).words):
        assert "ttached rule_usage" not in text
        assert "Attached:" not in text


def test_an_address_cannot_add_a_header() -> None:
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        parsed(render_mail(REPORT, LOCATION), sender="a@example.com\r\nBcc: b@example.com")


@pytest.mark.parametrize("part", ["html", "text"])
@pytest.mark.parametrize(
    "fact",
    [
        "10 of 64 rules were not used",
        "1 to 31 October 2026",
        "Can't tell: the group is on no interface",
        "1,110,558",
        "s3://lake-123456789012/reports/day=2026-10-31/report.html",
        REPORT.stale[0].sg_rule_id,
        REPORT.stale[0].sg_name,
        "payments@example.com",
        "Ask the owner whether the rule is still needed",
    ],
)
def test_both_parts_say_the_same(part: str, fact: str) -> None:
    mail = render_mail(REPORT, LOCATION)
    text = Reader(mail.html).words if part == "html" else " ".join(mail.text.split())
    assert fact in text


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ([Status.USED], "Every rule that could be judged was used"),
        ([Status.NOT_OBSERVED], "No rule could be judged from the logs"),
        ([], "no security group rules"),
    ],
)
def test_a_month_with_nothing_stale_says_so(statuses: list[Status], said: str) -> None:
    mail = render_mail(only(REPORT, *statuses), LOCATION)
    assert said in Reader(mail.html).words
    assert said in " ".join(mail.text.split())
    assert "ask the owner" not in mail.text.lower()


def test_the_html_is_what_mail_clients_show() -> None:
    reader = Reader(render_mail(REPORT, LOCATION).html)
    names = {tag for tag, _ in reader.tags}
    assert not names & {"script", "style", "img", "link", "svg", "form", "iframe"}
    attributes: list[Mapping[str, Any]] = [attributes for _, attributes in reader.tags]
    assert not any("src" in a or "url(" in str(a.get("style")) for a in attributes)
    links = [a["href"] for a in attributes if "href" in a]
    assert links == [LOCATION.console_url("report.html")]


def test_the_heat_map_shows_each_groups_sum_in_its_shade() -> None:
    html = render_mail(REPORT, LOCATION).html
    sums: dict[tuple[str, str], int] = {}
    for rule in REPORT.rules:
        key = (rule.sg_name, rule.flow_direction)
        sums[key] = sums.get(key, 0) + rule.used_times
    cells = re.findall(r"background:(#\w+);color:#\w+;\">([\d,]+|none)</div>", html)
    expected = [(shade(count).background, f"{count:,}") for count in sums.values()]
    assert sorted(cells) == sorted(expected)


@pytest.mark.parametrize(
    ("count", "label"),
    [(0, "none"), (1, "1 to 9"), (9, "1 to 9"), (10, "10 to 99"), (10**9, "1,000,000 or more")],
)
def test_a_shade_is_the_number_of_digits(count: int, label: str) -> None:
    assert shade(count).label == label


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_untrusted_text_is_only_text(text: str) -> None:
    mail = render_mail(renamed(REPORT, text), LOCATION)
    plain, harmless = Reader(render_mail(REPORT, LOCATION).html), Reader(mail.html)
    assert {tag for tag, _ in harmless.tags} <= {tag for tag, _ in plain.tags}
    assert not re.search("[\u202a-\u202e]", mail.html + mail.text)
    assert "1337" not in mail.html + mail.text
    assert parsed(mail)["Subject"]


def test_the_mail_stays_below_what_gmail_cuts() -> None:
    huge = renamed(make_sample(rules=2000, days=2).report(), "<" * 255)
    mail = render_mail(huge, LOCATION)
    assert len(mail.html.encode()) < GMAIL_CUTS_AT
    assert "290 more" in mail.text
