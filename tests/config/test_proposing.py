"""Edits of a key or a pool worked out on whole workspaces: only what was asked for is declared otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accesscfg.config import load
from accesscfg.config.proposing import drafted
from accesscfg.model.desired import Declaration, DesiredKey
from accesscfg.model.edit import Draft, Edit, KeyEdit, PoolEdit
from accesscfg.model.errors import AccesscfgError, UsageError
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist
from accesscfg.model.observed import Facet, FacetValue
from accesscfg.model.paths import KeyPath, parse_key_path
from tests.config.workspaces import EXCHANGES, declaration, write

BOT = KeyPath("main", None, "bot")
TEXT = """\
version: 1  # of the format

ip_pools:
  inline: [203.0.113.1, "203.0.113.2"]   # two hosts
  listed: {file: pools/listed.txt}

exchanges:
  main:
    exchange: toy
    keys:
      bot:                 # asks Ada
        # read, and nothing else
        permissions: [read, spot, margin]   # spot
        ip_whitelist:
          - pool:inline    # the hosts
          - 198.51.100.1   # the office
      other: {permissions: [read], ip_whitelist: [pool:inline, 198.51.100.9]}
      third: {permissions: [read], ip_whitelist: [pool:listed]}
"""
FILES = {"pools/listed.txt": "203.0.113.3, 203.0.113.4\n"}


def draft(folder: Path, edit: Edit, text: str = TEXT, files: Mapping[str, str] = FILES) -> Draft:
    return drafted(declaration(folder, text, files), edit, EXCHANGES, sandbox=True)


def after(draft: Draft) -> str:
    (edit,) = draft.edits
    return edit.after.decode()


def errors(draft: Draft) -> list[str]:
    return [finding.code for finding in draft.findings if finding.severity == "error"]


def adopt(values: Mapping[Facet, FacetValue], *, without_pools: bool = False, key: KeyPath = BOT) -> KeyEdit:
    return KeyEdit(key, values, without_pools)


def key_in(found: Declaration | None, path: KeyPath = BOT) -> DesiredKey:
    assert found is not None
    return next(key for key in found.all_keys() if key.path == path)


def addresses(*entries: str) -> Addresses:
    return Addresses(frozenset(entries))


class TestKeys:
    def test_addresses_come_to_the_keys_own_list_and_never_into_a_pool(self, tmp_path: Path) -> None:
        live = addresses("203.0.113.1", "203.0.113.2", "198.51.100.1", "198.51.100.7")
        made = draft(tmp_path, adopt({Facet.IP_WHITELIST: live}))
        assert after(made) == TEXT.replace("# the office\n", "# the office\n          - 198.51.100.7\n")
        assert key_in(made.declaration).whitelist == live

    def test_an_address_of_its_own_that_is_not_live_goes(self, tmp_path: Path) -> None:
        live = addresses("203.0.113.1", "203.0.113.2")
        made = draft(tmp_path, adopt({Facet.IP_WHITELIST: live}))
        assert after(made) == TEXT.replace("          - 198.51.100.1   # the office\n", "")

    def test_an_address_of_a_pool_that_is_not_live_is_not_taken_over_silently(self, tmp_path: Path) -> None:
        live = addresses("203.0.113.1", "198.51.100.1")
        with pytest.raises(AccesscfgError) as caught:
            draft(tmp_path, adopt({Facet.IP_WHITELIST: live}))
        assert "pool inline: 203.0.113.2" in str(caught.value)
        assert "replace the pool" in str(caught.value)

    def test_a_pool_may_be_replaced_by_its_other_addresses(self, tmp_path: Path) -> None:
        live = addresses("203.0.113.1", "198.51.100.1")
        made = draft(tmp_path, adopt({Facet.IP_WHITELIST: live}, without_pools=True))
        office = "          - 198.51.100.1   # the office\n"
        assert after(made) == TEXT.replace(
            f"          - pool:inline    # the hosts\n{office}", f"{office}          - 203.0.113.1\n"
        )
        assert key_in(made.declaration).pools == ()
        assert key_in(made.declaration, KeyPath("main", None, "other")).pools == ("inline",)

    def test_an_open_key_is_declared_by_its_word_where_no_pool_is_in_the_way(self, tmp_path: Path) -> None:
        with pytest.raises(AccesscfgError, match="main/bot is not edited"):
            draft(tmp_path, adopt({Facet.IP_WHITELIST: Unrestricted()}))
        made = draft(tmp_path, adopt({Facet.IP_WHITELIST: Unrestricted()}, without_pools=True))
        assert "        ip_whitelist: unrestricted\n      other:" in after(made)

    def test_rights_that_are_live_come_behind_those_that_stay(self, tmp_path: Path) -> None:
        made = draft(tmp_path, adopt({Facet.PERMISSIONS: frozenset({"query", "perps", "odd"})}))
        assert after(made) == TEXT.replace("[read, spot, margin]", '[read, futures, "native:odd"]')

    def test_the_short_word_for_trading_stays_where_it_still_fits(self, tmp_path: Path) -> None:
        text = TEXT.replace("exchange: toy", "exchange: plain").replace(
            "[read, spot, margin]", "[read, trade, transfer, subaccounts]"
        )
        made = draft(tmp_path, adopt({Facet.PERMISSIONS: frozenset({"read", "trade"})}), text)
        assert after(made) == text.replace("[read, trade, transfer, subaccounts]", "[read, trade, transfer]")

    def test_other_facets_are_added_below_the_last_field(self, tmp_path: Path) -> None:
        values: dict[Facet, FacetValue] = {
            Facet.LABEL: "a: b",
            Facet.ENABLED: False,
            Facet.EXPIRY: "2027-03-31",
        }
        made = draft(tmp_path, adopt(values))
        office = "          - 198.51.100.1   # the office\n"
        more = '        label: "a: b"\n        enabled: false\n        expires: 2027-03-31\n'
        assert after(made) == TEXT.replace(office, office + more)
        key = key_in(made.declaration)
        assert (key.label, key.enabled, key.expires) == ("a: b", False, date(2027, 3, 31))

    def test_a_label_that_is_empty_at_the_exchange_is_declared_no_more(self, tmp_path: Path) -> None:
        text = TEXT.replace(
            "        permissions: [read, spot", "        label: bot\n        permissions: [read, spot"
        )
        made = draft(tmp_path, adopt({Facet.LABEL: ""}), text)
        assert after(made) == TEXT

    def test_what_is_declared_already_is_no_edit(self, tmp_path: Path) -> None:
        assert (
            draft(
                tmp_path, adopt({Facet.ENABLED: True, Facet.PERMISSIONS: frozenset({"query", "orders"})})
            ).edits
            == ()
        )

    def test_a_key_in_an_included_file_is_edited_there(self, tmp_path: Path) -> None:
        head, _, body = TEXT.partition("exchanges:\n")
        files = {**FILES, "parts/main.yaml": f"exchanges:\n{body}"}
        made = draft(tmp_path, adopt({Facet.LABEL: "new"}), f"{head}include: [parts/*.yaml]\n", files)
        assert [edit.file for edit in made.edits] == [tmp_path / "parts/main.yaml"]
        assert key_in(made.declaration).label == "new"

    def test_findings_of_the_result_are_told_and_there_is_no_declaration(self, tmp_path: Path) -> None:
        live = addresses("203.0.113.1", "203.0.113.2", *(f"198.51.100.{n}" for n in range(1, 5)))
        made = draft(tmp_path, adopt({Facet.IP_WHITELIST: live}))
        assert made.declaration is None
        assert errors(made) == ["too_many_addresses"]

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({Facet.PRESENCE: False}, "not taken over"),
            ({Facet.IP_WHITELIST: AppBound("Gridbot")}, "application"),
            ({Facet.PERMISSIONS: frozenset({"orders"})}, "write them by hand"),
        ],
    )
    def test_what_cannot_be_declared_is_said(
        self, tmp_path: Path, values: Mapping[Facet, FacetValue], said: str
    ) -> None:
        with pytest.raises(AccesscfgError) as caught:
            draft(tmp_path, adopt(values))
        assert said in str(caught.value)

    def test_a_list_that_other_keys_share_by_an_alias_is_left_alone(self, tmp_path: Path) -> None:
        text = TEXT.replace(
            "permissions: [read], ip_whitelist: [pool:listed]",
            "permissions: &r [read], ip_whitelist: [pool:listed]",
        )
        with pytest.raises(AccesscfgError, match="not edited") as caught:
            draft(
                tmp_path,
                adopt({Facet.PERMISSIONS: frozenset({"query", "odd"})}, key=KeyPath("main", None, "third")),
                text,
            )
        assert "anchor or an alias" in str(caught.value)

    def test_a_key_that_there_is_not(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="not declared"):
            draft(tmp_path, adopt({Facet.LABEL: "x"}, key=parse_key_path("main/none")))

    def test_a_byte_order_mark_stays(self, tmp_path: Path) -> None:
        file = write(tmp_path, TEXT, FILES)
        file.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
        made = drafted(
            load(file, EXCHANGES, sandbox=True), adopt({Facet.LABEL: "x"}), EXCHANGES, sandbox=True
        )
        assert made.edits[0].after.startswith(b"\xef\xbb\xbfversion: 1")


class TestPools:
    def test_a_pool_in_the_declaration(self, tmp_path: Path) -> None:
        made = draft(tmp_path, PoolEdit("inline", add=("203.0.113.5",), remove=("203.0.113.2",)))
        assert after(made) == TEXT.replace('[203.0.113.1, "203.0.113.2"]', "[203.0.113.1, 203.0.113.5]")
        assert key_in(made.declaration).whitelist == addresses("203.0.113.1", "203.0.113.5", "198.51.100.1")

    def test_a_pool_in_a_file_of_its_own(self, tmp_path: Path) -> None:
        made = draft(tmp_path, PoolEdit("listed", add=("203.0.113.5",), remove=("203.0.113.3",)))
        assert [edit.file for edit in made.edits] == [tmp_path / "pools/listed.txt"]
        assert after(made) == "203.0.113.4, 203.0.113.5\n"
        assert (tmp_path / "pools/listed.txt").read_text() == FILES["pools/listed.txt"]

    def test_the_last_address_of_a_pool_stays(self, tmp_path: Path) -> None:
        made = draft(tmp_path, PoolEdit("listed", remove=("203.0.113.3", "203.0.113.4")))
        assert made.declaration is None
        assert errors(made) == ["empty_pool"]

    def test_an_address_that_a_key_lists_itself_is_told(self, tmp_path: Path) -> None:
        made = draft(tmp_path, PoolEdit("inline", add=("198.51.100.9",)))
        assert errors(made) == ["address_twice"]

    def test_what_the_pool_has_already_is_no_edit(self, tmp_path: Path) -> None:
        assert draft(tmp_path, PoolEdit("inline", add=("203.0.113.1",))).edits == ()

    def test_a_pool_that_there_is_not(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="no pool"):
            draft(tmp_path, PoolEdit("none", add=("203.0.113.1",)))


# -- for random declarations the edit changes that key alone ------------------------------------------------------

IPS = [f"198.51.100.{n}" for n in range(1, 5)]
POOLS = {"inline": ("203.0.113.1", "203.0.113.2"), "listed": ("203.0.113.3", "203.0.113.4")}
NATIVES = {"query", "orders", "perps", "move", "payout", "odd"}
GIVEN = {"orders": ["spot", "margin"], "perps": ["futures"], "move": ["transfer"], "odd": ['"native:odd"']}


@st.composite
def keys(draw: st.DrawFn, name: str) -> str:
    """One key in one of the ways to write it; every line has a comment of its own."""
    rights = [
        "read",
        *(w for n in draw(st.lists(st.sampled_from(sorted(GIVEN)), unique=True)) for w in GIVEN[n]),
    ]
    ips = draw(
        st.lists(st.sampled_from([*IPS, "pool:inline", "pool:listed"]), min_size=1, max_size=3, unique=True)
    )
    while sum(2 if ip.startswith("pool") else 1 for ip in ips) > 4:
        ips = ips[1:]
    whitelist = ips if draw(st.integers(0, 5)) else None
    label = draw(st.sampled_from(["", "'it''s'", "plain", '"x # y"']))
    if draw(st.booleans()):
        listed = "unrestricted" if whitelist is None else f"[{', '.join(whitelist)}]"
        more = f", label: {label}" if label else ""
        return (
            f"      {name}: {{permissions: [{', '.join(rights)}], ip_whitelist: {listed}{more}}}  # {name}\n"
        )
    lines = [f"      {name}:  # {name}"]
    lines += [f"        label: {label}  # label"] if label else []
    lines += ["        permissions:  # rights", *(f"        - {right}  # right" for right in rights)]
    if whitelist is None:
        lines += ["        ip_whitelist: unrestricted  # open"]
    else:
        lines += ["        ip_whitelist:  # from", *(f"          - {ip}  # ip" for ip in whitelist)]
    return "".join(f"{line}\n" for line in lines)


lives = st.fixed_dictionaries(
    {},
    optional={
        Facet.PERMISSIONS: st.sets(st.sampled_from(sorted(NATIVES))).map(
            lambda more: frozenset({"query", *more})
        ),
        Facet.IP_WHITELIST: st.one_of(
            st.just(Unrestricted()),
            st.sets(st.sampled_from([*IPS, *POOLS["inline"], *POOLS["listed"]]), min_size=1, max_size=4).map(
                lambda ips: Addresses(frozenset(ips))
            ),
        ),
        Facet.LABEL: st.sampled_from(["new", "", "it's: #1", "ü"]),
        Facet.ENABLED: st.booleans(),
        Facet.EXPIRY: st.sampled_from(["never", "2027-03-31"]),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(first=keys("first"), bot=keys("bot"), last=keys("last"), live=lives)
def test_an_edit_changes_this_key_and_nothing_else(
    tmp_path: Path, first: str, bot: str, last: str, live: dict[Facet, FacetValue]
) -> None:
    head = TEXT.partition("      bot:")[0]
    made = draft(tmp_path, adopt(live, without_pools=True), head + first + bot + last)
    before = key_in(load(tmp_path / "exchanges.yaml", EXCHANGES, sandbox=True))
    if not made.edits:
        assert _wanted(before, live) == _facets(before)
        return
    text = after(made)
    assert text.startswith(head + first)
    assert text.endswith(last)
    kept = [line for line in bot.splitlines() if line.endswith(("# bot", "# rights", "# from"))]
    edited = text[len(head + first) : -len(last)]
    for line in kept:
        assert (
            line in edited
            or line.startswith("      bot: {")
            or live.get(Facet.IP_WHITELIST) == Unrestricted()
        )
    assert _facets(key_in(made.declaration)) == _wanted(before, live)


def _facets(key: DesiredKey) -> tuple[object, ...]:
    return key.permissions - {"perps2"}, key.whitelist, key.label, key.enabled, str(key.expires)


def _wanted(key: DesiredKey, live: Mapping[Facet, FacetValue]) -> tuple[object, ...]:
    label = live.get(Facet.LABEL, key.label)
    return (
        live.get(Facet.PERMISSIONS, key.permissions - {"perps2"}),  # it comes with perps
        live.get(Facet.IP_WHITELIST, key.whitelist),
        label or None,
        live.get(Facet.ENABLED, key.enabled),
        str(live.get(Facet.EXPIRY, key.expires)),
    )


def test_the_whitelist_of_a_key_with_an_application_is_left_alone(tmp_path: Path) -> None:
    text = TEXT.replace("ip_whitelist: [pool:listed]", "app: Gridbot")
    live: Whitelist = addresses("198.51.100.1")
    with pytest.raises(AccesscfgError, match="not edited"):
        draft(tmp_path, adopt({Facet.IP_WHITELIST: live}, key=KeyPath("main", None, "third")), text)
