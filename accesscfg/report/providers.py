"""What each exchange can do, from the profiles alone: a table, one exchange in full, and both as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from accesscfg.model.desired import NEUTRAL, Scope
from accesscfg.model.observed import Facet
from accesscfg.model.profile import Clock, FacetRule, IpRules, Limit, Permission, Profile, Writing
from accesscfg.report.page import WIDTH, Page, Style
from accesscfg.report.words import FACETS, count, listing

SCOPES: Mapping[Scope, str] = {"own": "keys of the account", "sub": "keys of sub-accounts"}
READS = {"full": "shown", "flag": "flag only", "no": "not shown", "no_such_thing": "no such thing"}
WRITES: Mapping[Writing, str] = {"api": "by API", "manual": "on the website", "no": "cannot be changed"}
_TABLE: Sequence[tuple[Scope, Facet, str]] = (
    ("own", Facet.PERMISSIONS, "permissions"),
    ("own", Facet.IP_WHITELIST, "IP whitelist"),
    ("sub", Facet.PERMISSIONS, "sub: permissions"),
    ("sub", Facet.IP_WHITELIST, "sub: IP whitelist"),
)


def providers_to_text(profiles: Sequence[Profile], *, width: int = WIDTH, color: bool = False) -> str:
    """One line an exchange: what is shown of its keys, and how it is changed."""
    page = Page(width, color=color)
    rows = [["exchange", *(title for _, _, title in _TABLE)]]
    rows += [[one.exchange, *(_cell(one, scope, facet) for scope, facet, _ in _TABLE)] for one in profiles]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    if sum(widths) + 2 * (len(widths) - 1) > width:
        _write_blocks(page, rows)
    else:
        for number, row in enumerate(rows):
            cells = (f"{cell:<{wide}}" for cell, wide in zip(row, widths, strict=True))
            page.line("  ".join(cells).rstrip(), Style.PLAIN if number else Style.FAINT)
    page.gap()
    page.item("", "sub: the keys of sub-accounts; the others are those of the account itself")
    page.item("", f"{count(len(profiles), 'exchange')}; `accesscfg providers NAME` tells all about one.")
    return page.text()


def _write_blocks(page: Page, rows: Sequence[Sequence[str]]) -> None:
    """The table for a terminal that is too narrow for it: its columns below each other."""
    (_, *titles), *body = rows
    widest = max(map(len, titles))
    for name, *cells in body:
        page.line(name, Style.STRONG)
        for title, cell in zip(titles, cells, strict=True):
            page.line(f"  {title:<{widest}}  {cell}")


def _cell(profile: Profile, scope: Scope, facet: Facet) -> str:
    rule = profile.facets.get(scope, {}).get(facet)
    if rule is None or profile.retired:
        return "-"
    return f"{READS[rule.read]}, {WRITES[rule.write]}"


def provider_to_text(profile: Profile, *, width: int = WIDTH, color: bool = False) -> str:
    """Everything known about one exchange."""
    page = Page(width, color=color)
    page.pieces(
        (profile.name, Style.STRONG), (f"  {profile.exchange}, checked {profile.checked}", Style.FAINT)
    )
    if profile.retired:
        page.item("", profile.retired, body_style=Style.BAD)
    for scope, title in SCOPES.items():
        if scope in profile.facets:
            _section(page, title[0].upper() + title[1:])
            _write_scope(page, profile, scope)
    _section(page, "Permissions")
    for permission in profile.permissions:
        _write_permission(page, permission)
    _section(page, "What happens to a key by itself")
    _items(page, (_clock(clock) for clock in profile.clocks), none="nothing that is known")
    _section(page, "Calls")
    for endpoint in profile.endpoints.values():
        page.item(f"  {endpoint.name:<14}", f"{endpoint.url}{f' ({endpoint.note})' if endpoint.note else ''}")
    harm = "does no harm" if profile.foreign_call_harmless else "harms the key, so it is not made"
    page.item("  ", f"A call from an address that is not on the key's whitelist {harm}.")
    _items(page, (_limit(limit) for limit in profile.limits), none="no rate limit is known")
    _section(page, "On the website")
    page.line(f"  {profile.manual.page}")
    for form in profile.manual.forms:
        page.item("  to change     ", " ".join((*form.open, *form.save)))
    page.item("  a new key     ", " ".join((*profile.manual.create, *profile.manual.created)))
    _section(page, "Not verified")
    _items(page, profile.unverified, none="nothing")
    _section(page, "Sources")
    _items(page, dict.fromkeys(_source(profile)), none="none")
    return page.text()


def _section(page: Page, title: str) -> None:
    page.gap()
    page.line(title, Style.STRONG)


def _items(page: Page, texts: Iterable[str], none: str) -> None:
    for text in list(texts) or [none]:
        page.item("  - ", text)


def _write_scope(page: Page, profile: Profile, scope: Scope) -> None:
    for facet in Facet:
        rule = profile.facets[scope].get(facet)
        if rule is not None and rule.read != "no_such_thing":
            page.item(f"  {FACETS[facet]:<14}", _rule(rule))
    rules = profile.ip_rules.get(scope)
    if rules is not None:
        page.item(f"  {'addresses':<14}", _ip_rules(rules))
    write = profile.writes.get(scope)
    if write is not None:
        who = " or ".join(
            "a managing key" if one == "manager" else "itself" for one in sorted(write.signed_by)
        )
        needs = [
            *([f"one of {listing(sorted(write.needs_any))}"] if write.needs_any else ()),
            *sorted(write.needs_all),
            *(["an IP whitelist of its own"] if write.needs_whitelist else ()),
        ]
        page.item(
            f"  {'written by':<14}",
            f"{who}{f', which needs {listing(needs)}' if needs else ''}{_note(write.why)}",
        )


def _rule(rule: FacetRule) -> str:
    return f"{READS[rule.read]}, {WRITES[rule.write]}{_note(rule.why)}"


def _ip_rules(rules: IpRules) -> str:
    most = "no limit is known" if rules.most is None else f"at most {rules.most}"
    networks = "networks too" if rules.networks else "no networks"
    ipv6 = "IPv6 too" if rules.ipv6 else "no IPv6"
    return f"{most}, {networks}, {ipv6}{_note(rules.note)}"


def _note(text: str | None) -> str:
    return f" ({text})" if text else ""


def _write_permission(page: Page, permission: Permission) -> None:
    gives = listing(name for name in NEUTRAL if name in permission.gives) or "declared as native: only"
    implies = listing(name for name in NEUTRAL if name in permission.implies)
    ways = {scope: WRITES[permission.write.get(scope, "no")] for scope in sorted(permission.scopes)}
    everywhere = len(ways) == len(SCOPES) and len(set(ways.values())) == 1
    how = "; ".join(f"{SCOPES[scope]} {way}" for scope, way in ways.items())
    if everywhere:
        how = ways["own"]
    also = f", gives {implies} as well" if implies else ""
    name = (
        permission.label
        if permission.label == permission.native
        else f"{permission.label} ({permission.native})"
    )
    needs = f", only if {permission.requires}" if permission.requires else ""
    page.item("  - ", f"{name}: {gives}{also}; {how}{needs}{_note(permission.note)}")


def _clock(clock: Clock) -> str:
    days = "" if clock.days is None else f"{count(clock.days, 'day')}, "
    who = "without an IP whitelist" if clock.when_unrestricted else "any key"
    held = f" with {listing(sorted(clock.with_any))}" if clock.with_any else ""
    doubt = "" if clock.source.verified else "; not verified"
    source = f"{clock.source.source}, {clock.source.date}{doubt}"
    return f"{days}{clock.clock}: {clock.effect} ({who}{held}; {source})"


def _limit(limit: Limit) -> str:
    return f"{limit.name}: {limit.amount:g} in {limit.seconds:g} s for each {limit.scope}"


def _source(profile: Profile) -> Iterable[str]:
    for source in profile.sources:
        yield f"{source.source}, {source.date}{'' if source.verified else ' (not verified)'}"


def profile_to_json(profile: Profile) -> dict[str, Any]:
    """Every field of the profile as JSON data; sets are sorted lists, calls are `METHOD /path`."""
    return {field.name: _plain(getattr(profile, field.name)) for field in fields(profile)}


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
