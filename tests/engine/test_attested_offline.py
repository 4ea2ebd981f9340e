"""What `validate` says of attestations without asking any exchange."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from accesscfg.engine.attested import Ages
from accesscfg.engine.attested_offline import attestation_findings
from accesscfg.model.attestation import Attestation
from accesscfg.model.desired import DesiredKey
from accesscfg.model.findings import Finding
from accesscfg.model.observed import Facet
from accesscfg.model.paths import parse_key_path
from accesscfg.model.profile import Profile
from tests.support.attest import declaration, entry, register
from tests.support.build import NATIVES, NOW, addresses, desired, profile

LISTED = addresses("203.0.113.10")
KEY = replace(desired("main/bot", ["read"], LISTED), label="bot")


def stated(key: DesiredKey = KEY, facet: Facet = Facet.IP_WHITELIST, wanted: object = LISTED) -> Attestation:
    book = register(declaration(key), key_id=key.key_id or "id-1")
    return entry(book, key, facet, wanted)  # type: ignore[arg-type]


def findings(key: DesiredKey, entries: Sequence[Attestation], toy: Profile | None = None) -> list[Finding]:
    declared = declaration(key)
    made = toy or profile()
    ages = Ages.of(declared.policies, NOW)
    return list(attestation_findings(declared, entries, lambda _: made, ages, sandbox=False))


def test_what_counts_is_said_nothing_of() -> None:
    assert findings(KEY, [stated(), stated(facet=Facet.PRESENCE, wanted=True)]) == []


OTHER = addresses("203.0.113.11")
CASES: dict[str, tuple[DesiredKey, Attestation, str, str]] = {
    "another value": (replace(KEY, whitelist=OTHER), stated(), "void_attestation", "has changed since"),
    "another id": (
        replace(KEY, key_id="b"),
        stated(replace(KEY, key_id="a")),
        "void_attestation",
        "it is another key now",
    ),
    "too old": (
        KEY,
        replace(stated(), at=NOW - timedelta(days=90)),
        "void_attestation",
        "older than the 90 days",
    ),
    "nearly too old": (
        KEY,
        replace(stated(), at=NOW - timedelta(days=80)),
        "attestation_ends",
        "counts until",
    ),
    "no such key": (KEY, replace(stated(), key="main/bat"), "idle_attestation", "did you mean `main/bot`?"),
    "not compared": (
        replace(KEY, label=None),
        stated(facet=Facet.LABEL),
        "idle_attestation",
        "is not compared",
    ),
    "edited words": (
        KEY,
        replace(stated(), says=("198.51.100.7",)),
        "says_otherwise",
        "one of them was edited",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_does_not_count_is_said_with_the_reason(case: str) -> None:
    key, statement, code, words = CASES[case]
    (found,) = findings(key, [statement])
    assert found.code == code
    assert found.severity == ("error" if code == "says_otherwise" else "warning")
    assert words in f"{found.message} {found.hint}"
    assert found.where == statement.where


def test_an_entry_under_the_former_name_counts_until_there_is_one_under_the_present() -> None:
    old = parse_key_path("main/robot")
    renamed = replace(KEY, previously=old)
    former = stated(replace(KEY, path=old))
    assert findings(renamed, [former]) == []
    (found,) = findings(renamed, [former, stated(renamed)])
    assert "attested under its new name main/bot too" in found.message


def test_in_which_mode_an_account_is_only_its_exchange_knows() -> None:
    """What was attested in one mode is not called changed because the declaration means more in another."""
    toy = replace(
        profile(),
        modes={"plain": "Plain", "unified": "Unified"},
        permissions=(
            replace(NATIVES["read"], mode="plain"),
            replace(NATIVES["read"], native="uread", mode="unified"),
        ),
    )
    key = replace(KEY, permissions=frozenset({"read", "uread"}))
    unified = stated(key, Facet.PERMISSIONS, frozenset({"uread"}))
    assert findings(key, [unified], toy) == []
    assert [one.code for one in findings(key, [replace(unified, says=("read",))], toy)] == ["says_otherwise"]
