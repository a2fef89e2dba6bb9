import pytest

from tests.infra.stacks import FULL, Template, template


@pytest.fixture(scope="session")
def shipped() -> Template:
    """The template with the settings that cdk.json ships with."""
    return template()


@pytest.fixture(scope="session")
def full() -> Template:
    """The template with every optional part."""
    return template(**FULL)


@pytest.fixture(scope="session", params=[{}, FULL], ids=["shipped", "full"])
def either(request: pytest.FixtureRequest) -> Template:
    """Each of the two templates in turn."""
    return template(**request.param)
