"""The fixed names of a deployment: each carries its prefix, so that two can stand side by side."""

from dataclasses import dataclass

from aws_cdk import Aws


@dataclass(frozen=True)
class Names:
    """The names of what people, programs and policies look for."""

    prefix: str

    def of(self, noun: str) -> str:
        """The name of one resource of its type, such as `sg-analysis-rules-data`."""
        return f"{self.prefix}-{noun}"

    def of_the_region(self, noun: str) -> str:
        """The same for types whose names are global: the region is part of the name."""
        return f"{self.of(noun)}-{Aws.REGION}"

    @property
    def stack(self) -> str:
        """The CloudFormation stack, `SgAnalysis`."""
        return "".join(word.title() for word in self.prefix.split("-"))

    @property
    def metrics_namespace(self) -> str:
        """The CloudWatch namespace of the figures of each night."""
        return self.stack

    @property
    def database(self) -> str:
        """The Glue database; in SQL a hyphen would need quotes."""
        return self.prefix.replace("-", "_")

    @property
    def workgroup(self) -> str:
        """The Athena workgroup."""
        return self.prefix

    def job_logs(self, noun: str) -> str:
        """What the log groups of a job begin with."""
        return f"/aws-glue/jobs/{self.prefix}/{noun}"
