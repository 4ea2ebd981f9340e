"""What is told of keys: what is shown and changed, their permissions, their addresses, and their clocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from accesscfg.model.desired import NEUTRAL, Scope
from accesscfg.model.observed import Facet
from accesscfg.model.profile import (
    AppShown,
    Clock,
    Entry,
    IpRules,
    Permission,
    Profile,
    Reading,
    WriteRule,
    Writing,
)
from accesscfg.report.providers_sheet import SCOPES, Cell, Cite, Code, Grid, Part, Section, joined
from accesscfg.report.words import FACETS, count, listing

READS: Mapping[Reading, str] = {
    "full": "shown",
    "flag": "only whether there is one",
    "no": "not shown",
    "no_such_thing": "no such thing",
}
WRITES: Mapping[Writing, str] = {"api": "by API", "manual": "on the website", "no": "cannot be changed"}
ENTRIES: Mapping[Entry, str] = {
    "comma": "a list with commas",
    "lines": "one a line",
    "blanks": "a list with blanks",
    "one": "one after the other",
}
APPS: Mapping[AppShown, str | None] = {
    "named": "of a key bound to an application the API tells which one",
    "bound": "of a key bound to an application the API tells that it is, and not to which",
    "restricted": "of a key bound to an application the API tells only that it is restricted",
    "hidden": None,
}
_RUNS = {
    "fixed": "from the creation or activation",
    "inactivity": "from the last use",
    "event": "from an event",
}


def writings(profile: Profile, scope: Scope, facet: Facet) -> tuple[Writing, ...]:
    """The ways in which a facet is changed, the API first; of permissions there may be several."""
    ways = {profile.facets[scope][facet].write}
    if facet is Facet.PERMISSIONS and "api" in ways:
        ways |= {one.write[scope] for one in profile.in_scope(scope)} - {"no"}
    return tuple(way for way in WRITES if way in ways)


def probed(profile: Profile, scope: Scope, facet: Facet) -> bool:
    """Whether harmless calls find out some of it. What probes tell of besides a key's being there are its rights."""
    return facet is Facet.PERMISSIONS and profile.facets[scope][facet].read == "no" and bool(profile.probes)


def scope_parts(profile: Profile, scope: Scope, cite: Cite) -> Iterator[Part]:
    if scope == "sub":
        yield _addressed(profile, cite)
    facets = profile.facets[scope]
    rows = [(FACETS[facet], *_abilities(profile, scope, facet, cite)) for facet in Facet if facet in facets]
    yield Grid(("property", "in the API", "changed", "why, and source"), tuple(rows), ("", "", "", ""))
    if scope in profile.writes:
        yield _written(profile.writes[scope], cite)
    if scope == "own" and profile.probes:
        yield "What no call shows, harmless calls find out in part:"
        probes = ((Code((one.call,)), f"{one.tells} {cite(one.source)}") for one in profile.probes)
        yield Grid(("call", "tells, and source"), tuple(probes), ("", ""))


def _abilities(profile: Profile, scope: Scope, facet: Facet, cite: Cite) -> tuple[str, str, str]:
    rule = profile.facets[scope][facet]
    seen = "some found out" if probed(profile, scope, facet) else READS[rule.read]
    changed = ", some ".join(WRITES[way] for way in writings(profile, scope, facet))
    if rule.mode:
        changed += f", only in the mode {rule.mode}"
    if rule.read == "no_such_thing" and rule.write == "no":
        changed = ""
    formless = facet is not Facet.PRESENCE and profile.manual.form_for(facet) is None
    why = joined(rule.why, "no form for it is known" if rule.write == "manual" and formless else None)
    return seen, changed, joined(why, cite(rule.source), by=" ")


def _addressed(profile: Profile, cite: Cite) -> str:
    subs, keys = profile.lists_sub_accounts, profile.lists_sub_keys
    if subs and keys:
        listed = "sub-accounts and their keys"
    else:
        listed = "sub-accounts, but not their keys" if subs else "neither sub-accounts nor their keys"
    alone = ": each is looked at with its own credentials" if profile.reads and not keys else ""
    return (
        f"The API lists {listed}{alone}. A sub-account is declared by {profile.sub_id_what}. "
        + cite(profile.origins.get("sub_accounts"))
    ).rstrip()


def _written(rule: WriteRule, cite: Cite) -> str:
    who = " or ".join(
        "a managing key" if one == "manager" else "the key itself" for one in sorted(rule.signed_by)
    )
    needs = " and ".join(
        [
            *([f"one of {listing(sorted(rule.needs_any))}"] if rule.needs_any else ()),
            *sorted(rule.needs_all),
            *(["an IP whitelist of its own"] if rule.needs_whitelist else ()),
        ]
    )
    ways = [
        f"Changes by API are signed by {who}" + (f", which needs {needs}" if needs else ""),
        "one call replaces permissions and IP whitelist together"
        if rule.together
        else "permissions and IP whitelist are changed by calls of their own",
        "a call adds or removes one address" if rule.one_address else None,
        "the passphrase of the changed key is needed" if rule.needs_passphrase else None,
        f"a key with {listing(sorted(rule.not_with))} is not changed so" if rule.not_with else None,
        rule.why,
    ]
    return f"{joined(*ways)}. {cite(rule.source)}".rstrip()


# permissions


def permissions(profile: Profile, cite: Cite) -> Iterator[Section]:
    """One table where keys of both kinds have the same rights, else one for each kind."""
    tables = {scope: _rights(profile, scope, cite) for scope in SCOPES if scope in profile.facets}
    alike = len({table.rows for table in tables.values()}) == 1
    for number, (scope, table) in enumerate(tables.items()):
        if number and alike:
            return
        modes = [f"{one} ({words})" for one, words in profile.modes.items()]
        found = f"An account is in one of these modes, which is found out by asking: {listing(modes)}."
        title = "Permissions" if alike else f"Permissions of {SCOPES[scope]}"
        yield Section(title, (*([found] if modes and not number else []), table))


def _rights(profile: Profile, scope: Scope, cite: Cite) -> Grid:
    """Rights of one group that differ in nothing but their names share a row."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for one in profile.in_scope(scope):
        rows.setdefault(_right(one, scope, cite), []).append(one.native)
    told: tuple[tuple[Cell, ...], ...] = tuple(
        (cells[0], Code(tuple(natives)), *cells[1:]) for cells, natives in rows.items()
    )
    head = ("permission", "native name", "declared as", "changed", "notes, and source")
    return Grid(head, told, ("", "", "declared as ", "", ""))


def neutral_names(names: frozenset[str]) -> str:
    """In the order in which they are always told."""
    return listing(name for name in NEUTRAL if name in names)


def _right(one: Permission, scope: Scope, cite: Cite) -> tuple[str, ...]:
    implies = neutral_names(one.implies)
    notes = joined(
        f"gives {implies} besides" if implies else None,
        f"comes with {listing(sorted(one.comes_with))}" if one.comes_with else None,
        f"only on a key with {listing(sorted(one.needs))}" if one.needs else None,
        "a key always has it" if one.always else None,
        f"only if {one.requires}" if one.requires else None,
        f"only in the mode {one.mode}" if one.mode else None,
        one.note,
    )
    declared = neutral_names(one.gives) or "native: only"
    way = one.write.get(scope, "no")
    changed = "fixed when the key is made" if way == "no" and not one.always else WRITES[way]
    return _heading(one), declared, changed, joined(notes, cite(one.source), by=" ")


def _heading(one: Permission) -> str:
    if one.group is None:
        return one.label
    return one.group if one.label == one.native else f"{one.group}: {one.label}"


# addresses and clocks


def ip_rules(profile: Profile, cite: Cite) -> Grid:
    rules = profile.ip_rules
    rows = [(SCOPES[scope], *_ip_rule(rules[scope], cite)) for scope in SCOPES if scope in rules]
    if len({row[1:] for row in rows}) == 1:
        rows = [("all keys", *rows[0][1:])]
    head = ("of", "most entries", "networks", "IPv6", "entered as", "notes, and source")
    return Grid(head, tuple(rows), ("", "most entries: ", "networks: ", "IPv6: ", "entered as ", ""))


def _ip_rule(rule: IpRules, cite: Cite) -> tuple[str, ...]:
    longest = f"the field holds {count(rule.longest, 'character')}" if rule.longest else None
    return (
        "no limit is known" if rule.most is None else str(rule.most),
        "yes" if rule.networks else "no",
        "yes" if rule.ipv6 else "no",
        " or ".join(ENTRIES[one] for one in rule.entry),
        joined(joined(longest, rule.note, APPS[rule.app]), cite(rule.source), by=" "),
    )


def clock(clock: Clock, cite: Cite) -> str:
    after = "" if clock.days is None else f"{count(clock.days, 'day')} "
    who = "a key without an IP whitelist" if clock.when_unrestricted else "any key"
    held = f" that has {' or '.join(sorted(clock.with_any))}" if clock.with_any else ""
    shown = "the API shows the date" if clock.shown else "the API does not show the date"
    return f"{after}{_RUNS[clock.clock]}, {who}{held}: {clock.effect} ({shown}) {cite(clock.source)}"
