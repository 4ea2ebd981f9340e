"""A declaration stands for the natives whose whole meaning is declared, and says what to write where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.workspaces import Expected, account, check, declaration, indented, key, one_key

WHITELIST = "ip_whitelist: [203.0.113.7]\n"


def own(permissions: str, exchange: str = "toy") -> str:
    return key(f"permissions: {permissions}\n{WHITELIST}", exchange)


def of_sub(permissions: str, exchange: str = "toy") -> str:
    body = f"permissions: {permissions}\n{WHITELIST}"
    return account(
        'sub_accounts:\n  grid:\n    id: "1234"\n    keys:\n      bot:\n' + indented(body, 8), exchange
    )


@pytest.mark.parametrize(
    ("declared", "natives"),
    [
        ("[read]", {"query"}),
        ("[read, spot, margin]", {"query", "orders"}),
        ("[margin, spot, read]", {"query", "orders"}),
        ("[read, futures]", {"query", "perps", "perps2"}),
        ("[read, native:perps]", {"query", "perps"}),
        ("[native:query, native:odd]", {"query", "odd"}),
        ("[read, transfer, withdraw]", {"query", "move", "payout"}),
        # the named right gives spot, so that spot is declared as far as it reaches
        ("[read, spot, native:orders]", {"query", "orders"}),
    ],
)
def test_names_stand_for_every_native_that_they_wholly_cover(
    declared: str, natives: set[str], tmp_path: Path
) -> None:
    assert one_key(declaration(tmp_path, own(declared))).permissions == natives


def test_trade_is_short_for_its_four_parts(tmp_path: Path) -> None:
    assert one_key(declaration(tmp_path, own("[read, trade, transfer]", "plain"))).permissions == {
        "read",
        "trade",
    }


def test_what_was_written_is_kept_for_people(tmp_path: Path) -> None:
    found = one_key(declaration(tmp_path, own("[read, trade, transfer]", "plain")))
    assert found.declared_permissions == ("read", "trade", "transfer")


REFUSED: dict[str, tuple[str, list[Expected]]] = {
    "one right, half declared": (
        own("[read, §spot]"),
        [("one_right", "at Toy spot and margin", "write spot, margin")],
    ),
    "one wide right": (
        own("[read, §futures]", "plain"),
        [("one_right", "are one right", "write spot, margin, futures, options, transfer")],
    ),
    "trade is not enough": (
        own("[read, §trade]", "plain"),
        [("one_right", "go together", "write trade, transfer")],
    ),
    "trade is too much": (
        own("[read, §trade]"),
        [("no_such_right", "have no options", "write spot, margin, futures")],
    ),
    "no such right": (
        own("[read, §earn]"),
        [
            (
                "no_such_right",
                "at Toy keys of a main account have no right `earn`",
                "they have: read, spot, margin, futures",
            )
        ],
    ),
    "not for sub-accounts": (
        of_sub("[read, §withdraw]"),
        [("no_such_right", "keys of a sub-account have no right `withdraw`")],
    ),
    "implied by another": (
        own("[read, transfer, §subaccounts]"),
        [("no_such_right", "it comes along with transfer", "leave it out")],
    ),
    "always on": (
        key(f"permissions: §[futures]\n{WHITELIST}"),
        [("always_on", "every key of Toy has `Query`", "write read")],
    ),
    "nothing declared": (key(f"permissions: §[]\n{WHITELIST}"), [("always_on", "write read")]),
    "a native misspelt": (
        own("[read, §native:perp]"),
        [("unknown_permission", "Toy has no permission `perp`", "did you mean native:perps?")],
    ),
    "a native of other keys": (
        of_sub("[read, §native:payout]"),
        [("unknown_permission", "keys of a sub-account cannot have `payout`")],
    ),
    "written twice": (own("[read, §read]"), [("~permission_twice", "`read` stands in this list twice")]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_native_covers_is_refused_with_what_to_write(case: str, tmp_path: Path) -> None:
    text, expected = REFUSED[case]
    check(tmp_path, text, *expected)


def test_a_native_that_is_like_no_other_is_compared_by_its_name(tmp_path: Path) -> None:
    text = own("[read, §native:brandNewThing]")
    check(
        tmp_path,
        text,
        ("~unknown_permission", "`brandNewThing`", "compared by its name", "accesscfg providers toy"),
    )
    found = one_key(declaration(tmp_path, text.replace("§", "")))
    assert found.permissions == {"query", "brandNewThing"}
