"""Where the JSON Schemas and the example workspace are.

An installed wheel carries both under `accesscfg/_data/`; a checkout (and an editable install of it) has
them in its top folder. Imported on the way to every command, so it needs nothing but pathlib.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def schema_path(name: str) -> Path:
    """The file of one JSON Schema.

    `name` is the schema's short name: `workspace`, `secrets`, `plan`, … for `schemas/NAME.schema.json`.
    Raises FileNotFoundError, naming the schemas that exist, if there is none of that name.
    """
    folder = _folder("schemas")
    path = folder / f"{name}.schema.json"
    if not path.is_file():
        known = ", ".join(sorted(p.name.removesuffix(".schema.json") for p in folder.glob("*.schema.json")))
        raise FileNotFoundError(f"no schema called {name!r}; there are: {known or 'none'} (in {folder})")
    return path


def examples_path() -> Path:
    """The folder of the example workspace: `exchanges.yaml` and what it refers to. Not to be written to.

    Raises FileNotFoundError if this copy of accesscfg came without it.
    """
    return _folder("examples")


def ci_path() -> Path:
    """The folder of the ready CI jobs: `github.yml`, `gitlab.yml` and `install.sh`."""
    return _folder("ci", "docs/ci")


def _folder(name: str, in_checkout: str | None = None) -> Path:
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / (in_checkout or name)):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"this copy of accesscfg has no folder {name!r}: the installation is damaged")
