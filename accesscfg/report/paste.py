"""YAML for what is live and not declared, ready to paste into the declaration.

Labels and ids come from exchanges: a name is made from them that the declaration allows, and the rest is
quoted wherever YAML could read it as anything but text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accesscfg.model.desired import Scope
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, as_network, sorted_entries
from accesscfg.model.observed import Facet, LiveKey, Observed, UndeclaredKey, UndeclaredSub
from accesscfg.model.plan import Plan
from accesscfg.report.clean import plain
from accesscfg.report.words import Words, exchange_of

LONGEST_NAME = 63
_SAFE = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
# words that YAML 1.1 or 1.2 reads as something else than text
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "inf", "nan"})


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines to paste below one heading of the declaration, such as `exchanges.bybit-fund.keys`.

    The lines are indented as they would be in a file that indents by two.
    """

    below: str
    yaml: str
    keys: int = 0
    subs: int = 0


def undeclared_yaml(plan: Plan, words: Words) -> tuple[Snippet, ...]:
    """What the plan found live and undeclared: keys by their place, then sub-accounts by their account."""
    snippets = []
    places = dict.fromkeys((one.account, one.sub) for one in plan.undeclared_keys)
    for account, sub in places:
        found = [one for one in plan.undeclared_keys if (one.account, one.sub) == (account, sub)]
        snippets.append(_keys_snippet(plan, words, account, sub, found))
    for account in dict.fromkeys(one.account for one in plan.undeclared_subs):
        subs = [one for one in plan.undeclared_subs if one.account == account]
        snippets.append(_subs_snippet(plan, words, account, subs))
    return tuple(snippets)


def _keys_snippet(
    plan: Plan, words: Words, account: str, sub: str | None, found: list[UndeclaredKey]
) -> Snippet:
    parent = account if sub is None else f"{account}/{sub}"
    names = _Names(key.path.key for key in plan.keys if key.path.parent == parent)
    below = f"exchanges.{account}.keys" if sub is None else f"exchanges.{account}.sub_accounts.{sub}.keys"
    writer = _KeyWriter(words, exchange_of(plan, account), "own" if sub is None else "sub")
    lines = list(writer.keys((one.live for one in found), names, 6 if sub is None else 10))
    return Snippet(below, "\n".join(lines) + "\n", keys=len(found))


def _subs_snippet(plan: Plan, words: Words, account: str, subs: list[UndeclaredSub]) -> Snippet:
    names = _Names(key.path.sub for key in plan.keys if key.path.account == account and key.path.sub)
    writer = _KeyWriter(words, exchange_of(plan, account), "sub")
    manager = _manager(plan, account)
    lines = []
    for sub in subs:
        lines.append(f"      {quoted(names.take(sub.live.name or sub.live.id, 'sub'))}:")
        lines.append(f"        id: {quoted(sub.live.id, always=True)}")
        if manager is not None:
            lines.append(f"        managed_by: {manager}")
        if sub.keys is None:
            lines.append("        # its keys could not be listed")
        elif sub.keys:
            lines.append("        keys:")
            lines += writer.keys(sub.keys, _Names(()), 10)
    return Snippet(f"exchanges.{account}.sub_accounts", "\n".join(lines) + "\n", subs=len(subs))


def _manager(plan: Plan, account: str) -> str | None:
    """The account's key that the keys of its declared sub-accounts are managed by."""
    signers = [key.signed_by for key in plan.keys if key.path.account == account and key.path.sub is not None]
    return next((signer.key for signer in signers if signer is not None and signer.sub is None), None)


def quoted(text: str, *, always: bool = False) -> str:
    """The text as a YAML scalar on one line, cleaned; bare only where that is certainly text."""
    clean = plain(text)
    if not always and _SAFE.fullmatch(clean) and clean.lower() not in _WORDS:
        return clean
    escaped = clean.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _Names:
    """Names of the declaration's form, each given once."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def take(self, text: str, otherwise: str) -> str:
        """A free name made from the text."""
        words = re.sub(r"[^a-z0-9._-]+", "-", plain(text).lower()).strip("-._")
        base = re.sub(r"_((un)?encrypted)$", r"-\1", words[:LONGEST_NAME].rstrip("-._")) or otherwise
        name, number = base, 1
        while name in self._taken:
            number += 1
            tail = f"-{number}"
            name = base[: LONGEST_NAME - len(tail)] + tail
        self._taken.add(name)
        return name


@dataclass(frozen=True, slots=True)
class _KeyWriter:
    """Writes the keys of one account."""

    words: Words
    exchange: str
    scope: Scope

    def keys(self, found: Iterable[LiveKey], names: _Names, indent: int) -> Iterator[str]:
        """The lines of some keys under their names."""
        for live in found:
            yield f"{' ' * indent}{quoted(names.take(live.label or '', 'key'))}:"
            for line in self._fields(live):
                yield f"{' ' * (indent + 2)}{line}"

    def _fields(self, live: LiveKey) -> Iterator[str]:
        if live.key_id is not None and live.masked:
            yield f"# key_id: the exchange shows only {plain(live.key_id)}"
        elif live.key_id is not None:
            yield f"key_id: {quoted(live.key_id, always=True)}"
        if live.label:
            yield f"label: {quoted(live.label)}"
        yield "held: false  # true once its secret is in the secrets file"
        yield self._permissions(live)
        yield self._whitelist(live)
        enabled = live.facets.get(Facet.ENABLED)
        if isinstance(enabled, Observed) and enabled.value is False:
            yield "enabled: false"

    def _permissions(self, live: LiveKey) -> str:
        natives = live.permissions()
        if natives is None:
            return f"# permissions: {_why_not(live, Facet.PERMISSIONS)}"
        names = self.words.to_declare(self.exchange, self.scope, natives, live.mode)
        return f"permissions: [{', '.join(quoted(name) for name in names)}]"

    def _whitelist(self, live: LiveKey) -> str:
        match live.whitelist():
            case Unrestricted():
                return "ip_whitelist: unrestricted"
            case Addresses(entries) if entries:
                return f"ip_whitelist: [{', '.join(_entry(one) for one in sorted_entries(entries))}]"
            case AppBound(app) if app:
                return f"app: {quoted(app)}"
            case AppBound():
                return "# app: the exchange does not say which application the key is bound to"
            case _:
                return f"# ip_whitelist: {_why_not(live, Facet.IP_WHITELIST)}"


def _entry(entry: str) -> str:
    """An address or network; IPv4 is text in every YAML, everything else is quoted."""
    network = as_network(entry)
    return entry if network is not None and network.version == 4 else quoted(entry, always=True)


def _why_not(live: LiveKey, facet: Facet) -> str:
    why = getattr(live.facets.get(facet), "why", "") or "it was not shown"
    return f"not known, write it yourself ({plain(why)})"
