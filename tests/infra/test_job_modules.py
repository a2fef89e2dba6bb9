"""The modules of the jobs: locked, tested in these versions, shipped with the stack."""

import hashlib
import importlib.metadata
import json
import zipfile
from pathlib import Path

import pytest

from infra import job_modules
from infra.job_modules import LOCK, JobModulesError, lock_digest
from tests.infra.stacks import Template, plain, resources, synthesize
from tools.lock_job_modules import lock_lines

LOCKED = [line.split() for line in LOCK.read_text().splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("pin", [pin for pin, _ in LOCKED])
def test_the_tests_run_with_what_is_locked(pin: str) -> None:
    name, _, version = pin.partition("==")
    assert importlib.metadata.version(name) == version


@pytest.mark.parametrize("pin", [pin for pin, _ in LOCKED])
def test_a_fresh_environment_gets_what_is_locked(pin: str) -> None:
    requirements = (LOCK.parent / "requirements.txt").read_text()
    pinned = [line.split()[0].lower() for line in requirements.splitlines() if "==" in line]
    assert pin in pinned


def test_the_zip_holds_the_locked_wheels_and_nothing_else() -> None:
    with zipfile.ZipFile(job_modules.job_modules()) as file:
        found = {
            f"--hash=sha256:{hashlib.sha256(file.read(n)).hexdigest()}" for n in file.namelist()
        }
        assert {Path(name).parent for name in file.namelist()} == {Path("wheels")}
    assert found == {digest for _, digest in LOCKED}


def test_every_job_installs_the_zip_and_asks_no_index(shipped: Template) -> None:
    assembly = synthesize()
    [manifest] = assembly.glob("*.assets.json")
    sources = {
        destination["objectKey"]: assembly / file["source"]["path"]
        for file in json.loads(manifest.read_text())["files"].values()
        for destination in file["destinations"].values()
    }
    for job in resources(shipped, "AWS::Glue::Job").values():
        told = plain(job["DefaultArguments"])
        assert told["--python-modules-installer-option"] == "--no-index"
        key = told["--additional-python-modules"].rpartition("/")[2]
        assert key.endswith(".gluewheels.zip")
        assert sources[key].read_bytes() == job_modules.job_modules().read_bytes()


def test_the_lock_has_a_line_for_each_package_that_pip_would_install() -> None:
    report = [
        {
            "metadata": {"name": name, "version": "1.0"},
            "download_info": {"archive_info": {"hashes": {"sha256": "ab" * 32}}},
        }
        for name in ("Zeta", "alpha")
    ]
    assert lock_lines(report) == [
        f"{name}==1.0 --hash=sha256:{'ab' * 32}\n" for name in ("alpha", "zeta")
    ]


def test_comments_of_the_lock_change_nothing() -> None:
    assert lock_digest("# a\nx==1\n") == lock_digest("# b\n\nx==1\n") != lock_digest("x==2\n")


def test_a_wheel_with_another_hash_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip downloads from a folder here: what is tested is the hash, not the network."""
    wheel = tmp_path / "mine-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr(
            "mine-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n"
        )
        file.writestr("mine-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
    lock = tmp_path / "lock.txt"
    monkeypatch.setattr(job_modules, "LOCK", lock)
    monkeypatch.setattr(job_modules, "FOLDER", tmp_path / "modules")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    lock.write_text(f"mine==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(JobModulesError, match=r"lock\.txt: the wheels .* Run `make install`"):
        job_modules.job_modules()
    assert list((tmp_path / "modules").iterdir()) == []
    lock.write_text(f"mine==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    with zipfile.ZipFile(job_modules.job_modules()) as file:
        assert file.namelist() == ["wheels/mine-1.0-py3-none-any.whl"]
