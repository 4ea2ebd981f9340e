"""Addresses in words, with where they come from; many of one pool are said together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from accesscfg.model.networks import Addresses, sorted_entries
from accesscfg.model.observed import Facet
from accesscfg.model.origins import Origin
from accesscfg.model.plan import Change

_FEW = 3


def addresses(entries: Iterable[str], origins: Mapping[str, Origin]) -> str:
    """Every entry, those without an origin first: `192.0.2.1, 203.0.113.7 (pool bitsgap)`."""
    parts = []
    for origin, some in _by_origin(entries, origins).items():
        these = f"these {len(some)}: " if len(some) > 1 else ""
        parts.append(", ".join(some) + (f" ({these}{origin})" if origin else ""))
    return ", ".join(parts)


def staying(changes: Sequence[Change]) -> str:
    """The entries that the changes of a key leave in its list, many of one origin as a number; empty for none."""
    steps = [change for change in changes if change.facet is Facet.IP_WHITELIST]
    if not steps or not isinstance(steps[0].before, Addresses) or not isinstance(steps[-1].after, Addresses):
        return ""
    entries = steps[0].before.entries & steps[-1].after.entries
    parts = []
    for origin, some in _by_origin(entries, steps[0].origins).items():
        few = len(some) <= _FEW
        counted = f"{len(some)} of {origin}" if origin else f"{len(some)} of no pool"
        parts.append(addresses(some, steps[0].origins) if few else counted)
    return ", ".join(parts)


def _by_origin(entries: Iterable[str], origins: Mapping[str, Origin]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {"": []}
    for entry in sorted_entries(entries):
        grouped.setdefault(str(origins.get(entry, Origin())), []).append(entry)
    return {origin: some for origin, some in grouped.items() if some}
