"""The secrets files by name: what is there, what is missing, and putting a credential in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from accesscfg.model.errors import (
    UsageError,
)
from accesscfg.model.events import nobody
from accesscfg.model.findings import Finding

if TYPE_CHECKING:
    from accesscfg.model.desired import DesiredKey

from accesscfg.workspace.looking import Looking
from accesscfg.workspace.place import writes


@dataclass(frozen=True, slots=True)
class SecretEntry:
    """One entry of a secrets file, by names only."""

    path: str
    fields: tuple[str, ...]
    file: Path
    declared: bool


class Credentials(Looking):
    """Looks after the secrets files; never shows a secret."""

    def secrets_check(self) -> list[Finding]:
        """What is wrong with the secrets files; needs no identity. Raises InvalidDeclaration."""
        from accesscfg.secrets import check_coverage, check_file, check_rules, find_rules

        declaration = self.load()
        files = declaration.secrets_files
        keys = tuple(declaration.all_keys())
        there = [file for file in files if file.exists()]
        rules = dict.fromkeys(path for file in there if (path := find_rules(file)) is not None)
        findings = [finding for path in rules for finding in check_rules(path)]
        findings += [finding for file in there for finding in check_file(file)]
        return findings + check_coverage(
            there,
            held={str(key.path) for key in keys if key.held and not key.absent},
            declared={str(key.path) for key in keys},
            previously={str(key.path): str(key.previously) for key in keys if key.previously is not None},
            passphrases={
                str(key.path) for key in keys if key.held and self.profile_of(key.exchange).needs_passphrase
            },
            unasked={str(key.path) for key in keys if not self.profile_of(key.exchange).reads},
        )

    def secrets_list(self) -> list[SecretEntry]:
        """The entries of the secrets files by name; needs no identity. Raises SecretsError."""
        from accesscfg.secrets import list_entries

        declaration = self.load()
        declared = {name for key in declaration.all_keys() for name in key.secret_ids}
        return [
            SecretEntry(entry.path, entry.fields, file, entry.path in declared)
            for file in declaration.secrets_files
            if file.exists()
            for entry in list_entries(file)
        ]

    @writes
    def secrets_set(self, key: str, fields: Mapping[str, str], file: Path | None = None) -> Path:
        """Put the credential of a declared key into a secrets file: the one that has it, else `file` or the first.

        Returns that file. Raises UsageError for a key that is not declared, SecretsError when it cannot be written.
        """
        from accesscfg.secrets import update_secrets

        declaration = self.load()
        if all(str(declared.path) != key for declared in declaration.all_keys()):
            raise UsageError(
                f"{key} is not declared", fix="declare it in the workspace first, then set its secret"
            )
        self._refuse_credential(next(one for one in declaration.all_keys() if str(one.path) == key), fields)
        holders = [entry.file for entry in self.secrets_list() if entry.path == key]
        if holders and file is not None and file.resolve() not in [one.resolve() for one in holders]:
            raise UsageError(f"{key} has its entry in {holders[0]} already", fix="leave --file out")
        target = holders[0] if holders else file or declaration.secrets_files[0]
        update_secrets(target, {key: fields})
        return target

    def secret_in_vain(self, key: str) -> str | None:
        """What to know of a stored secret of a key that is declared with held: false; None for every other key."""
        declaration = self.load()
        if all(str(one.path) != key or one.held for one in declaration.all_keys()):
            return None
        return (
            f"{key} is declared with held: false, so the stored secret is used for nothing; what was attested of the"
            " key while its id was not known no longer counts. Remove `held: false` if the team holds the secret now,"
            " else take the entry out again: accesscfg secrets check says how"
        )

    def _refuse_credential(self, key: DesiredKey, fields: Mapping[str, str]) -> None:
        """Before a good credential is overwritten by one that cannot sign."""
        profile = self.profile_of(key.exchange)
        if profile.needs_passphrase and "passphrase" not in fields:
            raise UsageError(
                f"a credential of {profile.name} has a passphrase, and none is given",
                where=str(key.path),
                fix="give it too: fields api_key, api_secret and passphrase",
            )

    async def rehearsal_world(self) -> dict[str, object]:
        """A sandbox world that matches the declaration, with the real credentials in it; kept in memory only."""
        from accesscfg.rehearsal import world_of
        from accesscfg.unlock import unlock

        declaration = self.load()
        every = {key.path for key in declaration.all_keys()}
        keyring = await unlock(declaration, self._asked(declaration, every), nobody)
        return world_of(declaration, keyring.credentials, self.profile_of)
