"""How Athena reads files: text flow logs, Parquet, and JSON lines."""

from collections.abc import Iterable, Mapping, Sequence

from aws_cdk import aws_glue as glue

from aws_network.flow_logs.formats import Column

_TEXT = (
    "org.apache.hadoop.mapred.TextInputFormat",
    "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
)
_PARQUET = (
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
)


def spaced_text(
    location: str, columns: Sequence[Column]
) -> glue.CfnTable.StorageDescriptorProperty:
    """Values between single spaces, as flow logs have them; .gz is read as it is."""
    serde = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
    parameters = {"field.delim": " ", "serialization.format": " "}
    return _storage(location, columns, _TEXT, serde, parameters)


def parquet(location: str, columns: Sequence[Column]) -> glue.CfnTable.StorageDescriptorProperty:
    """Parquet files; columns are found by name."""
    serde = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    return _storage(location, columns, _PARQUET, serde, {"serialization.format": "1"})


def json_lines(location: str, columns: Sequence[Column]) -> glue.CfnTable.StorageDescriptorProperty:
    """One JSON object a line; columns are found by name."""
    return _storage(location, columns, _TEXT, "org.openx.data.jsonserde.JsonSerDe", {})


def cfn_columns(columns: Iterable[Column]) -> list[glue.CfnTable.ColumnProperty]:
    """The columns as CloudFormation wants them."""
    return [glue.CfnTable.ColumnProperty(name=c.name, type=c.type) for c in columns]


def _storage(
    location: str,
    columns: Sequence[Column],
    formats: tuple[str, str],
    serde: str,
    parameters: Mapping[str, str],
) -> glue.CfnTable.StorageDescriptorProperty:
    return glue.CfnTable.StorageDescriptorProperty(
        location=location,
        columns=cfn_columns(columns),
        input_format=formats[0],
        output_format=formats[1],
        serde_info=glue.CfnTable.SerdeInfoProperty(
            serialization_library=serde, parameters=dict(parameters)
        ),
    )
