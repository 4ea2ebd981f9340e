"""A folder with real sops files, made by the real program with a throw-away identity."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
FOREIGN = ("SOPS_", "AWS_", "GOOGLE_", "CLOUDSDK_", "AZURE_", "VAULT_", "GNUPG", "GPG_", "XDG_", "ACCESSCFG_")
"""How the variables start by which a developer's own settings and secrets could reach a test."""


def find_sops() -> str | None:
    """The sops to test with: $ACCESSCFG_SOPS, the first on $PATH, or the one that `make` builds."""
    built = CHECKOUT / ".tools" / "bin" / "sops"
    return (
        os.environ.get("ACCESSCFG_SOPS") or shutil.which("sops") or (str(built) if built.exists() else None)
    )


@dataclass(frozen=True, slots=True)
class SopsRepo:
    """A folder with a `.sops.yaml`; the environment has the identity that opens what is encrypted there."""

    folder: Path
    sops: str
    recipient: str

    @property
    def file(self) -> Path:
        """The secrets file, where there is one."""
        return self.folder / "secrets.sops.yaml"

    @property
    def rules(self) -> Path:
        """The `.sops.yaml`."""
        return self.folder / ".sops.yaml"

    def write_rules(self, **changes: Any) -> None:
        """A `.sops.yaml` with one rule; a change to None leaves that option out."""
        rule = {
            "path_regex": r"[^/]\.sops\.yaml$",
            "encrypted_regex": "^keys$",
            "age": self.recipient,
        } | changes
        kept = {name: value for name, value in rule.items() if value is not None}
        self.rules.write_text(json.dumps({"creation_rules": [kept]}))

    def encrypt(self, document: Any, name: str = "secrets.sops.yaml") -> Path:
        """The document as a file, encrypted by sops itself. `document` is data, or YAML text to be kept as it
        is.
        """
        kind, text = ("yaml", document) if isinstance(document, str) else ("json", json.dumps(document))
        args = ["--input-type", kind, "--output-type", "yaml", "--filename-override", name]
        done = self.call("encrypt", *args, given=text)
        target = self.folder / name
        target.write_text(done)
        return target

    def write(self, entries: Mapping[str, Any], name: str = "secrets.sops.yaml") -> Path:
        """A secrets file with these entries."""
        return self.encrypt({"version": 1, "keys": dict(entries)}, name)

    def decrypt(self, name: str = "secrets.sops.yaml") -> Any:
        """What a file holds, as sops itself says."""
        return json.loads(self.call("decrypt", "--output-type", "json", name))

    def call(self, *args: str, given: str = "") -> str:
        """sops' standard output. A failure is the test's."""
        done = subprocess.run(
            [self.sops, *args], cwd=self.folder, input=given, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def hmac_entry(mark: str = "1") -> dict[str, str]:
    """An entry of the usual kind; `mark` tells one from another."""
    return {"api_key": f"api-key-{mark}", "api_secret": f"MARKED-SECRET-{mark}"}
