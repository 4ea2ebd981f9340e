"""The policies as data."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from accesscfg.model.desired import Policies
from accesscfg.model.paths import Selector
from tests.config.workspaces import Expected, check, declaration, key

KEY = key("permissions: [read]\nip_whitelist: [203.0.113.7]\npreviously: robot\nused_by: Gridbot")


def test_without_policies_nothing_is_forbidden(tmp_path: Path) -> None:
    assert declaration(tmp_path, "version: 1\n").policies == Policies()


def test_every_policy_is_read(tmp_path: Path) -> None:
    text = """
policies:
  forbid: [withdraw, native:odd, trade]
  require_ip_whitelist: trading
  widest_network: {v4: 29, v6: 64}
  max_key_age: 180d
  warn_before_expiry: 7d
  attestation_max_age: 90d
  undeclared_keys: fail
  exceptions:
    - {key: main/bot, policy: forbid, permission: withdraw, reason: monthly sweep, until: 2027-03-31}
"""
    policies = declaration(tmp_path, KEY + text).policies
    assert policies.forbid == ("withdraw", "native:odd", "trade")
    assert (policies.require_ip_whitelist, policies.undeclared_keys) == ("trading", "fail")
    assert (policies.widest_v4, policies.widest_v6) == (29, 64)
    assert policies.max_key_age_days == 180
    assert policies.warn_before_expiry_days == 7
    assert policies.attestation_max_age_days == 90
    (exception,) = policies.exceptions
    assert exception.key == Selector("main/bot")
    assert (exception.policy, exception.permission) == ("forbid", "withdraw")
    assert (exception.reason, exception.until) == ("monthly sweep", date(2027, 3, 31))
    assert policies.where["forbid"].line == KEY.count("\n") + 3


FOUND: dict[str, tuple[str, list[Expected]]] = {
    "a permission of another policy": (
        "policies:\n  exceptions:\n"
        "    - {key: main/bot, policy: widest_network, §permission: spot, reason: x, until: 2027-01-01}\n",
        [("bad_exception", "`permission` belongs to `policy: forbid`")],
    ),
    "a day that there is not": (
        "policies:\n  exceptions:\n    - {key: main/bot, policy: forbid, reason: x, until: §2027-13-01}\n",
        [("bad_date", "`2027-13-01`")],
    ),
    "a policy without exceptions": (
        "policies:\n  exceptions:\n    - {key: main/bot, policy: §undeclared_keys, reason: x, until: 2027-01-01}\n",
        [("bad_value", "forbid, require_ip_whitelist or widest_network")],
    ),
    "a selector": (
        "policies:\n  exceptions:\n    - {key: §user=me, policy: forbid, reason: x, until: 2027-01-01}\n",
        [("bad_selector", "`user=me`", "used_by=NAME")],
    ),
    "no key": (
        "policies:\n  exceptions:\n    - §{key: main/bat, policy: forbid, reason: x, until: 2027-01-01}\n",
        [("~idle_exception", "the exception for `main/bat` selects no declared key")],
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_policies_that_do_not_hold_together_are_told(case: str, tmp_path: Path) -> None:
    text, expected = FOUND[case]
    check(tmp_path, KEY + text, *expected)


@pytest.mark.parametrize(
    "selector", ["main/bot", "main/*", "main", "**", "used_by=Gridbot", "exchange=toy", "main/robot"]
)
def test_an_exception_selects_keys_by_path_glob_field_or_former_name(selector: str, tmp_path: Path) -> None:
    text = f'policies:\n  exceptions:\n    - {{key: "{selector}", policy: forbid, reason: x, until: 2027-01-01}}\n'
    check(tmp_path, KEY + text)
