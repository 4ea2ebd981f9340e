"""The guards: each refuses one kind of dangerous change unless that one thing is allowed for that one key. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from accesscfg.model.desired import Declaration, DesiredKey
from accesscfg.model.errors import UsageError
from accesscfg.model.networks import Addresses, Unrestricted, allows, overlap
from accesscfg.model.observed import Facet
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import Change, ChangeValue, Direction, Guard, Means, Plan, Refusal, by_key
from accesscfg.model.profile import Profile


@dataclass(frozen=True, slots=True)
class Scene:
    """What the guards judge by. `runner_addresses` is by key path, empty where not known; `signing` are the keys
    that this run signs with, see `signing_keys`."""

    declaration: Declaration
    profile_of: Callable[[str], Profile]
    runner_addresses: Mapping[str, frozenset[str]]
    signing: frozenset[KeyPath]


def signing_keys(plan: Plan, declaration: Declaration) -> frozenset[KeyPath]:
    """The keys that a run over this plan signs with: to write, to read, and to list others."""
    planned = {result.path for result in plan.keys}
    observers = {key.observed_by for key in declaration.all_keys() if key.path in planned}
    signers = {result.signed_by for result in plan.keys}
    return frozenset(path for path in observers | signers if path is not None)


def refusals(changes: Sequence[Change], scene: Scene, means: Means = Means.API) -> tuple[Refusal, ...]:
    """Every guard that says no to a change that would be made by this means.

    Only API changes can be refused; for manual ones it is a warning to the person who makes them.
    """
    keys = {key.path: key for key in scene.declaration.all_keys()}
    found: list[Refusal] = []
    for path, own in by_key(change for change in changes if change.means is means).items():
        for judge in (
            _last_address,
            _own_address,
            _grant_withdraw,
            _lift_restriction,
            _managing_key,
            _interrupt,
        ):
            found += judge(keys[path], own, scene)
    return tuple(found)


def _refuse(guard: Guard, change: Change, why: str) -> Refusal:
    return Refusal(guard, change.key, change.id, why)


def _whitelist_changes(changes: Iterable[Change]) -> list[Change]:
    return [change for change in changes if change.facet is Facet.IP_WHITELIST]


def _last_address(key: DesiredKey, changes: Sequence[Change], scene: Scene) -> Iterator[Refusal]:
    steps = _whitelist_changes(changes)
    if not steps:
        return
    before, after = steps[0].before, steps[-1].after
    if not isinstance(before, Addresses) or not isinstance(after, Addresses):
        return
    if not overlap(before.entries, after.entries):
        last = next(step for step in reversed(steps) if step.gone)
        yield _refuse(
            Guard.LAST_ADDRESS,
            last,
            "none of the addresses allowed today would remain: whoever uses it is cut off",
        )


def _own_address(key: DesiredKey, changes: Sequence[Change], scene: Scene) -> Iterator[Refusal]:
    if key.path not in scene.signing:
        return
    runner = scene.runner_addresses.get(str(key.path), frozenset())
    for change in _whitelist_changes(changes):
        takes = change.direction is Direction.REVOKES or bool(change.gone)
        if not takes or not isinstance(change.after, Addresses):
            continue
        shut_out = [address for address in sorted(runner) if not allows(change.after, address)]
        if not runner:
            yield _refuse(
                Guard.OWN_ADDRESS,
                change,
                "this run signs with the key, and the address it calls from is not known; declare egress.addresses",
            )
        elif shut_out:
            yield _refuse(
                Guard.OWN_ADDRESS,
                change,
                f"this run signs with the key from {', '.join(shut_out)}, which would be shut out",
            )


def _grant_withdraw(key: DesiredKey, changes: Sequence[Change], scene: Scene) -> Iterator[Refusal]:
    profile = scene.profile_of(key.exchange)
    for change in changes:
        if change.facet is Facet.PERMISSIONS and "withdraw" in profile.reach(change.new, key.scope):
            yield _refuse(Guard.GRANT_WITHDRAW, change, "the key could move funds off the exchange")


def _lift_restriction(key: DesiredKey, changes: Sequence[Change], scene: Scene) -> Iterator[Refusal]:
    for change in _whitelist_changes(changes):
        if isinstance(change.after, Unrestricted):
            yield _refuse(Guard.LIFT_RESTRICTION, change, "the key could be used from anywhere")


def _interrupt(key: DesiredKey, changes: Sequence[Change], scene: Scene) -> Iterator[Refusal]:
    """Where addresses go in and out one by one, the others are cut off while a restriction to several is switched on
    by the first, or is there until the last is gone."""
    rule = scene.profile_of(key.exchange).writes.get(key.scope)
    if rule is None or not rule.one_address:
        return
    for change in _whitelist_changes(changes):
        instead = f"accesscfg guide {key.path} says how to set them on the website instead"
        if isinstance(change.before, Unrestricted) and _several(change.after):
            why = "from the first one on all others are shut out until theirs follow"
        elif isinstance(change.after, Unrestricted) and _several(change.before):
            why = "those that are taken off the list first are shut out until the last one is"
        else:
            continue
        yield _refuse(Guard.INTERRUPT, change, f"the API takes one address a call, and {why}; {instead}")


def _several(value: ChangeValue) -> bool:
    return isinstance(value, Addresses) and len(value.entries) > 1


def _managing_key(key: DesiredKey, changes: Sequence[Change], scene: Scene) -> Iterator[Refusal]:
    account = scene.declaration.account(key.path.account)  # no key is managed from another account
    managed = [other for other in account.all_keys() if other.managed_by == key.path and not other.absent]
    rule = scene.profile_of(key.exchange).writes.get("sub")
    if not managed or rule is None:
        return
    needed = rule.needs_any | rule.needs_all
    for change in changes:
        lost = change.gone & needed
        if change.facet is Facet.PERMISSIONS and isinstance(change.after, frozenset) and lost:
            enough = (not rule.needs_any or rule.needs_any & change.after) and rule.needs_all <= change.after
            if not enough:
                yield _refuse(
                    Guard.MANAGING_KEY,
                    change,
                    f"{len(managed)} {'key is' if len(managed) == 1 else 'keys are'} managed through it,"
                    f" which needs {', '.join(sorted(lost))}",
                )
        elif (
            change.facet is Facet.IP_WHITELIST
            and rule.needs_whitelist
            and isinstance(change.after, Unrestricted)
        ):
            yield _refuse(Guard.MANAGING_KEY, change, "managing other keys needs an IP whitelist on this one")


def consents(texts: Iterable[str]) -> frozenset[tuple[Guard, str]]:
    """`GUARD=KEY` as written after `--allow`. Raises UsageError for what names no guard or no key."""
    allowed = set()
    for text in texts:
        name, equals, path = text.partition("=")
        if not equals or not path or name not in {guard.value for guard in Guard}:
            raise UsageError(
                f"--allow {text!r} allows nothing",
                why=f"it is GUARD=KEY, the guards are {', '.join(guard.value for guard in Guard)}",
                fix=_meant(name) or "take the option as the plan prints it",
            )
        allowed.add((Guard(name), path))
    return frozenset(allowed)


def _meant(name: str) -> str | None:
    close = get_close_matches(name, [guard.value for guard in Guard], n=1)
    return f"did you mean {close[0]}=KEY?" if close else None


def standing(found: Iterable[Refusal], allowed: frozenset[tuple[Guard, str]]) -> tuple[Refusal, ...]:
    """The refusals that no consent lifts."""
    return tuple(one for one in found if (one.guard, str(one.key)) not in allowed)
