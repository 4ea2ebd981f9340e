"""What users get when they install accesscfg, and that the files that decide it agree with each other."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import accesscfg
from accesscfg import resources
from tools.check_wheel import problems

CHECKOUT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME: list[str] = PYPROJECT["project"]["dependencies"]
DEVELOPMENT: list[str] = PYPROJECT["dependency-groups"]["dev"]


def locked(name: str) -> dict[str, str]:
    """The version of each package in a lock file."""
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    pins = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", text, flags=re.MULTILINE)
    return {canonicalize_name(package): version for package, version in pins}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the checkout, so that nothing is written into it."""
    source = tmp_path_factory.mktemp("source")
    skipped = shutil.ignore_patterns(
        ".git", ".venv", ".tools", "dist", "__pycache__", ".accesscfg", ".*_cache"
    )
    shutil.copytree(CHECKOUT, source, dirs_exist_ok=True, ignore=skipped)
    (source / "accesscfg" / "__pycache__").mkdir()
    (source / "accesscfg" / "__pycache__" / "stale.pyc").touch()
    (source / "examples" / ".accesscfg").mkdir()
    (source / "examples" / ".accesscfg" / "audit.jsonl").touch()
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(source / "dist"),
        str(source),
    ]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = (source / "dist").glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked as an installer would, outside the checkout."""
    target = tmp_path_factory.mktemp("installed")
    shutil.unpack_archive(wheel, target, "zip")
    return target


def run_isolated(installed: Path, code: str) -> str:
    """What `code` prints in a Python that sees `installed` and the standard library, and nothing else."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed)}
    command = [sys.executable, "-S", "-c", code]
    done = subprocess.run(
        command, cwd=installed.parent, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_wheel_holds_the_packages_the_schemas_and_the_examples_and_nothing_else(wheel: Path) -> None:
    assert problems(wheel, CHECKOUT) == []


def test_the_wheel_check_notices_a_missing_and_a_foreign_file(wheel: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    (checkout / "schemas").mkdir(parents=True)
    (checkout / "schemas" / "new.schema.json").touch()
    found = problems(wheel, checkout)
    assert "missing: accesscfg/_data/schemas/new.schema.json" in found
    assert "should not be there: accesscfg/_data/examples/exchanges.yaml" in found


def test_an_installed_copy_finds_its_own_schemas_and_examples(installed: Path) -> None:
    schemas = sorted((CHECKOUT / "schemas").glob("*.schema.json"))
    names = [path.name.removesuffix(".schema.json") for path in schemas]
    code = (
        "from accesscfg.resources import examples_path, schema_path; import json;"
        f"print(json.dumps([str(schema_path(n)) for n in {names!r}] + [str(examples_path())]))"
    )
    *schema_files, examples = (Path(line) for line in json.loads(run_isolated(installed, code)))
    assert names
    assert [path.read_bytes() for path in schema_files] == [path.read_bytes() for path in schemas]
    assert all(path.is_relative_to(installed) for path in (*schema_files, examples))
    assert (examples / "exchanges.yaml").is_file()


def test_a_checkout_uses_its_own_schemas_and_examples() -> None:
    assert resources.schema_path("workspace") == CHECKOUT / "schemas" / "workspace.schema.json"
    assert resources.examples_path() == CHECKOUT / "examples"


def test_a_schema_that_does_not_exist_is_an_error_that_names_those_that_do() -> None:
    with pytest.raises(FileNotFoundError, match=r"no schema called 'plam'; there are: .*plan"):
        resources.schema_path("plam")


def test_finding_resources_imports_nothing_that_takes_time(installed: Path) -> None:
    code = (
        "import pathlib, sys; before = set(sys.modules);"
        "import accesscfg.resources; print(*set(sys.modules) - before)"
    )
    assert set(run_isolated(installed, code).split()) == {"accesscfg", "accesscfg.resources"}


def test_the_version_has_one_source() -> None:
    assert "version" not in PYPROJECT["project"]
    assert metadata.version("accesscfg") == accesscfg.__version__


def test_the_command_and_no_other_is_installed() -> None:
    commands = [(e.name, e.value) for e in metadata.distribution("accesscfg").entry_points]
    assert commands == [("accesscfg", "accesscfg.cli:main")]


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [("requirements.txt", RUNTIME), ("requirements-dev.txt", RUNTIME + DEVELOPMENT)],
    ids=["runtime", "development"],
)
def test_a_lock_covers_what_pyproject_asks_for(lock: str, requirements: list[str]) -> None:
    pins = locked(lock)
    for requirement in map(Requirement, requirements):
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{lock} lacks {name}: run `make lock`"
        assert requirement.specifier.contains(pins[name]), f"{lock} has {name} {pins[name]}: run `make lock`"


def test_what_is_tested_is_what_is_shipped() -> None:
    development = locked("requirements-dev.txt")
    assert locked("requirements.txt").items() <= development.items()


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_has_a_hash_for_every_package_and_names_no_host(lock: str) -> None:
    text = (CHECKOUT / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"https?:|--index|--extra-index|--find-links|--trusted-host", text) == []


FOUND_SOPS = {
    "too old": ("sops 3.10.2", "is 3.10.2, and 3.11.0 or newer is needed"),
    "writes wrong MACs": ("sops 3.13.2", "is 3.13.2, which writes files that cannot be opened again"),
    "the Python package": ("usage: sops [-h]", "is not the sops of getsops/sops"),
    "fit": ("sops 3.11.0", None),
    "fit, with more to say": ("sops 3.13.3 (latest)", None),
    "fit, next major version": ("sops 4.0.0", None),
}


@pytest.fixture
def sops_finder(tmp_path: Path) -> Path:
    """tools/ensure_sops in a checkout of its own, which has built nothing; beside it a folder `bin`."""
    shutil.copytree(CHECKOUT / "tools", tmp_path / "tools")
    (tmp_path / "bin").mkdir()
    for program in ("sh", "dirname", "sed", "head", "cat"):
        found = shutil.which(program)
        assert found
        (tmp_path / "bin" / program).symlink_to(found)
    return tmp_path / "tools" / "ensure_sops"


def put_sops(folder: Path, says: str) -> Path:
    program = folder / "sops"
    program.write_text(f"#!/bin/sh\necho '{says}'\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def find_sops(finder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs it with a PATH that has no Go, so that it can build nothing."""
    path = str(finder.parent.parent / "bin")
    return subprocess.run(
        [finder], env={"PATH": path, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("says", "complaint"), FOUND_SOPS.values(), ids=FOUND_SOPS)
@pytest.mark.parametrize("place", ["PATH", "ACCESSCFG_SOPS", ".tools"])
def test_only_a_fit_sops_is_taken(sops_finder: Path, place: str, says: str, complaint: str | None) -> None:
    checkout = sops_finder.parent.parent
    folder = {"PATH": checkout / "bin", "ACCESSCFG_SOPS": checkout, ".tools": checkout / ".tools" / "bin"}[
        place
    ]
    folder.mkdir(parents=True, exist_ok=True)
    program = put_sops(folder, says)
    named = {"ACCESSCFG_SOPS": str(program)} if place == "ACCESSCFG_SOPS" else {}
    done = find_sops(sops_finder, **named)
    if complaint is None:
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{program}\n", "")
    else:
        assert (done.returncode, done.stdout) == (1, "")
        assert complaint in done.stderr


def test_without_sops_and_go_it_says_how_to_get_one(sops_finder: Path) -> None:
    done = find_sops(sops_finder)
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no go on PATH" in done.stderr
    assert "brew install sops" in done.stderr
    assert not (sops_finder.parent.parent / ".tools").exists()


def test_the_sops_built_before_is_taken_when_the_one_on_path_does_not_fit(sops_finder: Path) -> None:
    checkout = sops_finder.parent.parent
    put_sops(checkout / "bin", "sops 3.9.0")
    (checkout / ".tools" / "bin").mkdir(parents=True)
    built = put_sops(checkout / ".tools" / "bin", "sops 3.13.3")
    assert find_sops(sops_finder).stdout == f"{built}\n"
