"""Which part may import which: the contracts of pyproject.toml hold, and refuse what they name."""

import graphlib
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("aws_network", "infra", "jobs", "local", "plan", "report", "simulation")
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Checks the contracts of the packages in a folder."""
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--no-logo"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and their contracts, to put wrong imports into."""
    folder = tmp_path_factory.mktemp("layers")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            target = folder / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return folder


def test_contracts_hold(copy: Path) -> None:
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("plan/model.py", "import report.page", "in this order"),
        ("report/page.py", "import jobs.email_usage_report", "in this order"),
        ("aws_network/network/rules.py", "import aws_network.stores.lake", "in this order"),
        ("aws_network/stores/lake.py", "import aws_network.export.run", "in this order"),
        ("aws_network/attribution/evidence.py", "import aws_network.findings", "in this order"),
        ("aws_network/usage/window.py", "import aws_network.findings", "in this order"),
        ("infra/stack.py", "import report.page", "infra reads jobs"),
        ("jobs/query_flow_logs.py", "import local.run", "local exists"),
        ("report/page.py", "import simulation.network", "uses the simulation"),
        ("local/run.py", "import simulation.network", "uses the simulation"),
        ("simulation/truth.py", "import aws_network.network.rules", "that it judges"),
        ("aws_network/findings/finding.py", "import boto3", "call AWS"),
        ("plan/model.py", "from botocore.exceptions import ClientError", "call AWS"),
        ("jobs/query_flow_logs.py", "import moto", "uses the emulator"),
        ("local/account/inventory.py", "import local.emulator.ec2", "No circles"),
    ],
)
def test_an_import_against_the_arrows_is_refused(
    copy: Path, file: str, line: str, contract: str
) -> None:
    path = copy / file
    before = path.read_text()
    path.write_text(f"{before}\n{line}\n")
    done = lint_imports(copy)
    path.write_text(before)
    assert done.returncode == 1
    broken = [text for text in done.stdout.splitlines() if " BROKEN" in text]
    assert any(contract in text for text in broken), done.stdout


def test_no_module_imports_itself_over_others() -> None:
    """Tests included, and imports for types alone."""
    graph = grimp.build_graph(*PACKAGES, "tests", cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    graphlib.TopologicalSorter(imports).prepare()  # raises CycleError, with the circle
