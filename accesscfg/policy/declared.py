"""The policies that can be judged from the declaration alone, without a look at any exchange. Pure.

What natives really give is judged, mapped or implied, and not the names that somebody declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol

from accesscfg.model.desired import TRADE, Declaration, DesiredKey, Policies, PolicyException
from accesscfg.model.findings import Finding
from accesscfg.model.networks import Addresses, Unrestricted, as_network, sorted_entries
from accesscfg.model.profile import Profile

_NATIVE = "native:"


class ProfileSource(Protocol):
    """Where profiles of exchanges come from."""

    def get(self, name: str) -> Profile | None:
        """The profile of that exchange; None when there is none."""


def violations(declaration: Declaration, profiles: ProfileSource, today: date | None = None) -> list[Finding]:
    """Every declared key that breaks a policy, in the order of the file; each is an error of kind `policy`.

    `today` (the day in UTC unless given) decides which exceptions have ended: they hold on their last day.
    A key that is to be absent breaks no policy.
    """
    judge = _Judge(declaration.policies, profiles, datetime.now(UTC).date() if today is None else today)
    return [finding for key in declaration.all_keys() if not key.absent for finding in judge.of(key)]


@dataclass(frozen=True, slots=True)
class _Excuse:
    """The exceptions of one policy for one key, and how those that ended are named."""

    standing: tuple[PolicyException, ...]
    ended: tuple[PolicyException, ...]

    def hint(self, fix: str) -> str:
        """The next step, and why an exception that is there does not help."""
        said = [f"the exception ({one.reason}) ended on {one.until.isoformat()}" for one in self.ended]
        return "; ".join([*said, f"{fix}, or add an exception with a reason and an end date"])


@dataclass(frozen=True, slots=True)
class _Judge:
    policies: Policies
    profiles: ProfileSource
    today: date
    _givers: dict[tuple[str, str, frozenset[str]], dict[str, list[str]]] = field(default_factory=dict)

    def of(self, key: DesiredKey) -> Iterator[Finding]:
        """What this key breaks."""
        yield from self._forbidden(key)
        yield from self._unrestricted(key)
        yield from self._too_wide(key)

    def _excuse(self, key: DesiredKey, policy: str) -> _Excuse:
        names = (key.path,) if key.previously is None else (key.path, key.previously)
        meant = [
            one
            for one in self.policies.exceptions
            if one.policy == policy
            and any(one.key.matches(path, key.exchange, key.used_by) for path in names)
        ]
        return _Excuse(
            tuple(one for one in meant if one.until >= self.today),
            tuple(one for one in meant if one.until < self.today),
        )

    def _rights(self, key: DesiredKey) -> dict[str, list[str]]:
        """Each right of the key, neutral or `native:NAME`, with the labels of the natives that give it."""
        slot = (key.exchange, key.scope, key.permissions)
        if slot not in self._givers:
            profile = self.profiles.get(key.exchange)
            rights: dict[str, list[str]] = {}
            for native in sorted(key.permissions):
                label = native if profile is None else profile.label_of(native)
                reach = frozenset() if profile is None else profile.reach([native], key.scope)
                for right in (_NATIVE + native, *sorted(reach)):
                    rights.setdefault(right, []).append(label)
            self._givers[slot] = rights
        return self._givers[slot]

    def _forbidden(self, key: DesiredKey) -> Iterator[Finding]:
        rights = self._rights(key) if self.policies.forbid else {}
        for name in self.policies.forbid:
            had = [one for one in sorted(_expanded(name)) if one in rights]
            if not had:
                continue
            excuse = _about(self._excuse(key, "forbid"), had)
            excused = frozenset[str]().union(*(_covered(one, had) for one in excuse.standing))
            left = [one for one in had if one not in excused]
            if left:
                givers = list(dict.fromkeys(label for one in left for label in rights[one]))
                message = (
                    f"{key.path} may {', '.join(left)} (by {', '.join(givers)}), which `forbid` rules out"
                )
                hint = excuse.hint("remove the permission")
                yield Finding("error", "forbid", message, key.where, hint, kind="policy")

    def _unrestricted(self, key: DesiredKey) -> Iterator[Finding]:
        required = self.policies.require_ip_whitelist
        if required == "never" or not isinstance(key.whitelist, Unrestricted):
            return
        if required == "trading" and not self._does_more_than_read(key):
            return
        excuse = self._excuse(key, "require_ip_whitelist")
        if not excuse.standing:
            whom = "every key" if required == "always" else "a key that can do more than read"
            message = f"{key.path} has no IP whitelist, which `require_ip_whitelist` wants of {whom}"
            hint = excuse.hint("list its addresses")
            yield Finding("error", "require_ip_whitelist", message, key.where, hint, kind="policy")

    def _does_more_than_read(self, key: DesiredKey) -> bool:
        """A native that gives nothing with a name counts as more: nobody can say that it only reads."""
        profile = self.profiles.get(key.exchange)
        reaches = [
            frozenset() if profile is None else profile.reach([native], key.scope)
            for native in key.permissions
        ]
        return any(reach != {"read"} for reach in reaches)

    def _too_wide(self, key: DesiredKey) -> Iterator[Finding]:
        if not isinstance(key.whitelist, Addresses):
            return
        wide = [entry for entry in key.whitelist.entries if "/" in entry and self._is_too_wide(entry)]
        excuse = self._excuse(key, "widest_network") if wide else None
        if excuse is not None and not excuse.standing:
            named = ", ".join(_with_pool(key, entry) for entry in sorted_entries(wide))
            allowed = {"IPv4": self.policies.widest_v4, "IPv6": self.policies.widest_v6}
            widest = " and ".join(f"/{bits} for {kind}" for kind, bits in allowed.items() if bits is not None)
            message = f"{key.path} allows {named}; `widest_network` is {widest}"
            hint = excuse.hint("list smaller networks")
            yield Finding("error", "widest_network", message, key.where, hint, kind="policy")

    def _is_too_wide(self, entry: str) -> bool:
        network = as_network(entry)
        if network is None:
            return False
        widest = self.policies.widest_v4 if network.version == 4 else self.policies.widest_v6
        return widest is not None and network.prefixlen < widest


def _expanded(name: str) -> frozenset[str]:
    return TRADE if name == "trade" else frozenset({name})


def _covered(exception: PolicyException, rights: list[str]) -> frozenset[str]:
    """Which of the rights the exception is about."""
    return (
        frozenset(rights) if exception.permission is None else _expanded(exception.permission) & set(rights)
    )


def _about(excuse: _Excuse, rights: list[str]) -> _Excuse:
    """The exceptions that are about any of these rights."""
    return _Excuse(
        tuple(one for one in excuse.standing if _covered(one, rights)),
        tuple(one for one in excuse.ended if _covered(one, rights)),
    )


def _with_pool(key: DesiredKey, entry: str) -> str:
    return f"{entry} (pool {key.origins[entry]})" if entry in key.origins else entry
