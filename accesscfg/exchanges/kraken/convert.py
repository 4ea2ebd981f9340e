"""Kraken's answer about a key as the model says it. No I/O.

The documents write its names in camelCase, a client recorded them in snake_case: both are read, and a name that is
there in both with different values is not understood. Times are seconds since 1970, as numbers or text; 0 is not set.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from accesscfg.exchanges.replies import addresses, as_object, count, is_masked, moment_of_ms, text, unknown
from accesscfg.model.networks import Unrestricted, Whitelist
from accesscfg.model.observed import Facet, LiveKey, Observation, Observed, OwnKey

_CAPITAL = re.compile(r"(?=[A-Z])")
# the documents' word for no restriction, and what a client recorded
_NO_LIST: tuple[list[str], ...] = ([], [""])


def own_key(reply: object) -> OwnKey:
    """The key that made POST /0/private/GetApiKeyInfo; its account is known by its IIBAN, the public account ID.

    Raises ExchangeError when there is no result.
    """
    row = _Row(as_object(as_object(reply, "body").get("result"), "result"))
    key_id, ends = text(row.get("apiKey")), row.get("validUntil")
    key = LiveKey(
        key_id=key_id,
        facets=_facets(row),
        masked=is_masked(key_id),
        label=text(row.get("apiKeyName")),
        created_at=_moment(row.get("createdTime")),
        expires_at=_moment(ends),
        last_used_at=_moment(row.get("lastUsed")),
        notes=_window(row),
    )
    return OwnKey(key, uid=text(row.get("iban")))


class _Row:
    """The fields of a result by their documented names."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def get(self, name: str) -> object:
        """The value in either casing; None where it is missing, or there twice and not the same."""
        casings = {name, _CAPITAL.sub("_", name).lower()}
        found = [self._fields[casing] for casing in casings if casing in self._fields]
        return found[0] if found and all(one == found[0] for one in found) else None


def _facets(row: _Row) -> dict[Facet, Observation]:
    now = datetime.now(UTC)
    label, rights = row.get("apiKeyName"), _permissions(row.get("permissions"))
    whitelist, expiry = _whitelist(row.get("ipAllowlist")), _expiry(row.get("validUntil"))
    return {
        Facet.LABEL: Observed(label, now) if isinstance(label, str) else unknown("apiKeyName"),
        Facet.PERMISSIONS: unknown("permissions") if rights is None else Observed(rights, now),
        Facet.IP_WHITELIST: unknown("ipAllowlist") if whitelist is None else Observed(whitelist, now),
        Facet.EXPIRY: unknown("validUntil") if expiry is None else Observed(expiry, now),
    }


def _permissions(value: object) -> frozenset[str] | None:
    """An empty list is a key without rights; None where it cannot be read."""
    if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
        return None
    return frozenset(word.strip() for word in value)


def _whitelist(value: object) -> Whitelist | None:
    """Only the two spellings of an empty list are no restriction; None for what is no list or has odd entries."""
    if not isinstance(value, list):
        return None
    return Unrestricted() if value in _NO_LIST else addresses(value)


def _expiry(value: object) -> str | None:
    """An ISO date in UTC, `never` for 0, None where it cannot be read."""
    if count(value) == 0:
        return "never"
    moment = _moment(value)
    return None if moment is None else moment.date().isoformat()


def _moment(value: object) -> datetime | None:
    seconds = count(value)
    return None if seconds is None else moment_of_ms(seconds * 1000)


def _window(row: _Row) -> tuple[str, ...]:
    """A window of time that queries of the key are held to; nobody declares one, so it is told."""
    ends = [("from", _moment(row.get("queryFrom"))), ("to", _moment(row.get("queryTo")))]
    said = " ".join(f"{word} {moment:%Y-%m-%d %H:%M} UTC" for word, moment in ends if moment is not None)
    return (f"it sees history {said} only",) if said else ()
