"""Kraken through the engine: what may harm a key's user is not done twice, and what differs is left to a person."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from accesscfg.model.errors import Trouble
from accesscfg.model.observed import Facet
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import FacetState, Means, Plan
from accesscfg.sandbox import Sandbox
from accesscfg.sandbox.kraken.wire import LOCKOUT_AFTER
from accesscfg.secrets import Credential, Secret
from tests.support.hurry import hurried
from tests.support.look import in_sync, seen, states, trouble, unknown, why
from tests.support.rig import HOME, Pair, Rig, Side, calls
from tests.support.stage import Stage
from tests.support.venues import KRAKEN

KEY = Side(KRAKEN.base_own)
ALIKE = Pair(KEY, KEY)
INFO = "POST /0/private/GetApiKeyInfo"


@pytest.fixture(autouse=True)
def _hurried() -> Iterator[None]:
    with hurried():
        yield


class Misspelt(Rig):
    """Every stored secret is something else than what the exchange gave."""

    def credential(self, path: KeyPath) -> Credential:
        return replace(super().credential(path), api_secret=Secret("not Base64!"))


def asked(sandbox: Sandbox, key: str) -> int:
    return len([entry for entry in sandbox.log() if entry["key_label"] == key])


def notes(plan: Plan) -> str:
    return " ".join(plan.notes)


def test_once_locked_out_no_other_key_of_the_account_is_called(stage: Stage) -> None:
    """The managing key is asked first and answers; then as many that are gone as lock out, and one that is in order."""
    gone = {f"gone{n}": Pair(KEY, None) for n in range(LOCKOUT_AFTER)}
    rig = Rig(KRAKEN, own={**gone, "next": ALIKE, "later": ALIKE})
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert calls(sandbox) == [INFO] * (1 + LOCKOUT_AFTER + 1)
    assert in_sync(plan, "main/manager")
    assert all(trouble(plan, f"main/{name}") == {Trouble.KEY} for name in gone)
    assert "locked out" in why(plan, "main/next")
    assert why(plan, "main/later").startswith(
        "not called after another key of the account: Kraken: locked out"
    )
    assert (asked(sandbox, "next"), asked(sandbox, "later")) == (1, 0)
    assert plan.changes == ()


def test_a_key_that_is_gone_is_unknown_and_asked_once(stage: Stage) -> None:
    rig = Rig(KRAKEN, own={"gone": Pair(KEY, None)})
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert unknown(plan, "main/gone")
    assert len(calls(sandbox)) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [("EAPI:Invalid key", Trouble.KEY), ("EGeneral:Permission denied", Trouble.PERMISSION)],
)
def test_a_key_that_does_not_answer_here_is_unknown_whatever_kraken_says(
    answer: str, said: Trouble, stage: Stage
) -> None:
    elsewhere = Pair(KEY, Side(KRAKEN.base_own, ("203.0.113.77",)))
    rig = Rig(KRAKEN, own={"bot": elsewhere}, options={"foreign": answer})
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert unknown(plan, "main/bot")
    assert trouble(plan, "main/bot") == {said}
    assert asked(sandbox, "bot") == 1


def test_a_program_with_finer_nonces_is_named_as_the_cause_and_not_fought(stage: Stage) -> None:
    rig = Rig(KRAKEN, own={"bot": ALIKE})
    sandbox = stage(rig)
    (key,) = [key for key in sandbox.world.venues["kraken"].accounts[0].keys if key.label == "bot"]
    key.nonces = {time.time_ns() // 1000}
    plan = rig.plan(sandbox)

    assert unknown(plan, "main/bot")
    assert "another program uses this key with a finer or larger nonce" in why(plan, "main/bot")
    assert asked(sandbox, "bot") == 1


def test_our_nonces_are_milliseconds_that_are_not_ahead_of_this_machines_clock(stage: Stage) -> None:
    rig = Rig(KRAKEN, own={"bot": ALIKE})
    sandbox = stage(rig)
    before = time.time_ns() // 1_000_000
    rig.plan(sandbox)
    rig.plan(sandbox)
    used = [max(key.nonces) for key in sandbox.world.venues["kraken"].accounts[0].keys]

    assert all(before <= nonce <= time.time_ns() // 1_000_000 for nonce in used)


def test_each_key_that_was_called_is_told_with_its_counter(stage: Stage) -> None:
    away = Side(KRAKEN.base_own, ("203.0.113.77",))
    rig = Rig(KRAKEN, own={"bot": ALIKE, "away": Pair(away, away)})
    told = notes(rig.plan(stage(rig)))

    assert "main/bot was called" in told
    assert "nonces above that call's" in told
    assert "main/away" not in told


def test_a_key_that_cannot_be_signed_with_is_not_told_to_have_been_called(stage: Stage) -> None:
    rig = Rig(KRAKEN, own={"bot": Pair(KEY, KEY, declared={"key_id": "another"})})
    sandbox = stage(rig)
    plan = rig.plan(sandbox)

    assert unknown(plan, "main/bot")
    assert asked(sandbox, "bot") == 0
    assert "main/bot was called" not in notes(plan)


def test_a_key_whose_stored_secret_cannot_sign_is_not_told_to_have_been_called(stage: Stage) -> None:
    sandbox = stage(Rig(KRAKEN, own={"bot": ALIKE}))
    plan = Misspelt(KRAKEN, own={"bot": ALIKE}).plan(sandbox)

    assert trouble(plan, "main/bot") == {Trouble.SECRETS}
    assert asked(sandbox, "bot") == 0
    assert "was called" not in notes(plan)


@pytest.mark.parametrize("casing", ["camel", "snake"])
def test_an_expiration_that_differs_is_left_to_a_person(casing: str, stage: Stage) -> None:
    ends = {"expires_at": "2126-03-01T12:00:00Z"}
    keys = {
        "same": Pair(KEY, KEY, declared={"expires": date(2126, 3, 1)}, made=ends),
        "other": Pair(KEY, KEY, declared={"expires": date(2126, 3, 2)}, made=ends),
        "never": Pair(KEY, KEY, declared={"expires": "never"}),
        "silent": Pair(KEY, KEY, made=ends),
    }
    rig = Rig(KRAKEN, own=keys, options={"casing": casing})
    plan = rig.plan(stage(rig))

    assert seen(plan, "main/same", Facet.EXPIRY) == "2126-03-01"
    assert [in_sync(plan, f"main/{name}") for name in ("same", "never", "silent")] == [True] * 3
    assert states(plan, "main/other")[Facet.EXPIRY] is FacetState.DRIFT
    assert [(str(change.key), change.means) for change in plan.changes] == [("main/other", Means.MANUAL)]


@pytest.mark.parametrize("casing", ["camel", "snake"])
@pytest.mark.parametrize("spelled", ["[]", '[""]'])
def test_a_key_without_restriction_is_never_in_sync_with_a_list(
    spelled: str, casing: str, stage: Stage
) -> None:
    keys = {
        "open": Pair(Side(KRAKEN.base_own, None), Side(KRAKEN.base_own, None)),
        "bot": Pair(Side(KRAKEN.base_own, (HOME,)), Side(KRAKEN.base_own, None)),
    }
    rig = Rig(KRAKEN, own=keys, options={"casing": casing, "unrestricted": spelled})
    plan = rig.plan(stage(rig))

    assert in_sync(plan, "main/open")
    assert states(plan, "main/bot")[Facet.IP_WHITELIST] is FacetState.DRIFT
    assert [(change.means, change.direction) for change in plan.changes] == [(Means.MANUAL, "revokes")]
