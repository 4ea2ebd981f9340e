"""A toy exchange whose website is as a test says, and guides on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from accesscfg.engine.compare import compare, key_hash
from accesscfg.engine.steps import Subject, changes_of
from accesscfg.guides import GuideSubject, make_guide
from accesscfg.model.desired import DesiredKey
from accesscfg.model.guide import Guide, StepKind
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist
from accesscfg.model.observed import Facet, KeyReading, LiveKey, Observation, Observed
from accesscfg.model.plan import KeyResult
from accesscfg.model.profile import Caution, FacetRule, Form, IpRules, Manual, Permission, Profile
from tests.support.build import NOW, permission, profile

RIGHTS, LIST = frozenset({Facet.PERMISSIONS}), frozenset({Facet.IP_WHITELIST})
TOGETHER = (Form(RIGHTS | LIST, ("Press Edit.",), ("Press Save.",)),)
APART = (
    Form(RIGHTS, ("Press Edit rights.",), ("Save the rights.",)),
    Form(LIST, ("Press Edit addresses.",), ("Save the addresses.",)),
)


def website(forms: tuple[Form, ...] = TOGETHER, **words: Any) -> Manual:
    """A website with these forms."""
    return replace(profile().manual, forms=forms, restrict="Switch it on.", lift="Switch it off.", **words)


def toy(manual: Manual | None = None, *rows: Permission, **rules: Any) -> Profile:
    """The exchange; `rows` are more permissions, `rules` what its lists may hold."""
    base = profile()
    ip_rules = replace(IpRules(most=20, networks=True, ipv6=True, entry=("comma",)), **rules)
    named = {Facet.ENABLED: FacetRule("full", "manual"), Facet.EXPIRY: FacetRule("full", "manual")}
    return replace(
        base,
        permissions=(*base.permissions, *rows),
        ip_rules={"own": ip_rules, "sub": ip_rules},
        facets={scope: {**facets, **named} for scope, facets in base.facets.items()},
        manual=manual or website(),
    )


def group(name: str, *natives: str) -> tuple[Permission, ...]:
    """Permissions below one heading."""
    return tuple(replace(permission(native, ["earn"]), group=name) for native in natives)


def seen(
    permissions: Iterable[str] | Observation,
    whitelist: Whitelist | Observation,
    *,
    label: str = "one",
    mode: str | None = None,
    **facets: Observation,
) -> KeyReading:
    """A key that answered, with these values or observations."""
    rights = permissions if not isinstance(permissions, Iterable) else Observed(frozenset(permissions), NOW)
    if isinstance(whitelist, Unrestricted | Addresses | AppBound):
        whitelist = Observed(whitelist, NOW)
    shown: Mapping[Facet, Observation] = {
        Facet.PERMISSIONS: rights,
        Facet.IP_WHITELIST: whitelist,
        Facet.LABEL: Observed(label, NOW),
        Facet.EXPIRY: Observed("never", NOW),
        Facet.ENABLED: Observed(True, NOW),
        **{Facet(name): value for name, value in facets.items()},
    }
    live = LiveKey(key_id="id-1", facets=shown, label=label, mode=mode)
    return KeyReading({Facet.PRESENCE: Observed(True, NOW), **shown}, live)


def result(key: DesiredKey, reading: KeyReading, of: Profile | None = None) -> KeyResult:
    """How a key that was seen so stands to its declaration."""
    facets = compare(key, reading, of or toy())
    return KeyResult(key.path, key.exchange, key.scope, None, None, facets, None, key_hash(facets))


def guide(key: DesiredKey, reading: KeyReading, of: Profile | None = None, **wish: Any) -> Guide:
    """The guide of a key that was seen so."""
    of = of or toy()
    judged = result(key, reading, of)
    changes = changes_of(Subject(key, judged.facets, reading.live, of, None))
    more = {name: wish.pop(name) for name in ("refusals", "violations") if name in wish}
    return make_guide(GuideSubject(key, judged, reading.live, changes, of, **wish), **more)


def kinds(made: Guide) -> list[StepKind]:
    """What its steps do, without those that lead the way."""
    leading = (StepKind.OPEN, StepKind.CHECK)
    return [step.kind for step in made.steps if step.kind not in leading]


def visits(made: Guide) -> list[list[StepKind]]:
    """The same for each visit to a form."""
    leading = (StepKind.OPEN, StepKind.CHECK)
    return [[step.kind for step in steps if step.kind not in leading] for _, steps in made.visits()]


def ips(*entries: str) -> Addresses:
    """A list of addresses, written short: "1" is 198.51.100.1."""
    return Addresses(frozenset(f"198.51.100.{entry}" for entry in entries))


def cautioned(*cautions: Caution) -> Profile:
    """An exchange with these cautions."""
    return toy(website(cautions=cautions))
