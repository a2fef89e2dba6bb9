"""Jinja templates from the package's own data; in HTML every value is escaped."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from report import wording


def render(name: str, values: Mapping[str, object]) -> str:
    """Render templates/`name`. Raises jinja2.UndefinedError for a name without a value."""
    return _environment().get_template(name).render(values)


def package_text(path: str) -> str:
    """A text file of this package, which may be inside a zip."""
    return files("report").joinpath(path).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(lambda name: package_text(f"templates/{name}")),
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=wording.number,
        count=wording.count,
        percent=wording.percent,
        day=wording.day,
        named=wording.named,
        printable=wording.printable,
        sentence=wording.sentence,
        isolated=wording.isolated,
    )
    return environment
