"""Whom a secrets file is encrypted for, and whom its rule says it should be.

The list in a file is not authenticated: whoever can edit the file can add a recipient, who then reads every
value from the next rotation of the data key on. So it is compared with `.sops.yaml`, which people review.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Groups = tuple[frozenset[str], ...]
"""Key groups; in each the recipients as `backend:identifier`. A file without groups has one."""

UNCOMPARED = frozenset({"azure_kv", "hckms"})
"""Backends whose identifiers sops completes while it encrypts, so that file and rule cannot be compared."""

# The names of the backends in a file's sops section, and the options of a rule that mean them.
_BACKENDS = frozenset({"age", "pgp", "kms", "gcp_kms", "hc_vault", *UNCOMPARED})
_OPTIONS = {name: name for name in _BACKENDS - {"azure_kv"}} | {
    "hc_vault_transit_uri": "hc_vault",
    "azure_keyvault": "azure_kv",
}
_NOT_BACKENDS = frozenset(
    [
        "lastmodified",
        "mac",
        "version",
        "key_groups",
        "shamir_threshold",
        "encrypted_regex",
        "unencrypted_regex",
        "encrypted_suffix",
        "unencrypted_suffix",
        "encrypted_comment_regex",
        "unencrypted_comment_regex",
        "mac_only_encrypted",
    ]
)


def groups_of_file(metadata: Mapping[str, Any]) -> Groups:
    """The recipients in a file's `sops` section."""
    groups = metadata.get("key_groups")
    if isinstance(groups, list) and groups:
        return tuple(_group(group, {name: name for name in _BACKENDS}) for group in groups)
    return (_group(metadata, {name: name for name in _BACKENDS}),)


def groups_of_rule(rule: Mapping[str, Any]) -> Groups:
    """The recipients in a creation rule."""
    groups = rule.get("key_groups")
    if isinstance(groups, list) and groups:
        return tuple(_group(group, _OPTIONS) for group in groups)
    return (_group(rule, _OPTIONS),)


def unknown_backends(metadata: Mapping[str, Any]) -> list[str]:
    """Names in a file's `sops` section that are no part of it known here."""
    return sorted(str(name) for name in metadata if name not in _BACKENDS | _NOT_BACKENDS)


def _group(group: Any, names: Mapping[str, str]) -> frozenset[str]:
    if not isinstance(group, Mapping):
        return frozenset()
    return frozenset(
        f"{backend}:{_NAMERS.get(backend, _identifier)(item)}"
        for name, backend in names.items()
        for item in _items(group.get(name))
    )


def _items(value: Any) -> Iterable[Any]:
    """A rule may join recipients by commas, or list them; a file lists maps."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value if isinstance(value, list) else []


def _identifier(item: Any) -> str:
    if isinstance(item, Mapping):
        item = next((item[name] for name in ("recipient", "resource_id", "key_id") if name in item), "")
    return str(item).strip()


def _fingerprint(item: Any) -> str:
    text = item.get("fp", "") if isinstance(item, Mapping) else item
    return "".join(str(text).split()).upper()


def _arn(item: Any) -> str:
    text = item.get("arn", "") if isinstance(item, Mapping) else item
    return str(text).partition("+")[0]  # a rule may join the role to be assumed


def _vault(item: Any) -> str:
    if not isinstance(item, Mapping):
        return str(item).rstrip("/")
    parts = (str(item.get(name, "")).strip("/") for name in ("vault_address", "engine_path", "key_name"))
    address, engine, key = parts
    return f"{address}/v1/{engine}/keys/{key}"


_NAMERS: dict[str, Callable[[Any], str]] = {
    "pgp": _fingerprint,
    "kms": _arn,
    "hc_vault": _vault,
    # Only that there is one: their identifiers are not compared.
    **dict.fromkeys(UNCOMPARED, lambda item: "*"),
}
