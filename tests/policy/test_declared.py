"""The policies over the declaration: what natives really give is judged, and exceptions end on their day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from accesscfg.model.desired import Declaration, DesiredAccount, DesiredKey, Egress, Policies, PolicyException
from accesscfg.model.findings import Finding, Mark
from accesscfg.model.networks import AppBound, Unrestricted, Whitelist
from accesscfg.model.paths import KeyPath, Selector
from accesscfg.model.profile import Permission, Profile
from accesscfg.policy.declared import violations
from tests.support import build

TODAY = date(2026, 11, 21)
WHERE = Mark("exchanges.yaml", 1, 1)
HERE = build.addresses("203.0.113.7")
TOY = replace(
    build.profile(),
    permissions=(
        *build.NATIVES.values(),
        replace(
            build.permission("wallet", ["transfer"]), implies=frozenset({"subaccounts"}), label="Wallet right"
        ),
        build.permission("odd", []),
        # the same right reaches further on a main account's key
        Permission(
            "both",
            "Both",
            frozenset({"earn"}),
            frozenset({"own"}),
            {"own": "manual"},
            frozenset({"withdraw"}),
        ),
        Permission("both", "Both", frozenset({"earn"}), frozenset({"sub"}), {"sub": "manual"}),
    ),
)


class Exchanges:
    def get(self, name: str) -> Profile | None:
        return TOY if name == "toy" else None


def key(
    permissions: Iterable[str], whitelist: Whitelist = HERE, path: str = "main/bot", **fields: object
) -> DesiredKey:
    return build.desired(path, permissions, whitelist, **fields)


def exception(
    policy: str, selector: str = "main/bot", until: date = TODAY, permission: str | None = None
) -> PolicyException:
    return PolicyException(Selector(selector), policy, permission, "monthly sweep", until, WHERE)


def broken(policies: Policies, *keys: DesiredKey) -> list[Finding]:
    """What the keys break today."""
    account = DesiredAccount("main", "toy", WHERE, "production", Egress(), None, keys, ())
    declared = Declaration(Path(), Path("exchanges.yaml"), (account,), policies, {}, (), "")
    return violations(declared, Exchanges(), TODAY)


def codes(policies: Policies, *keys: DesiredKey) -> list[str]:
    return [finding.code for finding in broken(policies, *keys)]


def test_a_violation_is_an_error_of_kind_policy_at_the_key() -> None:
    (finding,) = broken(Policies(forbid=("withdraw",)), key(["read", "withdraw"]))
    assert (finding.severity, finding.kind, finding.code, finding.where) == (
        "error",
        "policy",
        "forbid",
        WHERE,
    )
    assert finding.message == "main/bot may withdraw (by Withdraw), which `forbid` rules out"
    assert finding.hint == "remove the permission, or add an exception with a reason and an end date"


@pytest.mark.parametrize(
    ("forbidden", "held", "words"),
    [
        ("withdraw", ["read", "spot"], None),
        ("withdraw", ["withdraw"], "may withdraw (by Withdraw)"),
        ("subaccounts", ["wallet"], "may subaccounts (by Wallet right)"),  # implied counts
        ("trade", ["spot", "futures", "transfer"], "may futures, spot (by Futures, Spot)"),
        ("trade", ["read", "transfer"], None),
        ("native:odd", ["read", "odd"], "may native:odd (by Odd)"),
        ("native:new", ["read", "new"], "may native:new (by new)"),  # unknown to the profile
        ("native:odd", ["read"], None),
        ("withdraw", ["both"], "may withdraw (by Both)"),
    ],
)
def test_forbid_judges_what_natives_give(forbidden: str, held: list[str], words: str | None) -> None:
    found = broken(Policies(forbid=(forbidden,)), key(held))
    assert [words in finding.message for finding in found if words] == ([True] if words else [])
    assert len(found) == (1 if words else 0)


def test_forbid_judges_a_right_as_far_as_it_reaches_for_keys_of_that_kind() -> None:
    assert codes(Policies(forbid=("withdraw",)), key(["both"], path="main/grid/bot")) == []


def test_each_forbidden_permission_is_told() -> None:
    assert codes(Policies(forbid=("withdraw", "spot")), key(["withdraw", "spot"])) == ["forbid", "forbid"]


@pytest.mark.parametrize(
    ("required", "held", "whitelist", "is_broken"),
    [
        ("always", ["read"], Unrestricted(), True),
        ("always", ["read"], HERE, False),
        ("always", ["read"], AppBound("Gridbot"), False),
        ("trading", ["read"], Unrestricted(), False),
        ("trading", ["read", "spot"], Unrestricted(), True),
        ("trading", ["read", "transfer"], Unrestricted(), True),
        ("trading", ["read", "odd"], Unrestricted(), True),  # nobody can say that it only reads
        ("trading", ["read", "new"], Unrestricted(), True),
        ("trading", ["read", "spot"], HERE, False),
        ("trading", ["read", "spot"], AppBound(None), False),
        ("never", ["withdraw"], Unrestricted(), False),
    ],
)
def test_require_ip_whitelist(required: str, held: list[str], whitelist: Whitelist, is_broken: bool) -> None:
    found = codes(Policies(require_ip_whitelist=required), key(held, whitelist))  # type: ignore[arg-type]
    assert found == (["require_ip_whitelist"] if is_broken else [])


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (["203.0.113.8/29", "203.0.113.1", "2001:db8::/64"], None),
        (["203.0.113.0/28"], "allows 203.0.113.0/28"),
        (["2001:db8::/63"], "allows 2001:db8::/63"),
        (["203.0.113.0/24", "198.51.100.0/24"], "allows 198.51.100.0/24, 203.0.113.0/24"),
    ],
)
def test_widest_network(entries: list[str], words: str | None) -> None:
    found = broken(Policies(widest_v4=29, widest_v6=64), key(["read"], build.addresses(*entries)))
    assert len(found) == (1 if words else 0)
    assert all(words is not None and words in finding.message for finding in found)
    assert all("/29 for IPv4 and /64 for IPv6" in finding.message for finding in found)


def test_widest_network_holds_for_the_version_that_it_names() -> None:
    wide = key(["read"], build.addresses("203.0.113.0/24", "2001:db8::/32"))
    (finding,) = broken(Policies(widest_v6=48), wide)
    assert "203.0.113.0/24" not in finding.message


def test_a_wide_network_names_its_pool() -> None:
    wide = key(["read"], build.addresses("203.0.113.0/24"), origins={"203.0.113.0/24": "office"})
    (finding,) = broken(Policies(widest_v4=29), wide)
    assert "203.0.113.0/24 (pool office)" in finding.message


def test_a_key_that_is_to_be_absent_breaks_nothing() -> None:
    policies = Policies(forbid=("withdraw",), require_ip_whitelist="always")
    assert codes(policies, key(["withdraw"], Unrestricted(), absent=True)) == []


BREAKING = {
    "forbid": (Policies(forbid=("withdraw",)), key(["withdraw"], used_by="Gridbot")),
    "require_ip_whitelist": (
        Policies(require_ip_whitelist="always"),
        key(["read"], Unrestricted(), used_by="Gridbot"),
    ),
    "widest_network": (
        Policies(widest_v4=32),
        key(["read"], build.addresses("203.0.113.0/24"), used_by="Gridbot"),
    ),
}


@pytest.mark.parametrize("policy", BREAKING)
@pytest.mark.parametrize("selector", ["main/bot", "main/*", "main", "used_by=Gridbot", "exchange=toy"])
def test_an_exception_helps_the_keys_that_it_selects(policy: str, selector: str) -> None:
    policies, one = BREAKING[policy]
    assert codes(replace(policies, exceptions=(exception(policy, selector),)), one) == []


@pytest.mark.parametrize("policy", BREAKING)
def test_an_exception_helps_no_other_key_and_against_no_other_policy(policy: str) -> None:
    policies, one = BREAKING[policy]
    others = tuple(exception(other) for other in BREAKING if other != policy)
    assert codes(replace(policies, exceptions=(exception(policy, "main/other"), *others)), one) == [policy]


@pytest.mark.parametrize("policy", BREAKING)
def test_an_exception_that_has_ended_helps_no_longer_and_is_named(policy: str) -> None:
    policies, one = BREAKING[policy]
    (finding,) = broken(replace(policies, exceptions=(exception(policy, until=date(2026, 11, 20)),)), one)
    assert str(finding.hint).startswith("the exception (monthly sweep) ended on 2026-11-20; ")


def test_an_exception_follows_a_key_that_was_renamed() -> None:
    policies = Policies(forbid=("withdraw",), exceptions=(exception("forbid", "main/old"),))
    assert codes(policies, key(["withdraw"], previously=KeyPath("main", None, "old"))) == []


@pytest.mark.parametrize(
    ("forbidden", "permission", "left"),
    [
        ("withdraw", "withdraw", None),
        ("withdraw", None, None),
        ("withdraw", "spot", "withdraw"),
        ("trade", "spot", "futures"),
        ("trade", "trade", None),
        ("spot", "trade", None),
        ("native:odd", "native:odd", None),
    ],
)
def test_a_permission_narrows_an_exception(forbidden: str, permission: str | None, left: str | None) -> None:
    policies = Policies(forbid=(forbidden,), exceptions=(exception("forbid", permission=permission),))
    found = broken(policies, key(["withdraw", "spot", "futures", "odd"]))
    assert [f"may {left} (" in finding.message for finding in found] == ([True] if left else [])


def test_an_ended_exception_about_another_permission_is_not_named() -> None:
    ended = exception("forbid", until=date(2026, 1, 1), permission="spot")
    (finding,) = broken(Policies(forbid=("withdraw",), exceptions=(ended,)), key(["withdraw", "spot"]))
    assert "ended" not in str(finding.hint)


def test_the_default_day_is_today_in_utc() -> None:
    policies, one = BREAKING["forbid"]
    account = DesiredAccount("main", "toy", WHERE, "production", Egress(), None, (one,), ())
    for until, count in ((date(9999, 1, 1), 0), (date(2020, 1, 1), 1)):
        policies = replace(policies, exceptions=(exception("forbid", until=until),))
        declared = Declaration(Path(), Path("exchanges.yaml"), (account,), policies, {}, (), "")
        assert len(violations(declared, Exchanges())) == count
