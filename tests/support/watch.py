"""What really is at the exchange, at every moment: the world's own state after every write it accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from accesscfg.model.networks import Addresses, Unrestricted, Whitelist
from accesscfg.model.observed import Facet
from accesscfg.model.plan import Change
from accesscfg.sandbox import Sandbox, World
from accesscfg.sandbox.log import Entry, Log
from tests.support.venues import Venue

EVERYWHERE = "everywhere else"
READ_ONLY = "ReadOnly"  # a mode that the simulators write as a right
Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Truth:
    """One live key: its rights in the names a declaration has for them, its addresses (None: any), the rest."""

    permissions: AbstractSet[str]
    ips: AbstractSet[str] | None
    rest: Mapping[str, Any] = field(hash=False)

    def pairs(self, addresses: Iterable[str]) -> Pairs:
        """Which right may be used from which of these addresses, or from elsewhere."""
        return pairs(self.permissions, self.ips, addresses)


def pairs(permissions: Iterable[str], ips: AbstractSet[str] | None, addresses: Iterable[str]) -> Pairs:
    """The state of principle 3: a set of (right, address)."""
    places = {*addresses, EVERYWHERE} if ips is None else ips
    return frozenset((right, place) for right in permissions for place in places)


def entries(whitelist: Whitelist) -> frozenset[str] | None:
    """The addresses of a whitelist; None for any."""
    return whitelist.entries if isinstance(whitelist, Addresses) else None


Scene = dict[str, Truth]


def scene(venue: Venue, state: Mapping[str, Any]) -> Scene:
    """Every key of a venue in a sandbox's state, by its API key."""
    found: Scene = {}
    for account in state["exchanges"][venue.exchange]["accounts"]:
        found |= {
            key["api_key"]: _truth({*venue.base_own} & {*venue.unspelt}, key) for key in account["keys"]
        }
        for sub in account["sub_accounts"]:
            found |= {
                key["api_key"]: _truth({*venue.base_sub} & {*venue.unspelt}, key) for key in sub["keys"]
            }
    return found


def _truth(always: AbstractSet[str], key: Mapping[str, Any]) -> Truth:
    held = frozenset(key["permissions"])
    ips = key["ip_whitelist"]
    rights = always if READ_ONLY in held else held | always
    rest = {name: key[name] for name in ("label", "app", "enabled", "expires_at", "public_key")}
    return Truth(frozenset(rights), None if ips is None else frozenset(ips), rest)


class WatchedLog(Log):
    """A log that takes the world's state down with every writing request."""

    def __init__(self, world: World, venue: Venue) -> None:
        super().__init__()
        self._world = world
        self._venue = venue
        self.scenes: list[Scene] = []

    def add(self, entry: Entry) -> None:
        super().add(entry)
        if entry.write:
            self.scenes.append(scene(self._venue, self._world.state()))


def watch(sandbox: Sandbox, venue: Venue) -> WatchedLog:
    """From now on every state that a write leaves behind; the log starts anew."""
    log = WatchedLog(sandbox.world, venue)
    sandbox.world.log = log
    return log


def now(sandbox: Sandbox, venue: Venue) -> Scene:
    """Every live key as it is now."""
    return scene(venue, sandbox.state())


def in_effect(change: Change, key: Truth) -> bool:
    """Whether the world shows what a change was to bring."""
    match change.facet:
        case Facet.PERMISSIONS:
            return change.new <= key.permissions and not change.gone & key.permissions
        case Facet.IP_WHITELIST if isinstance(change.after, Unrestricted):
            return key.ips is None
        case Facet.IP_WHITELIST if isinstance(change.before, Unrestricted):
            return isinstance(change.after, Addresses) and key.ips == change.after.entries
        case Facet.IP_WHITELIST:
            return key.ips is not None and change.new <= key.ips and not change.gone & key.ips
        case Facet.LABEL:
            return bool(key.rest["label"] == change.after)
        case _:
            return False
