"""What is live and not declared, as YAML that can be pasted."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from accesscfg.exchanges.registry import Profiles
from accesscfg.model.networks import AppBound, Unrestricted
from accesscfg.model.observed import Facet, LiveKey, LiveSub, Observed, Partly, UndeclaredKey, UndeclaredSub
from accesscfg.model.paths import parse_key_path
from accesscfg.report import undeclared_yaml
from accesscfg.report.words import Words
from tests.report.plans import AT, NORTH, READ, SPOT, WORDS, ips, key, live, natives, plan

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


def pasted(*found: LiveKey, sub: str | None = None) -> dict[str, Any]:
    """What the declaration would hold below `keys` after pasting."""
    made = plan(
        [key("desk/known"), key("desk/grid/known")],
        undeclared_keys=tuple(UndeclaredKey("desk", sub, None, one) for one in found),
    )
    (snippet,) = undeclared_yaml(made, WORDS)
    place = "desk.keys" if sub is None else f"desk.sub_accounts.{sub}.keys"
    assert snippet.below == f"exchanges.{place}"
    loaded = yaml.safe_load("keys:\n" + snippet.yaml)
    assert isinstance(loaded, dict)
    return loaded["keys"]


def test_a_key_comes_with_everything_that_a_declaration_needs() -> None:
    assert pasted(live("Old Bot", SPOT, ips("192.0.2.1", "2001:db8::1"))) == {
        "old-bot": {
            "key_id": "abc123",
            "label": "Old Bot",
            "held": False,
            "permissions": ["read", "spot"],
            "ip_whitelist": ["192.0.2.1", "2001:db8::1"],
        }
    }


def test_it_is_indented_as_in_a_file_that_indents_by_two() -> None:
    made = plan([key("desk/a")], undeclared_keys=(UndeclaredKey("desk", "grid", "1", live("b", READ)),))
    (snippet,) = undeclared_yaml(made, WORDS)
    assert snippet.yaml.startswith("          b:\n            key_id")


def test_what_is_not_known_is_a_comment_to_fill_in() -> None:
    made = plan([key("desk/a")], undeclared_keys=(UndeclaredKey("desk", None, None, live("b")),))
    (snippet,) = undeclared_yaml(made, WORDS)
    assert "# permissions: not known, write it yourself (it was not shown)" in snippet.yaml
    assert "# ip_whitelist: not known" in snippet.yaml
    partly = pasted(live("b", READ, Partly(True, "only a flag is shown", AT)))
    assert "ip_whitelist" not in partly["b"]


def test_an_empty_live_list_is_never_pasted_as_one() -> None:
    assert "ip_whitelist" not in pasted(live("b", READ, ips()))["b"]


def test_a_masked_id_is_not_pasted_as_an_id() -> None:
    assert "key_id" not in pasted(live("b", READ, Unrestricted(), key_id="ab****yz", masked=True))["b"]


def test_app_bound_and_disabled_keys_say_so() -> None:
    bound = LiveKey(
        key_id="k",
        label="b",
        facets={
            Facet.PERMISSIONS: Observed(READ, AT),
            Facet.IP_WHITELIST: Observed(AppBound("Bitsgap"), AT),
            Facet.ENABLED: Observed(False, AT),
        },
    )
    assert pasted(bound)["b"] | {"label": "b"} == {
        "key_id": "k",
        "label": "b",
        "held": False,
        "permissions": ["read"],
        "app": "Bitsgap",
        "enabled": False,
    }


def test_a_binding_to_an_application_without_a_name_is_left_to_be_written() -> None:
    bound = live("b", READ, Observed(AppBound(None), AT))
    (snippet,) = undeclared_yaml(
        plan([key("desk/a")], undeclared_keys=(UndeclaredKey("desk", None, None, bound),)), WORDS
    )
    assert "# app: the exchange does not say which application the key is bound to" in snippet.yaml
    assert "ip_whitelist" not in snippet.yaml


@pytest.mark.parametrize(
    ("held", "declared"),
    [
        (natives(), []),
        (SPOT, ["read", "spot"]),
        (natives("canOrder", "canPosition", "canDerive"), ["futures"]),
        (natives("canOrder", "canPosition"), ["futures"]),  # what comes with them is no drift
        (natives("canOrder"), ["native:canOrder"]),  # `futures` would grant the other half
        (natives("canRead", "canOrder"), ["read", "native:canOrder"]),
        (natives("canTrade"), ["margin", "options"]),
        (natives("canRead", "canBadge", "brandNew"), ["read", "native:brandNew", "native:canBadge"]),
    ],
)
def test_permissions_are_neutral_only_where_they_stand_for_exactly_what_is_live(
    held: frozenset[str], declared: list[str]
) -> None:
    assert pasted(live("b", held))["b"]["permissions"] == declared


@given(st.frozensets(st.sampled_from([one.native for one in NORTH.permissions])))
def test_declared_permissions_stand_for_what_is_live(held: frozenset[str]) -> None:
    names = frozenset(WORDS.to_declare("north", "own", held))
    stands_for = {one.native for one in NORTH.permissions if one.gives and one.gives <= names}
    stands_for |= {name.removeprefix("native:") for name in names if name.startswith("native:")}
    assert held <= stands_for
    more = stands_for - held
    assert all(
        (one := NORTH.permission(native)) is not None and one.comes_with & stands_for for native in more
    )


def test_names_are_free_and_differ() -> None:
    assert list(pasted(live("known"), live("Known!"), live("KNOWN"), live(None), live("???"))) == [
        "known-2",
        "known-3",
        "known-4",
        "key",
        "key-2",
    ]


def test_a_sub_account_comes_with_its_keys_and_the_key_that_manages_it() -> None:
    managed = key("desk/grid/bot", signed_by=parse_key_path("desk/manager"))
    subs = (
        UndeclaredSub("desk", LiveSub("me@example.com", None), None),
        UndeclaredSub("desk", LiveSub("0123", "Side"), (live("x", READ), live("x", READ))),
    )
    (snippet,) = undeclared_yaml(plan([managed], undeclared_subs=subs), WORDS)
    assert "# its keys could not be listed" in snippet.yaml
    loaded = yaml.safe_load("sub_accounts:\n" + snippet.yaml)["sub_accounts"]
    assert loaded["me-example.com"] == {"id": "me@example.com", "managed_by": "manager"}
    assert loaded["side"]["id"] == "0123"
    assert list(loaded["side"]["keys"]) == ["x", "x-2"]


TEXT = st.text(max_size=80) | st.sampled_from(
    [
        "yes",
        "0x1F",
        "1e5",
        "~",
        "a: b",
        "- a",
        "#",
        "'",
        '"',
        "\\",
        "x_encrypted",
        "\x1b[31mred",
        "<<",
        "a" * 99,
    ]
)


@given(label=TEXT, key_id=TEXT, native=TEXT.filter(bool), entry=TEXT.filter(bool), sub=TEXT)
def test_whatever_an_exchange_writes_the_yaml_stays_what_it_is(
    label: str, key_id: str, native: str, entry: str, sub: str
) -> None:
    odd = live(label, natives(native), ips(entry), key_id=key_id)
    made = plan(
        [key("desk/a")],
        undeclared_keys=(UndeclaredKey("desk", None, None, odd),),
        undeclared_subs=(UndeclaredSub("desk", LiveSub(sub, label), (odd,)),),
    )
    keys, subs = undeclared_yaml(made, WORDS)
    for text in (keys.yaml, subs.yaml):
        assert all(line.isprintable() for line in text.splitlines())
    ((name, fields),) = yaml.safe_load(keys.yaml).items()
    assert NAME.fullmatch(name)
    assert not name.endswith(("_encrypted", "_unencrypted"))
    assert set(fields) <= {"key_id", "label", "held", "permissions", "ip_whitelist"}
    assert all(isinstance(value, str) for value in (*fields["permissions"], *fields["ip_whitelist"]))
    assert all(isinstance(fields.get(field, ""), str) for field in ("key_id", "label"))
    ((_, declared),) = yaml.safe_load(subs.yaml).items()
    assert isinstance(declared["id"], str)


@pytest.mark.parametrize(
    ("mode", "held", "declared"),
    [
        ("unified", {"uta_read", "uta_trade"}, ["read", "spot", "margin", "futures"]),
        ("unified", {"uta_read", "teleport"}, ["read", "native:teleport"]),
        ("classic", {"read", "spot_trade"}, ["read", "spot"]),
        ("classic", {"spot_trade", "wallet_withdraw"}, ["spot", "native:wallet_withdraw"]),
    ],
)
def test_what_is_live_is_declared_in_the_words_of_its_accounts_mode(
    mode: str, held: set[str], declared: list[str]
) -> None:
    words = Words(Profiles().get)
    assert words.to_declare("bitget", "sub", frozenset(held), mode) == declared
