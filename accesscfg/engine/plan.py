"""The plan: a pure function of the declaration and of what was seen."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from accesscfg.engine.attested import Register, judged
from accesscfg.engine.callers import not_callable
from accesscfg.engine.compare import compare, key_hash
from accesscfg.engine.order import order
from accesscfg.engine.origins import with_origins
from accesscfg.engine.steps import Signer, Subject, changes_of
from accesscfg.model.canonical import digest
from accesscfg.model.desired import Declaration, DesiredAccount, DesiredKey
from accesscfg.model.observed import KeyReading, Sighting
from accesscfg.model.paths import KeyPath, Selector
from accesscfg.model.plan import Change, FacetState, KeyResult, LifecycleWord, Plan
from accesscfg.model.profile import Profile

Compared = tuple[KeyResult, tuple[Change, ...]]
LifecycleOf = Callable[[DesiredKey, KeyReading, Profile], LifecycleWord | None]


@dataclass(frozen=True, slots=True)
class Context:
    """What planning needs besides the declaration and the sighting."""

    profile_of: Callable[[str], Profile]
    lifecycle_of: LifecycleOf
    has_passphrase: Callable[[DesiredKey], bool]  # whether a key's own passphrase is at hand
    version: str
    made_at: datetime
    targets: tuple[str, ...] = ()
    sandbox: bool = False
    register: Register | None = None  # what was attested


def selected_keys(declaration: Declaration, selectors: Sequence[Selector]) -> tuple[DesiredKey, ...]:
    """The keys a run is about: those any selector picks, or all."""
    keys = tuple(declaration.all_keys())
    if not selectors:
        return keys
    return tuple(
        key
        for key in keys
        if any(selector.matches(key.path, key.exchange, key.used_by) for selector in selectors)
    )


def make_plan(
    declaration: Declaration,
    selected: Collection[KeyPath],
    sighting: Sighting,
    context: Context,
    compared: Mapping[KeyPath, Compared] = MappingProxyType({}),
) -> Plan:
    """Compare every selected key and order the changes. The same input gives the same plan but for its id.

    `compared` has what `plan_key` made of keys of this sighting already.
    """
    results: list[KeyResult] = []
    changes: list[Change] = []
    for account in declaration.accounts:
        keys = [key for key in account.all_keys() if key.path in selected]
        if keys:
            profile = context.profile_of(account.exchange)
            pairs = [
                compared.get(key.path) or plan_key(account, key, sighting.readings, profile, context)
                for key in keys
            ]
            results += [result for result, _ in pairs]
            changes += _in_order(keys, pairs, len(changes))
    plan = Plan(
        id="p" + digest(declaration.hash, [r.hash for r in results], secrets.token_hex(8))[:16],
        made_at=context.made_at,
        version=context.version,
        workspace=declaration.file.name,
        declaration_hash=declaration.hash,
        targets=context.targets,
        keys=tuple(results),
        changes=tuple(changes),
        undeclared_keys=sighting.undeclared_keys,
        undeclared_subs=sighting.undeclared_subs,
        notes=sighting.notes,
        unknown=sighting.unknown,
        warnings=declaration.warnings,
        sandbox=context.sandbox,
    )
    return with_origins(plan, declaration)


def _in_order(keys: Sequence[DesiredKey], pairs: Sequence[Compared], first_step: int) -> tuple[Change, ...]:
    """The changes of one account."""
    by_key = {result.path: changes for result, changes in pairs if changes}
    managers = {key.path: key.managed_by for key in keys if key.managed_by is not None}
    return order(by_key, managers, first_step)


def plan_key(
    account: DesiredAccount,
    key: DesiredKey,
    readings: Mapping[str, KeyReading],
    profile: Profile,
    context: Context,
) -> Compared:
    """One key compared, and its changes before they have their place in the plan; `readings` has those of its
    account."""
    reading = readings[str(key.path)]
    facets = compare(key, reading, profile)
    attested, remarks = judged(context.register, key, reading, facets)
    result = KeyResult(
        path=key.path,
        exchange=key.exchange,
        scope=key.scope,
        used_by=key.used_by,
        signed_by=_path_of_signer(key) if _is_signed(key) else None,
        facets=attested,
        lifecycle=context.lifecycle_of(key, reading, profile),
        hash=key_hash(facets),
        notes=(*reading.evidence, *(reading.live.notes if reading.live else ()), *remarks),
    )
    if all(one.state is not FacetState.DRIFT for one in facets):
        return result, ()
    in_mode = profile.in_mode(None if reading.live is None else reading.live.mode)
    signer = signer_of(account, key, readings, profile)
    has_passphrase = context.has_passphrase(key)
    return result, changes_of(Subject(key, facets, reading.live, in_mode, signer, has_passphrase))


def signer_of(
    account: DesiredAccount, key: DesiredKey, readings: Mapping[str, KeyReading], profile: Profile
) -> Signer | None:
    """The key that signs writes for this one: its managing key, else itself when its secret is held."""
    if not _is_signed(key):
        return None
    path = _path_of_signer(key)
    reading = readings.get(str(path))
    role = "self" if key.managed_by is None else "manager"
    signing = next((one for one in account.keys if one.path == path), key)
    barred = not_callable(account, signing, profile) or ""
    return Signer(str(path), role, None if reading is None else reading.live, barred)


def _is_signed(key: DesiredKey) -> bool:
    return key.managed_by is not None or key.held


def _path_of_signer(key: DesiredKey) -> KeyPath:
    return key.path if key.managed_by is None else key.managed_by
