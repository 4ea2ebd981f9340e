"""Checks what a built wheel installs: `python tools/check_wheel.py dist/accesscfg-….whl`.

Also used by tests/test_packaging.py, so that the wheel of a release and of a test are held to one list.
"""

import sys
import zipfile
from pathlib import Path

TOP_LEVEL = {"accesscfg", "accesscfg_tui"}
"""The only importable names; a top-level `tui`, `tests` or `schemas` would collide with other packages."""

NEEDED = (
    "accesscfg/__init__.py",
    "accesscfg/py.typed",
    "accesscfg/resources.py",
    "accesscfg_tui/__init__.py",
    "accesscfg_tui/py.typed",
    "accesscfg_tui/styles/base.tcss",
)


def problems(wheel: Path, checkout: Path) -> list[str]:
    """What is wrong with the wheel, one sentence each; empty if nothing is.

    Every file of the packages, of schemas/ and of examples/ in `checkout` has to be in it, at its place.
    """
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    installed = {name for name in names if ".dist-info/" not in name}
    expected = set(NEEDED) | _files(checkout, "accesscfg", "accesscfg")
    expected |= _files(checkout, "tui/accesscfg_tui", "accesscfg_tui")
    for folder in ("schemas", "examples"):
        expected |= _files(checkout, folder, f"accesscfg/_data/{folder}")
    expected |= _files(checkout, "docs/ci", "accesscfg/_data/ci")
    found = [f"missing: {name}" for name in sorted(expected - names)]
    found += [f"should not be there: {name}" for name in sorted(installed - expected)]
    strangers = {name.split("/")[0] for name in installed} - TOP_LEVEL
    found += [f"installs a top-level {name!r}" for name in sorted(strangers)]
    if not any(name.endswith(".dist-info/licenses/LICENSE") for name in names):
        found.append("has no licence file")
    return found


def _files(checkout: Path, folder: str, placed: str) -> set[str]:
    base = checkout / folder
    return {
        f"{placed}/{path.relative_to(base).as_posix()}"
        for path in base.rglob("*")
        if path.is_file() and not {"__pycache__", ".accesscfg"} & set(path.relative_to(base).parts)
    }


if __name__ == "__main__":
    wrong = problems(Path(sys.argv[1]), Path(__file__).resolve().parent.parent)
    print("\n".join(wrong) or f"{Path(sys.argv[1]).name}: in order")
    sys.exit(bool(wrong))
