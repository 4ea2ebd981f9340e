"""From where a run calls, with which keys, which keys it must not call with, and whose they are."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from accesscfg.engine.observe import Scope, observe
from accesscfg.exchanges.base import Provider
from accesscfg.exchanges.client import Lines
from accesscfg.model.desired import Declaration, Egress, Policies
from accesscfg.model.events import nobody
from accesscfg.model.networks import AppBound
from accesscfg.model.observed import Facet, Sighting, Unknown, Unobservable
from accesscfg.model.plan import plan_exit_code
from accesscfg.policy.guards import signing_keys
from accesscfg.sandbox import Sandbox
from tests.support.rig import HOME, Pair, Rig, Side, calls
from tests.support.venues import BINANCE, BYBIT, PROFILES, Venue

ABROAD = "198.51.100.7"
BOT = Side(BYBIT.base_sub, (HOME, ABROAD))


def _alike(venue: Venue) -> Pair:
    return Pair(Side(venue.base_sub), Side(venue.base_sub))


def harmed(exchange: str) -> Provider:
    """The exchange's provider, of one that harms a key which is called from a foreign address."""
    provider = PROFILES.provider(exchange)
    return type(provider)(replace(provider.profile, foreign_call_harmless=False))  # type: ignore[call-arg]


def seen(rig: Rig, declaration: Declaration, sandbox: Sandbox, *, harmless: bool = True) -> Sighting:
    scope = Scope(frozenset(key.path for key in declaration.all_keys()), whole=True)

    async def go() -> Sighting:
        provider_of = PROFILES.provider if harmless else harmed
        async with Lines(provider_of, sandbox.url, lambda *_: None) as lines:
            return await observe(declaration, scope, rig.keyring(), lines, nobody)

    return asyncio.run(go())


def test_a_sub_account_with_an_egress_of_its_own_is_called_from_there() -> None:
    """Whether a change shuts this machine out is judged by the address that the key itself is called from."""
    rig = Rig(BYBIT, sub={"bot": Pair(BOT, BOT, declared={"managed_by": None})})
    declaration = rig.declaration()
    (account,) = declaration.accounts
    subs = tuple(replace(sub, egress=Egress(addresses=frozenset({ABROAD}))) for sub in account.subs)
    with Sandbox(rig.world()) as sandbox:
        found = seen(rig, replace(declaration, accounts=(replace(account, subs=subs),)), sandbox)

    assert found.runner_addresses == {"main/manager": {HOME}, "main/sub/bot": {ABROAD}}


def test_a_run_signs_with_the_keys_that_list_others_too() -> None:
    watcher = Side(BYBIT.manager)
    observed = {"observed_by": Rig(BYBIT).path("watcher")}
    rig = Rig(BYBIT, own={"watcher": Pair(watcher, watcher)}, sub={"bot": Pair(BOT, BOT, declared=observed)})
    with Sandbox(rig.world()) as sandbox:
        plan = rig.plan(sandbox)

    of_bot = replace(plan, keys=tuple(key for key in plan.keys if key.path.sub == "sub"))
    assert {str(path) for path in signing_keys(of_bot, rig.declaration())} == {"main/manager", "main/watcher"}


def test_a_managing_key_is_not_called_from_a_foreign_address_where_that_harms_it() -> None:
    rig = Rig(BYBIT, sub={"bot": Pair(BOT, BOT)}, egress=Egress(addresses=frozenset({"203.0.113.99"})))
    with Sandbox(rig.world()) as sandbox:
        found = seen(rig, rig.declaration(), sandbox, harmless=False)

        assert [call for call in calls(sandbox) if "time" not in call] == []
    assert isinstance(found.readings["main/sub/bot"].facets[Facet.PERMISSIONS], Unknown)


def test_a_key_whose_addresses_are_an_applications_is_not_called_from_here_where_that_harms_it() -> None:
    bound = {"whitelist": AppBound("Gridbot"), "managed_by": None}
    rig = Rig(BYBIT, sub={"bot": Pair(BOT, BOT, declared=bound, made={"app": "Gridbot"})})
    with Sandbox(rig.world()) as sandbox:
        found = seen(rig, rig.declaration(), sandbox, harmless=False).readings["main/sub/bot"]
        asked = seen(rig, rig.declaration(), sandbox).readings["main/sub/bot"]

    assert isinstance(found.facets[Facet.IP_WHITELIST], Unobservable)
    assert asked.facets[Facet.IP_WHITELIST] != found.facets[Facet.IP_WHITELIST]


def test_a_declared_account_id_that_the_exchange_does_not_show_is_said_not_to_be_compared() -> None:
    """Else a credential of another account would pass for one of the declared account without a word."""
    quiet, loud = (Rig(venue, sub={"bot": _alike(venue)}) for venue in (BYBIT, BINANCE))
    with Sandbox(loud.world()) as sandbox:
        (note,) = replace(loud, id="999").plan(sandbox).notes
        assert loud.plan(sandbox).notes == ()
    with Sandbox(quiet.world()) as sandbox:
        assert replace(quiet, id=quiet.uid).plan(sandbox).notes == ()

    assert note == "the id of main was not compared: Binance does not say whose main/manager is"


def test_where_nobody_can_list_a_sub_account_it_is_said_that_strangers_were_not_looked_for() -> None:
    bot = Pair(BOT, BOT, declared={"managed_by": None})
    rig = Rig(BYBIT, sub={"bot": bot, "stranger": Pair(None, BOT)})
    with Sandbox(rig.world()) as sandbox:
        plan = rig.plan(sandbox)

    assert plan.undeclared_keys == ()
    (note,) = plan.notes
    assert note.startswith("not looked for: undeclared keys of main's sub-accounts")


def test_where_strangers_must_not_be_and_nobody_can_look_it_is_unknown() -> None:
    bot = Pair(BOT, BOT, declared={"managed_by": None})
    rig = Rig(
        BYBIT,
        sub={"bot": bot, "stranger": Pair(None, BOT)},
        policies=Policies(undeclared_keys="fail"),
    )
    with Sandbox(rig.world()) as sandbox:
        plan = rig.plan(sandbox)

    assert plan_exit_code(plan, detailed=False) == 3
    assert plan.unknown[0].startswith("not looked for: undeclared keys of main's sub-accounts")


def test_a_key_that_should_be_open_to_all_and_refuses_this_address_is_unknown_not_to_attest() -> None:
    """The refusal proves that it is not as declared, wherever this machine calls from."""
    rig = Rig(BYBIT, own={"bot": Pair(Side(BYBIT.base_own, None), Side(BYBIT.base_own, (ABROAD,)))})
    for egress in (Egress(), Egress(addresses=frozenset({HOME}))):
        aware = replace(rig, egress=egress)
        with Sandbox(aware.world()) as sandbox:
            found = aware.sight(sandbox).readings["main/bot"]

        assert isinstance(found.facets[Facet.IP_WHITELIST], Unknown)
        assert found.evidence == ()
