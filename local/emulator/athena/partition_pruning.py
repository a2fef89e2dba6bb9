"""Which partitions and files of a table a query asks for, from its conditions.

Athena, too, does not open a file whose partition or path a condition rules out.
"""

from sqlglot import exp

from local.emulator.athena.tables import Table


def partition_condition(query: exp.Expr, table: Table) -> str | None:
    """The part of the WHERE clauses that only names partition keys and "$path", or None when it is
    not safe.

    It is safe when each place where the query reads the table has such a condition; the conditions
    of several places are joined by OR.
    """
    conditions = []
    for source in query.find_all(exp.Table):
        if source.name.lower() == table.name:
            select = source.find_ancestor(exp.Select)
            found = _key_conjuncts(select, table, source.alias_or_name) if select else []
            if not found:
                return None
            conditions.append(exp.and_(*found))
    return exp.or_(*conditions).sql(dialect="duckdb") if conditions else None


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
