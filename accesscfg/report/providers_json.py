"""What each exchange can do as JSON, as schemas/providers.schema.json describes. Fields are added, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from accesscfg.model.profile import Profile

FORMAT_VERSION = 1
Json = dict[str, Any]


def providers_to_json(profiles: Iterable[Profile]) -> Json:
    """The profiles by the names that declarations use."""
    return {
        "format_version": FORMAT_VERSION,
        "exchanges": {one.exchange: profile_to_json(one) for one in profiles},
    }


def profile_to_json(profile: Profile) -> Json:
    """One exchange. Sets are sorted lists, a call is `METHOD /path`, a source stands at each fact."""
    origins = {name: _plain(source) for name, source in profile.origins.items()}
    return {
        "exchange": profile.exchange,
        "name": profile.name,
        "checked": profile.checked,
        "retired": profile.retired,
        "facets": _plain(profile.facets),
        "probes": _plain(profile.probes),
        "permissions": _plain(profile.permissions),
        "modes": dict(profile.modes),
        "ip_rules": _plain(profile.ip_rules),
        "clocks": _plain(profile.clocks),
        "writes": _plain(profile.writes),
        "endpoints": [_plain(one) for one in profile.endpoints.values()],
        "credentials": {
            "kinds": sorted(profile.credential_kinds),
            "passphrase": profile.needs_passphrase,
            "source": origins.get("credentials"),
        },
        "sub_accounts": {
            "id_form": profile.sub_id_form,
            "id_what": profile.sub_id_what,
            "listed": profile.lists_sub_accounts,
            "keys_listed": profile.lists_sub_keys,
            "source": origins.get("sub_accounts"),
        },
        "foreign_call": {
            "harmless": profile.foreign_call_harmless,
            "disables": profile.foreign_call_disables,
            "note": profile.foreign_call_note,
            "source": origins.get("foreign_call"),
        },
        "counter": profile.counter,
        "calls": {
            "time": profile.time_path,
            "reads": _plain(profile.reads),
            "writes": _plain(profile.write_calls),
        },
        "limits": _plain(profile.limits),
        "errors": [{"code": code, **_plain(error)} for code, error in profile.errors.items()],
        "manual": _plain(profile.manual),
        "unverified": list(profile.unverified),
        "sources": _plain(profile.sources),
    }


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(entry) for key, entry in value.items()}
    if isinstance(value, frozenset):
        return sorted(" ".join(one) if isinstance(one, tuple) else str(one) for one in value)
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    return value.value if isinstance(value, Enum) else value
