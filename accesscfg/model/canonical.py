"""One JSON form of every value, the same for the plan file, the audit trail and all hashes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from accesscfg.model.networks import Addresses, AppBound, Unrestricted, sorted_entries
from accesscfg.model.observed import Facet, Observation, Observed, Partly, Probed, Unobservable
from accesscfg.model.plan import ChangeValue, Partial, PartialRights

_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def encode(value: ChangeValue) -> Any:
    """The JSON form of a facet's value: sets as sorted lists, whitelists as a word or an object."""
    match value:
        case frozenset():
            return sorted(value)
        case Unrestricted():
            return "unrestricted"
        case Addresses(entries):
            return {"addresses": sorted_entries(entries)}
        case AppBound(app):
            return {"app": app}
        case Partial(restricted):
            return {"restricted": restricted}
        case PartialRights(present, absent):
            return {"present": sorted(present), "absent": sorted(absent)}
        case _:
            return value


def decode(facet: Facet, value: object) -> ChangeValue:
    """The value whose JSON form this is. Raises ValueError for what is no form of a value of this facet."""
    match value:
        case "unrestricted" if facet is Facet.IP_WHITELIST:
            return Unrestricted()
        case bool() | str() | None:
            return value
        case list():
            return _texts(value)
        case {"addresses": list(entries)}:
            return Addresses(_texts(entries))
        case {"app": str() | None as app}:
            return AppBound(app)
        case {"restricted": bool(restricted)}:
            return Partial(restricted)
        case {"present": list(present), "absent": list(absent)}:
            return PartialRights(_texts(present), _texts(absent))
        case _:
            raise ValueError("no value of a facet")


def _texts(values: list[object]) -> frozenset[str]:
    texts = frozenset(value for value in values if isinstance(value, str))
    if len(texts) != len(values):
        raise ValueError("not a list of different texts")
    return texts


def encode_seen(seen: Observation) -> dict[str, Any]:
    """The JSON form of what was seen of a facet, without the time."""
    match seen:
        case Observed(value):
            return {"kind": "observed", "value": encode(value)}
        case Partly(restricted, why):
            return {"kind": "partly", "value": {"restricted": restricted}, "why": why}
        case Probed(present, absent, why):
            return {"kind": "probed", "value": encode(PartialRights(present, absent)), "why": why}
        case Unobservable(why):
            return {"kind": "unobservable", "why": why}
        case _:
            return {"kind": "unknown", "why": seen.why}


def digest(*parts: object) -> str:
    """A SHA-256 over the JSON of the parts, as hex."""
    return hashlib.sha256(_JSON.encode(parts).encode()).hexdigest()
