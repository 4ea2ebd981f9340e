"""Reading replies without guessing: a value that is missing or odd is named, never made up or quoted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.networks import Addresses, Whitelist, live_entry
from accesscfg.model.observed import Facet, Observation, Unknown
from accesscfg.model.profile import Profile

MOST_PAGES = 1000


def unknown(field: str) -> Unknown:
    """A facet whose field is missing from the reply or is not what the documents say."""
    return Unknown(f"the answer's {field} is missing or not understood", Trouble.REPLY)


def misread(field: str) -> ExchangeError:
    """A reply that cannot be used at all."""
    return ExchangeError(Trouble.REPLY, f"the answer's {field} is missing or not understood")


def as_object(value: object, field: str) -> Mapping[str, Any]:
    """Raises ExchangeError(REPLY) when it is no JSON object."""
    if not isinstance(value, dict):
        raise misread(field)
    return value


def as_list(value: object, field: str) -> list[Any]:
    """Raises ExchangeError(REPLY) when it is no JSON array."""
    if not isinstance(value, list):
        raise misread(field)
    return value


def as_count(value: object, field: str) -> int:
    """A whole number that may also come as text. Raises ExchangeError(REPLY)."""
    number = count(value)
    if number is None:
        raise misread(field)
    return number


def count(value: object) -> int | None:
    """A whole number from 0 on, also as text; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def text(value: object) -> str | None:
    """Text that is not empty; None for anything else."""
    return value if isinstance(value, str) and value else None


def flag(value: object) -> bool | None:
    """A boolean, also as the words true and false; None for anything else."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def moment_of_ms(value: object) -> datetime | None:
    """A time given in milliseconds since 1970, above zero."""
    number = count(value)
    if not number:
        return None
    try:
        return datetime.fromtimestamp(number / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def addresses(entries: Iterable[object]) -> Whitelist | None:
    """The whitelist of these entries; None when there is none among them or one is no text."""
    texts = [entry.strip() if isinstance(entry, str) else "" for entry in entries]
    if not texts or not all(texts):
        return None
    return Addresses(frozenset(live_entry(entry) for entry in texts))


def is_masked(key_id: str | None) -> bool:
    """Whether an id shows only a part of itself."""
    return key_id is not None and "*" in key_id


def of_account(rows: Iterable[object], field: str, account: str) -> None:
    """Raises ExchangeError when a row names another account than the one that was asked for: its key is none of it."""
    for row in rows:
        named = row.get(field) if isinstance(row, dict) else None
        if named is not None and str(named).casefold() != account.casefold():
            raise misread(field)


def unreadable(field: str, facets: Iterable[Facet]) -> dict[Facet, Observation]:
    """The facets of a listed key of which nothing could be read."""
    return dict.fromkeys(facets, unknown(field))


def json_object(body: bytes) -> Mapping[str, Any]:
    """The body as an object; empty when it is none."""
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return reply if isinstance(reply, dict) else {}


def code_text(value: object) -> str | None:
    """An exchange's error code as text; None for anything that does not look like one."""
    word = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    digits = word.removeprefix("-")
    return word if digits.isascii() and digits.isdigit() and len(digits) <= 8 else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After header."""
    value = header(headers, "Retry-After") or ""
    return float(value) if value.isascii() and value.isdigit() and len(value) <= 8 else None


def header(headers: Mapping[str, str], name: str) -> str | None:
    """A header by its name in any case."""
    lower = name.lower()
    return next((value for key, value in headers.items() if key.lower() == lower), None)


def failure_of(profile: Profile, status: int, code: str | None, wait: float | None) -> ExchangeError:
    """The error for a refused call, from the profile's table, else from the HTTP status; quotes nothing.

    A write that met a server error may have taken effect.
    """
    known = None if code is None else profile.errors.get(code)
    shown = f"HTTP {status}" if code is None else f"{code}, HTTP {status}"
    if known is not None:
        trouble, meaning, ambiguous = known.trouble, known.meaning, known.ambiguous or status >= 500
    else:
        trouble, meaning = _by_status(status)
        ambiguous = trouble is Trouble.SERVER
    return ExchangeError(
        trouble,
        f"{profile.name}: {meaning} ({shown})",
        code=code,
        ambiguous=ambiguous,
        retry_after=wait if trouble in (Trouble.RATE_LIMIT, Trouble.SERVER) else None,
        locks_out=known is not None and known.locks_out,
    )


def _by_status(status: int) -> tuple[Trouble, str]:
    if status >= 500:
        return Trouble.SERVER, "a server error, so the outcome is not known"
    if status in (418, 429):
        return Trouble.RATE_LIMIT, "too many requests"
    if status in (401, 403):
        return Trouble.DENIED, "the call was refused without a reason"
    if status >= 400 or status < 300:
        return Trouble.REQUEST, "the request was not accepted"
    return Trouble.REPLY, "the call was sent elsewhere, where it is not followed"
