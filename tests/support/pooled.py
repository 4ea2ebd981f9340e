"""Plans over workspaces with IP pools, from made-up live lists; no exchange is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from accesscfg.config import load
from accesscfg.engine.plan import Context, make_plan
from accesscfg.model.networks import Unrestricted, Whitelist
from accesscfg.model.observed import Facet, KeyReading, Observed, Sighting, Unobservable
from accesscfg.model.plan import Lifecycle, LifecycleWord, Plan
from accesscfg.report import Words
from tests.config.workspaces import TOY, Exchanges, write
from tests.support.build import NOW, live, profile, reading

ROOMY = replace(TOY, ip_rules=profile().ip_rules)
EXCHANGES = Exchanges(ROOMY)
WORDS = Words(EXCHANGES.get)


def plan_of(
    folder: Path, text: str, lists: Mapping[str, Whitelist | None], only: Collection[str] = ()
) -> Plan:
    """The plan of a workspace at the toy exchange whose keys may all read and have these lists live.

    None for a list that the exchange does not show; a key that is not named does not exist. `only`: the keys looked at.
    """
    declared = load(write(folder, text), EXCHANGES, sandbox=True)
    selected = {key.path for key in declared.all_keys() if not only or str(key.path) in only}
    sighting = Sighting({str(path): _reading(str(path), lists) for path in selected})
    context = Context(
        profile_of=lambda _: ROOMY,
        lifecycle_of=lambda *_: LifecycleWord(Lifecycle.OK),
        has_passphrase=lambda _: False,
        version="test",
        made_at=NOW,
    )
    return make_plan(declared, selected, sighting, context)


def _reading(path: str, lists: Mapping[str, Whitelist | None]) -> KeyReading:
    if path not in lists:
        return KeyReading({Facet.PRESENCE: Observed(False, NOW)})
    whitelist = lists[path]
    seen = reading(live(["query"], Unrestricted() if whitelist is None else whitelist))
    if whitelist is None:
        return replace(seen, facets={**seen.facets, Facet.IP_WHITELIST: Unobservable("it is not shown")})
    return seen
