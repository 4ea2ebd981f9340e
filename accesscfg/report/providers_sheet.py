"""All that is known about one exchange, as sections that text and Markdown both render.

A fact is followed by the number of its source, and by "not verified" where no official document says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from accesscfg.model.desired import NEUTRAL, Scope
from accesscfg.model.errors import Trouble
from accesscfg.model.observed import Facet
from accesscfg.model.profile import (
    Clock,
    Entry,
    ErrorCode,
    IpRules,
    Limit,
    Manual,
    Permission,
    Profile,
    Reading,
    Source,
    WriteRule,
    Writing,
)
from accesscfg.report.words import FACETS, count, listing

SCOPES: Mapping[Scope, str] = {"own": "keys of the account", "sub": "keys of sub-accounts"}
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
TROUBLES: Mapping[Trouble, str] = {
    Trouble.KEY: "the key",
    Trouble.SIGNATURE: "the secret",
    Trouble.ADDRESS: "the address",
    Trouble.PERMISSION: "a missing right",
    Trouble.DENIED: "refused",
    Trouble.WEBSITE_ONLY: "website only",
    Trouble.CLOCK: "the clock",
    Trouble.RATE_LIMIT: "too many calls",
    Trouble.SERVER: "the exchange",
    Trouble.NETWORK: "the network",
    Trouble.REQUEST: "the request",
    Trouble.REPLY: "the reply",
}
_KINDS = {"hmac": "HMAC", "rsa": "RSA", "ed25519": "Ed25519"}
_COUNTED = {"ip": "address", "account": "account", "key": "key"}
_RUNS = {
    "fixed": "from the creation or activation",
    "inactivity": "from the last use",
    "event": "from an event",
}


@dataclass(frozen=True, slots=True)
class Code:
    """What a machine takes as it stands: native names, a call, an address."""

    texts: tuple[str, ...]

    def __str__(self) -> str:
        return listing(self.texts)


Cell = str | Code


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. Every row has as many cells as the head; the last one may be long.

    `said`: what stands before each cell where a row is told as a sentence.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences, numbered or not."""

    texts: tuple[str, ...]
    numbered: bool = False


Part = str | tuple[Cell, ...] | Grid | Items


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part; a part of it that is text, or a tuple of pieces, is a paragraph."""

    title: str
    parts: tuple[Part, ...]


def sections(profile: Profile) -> tuple[Section, ...]:
    """Everything the profile says, in the order in which a person asks."""
    return tuple(_sections(profile, _Cite(profile.sources)))


class _Cite:
    """Numbers for sources, in the order of the list at the end."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._numbers = {(one.source, one.date): number for number, one in enumerate(sources, 1)}

    def __call__(self, source: Source | None) -> str:
        if source is None:
            return ""
        return f"[{self._numbers[source.source, source.date]}{'' if source.verified else ', not verified'}]"

    def all(self, sources: Iterable[Source | None]) -> str:
        """Each of them once."""
        return " ".join(dict.fromkeys(filter(None, map(self, sources))))


def _sections(profile: Profile, cite: _Cite) -> Iterator[Section]:
    if profile.retired:
        yield Section("What to do", (Items(profile.manual.delete),))
    else:
        yield from _facts(profile, cite)
    yield Section("Not verified", _listed(profile.unverified, none="Nothing."))
    yield Section("Sources", (Items(tuple(map(_source, profile.sources)), numbered=True),))


def _facts(profile: Profile, cite: _Cite) -> Iterator[Section]:
    for scope in SCOPES:
        if scope in profile.facets:
            yield Section(_capital(SCOPES[scope]), tuple(_scope(profile, scope, cite)))
    yield from _permissions(profile, cite)
    yield Section("IP whitelists", (_ip_rules(profile, cite),))
    clocks = (_clock(one, cite) for one in profile.clocks)
    yield Section("What happens to a key by itself", _listed(clocks, none="Nothing that is known."))
    yield Section("Hosts, signing and calls", tuple(_calling(profile, cite)))
    if profile.limits:
        yield Section("Rate limits", (_limits(profile.limits, cite),))
    if profile.errors:
        yield Section("Error codes", tuple(_errors(profile, cite)))
    yield Section("On the website", tuple(_website(profile.manual, cite)))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _listed(texts: Iterable[str], none: str) -> tuple[Part]:
    found = tuple(texts)
    return (Items(found),) if found else (none,)


def _joined(*parts: str | None, by: str = "; ") -> str:
    return by.join(part for part in parts if part)


# what can be seen and done


def writings(profile: Profile, scope: Scope, facet: Facet) -> tuple[Writing, ...]:
    """The ways in which a facet is changed, the API first; of permissions there may be several."""
    ways = {profile.facets[scope][facet].write}
    if facet is Facet.PERMISSIONS and "api" in ways:
        ways |= {one.write[scope] for one in profile.in_scope(scope)} - {"no"}
    return tuple(way for way in WRITES if way in ways)


def probed(profile: Profile, scope: Scope, facet: Facet) -> bool:
    """Whether harmless calls find out some of it. What probes tell of besides a key's being there are its rights."""
    return facet is Facet.PERMISSIONS and profile.facets[scope][facet].read == "no" and bool(profile.probes)


def _scope(profile: Profile, scope: Scope, cite: _Cite) -> Iterator[Part]:
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


def _abilities(profile: Profile, scope: Scope, facet: Facet, cite: _Cite) -> tuple[str, str, str]:
    rule = profile.facets[scope][facet]
    seen = "some found out" if probed(profile, scope, facet) else READS[rule.read]
    changed = ", some ".join(WRITES[way] for way in writings(profile, scope, facet))
    if rule.mode:
        changed += f", only in the mode {rule.mode}"
    if rule.read == "no_such_thing" and rule.write == "no":
        changed = ""
    return seen, changed, _joined(rule.why, cite(rule.source), by=" ")


def _addressed(profile: Profile, cite: _Cite) -> str:
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


def _written(rule: WriteRule, cite: _Cite) -> str:
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
    return f"{_joined(*ways)}. {cite(rule.source)}".rstrip()


# permissions


def _permissions(profile: Profile, cite: _Cite) -> Iterator[Section]:
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


def _rights(profile: Profile, scope: Scope, cite: _Cite) -> Grid:
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


def _right(one: Permission, scope: Scope, cite: _Cite) -> tuple[str, ...]:
    implies = neutral_names(one.implies)
    notes = _joined(
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
    return _heading(one), declared, changed, _joined(notes, cite(one.source), by=" ")


def _heading(one: Permission) -> str:
    if one.group is None:
        return one.label
    return one.group if one.label == one.native else f"{one.group}: {one.label}"


# addresses and clocks


def _ip_rules(profile: Profile, cite: _Cite) -> Grid:
    rules = profile.ip_rules
    rows = [(SCOPES[scope], *_ip_rule(rules[scope], cite)) for scope in SCOPES if scope in rules]
    if len({row[1:] for row in rows}) == 1:
        rows = [("all keys", *rows[0][1:])]
    head = ("of", "most entries", "networks", "IPv6", "entered as", "notes, and source")
    return Grid(head, tuple(rows), ("", "most entries: ", "networks: ", "IPv6: ", "entered as ", ""))


def _ip_rule(rule: IpRules, cite: _Cite) -> tuple[str, ...]:
    longest = f"the field holds {count(rule.longest, 'character')}" if rule.longest else None
    return (
        "no limit is known" if rule.most is None else str(rule.most),
        "yes" if rule.networks else "no",
        "yes" if rule.ipv6 else "no",
        " or ".join(ENTRIES[one] for one in rule.entry),
        _joined(_joined(longest, rule.note), cite(rule.source), by=" "),
    )


def _clock(clock: Clock, cite: _Cite) -> str:
    after = "" if clock.days is None else f"{count(clock.days, 'day')} "
    who = "a key without an IP whitelist" if clock.when_unrestricted else "any key"
    held = f" that has {' or '.join(sorted(clock.with_any))}" if clock.with_any else ""
    shown = "the API shows the date" if clock.shown else "the API does not show the date"
    return f"{after}{_RUNS[clock.clock]}, {who}{held}: {clock.effect} ({shown}) {cite(clock.source)}"


# calls


def _calling(profile: Profile, cite: _Cite) -> Iterator[Part]:
    hosts = tuple(
        (one.name, Code((one.url,)), _joined(one.note, cite(one.source), by=" "))
        for one in profile.endpoints.values()
    )
    yield Grid(("endpoint", "host", "notes, and source"), hosts, ("", "", ""))
    yield Items(tuple(_signing(profile, cite)))
    calls = [*_called(profile.reads, "when reading"), *_called(profile.write_calls, "when changing")]
    if calls:
        yield "Every call that is made; the transport lets no other pass:"
        yield Grid(("call", "made"), tuple(calls), ("", ""))
    else:
        yield "No call is made."


def _called(calls: Iterable[tuple[str, str]], when: str) -> Iterator[tuple[Cell, ...]]:
    for method, path in sorted(calls, key=lambda call: (call[1], call[0])):
        yield Code((f"{method} {path}",)), when


def _signing(profile: Profile, cite: _Cite) -> Iterator[str]:
    kinds = " or ".join(name for kind, name in _KINDS.items() if kind in profile.credential_kinds)
    also = ", with a passphrase" if profile.needs_passphrase else ""
    yield f"Keys sign with {kinds}{also}. {cite(profile.origins.get('credentials'))}".rstrip()
    harm = "does the key no harm, as far as is known"
    if not profile.foreign_call_harmless:
        disables = profile.foreign_call_disables
        harm = "disables the key, so it is not made" if disables else "harms the key, so it is not made"
    note = f" ({profile.foreign_call_note})" if profile.foreign_call_note else ""
    yield (
        f"A call from an address that is not on the key's whitelist {harm}{note}. "
        + cite(profile.origins.get("foreign_call"))
    ).rstrip()
    if profile.counter:
        yield f"The key has a counter that all who use it share: {profile.counter}."
    if profile.reads and profile.time_path is None:
        yield "The exchange has no call for its time: this machine's clock has to be right."


def _limits(limits: Iterable[Limit], cite: _Cite) -> Grid:
    rows = (
        (
            one.name,
            f"{one.amount:,g} in {one.seconds:g} s",
            f"{_COUNTED[one.scope]} {cite(one.source)}".rstrip(),
        )
        for one in limits
    )
    return Grid(("limit", "most", "counted by, and source"), tuple(rows), ("", "", "by "))


def _errors(profile: Profile, cite: _Cite) -> Iterator[Part]:
    common = cite.all(one.source for one in profile.errors.values() if one.source and one.source.verified)
    yield f"In our words; what each is about decides what is done next. {common}".rstrip()
    order = list(TROUBLES)
    found = sorted(profile.errors.items(), key=lambda one: (order.index(one[1].trouble), _by_number(one[0])))
    rows = tuple((TROUBLES[error.trouble], Code((code,)), _meaning(error, cite)) for code, error in found)
    yield Grid(("about", "code", "means"), rows, ("", "", ""))


def _meaning(error: ErrorCode, cite: _Cite) -> str:
    doubted = error.source is not None and not error.source.verified
    stops = "no further call is made" if error.locks_out else None
    return _joined(_joined(error.meaning, stops), cite(error.source) if doubted else None, by=" ")


def _by_number(code: str) -> tuple[int, int, str]:
    number = code.removeprefix("-")
    return (0, int(number), code) if number.isdecimal() else (1, 0, code)


# the website


def _website(manual: Manual, cite: _Cite) -> Iterator[Part]:
    doubt = "" if manual.page_verified else "(no official document has this address) "
    yield Code((manual.page,)), f"{doubt}{cite(manual.source)}".rstrip()
    if manual.needs:
        yield f"To have at hand: {'; '.join(manual.needs)}."
    for form in manual.forms:
        changed = listing(FACETS[facet] for facet in Facet if facet in form.changes)
        yield from _steps(f"To change {changed}:", (*form.open, *form.save))
    ways = tuple((what, _filled(how)) for what, how in _ways(manual) if how)
    if ways:
        yield Grid(("to", "do"), ways, ("", ""))
    yield from _steps("For a new key:", (*manual.create, *manual.created))
    yield from _steps("To delete a key:", manual.delete)
    if manual.cautions:
        yield "Careful:"
        yield Items(tuple(f"{_filled(one.text)} {cite(one.source)}".rstrip() for one in manual.cautions))


def _ways(manual: Manual) -> Iterator[tuple[str, str | None]]:
    yield "get to a sub-account's keys", manual.sub_account
    yield "restrict by IP", manual.restrict
    yield "lift the restriction", manual.lift
    yield "enter a list of addresses", manual.paste
    yield "add an address", manual.add
    yield "remove an address", manual.remove
    yield "let it read only", manual.read_only
    yield "let it do more", manual.read_write
    yield "rename", manual.rename
    yield "switch on", manual.enable
    yield "switch off", manual.disable
    yield "bind to an application", manual.bind


def _steps(title: str, steps: tuple[str, ...]) -> Iterator[Part]:
    if steps:
        yield title
        yield Items(tuple(map(_filled, steps)), numbered=True)


def _filled(step: str) -> str:
    """A step with words in place of what a guide fills in."""
    return step.replace("{label}", "NAME").replace("{sub}", "SUB-ACCOUNT").replace("{app}", "APPLICATION")


def _source(source: Source) -> str:
    return f"{source.source}, {source.date}{'' if source.verified else ' (not verified)'}"
