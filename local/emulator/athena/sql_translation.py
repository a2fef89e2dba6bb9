"""Athena SQL as DuckDB runs it.

Only functions that answer alike on both engines, or are rewritten until they do, are let through:
each has a test. Any other fails the query by name, so that nothing can work here and nowhere else.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from local.emulator.athena.errors import SqlError

_UNLOAD = re.compile(r"\A(?:\s|--[^\n]*\n|/\*.*?\*/)*UNLOAD\b", re.IGNORECASE | re.DOTALL)
"""sqlglot takes an UNLOAD for a command it does not look into, so it is taken apart here."""

INTEGERS = {exp.DataType.Type.INT, exp.DataType.Type.BIGINT, exp.DataType.Type.SMALLINT}


@dataclass(frozen=True)
class Unload:
    """The target of an UNLOAD statement: where to, and its WITH options in lower case."""

    location: str
    options: dict[str, str]


@dataclass(frozen=True)
class Statement:
    """A query, and where its rows go when it is an UNLOAD."""

    query: exp.Expr
    unload: Unload | None

    def duckdb(self) -> str:
        """The query in DuckDB's words."""
        return _rewritten(self.query).sql(dialect="duckdb")

    def tables(self) -> list[exp.Table]:
        """Each place where the query reads a table that is no WITH query."""
        inner = {cte.alias.lower() for cte in self.query.find_all(exp.CTE)}
        return [
            table
            for table in self.query.find_all(exp.Table)
            if table.db or table.name.lower() not in inner
        ]


def parse(sql: str, parameters: Sequence[str]) -> Statement:
    """Takes a statement apart. Raises SqlError."""
    try:
        statement = _UNLOAD.sub("", sql, count=1)
        bound = bind(statement, parameters)
        body, unload = split_unload(bound) if statement != sql else (bound, None)
        query = sqlglot.parse_one(body, read="athena")
    except SqlglotError as error:
        raise SqlError(f"SYNTAX_ERROR: {error}") from error
    if not isinstance(query, exp.Query):
        raise SqlError("SYNTAX_ERROR: only SELECT and UNLOAD are run on this machine")
    for function in query.find_all(exp.Func):
        if not _is_known(function):
            raise SqlError(
                f"FUNCTION_NOT_FOUND: {function.sql(dialect='athena')[:80]}: not among the "
                "functions known to answer alike on Athena and on this machine"
            )
    return Statement(query, unload)


def bind(sql: str, parameters: Sequence[str]) -> str:
    """Puts execution parameters, which are SQL literals, in the place of the question marks."""
    tokens = sqlglot.tokenize(sql, read="athena")
    marks = [token for token in tokens if token.token_type == TokenType.PLACEHOLDER]
    if len(marks) != len(parameters):
        raise SqlError(
            f"SYNTAX_ERROR: Incorrect number of parameters: expected {len(marks)} "
            f"but found {len(parameters)}"
        )
    for mark, value in reversed(list(zip(marks, parameters, strict=True))):
        literal = sqlglot.parse_one(value, read="athena").sql(dialect="athena")
        sql = f"{sql[: mark.start]}{literal}{sql[mark.end + 1 :]}"
    return sql


def split_unload(sql: str) -> tuple[str, Unload]:
    """`(query) TO 'location' WITH (options)`: the query, and the rest as a value."""
    tokens = sqlglot.tokenize(sql, read="athena")
    close = _closing(tokens)
    words = tokens[close + 1 :]
    if len(words) < 2 or words[0].text.upper() != "TO" or words[1].token_type != TokenType.STRING:
        raise SqlError("SYNTAX_ERROR: expected UNLOAD (query) TO 'location' WITH (...)")
    return sql[tokens[0].end + 1 : tokens[close].start], Unload(words[1].text, _options(words[2:]))


def _closing(tokens: list[Token]) -> int:
    depth = 0
    for place, token in enumerate(tokens):
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
        if depth == 0:
            return place
    raise SqlError("SYNTAX_ERROR: UNLOAD has an unclosed parenthesis")


def _options(words: list[Token]) -> dict[str, str]:
    inner = [token for token in words if token.token_type == TokenType.EQ]
    places = [words.index(token) for token in inner]
    return {words[at - 1].text.lower(): words[at + 1].text.lower() for at in places}


_ALIKE: tuple[type[exp.Expr], ...] = (
    exp.And, exp.Or, exp.Case, exp.If, exp.Cast, exp.TryCast, exp.Coalesce, exp.Nullif, exp.Lower,
    exp.Upper, exp.Greatest, exp.Least, exp.Count, exp.CountIf, exp.Sum, exp.Min, exp.Max,
    exp.LogicalOr, exp.LogicalAnd, exp.BitwiseOrAgg, exp.ArrayContains, exp.Unnest, exp.Explode,
    exp.Concat, exp.Array, exp.ArraySize, exp.Length, exp.Exists, exp.Trim, exp.Abs,
    exp.CurrentDate,
    exp.RegexpExtract, exp.RegexpLike,
)  # fmt: skip
"""Functions that both engines answer alike, some after a rewriting below."""

_ANONYMOUS = {"any_match", "bitwise_left_shift"}


def _is_known(function: exp.Func) -> bool:
    if isinstance(function, exp.Anonymous):
        return function.name.lower() in _ANONYMOUS
    return isinstance(function, _ALIKE)


def _snippet(duckdb: str, **parts: exp.Expr) -> exp.Expr:
    """A DuckDB expression with the named columns replaced by expressions, rewritten as well."""
    tree = sqlglot.parse_one(duckdb, read="duckdb")
    return tree.transform(
        lambda node: (
            _rewritten(parts[node.name])
            if isinstance(node, exp.Column) and not node.table and node.name in parts
            else node
        )
    )


def _rewritten(tree: exp.Expr) -> exp.Expr:
    """From the outside in; what a rule replaces is not looked into again."""
    return tree.transform(_rewrite)


def _rewrite(node: exp.Expr) -> exp.Expr:
    for kind, rule in _RULES.items():
        if isinstance(node, kind):
            return rule(node)
    return node


def _contains(node: exp.Expr) -> exp.Expr:
    """contains(network, address) is a test of addresses, contains(array, element) is not."""
    haystack, needle = node.this, node.expression
    if _is_ipaddress(needle):
        inner = needle.this
        return exp.func("address_in", _rewritten(haystack), _rewritten(inner))
    return node


def _is_ipaddress(node: exp.Expr) -> bool:
    return isinstance(node, exp.Cast) and node.to.sql(dialect="athena").upper() == "IPADDRESS"


def _cast(node: exp.Expr) -> exp.Expr:
    """Text becomes an integer only when it is nothing but digits: no spaces, points, exponents."""
    if _is_ipaddress(node):
        inet = exp.DataType.build("INET", dialect="duckdb", udt=True)
        node.set("to", inet)
        if isinstance(node, exp.TryCast):
            return exp.TryCast(this=_snippet("as_address(x)", x=node.this), to=inet)
    elif isinstance(node, exp.TryCast) and node.args["to"].this in INTEGERS:
        return exp.TryCast(this=_snippet("digits_only(x)", x=node.this), to=node.args["to"])
    return node


def _anonymous(node: exp.Expr) -> exp.Expr:
    return {"any_match": _any_match, "bitwise_left_shift": _left_shift}[node.name.lower()](node)


def _left_shift(node: exp.Expr) -> exp.Expr:
    value, shift = node.expressions
    return _snippet("(value << shift)", value=value, shift=shift)


def _regexp_extract(node: exp.Expr) -> exp.Expr:
    """Without a match it is NULL on Athena, empty on DuckDB; an empty match is NULL here too."""
    return _snippet(
        "nullif(regexp_extract(text, pattern, place), '')",
        text=node.this,
        pattern=node.expression,
        place=node.args.get("group") or exp.Literal.number(0),
    )


def _any_match(node: exp.Expr) -> exp.Expr:
    items, condition = node.expressions
    return _snippet(
        "CASE WHEN len(items) > 0 THEN list_bool_or(list_transform(items, condition)) "
        "WHEN items IS NOT NULL THEN FALSE END",
        items=items,
        condition=condition,
    )


def _as_bigint(node: exp.Expr) -> exp.Expr:
    """bitwise_or_agg and bitwise_and answer bigint on Athena whatever they are given."""
    return _snippet("CAST(bit_or(number) AS BIGINT)", number=node.this)


def _count_if(node: exp.Expr) -> exp.Expr:
    """count_if of nothing but NULL is 0 on Athena, NULL on DuckDB."""
    return _snippet("COUNT(CASE WHEN condition THEN 1 END)", condition=node.this)


def _table(node: exp.Expr) -> exp.Expr:
    """A table by its name alone: the views of a query have no catalog and no database."""
    if node.args.get("catalog") and node.text("catalog").lower() != "awsdatacatalog":
        raise SqlError(f"CATALOG_NOT_FOUND: line 1:1: Catalog '{node.text('catalog')}' not found")
    node.set("catalog", None)
    node.set("db", None)
    return node


MACROS = """
CREATE MACRO address_in(network, address) AS address::INET <<= network::INET;
CREATE MACRO digits_only(x) AS CASE
  WHEN typeof(x) <> 'VARCHAR' OR regexp_full_match(x::VARCHAR, '[+-]?[0-9]+') THEN x
END;
CREATE MACRO as_address(x) AS CASE
  WHEN NOT (contains(x, '.') AND regexp_matches(x, '(^|[.:])0[0-9]+([.]|$)')) THEN x
END;
"""
"""Functions that DuckDB must be taught before a query. An octet such as 010 is none on Athena."""

_RULES: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.ArrayContains: _contains,
    exp.CountIf: _count_if,
    exp.Cast: _cast,
    exp.Anonymous: _anonymous,
    exp.RegexpExtract: _regexp_extract,
    exp.BitwiseOrAgg: _as_bigint,
    exp.Table: _table,
}
