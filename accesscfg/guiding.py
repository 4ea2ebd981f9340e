"""From a plan over one key to its guide: what the rings inside need, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from accesscfg.engine.compare import all_unknown, all_unobservable
from accesscfg.guides import GuideSubject, make_guide
from accesscfg.model.desired import Declaration, DesiredKey
from accesscfg.model.errors import SecretsError, Trouble, UsageError
from accesscfg.model.findings import Finding
from accesscfg.model.guide import Guide
from accesscfg.model.observed import KeyReading, Sighting, Unknown
from accesscfg.model.plan import KeyResult, Means, Plan
from accesscfg.model.profile import Entry, Profile
from accesscfg.policy.guards import Scene, refusals


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for: a way of entering addresses, a new key in any case, and whether no secret is stored."""

    entry: Entry | None = None
    new: bool = False
    no_secret: bool = False


def declared(declaration: Declaration, path: str) -> DesiredKey:
    """The declared key of that path. Raises UsageError when there is none."""
    keys = {str(key.path): key for key in declaration.all_keys()}
    if path not in keys:
        near = get_close_matches(path, keys, n=1)
        fix = f"did you mean {near[0]}?" if near else "name a key of the declaration as account/key"
        raise UsageError(f"{path} is not declared", fix=fix)
    return keys[path]


def unseen(key: DesiredKey, profile: Profile, error: SecretsError) -> Sighting:
    """What is seen of a key while no secrets file can be opened: nothing."""
    if not profile.reads:
        facets = all_unobservable(key, profile, f"{profile.name} has no API that shows it")
    else:
        step = "" if error.fix is None else f"; {error.fix}"
        why = f"no secrets could be opened: {error.what}{step}"
        facets = all_unknown(key, profile, Unknown(why, Trouble.SECRETS))
    return Sighting({str(key.path): KeyReading(facets)})


def guide_of(key: DesiredKey, plan: Plan, sighting: Sighting, scene: Scene, wish: Wish) -> Guide:
    """The guide of a key that is in the plan."""
    account = scene.declaration.account(key.path.account)
    sub = account.sub(key.path.sub)
    subject = GuideSubject(
        key=key,
        result=result_of(plan, key),
        live=sighting.readings[str(key.path)].live,
        changes=plan.changes_of(key.path),
        profile=scene.profile_of(key.exchange),
        entry=wish.entry,
        sub_id=None if sub is None else sub.id,
        new=wish.new,
        no_secret=wish.no_secret,
    )
    by_hand = [replace(change, means=Means.MANUAL) for change in subject.changes]
    return make_guide(subject, refusals(by_hand, scene, Means.MANUAL), _of_key(plan.violations, key))


def result_of(plan: Plan, key: DesiredKey) -> KeyResult:
    """What the plan says of a key."""
    return next(result for result in plan.keys if result.path == key.path)


def _of_key(violations: Sequence[Finding], key: DesiredKey) -> list[Finding]:
    """The broken policies that are about this key; their place is the key's."""
    return [one for one in violations if one.where == key.where]
