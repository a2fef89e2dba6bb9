"""Where in the lake a report is."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class ReportLocation:
    """The folder that holds all files of a report."""

    bucket: str
    prefix: str
    """Ends with a slash."""

    def key(self, name: str) -> str:
        """The object key of one of the report's files, such as "report.html"."""
        return f"{self.prefix}{name}"

    def uri(self, name: str) -> str:
        return f"s3://{self.bucket}/{self.key(name)}"

    def console_url(self, name: str) -> str:
        """The object's page in the S3 console, for people who may read the bucket."""
        key = quote(self.key(name), safe="")
        return f"https://console.aws.amazon.com/s3/object/{self.bucket}?prefix={key}"
