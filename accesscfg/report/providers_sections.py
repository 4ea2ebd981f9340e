"""All that is known about one exchange, in the order in which a person asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from accesscfg.model.profile import Profile, Source
from accesscfg.report import providers_calls as calls
from accesscfg.report import providers_keys as keys
from accesscfg.report.providers_sheet import SCOPES, Cite, Items, Part, Section


def sections(profile: Profile) -> tuple[Section, ...]:
    """Everything the profile says, in the order in which a person asks."""
    return tuple(_sections(profile, Cite(profile.sources)))


def _sections(profile: Profile, cite: Cite) -> Iterator[Section]:
    if profile.retired:
        yield Section("What to do", (Items(profile.manual.delete),))
    else:
        yield from _facts(profile, cite)
    yield Section("Not verified", _listed(profile.unverified, none="Nothing."))
    yield Section("Sources", (Items(tuple(map(_source, profile.sources)), numbered=True),))


def _facts(profile: Profile, cite: Cite) -> Iterator[Section]:
    for scope in SCOPES:
        if scope in profile.facets:
            yield Section(_capital(SCOPES[scope]), tuple(keys.scope_parts(profile, scope, cite)))
    yield from keys.permissions(profile, cite)
    yield Section("IP whitelists", (keys.ip_rules(profile, cite),))
    clocks = (keys.clock(one, cite) for one in profile.clocks)
    yield Section("What happens to a key by itself", _listed(clocks, none="Nothing that is known."))
    yield Section("Hosts, signing and calls", tuple(calls.calling(profile, cite)))
    if profile.limits:
        yield Section("Rate limits", (calls.limits(profile.limits, cite),))
    if profile.errors:
        yield Section("Error codes", tuple(calls.errors(profile, cite)))
    yield Section("On the website", tuple(calls.website(profile.manual, cite)))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _listed(texts: Iterable[str], none: str) -> tuple[Part]:
    found = tuple(texts)
    return (Items(found),) if found else (none,)


def _source(source: Source) -> str:
    return f"{source.source}, {source.date}{'' if source.verified else ' (not verified)'}"
