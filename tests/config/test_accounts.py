"""Accounts, sub-accounts and keys: names, endpoints, egress, who manages whom, and what was renamed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from accesscfg.config import load
from accesscfg.model.desired import Egress
from accesscfg.model.errors import InvalidDeclaration
from accesscfg.model.paths import KeyPath
from tests.config.workspaces import (
    TOY,
    Exchanges,
    Expected,
    account,
    check,
    declaration,
    findings,
    indented,
    key,
    one_key,
    write,
)

READ = "{permissions: [read], ip_whitelist: [203.0.113.7]}"
MANAGER = "{permissions: [read, spot, margin, transfer], ip_whitelist: [203.0.113.7]}"
FIELDS = "permissions: [read]\nip_whitelist: [203.0.113.7]\n"


def managed(
    key_says: str = "", sub_says: str = "", account_says: str = "", own: str = "", exchange: str = "toy"
) -> str:
    """An account with the own keys `manager`, `watcher` and `main`, and a sub-account's key `bot`."""
    manager = "manager: {permissions: [read, spot, margin, transfer], ip_whitelist: [203.0.113.7]}"
    if exchange == "plain":
        manager = "manager: {permissions: [read, trade, transfer], ip_whitelist: [203.0.113.7]}"
    body = f"""
{account_says}
keys:
  {manager}
  watcher: {READ}
  main:
{indented(FIELDS + own, 4).rstrip()}
sub_accounts:
  grid:
    id: "1234"
    {sub_says}
    keys:
      bot:
{indented(FIELDS + key_says, 8).rstrip()}
"""
    return account(body, exchange)


def test_every_field_of_a_key_is_read(tmp_path: Path) -> None:
    text = key(
        FIELDS + "label: Bot one\nused_by: Gridbot\nkey_id: abc\nheld: false\nstate: absent\nenabled: false\n"
        "expires: 2027-03-31\npreviously: robot"
    )
    bot = one_key(declaration(tmp_path, text))
    assert (bot.path, bot.exchange, bot.scope) == (KeyPath("main", None, "bot"), "toy", "own")
    assert (bot.label, bot.used_by, bot.key_id) == ("Bot one", "Gridbot", "abc")
    assert (bot.held, bot.absent, bot.enabled, bot.expires) == (False, True, False, date(2027, 3, 31))
    assert bot.previously == KeyPath("main", None, "robot")
    assert (bot.where.line, bot.where.column) == (6, 7)


def test_what_keys_of_an_exchange_do_not_have_cannot_be_declared(tmp_path: Path) -> None:
    """It is never compared: a key declared as switched off would be called in sync while it is on."""
    text = key(FIELDS + "enabled: §false\nexpires: §2027-03-31", "plain")
    check(
        tmp_path,
        text,
        ("no_such_facet", "no key of Plain can be switched off"),
        ("no_such_facet", "no key of Plain can have a day on which it expires"),
    )
    check(tmp_path, key(FIELDS + "enabled: true\nexpires: never", "plain"))


def test_a_key_that_says_no_more_is_present_held_and_enabled(tmp_path: Path) -> None:
    bot = one_key(declaration(tmp_path, key(FIELDS)))
    assert (bot.held, bot.absent, bot.enabled, bot.expires, bot.managed_by) == (True, False, True, None, None)
    assert (bot.label, bot.used_by, bot.key_id, bot.previously) == (None, None, None, None)


def test_never_is_a_wanted_expiry(tmp_path: Path) -> None:
    assert one_key(declaration(tmp_path, key(FIELDS + "expires: never"))).expires == "never"


def test_an_account_has_its_endpoint_and_egress(tmp_path: Path) -> None:
    text = account(
        "id: 7\nendpoint: eu\negress: {proxy: 'http://proxy.internal:3128', addresses: [203.0.113.7]}\n"
        'sub_accounts:\n  a: {id: "1234"}\n  b: {id: "1235", egress: {local_address: 10.0.0.5}}'
    )
    main = declaration(tmp_path, text).account("main")
    assert (main.id, main.endpoint, main.exchange) == ("7", "eu", "toy")
    assert main.egress == Egress("http://proxy.internal:3128", None, frozenset({"203.0.113.7"}))
    assert [sub.egress for sub in main.subs] == [main.egress, Egress(local_address="10.0.0.5")]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://[::1]:8080/toy", "http://localhost:1"])
def test_an_endpoint_may_be_a_loopback_url(url: str, tmp_path: Path) -> None:
    assert declaration(tmp_path, account(f'endpoint: "{url}"')).account("main").endpoint == url


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example",
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "//127.0.0.1",
        "file://127.0.0.1/x",
        "http://evil.example\\@127.0.0.1",
        "http://[::1",
        "127.0.0.1:80",
    ],
)
def test_no_other_url_is_an_endpoint(url: str, tmp_path: Path) -> None:
    check(tmp_path, account(f"endpoint: §'{url}'"), ("bad_endpoint", "unless it is a loopback address"))


REFUSED: dict[str, tuple[str, list[Expected]]] = {
    "an exchange": (
        account("", "§toyy"),
        [("unknown_exchange", "there is no exchange `toyy`", "did you mean `toy`?")],
    ),
    "a closed exchange": (
        account("", "§gone"),
        [("retired_exchange", "closed for good in December 2023", "remove the account")],
    ),
    "an endpoint": (account("endpoint: §eur"), [("unknown_endpoint", "did you mean `eu`?")]),
    "names": (
        "version: 1\nexchanges:\n  §Main:\n    exchange: toy\n    keys:\n"
        f"      §-bot: {READ}\n    sub_accounts:\n      §a/b:\n"
        f'        id: "1234"\n        keys: {{§x_unencrypted: {READ}}}\n',
        [
            ("bad_name", "write main"),
            ("bad_name", "`-bot`", "write bot"),
            ("bad_name", "`a/b`", "write a-b"),
            ("bad_name", "sops"),
        ],
    ),
    "a long name": (account(f"keys: {{§{'a' * 64}: {READ}}}"), [("bad_name", "up to 63")]),
    "the form of an id": (
        account("sub_accounts: {grid: {id: §grid@example.com}}"),
        [("bad_sub_id", "`grid@example.com` is not what Toy addresses a sub-account by: four digits")],
    ),
    "an id twice": (
        account('sub_accounts:\n  a: {id: "1234"}\n  b: {id: §"1234"}'),
        [("id_twice", "the id `1234`", "first at")],
    ),
    "a key id twice": (
        account(
            "keys:\n  a: {permissions: [read], ip_whitelist: [203.0.113.7], key_id: x}\n"
            "  §b: {permissions: [read], ip_whitelist: [203.0.113.7], key_id: x}"
        ),
        [("key_id_twice", "main/b has the same key_id as main/a")],
    ),
    "proxy and address": (
        account('egress: {proxy: "http://p:1", §local_address: 10.0.0.5}'),
        [("bad_egress", "not both")],
    ),
    "a proxy's password": (
        account('egress: {proxy: §"http://user:hunter2@proxy:3128"}'),
        [("bad_proxy", "user and password do not belong into this file")],
    ),
    "no proxy": (
        account("egress: {proxy: §proxy:3128}"),
        [("bad_proxy", "`proxy:3128`", "http://HOST:PORT")],
    ),
    "another proxy": (account("egress: {proxy: §ftp://proxy}"), [("bad_proxy", "http://HOST:PORT")]),
    "a proxy's port": (account("egress: {proxy: §http://proxy:99999}"), [("bad_proxy",)]),
    "a proxy's path": (
        account("egress: {proxy: §http://proxy/x}"),
        [("bad_proxy", "more than scheme, host")],
    ),
    "a local address": (
        account("egress: {local_address: §eth0}"),
        [("bad_address", "`eth0`", "this machine")],
    ),
    "an egress network": (
        account("egress: {addresses: [§203.0.113.0/29]}"),
        [("bad_address", "calls come from single addresses")],
    ),
    "renamed from itself": (key(FIELDS + "previously: §bot"), [("bad_path", "as it is now")]),
    "renamed from nothing": (key(FIELDS + "previously: §a/b/c/d"), [("bad_path", "account/key")]),
    "renamed from no name": (key(FIELDS + "previously: §Old Bot"), [("bad_path", "never the name of a key")]),
    "renamed from a key that is there": (
        key(FIELDS + "previously: §main/other") + f"      other: {READ}\n",
        [("previously_declared", "main/other is still declared")],
    ),
    "renamed from the same": (
        account(
            "keys:\n  a: {permissions: [read], ip_whitelist: [203.0.113.7], previously: x}\n"
            "  b: {permissions: [read], ip_whitelist: [203.0.113.7], previously: §x}"
        ),
        [("previously_twice", "two keys cannot both have been main/x")],
    ),
    "a manager": (
        managed("managed_by: §manger"),
        [("unknown_manager", "`manger`", "did you mean `manager`?")],
    ),
    "an observer of the account": (
        managed(account_says="observed_by: §nobody"),
        [("unknown_manager", "observed_by names `nobody`", "its keys are: main, manager, watcher")],
    ),
    "a manager of another level": (managed(sub_says="managed_by: §grid"), [("unknown_manager", "`grid`")]),
    "a manager not held": (
        managed("observed_by: §watcher").replace("watcher: {", "watcher: {held: false, "),
        [("manager_not_held", "whose secret is not held here")],
    ),
    "a manager to be absent": (
        managed("observed_by: §watcher").replace("watcher: {", "watcher: {state: absent, "),
        [("manager_absent", "which is to be absent")],
    ),
    "a manager for an own key": (
        managed(own="managed_by: §manager"),
        [("not_manageable", "at Toy no other key can observe or change", "remove managed_by")],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_is_refused(case: str, tmp_path: Path) -> None:
    text, expected = REFUSED[case]
    check(tmp_path, text, *expected)


@pytest.mark.parametrize("place", ["account_says", "sub_says", "key_says"])
@pytest.mark.parametrize("role", ["managed_by", "observed_by"])
def test_a_manager_is_refused_where_no_key_can_do_anything_for_another(
    place: str, role: str, tmp_path: Path
) -> None:
    """Else it would be decrypted, named and guarded, and never be of use."""
    alone = Exchanges(replace(TOY, exchange="lone", name="Lone", writes={}, lists_sub_keys=False))
    text = managed(**{place: f"{role}: manager"}, exchange="lone")
    with pytest.raises(InvalidDeclaration) as refused:
        load(write(tmp_path, text), alone, sandbox=True)

    (finding,) = refused.value.findings
    assert finding.message == "at Lone no key can observe or change another"
    assert finding.hint == f"remove {role}"


def test_a_password_in_a_proxy_is_not_repeated(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, account('egress: {proxy: "http://user:hunter2@proxy:3128"}'))
    assert "hunter2" not in str(finding)


@pytest.mark.parametrize(
    ("says", "managing", "observing"),
    [
        ({}, None, None),
        ({"account_says": "managed_by: manager"}, "manager", None),
        ({"account_says": "managed_by: watcher", "sub_says": "managed_by: manager"}, "manager", None),
        ({"account_says": "managed_by: watcher", "key_says": "managed_by: manager"}, "manager", None),
        ({"account_says": "managed_by: manager", "key_says": "managed_by: bot"}, None, None),
        ({"account_says": "managed_by: manager", "sub_says": "observed_by: watcher"}, "manager", "watcher"),
    ],
)
def test_the_nearest_declaration_says_who_manages(
    says: dict[str, str], managing: str | None, observing: str | None, tmp_path: Path
) -> None:
    keys = {str(one.path): one for one in declaration(tmp_path, managed(**says)).all_keys()}
    bot = keys["main/grid/bot"]
    assert bot.managed_by == (None if managing is None else KeyPath("main", None, managing))
    assert bot.observed_by == (None if observing is None else KeyPath("main", None, observing))


def test_what_an_account_says_does_not_reach_own_keys_that_no_key_can_manage(tmp_path: Path) -> None:
    main = declaration(tmp_path, managed(account_says="managed_by: manager")).account("main")
    assert [one.managed_by for one in main.keys] == [None, None, None]


def test_own_keys_are_managed_where_the_exchange_can_do_that_but_never_by_themselves(tmp_path: Path) -> None:
    text = managed(account_says="managed_by: manager", own="observed_by: watcher", exchange="plain")
    keys = {one.path.key: one for one in declaration(tmp_path, text).account("main").keys}
    assert keys["manager"].managed_by is None
    assert keys["main"].managed_by == KeyPath("main", None, "manager")
    assert keys["main"].observed_by == KeyPath("main", None, "watcher")


WEAK = """
keys:
  §manager: {permissions: [read, %s], ip_whitelist: %s}
sub_accounts:
  grid: {id: "1234", managed_by: manager, keys: {bot: %s}}
"""


@pytest.mark.parametrize(
    ("permissions", "whitelist", "words"),
    [
        ("transfer", "[203.0.113.7]", "missing: Orders"),
        ("spot, margin", "[203.0.113.7]", "missing: Move"),
        ("futures", "[203.0.113.7]", "missing: Orders and Move"),
        ("spot, margin, transfer", "unrestricted", "wants an IP whitelist"),
    ],
)
def test_a_managing_key_that_cannot_manage_is_warned_about(
    permissions: str, whitelist: str, words: str, tmp_path: Path
) -> None:
    check(tmp_path, account(WEAK % (permissions, whitelist, READ)), ("~weak_manager", words))


def test_a_key_renamed_across_accounts_is_named_by_its_whole_path(tmp_path: Path) -> None:
    bot = one_key(declaration(tmp_path, key(FIELDS + "previously: old/grid/robot")))
    assert bot.previously == KeyPath("old", "grid", "robot")
    assert bot.secret_ids == ("main/bot", "old/grid/robot")
