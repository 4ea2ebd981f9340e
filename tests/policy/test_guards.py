"""Each guard refuses one change, lets the nearest one pass, and is lifted alone by its consent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from accesscfg.engine.compare import compare
from accesscfg.engine.steps import Signer, Subject, changes_of
from accesscfg.model.desired import Declaration, DesiredAccount, DesiredKey, DesiredSub, Egress, Policies
from accesscfg.model.errors import UsageError
from accesscfg.model.findings import Mark
from accesscfg.model.networks import Whitelist
from accesscfg.model.observed import LiveKey
from accesscfg.model.plan import Guard, Means, Refusal
from accesscfg.model.profile import Profile, WriteRule
from accesscfg.policy.guards import Scene, consents, refusals, standing
from tests.support.build import NATIVES, addresses, desired, live, profile, reading

HERE, OTHER, THIRD = "203.0.113.10", "198.51.100.1", "198.51.100.2"
MARK = Mark("exchanges.yaml", 1, 1)


def toy() -> Profile:
    """The toy exchange, with main keys that can edit themselves: work for the guards."""
    base = profile(needs_all=["transfer"])
    own = {**base.facets["own"], **base.facets["sub"]}
    natives = tuple(replace(one, write={"own": "api", "sub": "api"}) for one in NATIVES.values())
    writes = {**base.writes, "own": WriteRule(True, frozenset({"self"}))}
    return replace(base, facets={**base.facets, "own": own}, permissions=natives, writes=writes)


def judged(
    wanted: DesiredKey,
    seen: LiveKey,
    *,
    runner: str | None = HERE,
    signs: bool = False,
    exchange: Profile | None = None,
    means: Means = Means.API,
) -> tuple[Refusal, ...]:
    exchange = exchange or toy()
    role = "self" if wanted.scope == "own" else "manager"
    subject = Subject(
        wanted, compare(wanted, reading(seen), exchange), seen, exchange, Signer("x", role, None)
    )
    managed = desired("main/sub/managed", ["read"], addresses(HERE))
    subs = (managed,) if wanted.scope == "own" else (wanted, managed)
    account = DesiredAccount(
        name="main",
        exchange="toy",
        where=MARK,
        endpoint="production",
        egress=Egress(),
        id=None,
        keys=(wanted,) if wanted.scope == "own" else (),
        subs=(DesiredSub("sub", "1", MARK, Egress(), subs),),
    )
    declaration = Declaration(Path("."), Path("exchanges.yaml"), (account,), Policies(), {}, (), "hash")
    scene = Scene(
        declaration=declaration,
        profile_of=lambda _: exchange,
        runner_addresses={} if runner is None else {str(wanted.path): frozenset({runner})},
        signing=frozenset({wanted.path}) if signs else frozenset(),
    )
    return refusals(changes_of(subject), scene, means)


def guards(found: tuple[Refusal, ...]) -> set[Guard]:
    return {one.guard for one in found}


def bot(permissions: list[str], whitelist: Whitelist) -> DesiredKey:
    return desired("main/sub/bot", permissions, whitelist)


def manager(permissions: list[str], whitelist: Whitelist) -> DesiredKey:
    return desired("main/manager", permissions, whitelist)


def test_last_address() -> None:
    before = live(["read"], addresses(OTHER, THIRD))

    assert guards(judged(bot(["read"], addresses(HERE)), before)) == {Guard.LAST_ADDRESS}
    assert guards(judged(bot(["read"], addresses(HERE, THIRD)), before)) == set()
    assert guards(judged(bot(["read"], addresses("198.51.100.0/29")), before)) == set()


def test_own_address() -> None:
    before = live(["read"], addresses(HERE, OTHER))

    assert guards(judged(bot(["read"], addresses(OTHER)), before, signs=True)) == {Guard.OWN_ADDRESS}
    assert guards(judged(bot(["read"], addresses(HERE)), before, signs=True)) == set()
    assert guards(judged(bot(["read"], addresses(OTHER)), before, signs=False)) == set()


def test_own_address_when_the_address_is_not_known_refuses_every_removal() -> None:
    before = live(["read"], addresses(HERE, OTHER))

    assert guards(judged(bot(["read"], addresses(HERE)), before, signs=True, runner=None)) == {
        Guard.OWN_ADDRESS
    }
    assert (
        guards(judged(bot(["read"], addresses(HERE, OTHER, THIRD)), before, signs=True, runner=None)) == set()
    )


def test_restricting_an_unrestricted_key_to_a_list_without_us_is_shutting_us_out() -> None:
    before = live(["read"], addresses())

    assert guards(judged(bot(["read"], addresses(OTHER)), before, signs=True)) == {Guard.OWN_ADDRESS}
    assert guards(judged(bot(["read"], addresses(HERE)), before, signs=True)) == set()


def test_grant_withdraw() -> None:
    before = live(["read"], addresses(HERE))

    assert guards(judged(bot(["read", "withdraw"], addresses(HERE)), before)) == {Guard.GRANT_WITHDRAW}
    assert guards(judged(bot(["read", "transfer"], addresses(HERE)), before)) == set()


def test_lift_restriction() -> None:
    assert guards(judged(bot(["read"], addresses()), live(["read"], addresses(HERE)))) == {
        Guard.LIFT_RESTRICTION
    }
    assert guards(judged(bot(["read"], addresses(HERE)), live(["read"], addresses()))) == set()


def test_managing_key() -> None:
    before = live(["read", "transfer", "spot"], addresses(HERE))

    assert guards(judged(manager(["read"], addresses(HERE)), before)) == {Guard.MANAGING_KEY}
    assert guards(judged(manager(["read", "transfer"], addresses(HERE)), before)) == set()


def test_what_a_person_does_on_the_website_is_judged_apart() -> None:
    wanted, before = manager(["read"], addresses(OTHER)), live(["read"], addresses(HERE, OTHER))
    by_hand = profile()

    assert guards(judged(wanted, before, signs=True, exchange=by_hand)) == set()
    assert guards(judged(wanted, before, signs=True, exchange=by_hand, means=Means.MANUAL)) == {
        Guard.OWN_ADDRESS
    }


def test_a_consent_lifts_one_guard_for_one_key() -> None:
    found = judged(bot(["read", "withdraw"], addresses()), live(["read"], addresses(HERE)))
    assert guards(found) == {Guard.GRANT_WITHDRAW, Guard.LIFT_RESTRICTION}

    left = standing(found, consents(["grant-withdraw=main/sub/bot"]))
    assert guards(left) == {Guard.LIFT_RESTRICTION}
    assert left[0].allow == "--allow lift-restriction=main/sub/bot"
    assert standing(found, consents(["grant-withdraw=main/sub/other"])) == found


@pytest.mark.parametrize("text", ["force", "force=main/bot", "last-address", "last-address=", "=main/bot"])
def test_a_consent_that_names_no_guard_or_key_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="allows nothing"):
        consents([text])
