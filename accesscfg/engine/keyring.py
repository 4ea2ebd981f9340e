"""The credentials of one run, and which ones it needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from accesscfg.model.desired import Declaration, DesiredKey
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.paths import KeyPath
from accesscfg.secrets import Credential, Secret


@dataclass(frozen=True, slots=True)
class Keyring:
    """The credentials of this run. `problems` says for a key path why its credential could not be had."""

    credentials: Mapping[str, Credential]
    problems: Mapping[str, str] = field(default_factory=dict)

    def of(self, key: DesiredKey) -> Credential:
        """The credential of a key, under its present or previous name.

        Raises ExchangeError(Trouble.SECRETS) with the reason and the next step; also for a credential of another
        key than the declared `key_id` names, which would show and change that one.
        """
        for name in key.secret_ids:
            if name in self.credentials:
                found = self.credentials[name]
                if key.key_id is not None and found.api_key.reveal() != key.key_id:
                    raise ExchangeError(
                        Trouble.SECRETS,
                        "the secrets files hold the credential of another key than its key_id names",
                        where=str(key.path),
                    )
                return found
        why = self.problems.get(str(key.path))
        raise ExchangeError(
            Trouble.SECRETS,
            why or "the secrets files have no entry for this key",
            where=str(key.path),
            fix=None if why else _where_none_is_stored(key),
        )

    def passphrase_of(self, key: DesiredKey) -> Secret | None:
        """The key's own passphrase, None where there is none."""
        found = (self.credentials[name] for name in key.secret_ids if name in self.credentials)
        return next((credential.passphrase for credential in found), None)

    def has_passphrase(self, key: DesiredKey) -> bool:
        """Whether the key's own passphrase is at hand."""
        return self.passphrase_of(key) is not None

    def id_of(self, key: DesiredKey) -> str | None:
        """The key's full id, from the declaration or the secrets."""
        if key.key_id is not None:
            return key.key_id
        for name in key.secret_ids:
            if name in self.credentials:
                return self.credentials[name].api_key.reveal()
        return None


def _where_none_is_stored(key: DesiredKey) -> str:
    """The next step for a key without a credential; none is made for a key that is to go."""
    if key.absent:
        return (
            "a key that is to go needs none: declare it with held: false, see to it on the website that it is gone,"
            f" and state that: accesscfg attest {key.path} --by YOUR-NAME"
        )
    return f"accesscfg secrets set {key.path}"


def needed_credentials(declaration: Declaration, selected: Collection[KeyPath]) -> tuple[DesiredKey, ...]:
    """The keys whose credentials a run over these keys needs: they themselves, and those that list or manage them."""
    wanted: dict[KeyPath, None] = {}
    for key in declaration.all_keys():
        if key.path in selected:
            for path in (key.path, key.managed_by, key.observed_by):
                if path is not None:
                    wanted[path] = None
    return tuple(key for key in declaration.all_keys() if key.path in wanted and key.held)
