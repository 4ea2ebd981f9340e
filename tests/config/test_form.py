"""What departs from the schema is told with what was found, what is allowed, and the nearest spelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.workspaces import Expected, account, check, key

GOOD = "permissions: [read]\nip_whitelist: [203.0.113.7]\n"

CASES: dict[str, tuple[str, list[Expected]]] = {
    "no version": (
        "§exchanges: {}\n",
        [("missing_field", "workspace file has no `version`", "add version: 1")],
    ),
    "another version": ("version: §2\n", [("bad_value", "`2` is not 1")]),
    "a version in words": ("version: §one\n", [("wrong_type", "the text `one`", "a whole number")]),
    "a quoted version": ('version: §"1"\n', [("wrong_type", "the text `1`", "a whole number")]),
    "a field of the file": (
        "version: 1\n§exchange: {}\n",
        [("unknown_field", "no field `exchange` in a workspace file", "did you mean `exchanges`?")],
    ),
    "a field like nothing": (
        "version: 1\n§zzz: {}\n",
        [
            (
                "unknown_field",
                "`zzz`",
                "the fields are: exchanges, include, ip_pools, policies, secrets, version",
            )
        ],
    ),
    "a field of a key": (
        key(GOOD + "§permisions: [read]"),
        [("unknown_field", "no field `permisions` in a key", "did you mean `permissions`?")],
    ),
    "a field of an account": (
        account("§key: {}"),
        [("unknown_field", "in an account", "did you mean `keys`?")],
    ),
    "a key without permissions": (
        account("keys:\n  §bot: {ip_whitelist: [203.0.113.7]}"),
        [("missing_field", "key `bot` has no `permissions`", "add permissions: [read, spot]")],
    ),
    "a key without addresses": (
        account("keys:\n  §bot: {permissions: [read]}"),
        [
            (
                "missing_field",
                "key `bot` has neither `ip_whitelist` nor `app`",
                "add ip_whitelist: [203.0.113.10]",
            )
        ],
    ),
    "an account without exchange": (
        "version: 1\nexchanges:\n  §main: {}\n",
        [("missing_field", "account `main` has no `exchange`", "add exchange: binance")],
    ),
    "a sub-account without id": (
        account("sub_accounts:\n  §grid: {}"),
        [("missing_field", "sub-account `grid` has no `id`")],
    ),
    "nothing where keys belong": (account("keys:§\n"), [("wrong_type", "found nothing", "a map of fields")]),
    "a list where keys belong": (account("keys: §[a]"), [("wrong_type", "found a list", "a map of fields")]),
    "a text where a key belongs": (account("keys: {bot: §x}"), [("wrong_type", "the text `x`", "a map")]),
    "yes": (
        key(GOOD + "held: §yes"),
        [("wrong_type", "the text `yes`", "true or false", "in small letters and without quotes")],
    ),
    "a quoted true": (key(GOOD + 'enabled: §"true"'), [("wrong_type", "without quotes")]),
    "a state": (
        key(GOOD + "state: §abset"),
        [("bad_value", "`abset` is not one of present or absent", "did you mean `absent`?")],
    ),
    "a policy's word": (
        "version: 1\npolicies: {require_ip_whitelist: §sometimes}\n",
        [("bad_value", "always, trading or never", "allowed: always, never, trading")],
    ),
    "a permission": (
        key("permissions: [read, §sport]\nip_whitelist: [203.0.113.7]"),
        [("bad_value", "there is no permission `sport`", "did you mean `spot`?")],
    ),
    "a permission like nothing": (
        key("permissions: [read, §zzz]\nip_whitelist: [203.0.113.7]"),
        [("wrong_type", "`zzz`", "native:NAME", "withdraw")],
    ),
    "an exchange's own permission": (
        key("permissions: [read, §SpotTrade]\nip_whitelist: [203.0.113.7]"),
        [("bad_value", "there is no permission `SpotTrade`", "written native:NAME", "providers EXCHANGE")],
    ),
    "an exchange's own permission with hyphens": (
        key("permissions: [read, §query-funds]\nip_whitelist: [203.0.113.7]"),
        [("bad_value", "there is no permission `query-funds`", "written native:NAME")],
    ),
    "a permission in capitals": (
        key("permissions: [§Read]\nip_whitelist: [203.0.113.7]"),
        [("bad_value", "there is no permission `Read`", "did you mean `read`?")],
    ),
    "a secret in the declaration": (
        key(GOOD + "§api_secret: x1"),
        [("unknown_field", "no field `api_secret` in a key", "accesscfg secrets set", "made anew")],
    ),
    "a key's id under the name that it has among the secrets": (
        key(GOOD + "§api_key: x1"),
        [("unknown_field", "no field `api_key` in a key", "the public half is written key_id")],
    ),
    "one permission without a list": (
        key("permissions: §read\nip_whitelist: [203.0.113.7]"),
        [("wrong_type", "the text `read`", "a list")],
    ),
    "one address without a list": (
        key("permissions: [read]\nip_whitelist: §203.0.113.7"),
        [("wrong_type", "a list of addresses, networks and pools or the word unrestricted", "[203.0.113.7]")],
    ),
    "anywhere, in another word": (
        key("permissions: [read]\nip_whitelist: §any"),
        [("wrong_type", "the text `any`", "write unrestricted, if the key may be used from anywhere")],
    ),
    "a pool without a list": (
        key("permissions: [read]\nip_whitelist: §pool:office"),
        [("wrong_type", "write a list: [pool:office]")],
    ),
    "unrestricted misspelt": (
        key("permissions: [read]\nip_whitelist: §unrestrictd"),
        [("bad_value", "`unrestrictd`", "did you mean `unrestricted`?")],
    ),
    "an empty whitelist": (
        key("permissions: [read]\nip_whitelist: §[]"),
        [("empty_whitelist", "open to the world", "`ip_whitelist: unrestricted` if that is meant")],
    ),
    "an empty text": (key(GOOD + 'label: §""'), [("empty_value", "an empty text", "leave the field out")]),
    "an empty list": ("version: 1\nip_pools: {a: §[]}\n", [("empty_value", "an empty list")]),
    "a pool of nothing": (
        "version: 1\nip_pools: {a: §x}\n",
        [("wrong_type", "the text `x`", "a list of addresses")],
    ),
    "a pool's field": (
        "version: 1\nip_pools:\n  §a: {§fil: x}\n",
        [
            ("missing_field", "IP pool `a` has no `file`"),
            ("unknown_field", "in an IP pool", "did you mean `file`?"),
        ],
    ),
    "a date": (key(GOOD + "expires: §soon"), [("wrong_type", "a date such as 2027-03-31 or the word never")]),
    "a day that there is not": (key(GOOD + "expires: §2027-02-30"), [("bad_date", "no day of the calendar")]),
    "a duration": (
        "version: 1\npolicies: {warn_before_expiry: §2 weeks}\n",
        [("bad_value", "`2 weeks` is not a number of days such as 180d")],
    ),
    "a prefix out of range": (
        "version: 1\npolicies: {widest_network: {v4: §33}}\n",
        [("bad_value", "33 is out of range", "1 to 32")],
    ),
    "a prefix with a slash": (
        "version: 1\npolicies: {widest_network: {v4: §/29}}\n",
        [("wrong_type", "the text `/29`", "a whole number")],
    ),
    "a prefix with zeros": (
        "version: 1\npolicies: {widest_network: {v6: §064}}\n",
        [("wrong_type", "the text `064`", "a whole number")],
    ),
    "an exception without end": (
        "version: 1\npolicies:\n  exceptions:\n    - §§{key: a/b, policy: forbid}\n",
        [
            ("missing_field", "an exception has no `reason`"),
            ("missing_field", "an exception has no `until`", "add until: 2027-03-31"),
        ],
    ),
    "secrets as a map": (
        "version: 1\nsecrets: §{a: b}\n",
        [("wrong_type", "a map with `a`", "a list of globs or a path")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_departure_from_the_schema_is_told_in_words(case: str, tmp_path: Path) -> None:
    text, expected = CASES[case]
    check(tmp_path, text, *expected)


def test_everything_is_told_at_once_form_and_meaning_alike(tmp_path: Path) -> None:
    text = """
version: §2
ip_pools:
  §Cluster: [203.0.113.10, §203.0.113.10]
exchanges:
  main:
    exchange: toy
    endpoint: §uk
    keys:
      bot:
        §permisions: [read]
        permissions: [read, §sport]
        ip_whitelist: [§pool:clstr, §10.0.0.1/8, 203.0.113.10]
        held: §no
        managed_by: §nobody
      other: {permissions: §{}, ip_whitelist: [203.0.113.10, §x]}
  two:
    exchange: §toi
"""
    check(
        tmp_path,
        text,
        ("bad_value",),
        ("bad_name", "write cluster"),
        ("address_twice",),
        ("unknown_endpoint", "`uk`", "it has: eu, production"),
        ("unknown_field",),
        ("bad_value",),
        ("unknown_pool", "`clstr`", "did you mean `Cluster`?"),
        ("bad_address", "host bits set; write 10.0.0.0/8 or the address 10.0.0.1"),
        ("wrong_type",),
        ("not_manageable",),
        ("wrong_type",),
        ("bad_address", "`x`: not an IPv4 or IPv6 address"),
        ("unknown_exchange", "did you mean `toy`?"),
    )


def test_a_file_that_is_something_else_is_not_told_value_by_value(tmp_path: Path) -> None:
    entries = ", ".join(f"x{at}" for at in range(2000))
    check(
        tmp_path,
        "§version: 1\n" + key(f"permissions: [{entries}]").partition("\n")[2],
        ("not_a_workspace", "more than 1000 fields and values are wrong"),
    )
