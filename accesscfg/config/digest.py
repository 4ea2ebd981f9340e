"""One hash for what a declaration means, whatever the order of its lines, its comments and its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from accesscfg.model.canonical import digest
from accesscfg.model.desired import DesiredAccount, DesiredKey, Egress, Policies, Pool
from accesscfg.model.networks import Addresses, AppBound, Whitelist


def meaning_hash(
    root: Path,
    accounts: Iterable[DesiredAccount],
    policies: Policies,
    pools: Mapping[str, Pool],
    secrets_files: Iterable[Path],
) -> str:
    """A SHA-256 over everything that is declared, as hex. Where things stand is no part of it."""
    return digest(
        {account.name: _account(account) for account in accounts},
        _policies(policies),
        {name: [sorted(pool.entries), sorted(pool.allocated_to)] for name, pool in pools.items()},
        sorted(file.relative_to(root).as_posix() for file in secrets_files),
    )


def _account(account: DesiredAccount) -> Any:
    return [
        account.exchange,
        account.endpoint,
        account.id,
        _egress(account.egress),
        {key.path.key: _key(key) for key in account.keys},
        {
            sub.name: [sub.id, _egress(sub.egress), {key.path.key: _key(key) for key in sub.keys}]
            for sub in account.subs
        },
    ]


def _egress(egress: Egress) -> Any:
    return [egress.proxy, egress.local_address, sorted(egress.addresses)]


def _key(key: DesiredKey) -> Any:
    paths = (key.managed_by, key.observed_by, key.previously)
    return [
        sorted(key.permissions),
        _whitelist(key.whitelist),
        dict(key.origins),
        [key.label, key.used_by, key.key_id, key.held, key.absent, key.enabled],
        None if key.expires is None else str(key.expires),
        [None if path is None else str(path) for path in paths],
    ]


def _whitelist(whitelist: Whitelist) -> Any:
    match whitelist:
        case Addresses(entries):
            return sorted(entries)
        case AppBound(app):
            return {"app": app}
        case _:
            return "unrestricted"


def _policies(policies: Policies) -> Any:
    exceptions = [
        [one.key.text, one.policy, one.permission or "", one.reason, one.until.isoformat()]
        for one in policies.exceptions
    ]
    return [
        sorted(policies.forbid),
        policies.require_ip_whitelist,
        [policies.widest_v4, policies.widest_v6],
        [policies.max_key_age_days, policies.warn_before_expiry_days, policies.attestation_max_age_days],
        policies.undeclared_keys,
        sorted(exceptions),
    ]
