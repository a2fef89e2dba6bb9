"""Which partitions and files of a table a query asks for, from its conditions.

Athena, too, does not open a file whose partition or path a condition rules out.
"""

from sqlglot import exp

from local.emulator.athena.tables import Table


def partition_condition(place: exp.Table, table: Table) -> str | None:
    """The part of the WHERE clause that only names partition keys and "$path", at one place where
    a query reads the table; None when there is no such part."""
    select = place.find_ancestor(exp.Select)
    found = _key_conjuncts(select, table, place.alias_or_name) if select else []
    return exp.and_(*found).sql(dialect="duckdb") if found else None


def _key_conjuncts(select: exp.Select, table: Table, alias: str) -> list[exp.Expr]:
    where = select.args.get("where")
    conjuncts = where.this.flatten() if where and isinstance(where.this, exp.And) else []
    conjuncts = conjuncts or ([where.this] if where else [])
    return [_unqualified(c) for c in conjuncts if _only_keys(c, table, alias)]


def _only_keys(condition: exp.Expr, table: Table, alias: str) -> bool:
    columns = list(condition.find_all(exp.Column))
    return (
        bool(columns)
        and condition.find(exp.Subquery, exp.Select) is None
        and all(
            c.name.lower() in (*table.keys, "$path") and c.table in ("", alias) for c in columns
        )
    )


def _unqualified(condition: exp.Expr) -> exp.Expr:
    return condition.transform(
        lambda node: exp.column(node.name, quoted=True) if isinstance(node, exp.Column) else node
    )
