"""The exchanges there are: their profiles, and their code where a run needs it.

Ours are the folders here that hold a `profile.yaml`. Others come through the entry-point group
`accesscfg.exchanges`: the entry point's name is the exchange, and it names an object (a module will do) with

- `profile_path`: the path of its `profile.yaml`, in the form of `schemas/profile.schema.json`;
- `provider`: called with the Profile, gives the Provider (see `accesscfg.exchanges.base`).

A name of ours cannot be taken by another package. Tests check profiles against their schema, not this code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from accesscfg.exchanges.base import Provider
from accesscfg.exchanges.guided import Guided
from accesscfg.model.desired import Scope
from accesscfg.model.errors import AccesscfgError, Trouble
from accesscfg.model.observed import Facet
from accesscfg.model.profile import (
    Caution,
    Clock,
    Endpoint,
    ErrorCode,
    FacetRule,
    Form,
    IpRules,
    Limit,
    Manual,
    Permission,
    Probe,
    Profile,
    Source,
    UsageHeader,
    WriteRule,
)

GROUP = "accesscfg.exchanges"
_HERE = Path(__file__).parent
_SCOPES: tuple[Scope, ...] = ("own", "sub")


class Profiles:
    """Every exchange by name. Each profile is read once, when it is first asked for."""

    def __init__(self) -> None:
        self._ours = {path.parent.name: path for path in _HERE.glob("*/profile.yaml")}
        self._profiles: dict[str, Profile] = {}
        self._providers: dict[str, Provider] = {}
        self._others: dict[str, Any] | None = None

    def names(self) -> tuple[str, ...]:
        """Every exchange, those of other packages too, in alphabetical order."""
        return tuple(sorted({*self._ours, *self._entry_points()}))

    def get(self, name: str) -> Profile | None:
        """The profile, or None where there is no such exchange. Raises AccesscfgError for a broken one."""
        if name not in self._profiles:
            path = self._ours.get(name) or self._foreign_path(name)
            if path is None:
                return None
            self._profiles[name] = read_profile(path)
        return self._profiles[name]

    def provider(self, name: str) -> Provider:
        """The code of an exchange, imported now. Raises KeyError where there is no such exchange."""
        if name not in self._providers:
            profile = self.get(name)
            if profile is None:
                raise KeyError(name)
            self._providers[name] = self._made(name, profile)
        return self._providers[name]

    def _made(self, name: str, profile: Profile) -> Provider:
        if not profile.reads:  # nothing can be asked, so there is no code
            return Guided(profile)
        if name not in self._ours:
            return cast(Provider, self._foreign(name).provider(profile))
        return cast(Provider, import_module(f"{__package__}.{name}").provider(profile))

    def _entry_points(self) -> Mapping[str, Any]:
        if self._others is None:
            from importlib.metadata import entry_points  # costs start-up time that our own names need not pay

            found = {entry.name: entry for entry in entry_points(group=GROUP)}
            self._others = {name: entry for name, entry in found.items() if name not in self._ours}
        return self._others

    def _foreign(self, name: str) -> Any:
        try:
            return self._entry_points()[name].load()
        except (ImportError, AttributeError) as error:
            raise AccesscfgError(
                f"the package that adds the exchange {name} cannot be loaded",
                why=type(error).__name__,
                fix="install it again, or remove it",
            ) from error

    def _foreign_path(self, name: str) -> Path | None:
        return Path(self._foreign(name).profile_path) if name in self._entry_points() else None


def read_profile(path: Path) -> Profile:
    """A profile out of its YAML. Raises AccesscfgError, naming the file, when it is broken."""
    import yaml

    try:
        return _profile(yaml.load(path.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise AccesscfgError(
            "the profile of an exchange cannot be read",
            where=str(path),
            why=f"{type(error).__name__}: {error}",
        ) from error


def _profile(data: Mapping[str, Any]) -> Profile:
    sources = {name: _source(entry) for name, entry in data["sources"].items()}
    credentials, subs = data["credentials"], data["sub_accounts"]
    return Profile(
        exchange=data["exchange"],
        name=data["name"],
        checked=data["checked"],
        endpoints={name: _endpoint(name, entry, sources) for name, entry in data["endpoints"].items()},
        permissions=tuple(one for entry in data["permissions"] for one in _permissions(entry, sources)),
        ip_rules={scope: _ip_rules(entry, sources) for scope, entry in data["ip_rules"].items()},
        facets={scope: _facets(entries, sources) for scope, entries in data["facets"].items()},
        writes={scope: _write_rule(entry, sources) for scope, entry in data["writes"].items()},
        reads=frozenset(_call(text) for text in data["reads"]),
        write_calls=frozenset(_call(text) for text in data["write_calls"]),
        time_path=data["time_path"],
        limits=tuple(_limit(entry, sources) for entry in data["limits"]),
        errors=_errors(data["errors"], sources),
        clocks=tuple(_clock(entry, sources) for entry in data["clocks"]),
        manual=_manual(data["manual"], sources),
        sub_id_form=subs["id_form"],
        sub_id_what=subs["id_what"],
        lists_sub_keys=subs["keys_listed"],
        lists_sub_accounts=subs["listed"],
        foreign_call_harmless=data["foreign_call"]["harmless"],
        credential_kinds=frozenset(credentials["kinds"]),
        needs_passphrase=credentials["passphrase"],
        sources=tuple(sources.values()),
        unverified=tuple(data["unverified"]),
        usage_headers=tuple(_usage_header(entry) for entry in data.get("usage_headers", ())),
        retired=data.get("retired"),
        foreign_call_disables=data["foreign_call"].get("disables", False),
        foreign_call_note=data["foreign_call"].get("note"),
        counter=data.get("counter"),
        probes=tuple(_probe(entry, sources) for entry in data.get("probes", ())),
        modes=data.get("modes", {}),
        origins={name: _of(data[name], sources) for name in ("credentials", "sub_accounts", "foreign_call")},
    )


def _source(entry: Mapping[str, Any]) -> Source:
    return Source(entry["what"], entry["date"], entry.get("verified", True))


def _endpoint(name: str, entry: Mapping[str, Any], sources: Mapping[str, Source]) -> Endpoint:
    return Endpoint(name, entry["url"], entry.get("headers", {}), entry.get("note"), _of(entry, sources))


def _permissions(entry: Mapping[str, Any], sources: Mapping[str, Source]) -> Iterator[Permission]:
    """One permission, or one for each of its members; one for each scope where what it implies, or being always on,
    differs."""
    for native in entry.get("members", ()):
        group = {"native": native, "label": native, "group": entry["native"]}
        yield from _permissions(
            {**{name: entry[name] for name in entry if name != "members"}, **group}, sources
        )
    if "members" in entry:
        return
    scopes = tuple(scope for scope in _SCOPES if scope in entry["write"])
    facts = [(scope, _implied(entry, scope), _always(entry, scope)) for scope in scopes]
    for scope, implies, always in facts:
        alike = frozenset(other for other, *rest in facts if rest == [implies, always])
        if scope != next(other for other in scopes if other in alike):
            continue
        yield Permission(
            native=entry["native"],
            label=entry["label"],
            gives=frozenset(entry["gives"]),
            scopes=alike,
            write=entry["write"],
            implies=implies,
            comes_with=frozenset(entry.get("comes_with", ())),
            needs=frozenset(entry.get("needs", ())),
            always=always,
            requires=entry.get("requires"),
            note=entry.get("note"),
            group=entry.get("group"),
            mode=entry.get("mode"),
            source=_of(entry, sources),
        )


def _implied(entry: Mapping[str, Any], scope: Scope) -> frozenset[str]:
    implies = entry.get("implies", ())
    return frozenset(implies.get(scope, ()) if isinstance(implies, Mapping) else implies)


def _always(entry: Mapping[str, Any], scope: Scope) -> bool:
    always = entry.get("always", False)
    return always if isinstance(always, bool) else scope in always


def _ip_rules(entry: Mapping[str, Any], sources: Mapping[str, Source]) -> IpRules:
    return IpRules(
        most=entry["most"],
        networks=entry["networks"],
        ipv6=entry["ipv6"],
        entry=tuple(entry["entry"]),
        longest=entry.get("longest"),
        note=entry.get("note"),
        app=entry.get("app", "hidden"),
        source=_of(entry, sources),
    )


def _facets(entries: Mapping[str, Any], sources: Mapping[str, Source]) -> dict[Facet, FacetRule]:
    return {
        facet: FacetRule(
            entries[facet]["read"],
            entries[facet]["write"],
            entries[facet].get("why"),
            _of({"source": entries["source"], **entries[facet]}, sources),
            entries[facet].get("mode"),
        )
        for facet in Facet
    }


def _write_rule(entry: Mapping[str, Any], sources: Mapping[str, Source]) -> WriteRule:
    return WriteRule(
        together=entry["together"],
        signed_by=frozenset(entry["signed_by"]),
        needs_any=frozenset(entry.get("needs_any", ())),
        needs_all=frozenset(entry.get("needs_all", ())),
        needs_whitelist=entry.get("needs_whitelist", False),
        needs_passphrase=entry.get("needs_passphrase", False),
        one_address=entry.get("one_address", False),
        not_with=frozenset(entry.get("not_with", ())),
        why=entry.get("why"),
        source=_of(entry, sources),
    )


def _call(text: str) -> tuple[str, str]:
    method, path = text.split(" ")
    return method, path


def _limit(entry: Mapping[str, Any], sources: Mapping[str, Source]) -> Limit:
    return Limit(
        entry["name"],
        entry["scope"],
        entry["amount"],
        entry["seconds"],
        entry.get("costs", {}),
        _of(entry, sources),
    )


def _usage_header(entry: Mapping[str, Any]) -> UsageHeader:
    return UsageHeader(entry["scope"], entry.get("used"), entry.get("limit"), entry.get("remaining"))


def _errors(entries: Mapping[str, Any], sources: Mapping[str, Source]) -> dict[str, ErrorCode]:
    return {
        code: ErrorCode(
            Trouble(entry["trouble"]),
            entry["meaning"],
            entry.get("ambiguous", False),
            _of({"source": entries["source"], **entry}, sources),
            entry.get("locks_out", False),
        )
        for code, entry in entries["codes"].items()
    }


def _clock(entry: Mapping[str, Any], sources: Mapping[str, Source]) -> Clock:
    return Clock(
        clock=entry["clock"],
        days=entry["days"],
        when_unrestricted=entry["when_unrestricted"],
        with_any=frozenset(entry["with_any"]),
        effect=entry["effect"],
        source=_of(entry, sources),
        shown=entry.get("shown", False),
    )


def _probe(entry: Mapping[str, Any], sources: Mapping[str, Source]) -> Probe:
    return Probe(entry["call"], entry["tells"], _of(entry, sources))


def _of(entry: Mapping[str, Any], sources: Mapping[str, Source]) -> Source:
    """The source of a fact, not verified where the fact says so."""
    source = sources[entry["source"]]
    return replace(source, verified=source.verified and not entry.get("unverified", False))


# the parts of the manual that a website may not have, one sentence each
_SENTENCES = (
    "restrict",
    "lift",
    "rename",
    "enable",
    "disable",
    "sub_account",
    "paste",
    "add",
    "remove",
    "bind",
    "unbound",
    "read_only",
    "read_write",
)


def _manual(entry: Mapping[str, Any], sources: Mapping[str, Source]) -> Manual:
    return Manual(
        page=entry["page"],
        page_verified=not entry.get("page_unverified", False),
        forms=tuple(_form(form) for form in entry["forms"]),
        needs=tuple(entry["needs"]),
        create=tuple(entry["create"]),
        created=tuple(entry["created"]),
        delete=tuple(entry["delete"]),
        cautions=tuple(
            Caution(frozenset(one["when"]), one["text"], _of(one, sources))
            for one in entry.get("cautions", ())
        ),
        **{name: entry.get(name) for name in _SENTENCES},
        source=_of(entry, sources),
    )


def _form(entry: Mapping[str, Any]) -> Form:
    return Form(frozenset(map(Facet, entry["changes"])), tuple(entry["open"]), tuple(entry["save"]))
