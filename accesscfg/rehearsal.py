"""A sandbox world that matches a declaration, to rehearse changes on it. Made in memory, never written down."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from accesscfg.model.desired import Declaration, DesiredAccount, DesiredKey, DesiredSub, Egress
from accesscfg.model.networks import Addresses, AppBound, as_network, sorted_entries
from accesscfg.model.profile import Profile
from accesscfg.secrets import Credential

Maker = Mapping[str, Credential]


def world_of(
    declaration: Declaration, credentials: Mapping[str, Credential], profile_of: Callable[[str], Profile]
) -> dict[str, Any]:
    """The world in the sandbox's form. Keys whose secret is not at hand get one made for the sandbox.

    Accounts of exchanges of which nothing can be asked are left out.
    """
    world: dict[str, Any] = {}
    for account in declaration.accounts:
        if not profile_of(account.exchange).reads:
            continue
        exchange = world.setdefault(account.exchange, {"accounts": []})
        exchange["accounts"].append(_account(account, credentials, profile_of(account.exchange)))
    return {"exchanges": world}


def _account(account: DesiredAccount, credentials: Maker, profile: Profile) -> dict[str, Any]:
    mode = _mode(account, profile)
    made: dict[str, Any] = {
        "id": account.name,
        "uid": account.id or _digits(account.name),
        "keys": [_key(key, credentials, profile, mode) for key in account.keys if not key.absent],
        "sub_accounts": [_sub(account, sub, credentials, profile, mode) for sub in account.subs],
    }
    if mode is not None:
        made["mode"] = mode
    seen_as = _seen_as(account.egress, account.keys)
    return made if seen_as is None else {**made, "seen_as": seen_as}


def _mode(account: DesiredAccount, profile: Profile) -> str | None:
    """Of the modes there are the one in which most of what is declared can be had, the first of several; None where
    there is one only."""

    def fit(mode: str) -> tuple[int, int]:
        inside = profile.in_mode(mode)
        rights = [(key, native) for key in account.all_keys() for native in key.permissions]
        held = [
            entry for key, native in rights if (entry := inside.permission(native, key.scope)) is not None
        ]
        return sum(len(entry.gives) for entry in held), len(held)

    return max(profile.modes, key=fit, default=None)


def _sub(
    account: DesiredAccount, sub: DesiredSub, credentials: Maker, profile: Profile, mode: str | None
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": sub.name,
        "name": sub.id,
        "email": sub.id,
        "uuid": sub.id,
        "uid": sub.id if sub.id.isdigit() else _digits(f"{account.name}/{sub.name}"),
        "keys": [_key(key, credentials, profile, mode) for key in sub.keys if not key.absent],
    }
    own = [key for key in sub.keys if key.managed_by is None]
    seen_as = _seen_as(sub.egress, own) if own else None
    return made if seen_as is None else {**made, "seen_as": seen_as}


def _seen_as(egress: Egress, keys: tuple[DesiredKey, ...] | list[DesiredKey]) -> str | None:
    """The address that calls seem to come from: as declared, else one that most keys allow."""
    if egress.addresses:
        return sorted_entries(egress.addresses)[0]
    lists = [key.whitelist.entries for key in keys if isinstance(key.whitelist, Addresses)]
    entries = sorted_entries(frozenset().union(*lists))
    if not entries:
        return None
    common = max(entries, key=lambda entry: sum(entry in one for one in lists))
    network = as_network(common)
    return common if network is None else str(network.network_address)


def _key(key: DesiredKey, credentials: Maker, profile: Profile, mode: str | None) -> dict[str, Any]:
    held = next((credentials[name] for name in key.secret_ids if name in credentials), None)
    made: dict[str, Any] = {
        "label": key.label or key.path.key,
        "permissions": _rights(key, profile, mode),
        "ip_whitelist": _entries(key),
        "enabled": key.enabled,
    }
    if isinstance(key.whitelist, AppBound):
        made["app"] = key.whitelist.app
    if key.expires is not None and key.expires != "never":
        made["expires_at"] = f"{key.expires}T00:00:00Z"
    return {**_identity(key, held, profile), **made}


def _rights(key: DesiredKey, profile: Profile, mode: str | None) -> list[str]:
    """The rights that the declaration stands for in the account's mode; what no mode knows is had in each."""
    inside = profile.in_mode(mode)
    strange = {native for native in key.permissions if profile.permission(native, key.scope) is None}
    known = {native for native in key.permissions if inside.permission(native, key.scope) is not None}
    return sorted(strange | known)


def _entries(key: DesiredKey) -> list[str] | None:
    return sorted_entries(key.whitelist.entries) if isinstance(key.whitelist, Addresses) else None


def _identity(key: DesiredKey, held: Credential | None, profile: Profile) -> dict[str, Any]:
    if held is None:
        seed = hashlib.sha256(f"accesscfg rehearsal {key.path}".encode()).hexdigest()
        made = {"api_key": key.key_id or seed[:32], "api_secret": seed[32:]}
        return {**made, "passphrase": f"Rehearsal-{seed[:8]}"} if profile.needs_passphrase else made
    made = {"api_key": held.api_key.reveal()}
    if held.private_key is not None:
        made["public_key"] = _public_half(held.private_key.reveal())
    elif held.api_secret is not None:
        made["api_secret"] = held.api_secret.reveal()
    if held.passphrase is not None:
        made["passphrase"] = held.passphrase.reveal()
    return made


def _public_half(private_pem: str) -> str:
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def _digits(name: str) -> str:
    """A stable number for what the declaration gives no number for."""
    return str(int(hashlib.sha256(name.encode()).hexdigest()[:12], 16))
