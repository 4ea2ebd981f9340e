"""What the screens of pools and of adopting say, without a terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from accesscfg.model.desired import Declaration
from accesscfg.model.edit import FileEdit, KeyEdit, PoolEdit, Proposal
from accesscfg.model.findings import Finding
from accesscfg.model.networks import Addresses, Unrestricted, Whitelist
from accesscfg.model.observed import Facet, Observation, Observed, Partly, Unobservable
from accesscfg.model.paths import KeyPath, parse_key_path
from accesscfg.model.plan import ChangeValue, FacetResult, FacetState, KeyResult
from accesscfg.report.words import Words
from accesscfg_tui.glyphs import Standing
from accesscfg_tui.viewmodel.adopting import Adoption, adoption, adoption_rows
from accesscfg_tui.viewmodel.board import Board
from accesscfg_tui.viewmodel.looks import fresh_look
from accesscfg_tui.viewmodel.pools import (
    FORMATS,
    PoolView,
    entry_of,
    entry_rows,
    in_format,
    pool_rows,
    pool_views,
)
from accesscfg_tui.viewmodel.proposal import proposal_lines
from tests.config.workspaces import EXCHANGES, declaration

AT = datetime(2026, 11, 21, tzinfo=UTC)
TEXT = """\
version: 1
ip_pools:
  hosts: [203.0.113.1, 203.0.113.2]
  spare: [203.0.113.9]
exchanges:
  main:
    exchange: toy
    keys:
      one: {permissions: [read], ip_whitelist: [pool:hosts]}
      two: {permissions: [read], ip_whitelist: [pool:hosts]}
      gone: {permissions: [read], ip_whitelist: [pool:hosts], state: absent}
      bound: {permissions: [read], app: Gridbot}
"""
ONE, TWO = "main/one", "main/two"
WORDS = Words(EXCHANGES.get)
FILE = FileEdit(Path("a"), b"1", b"2")


@pytest.fixture
def declared(tmp_path: Path) -> Declaration:
    return declaration(tmp_path, TEXT)


def ips(*entries: str) -> Observed:
    return Observed(Addresses(frozenset(entries)), AT)


def found(
    facet: Facet, seen: Observation, wanted: ChangeValue = None, state: FacetState = FacetState.DRIFT
) -> FacetResult:
    return FacetResult(facet, state, wanted, seen)


def board(declared: Declaration, **seen: FacetResult) -> Board:
    """The board with what was seen of the lists (or of other facets) of keys, by their names."""
    made = Board(declared, EXCHANGES.get)
    for name, facet in seen.items():
        path = KeyPath("main", None, name)
        result = KeyResult(path, "toy", "own", None, None, (facet,), None, "")
        made.looks[str(path)] = fresh_look(result, (), AT)
    return made


def whitelist(seen: Observation, state: FacetState = FacetState.DRIFT) -> FacetResult:
    return found(Facet.IP_WHITELIST, seen, Addresses(frozenset({"203.0.113.1", "203.0.113.2"})), state)


def hosts(made: Board) -> PoolView:
    return pool_views(made, {"hosts": "exchanges.yaml:3"})[0]


def said(view: PoolView, *, ascii: bool = False) -> list[str]:
    return [" ".join(row.line.text.split()) for row in entry_rows(view, 60, ascii=ascii)]


class TestPools:
    def test_a_key_that_is_to_be_absent_uses_no_pool(self, declared: Declaration) -> None:
        assert [str(use.key.path) for use in hosts(board(declared)).uses] == [ONE, TWO]

    def test_nothing_counts_as_live_before_it_was_read(self, declared: Declaration) -> None:
        view = hosts(board(declared))
        assert view.standing is Standing.UNOBSERVABLE
        assert said(view)[:2] == ["203.0.113.1 ○ not seen", "203.0.113.2 ○ not seen"]

    def test_an_address_that_is_missing_names_its_keys(self, declared: Declaration) -> None:
        view = hosts(
            board(
                declared,
                one=whitelist(ips("203.0.113.1")),
                two=whitelist(ips("203.0.113.1", "203.0.113.2"), FacetState.IN_SYNC),
            )
        )
        assert (view.standing, view.lacking) == (Standing.DRIFT, (ONE,))
        assert said(view)[:3] == ["203.0.113.1 ✓ on 2 of 2", "203.0.113.2 ≠ missing on 1 of 2", ONE]
        assert said(view, ascii=True)[1] == "203.0.113.2 ! missing on 1 of 2"

    def test_one_key_that_is_not_seen_keeps_a_pool_from_being_on_all(self, declared: Declaration) -> None:
        view = hosts(board(declared, one=whitelist(ips("203.0.113.1", "203.0.113.2"), FacetState.IN_SYNC)))
        assert view.standing is Standing.UNOBSERVABLE
        assert said(view)[0] == "203.0.113.1 ○ on 1 of 1 seen, 1 not seen"

    def test_an_open_key_lacks_nothing_and_is_said_to_be_open(self, declared: Declaration) -> None:
        view = hosts(board(declared, one=whitelist(Observed(Unrestricted(), AT))))
        assert (view.lacking, view.standing) == ((), Standing.DRIFT)
        assert "open on 1 key" in pool_rows([view], 60, ascii=False)[0].line.text
        assert f"{ONE} ≠ open to every address" in said(view)

    def test_what_is_attested_is_no_live_list_and_no_gap(self, declared: Declaration) -> None:
        attested = whitelist(Unobservable("not shown"), FacetState.ATTESTED)
        view = hosts(board(declared, one=attested, two=attested))
        assert view.standing is Standing.ATTESTED
        assert said(view)[0] == "203.0.113.1 ✎ attested on 2"

    def test_a_pool_that_no_key_uses(self, declared: Declaration) -> None:
        spare = pool_views(board(declared), {})[1]
        assert said(spare)[0] == "203.0.113.9 · used by no key"
        assert "unused" in pool_rows([spare], 60, ascii=False)[0].line.text

    @pytest.mark.parametrize("width", [30, 40, 60, 100])
    def test_rows_are_as_wide_as_the_list(self, declared: Declaration, width: int) -> None:
        views = pool_views(board(declared, one=whitelist(ips("203.0.113.1"))), {})
        assert all(len(row.line.text) <= max(width, 35) for row in pool_rows(views, width, ascii=False))

    def test_a_row_below_an_address_is_about_that_address(self, declared: Declaration) -> None:
        rows = entry_rows(hosts(board(declared, one=whitelist(ips("203.0.113.1")))), 60, ascii=False)
        assert [entry_of(row) for row in rows[:4]] == ["203.0.113.1", "203.0.113.2", "203.0.113.2", None]
        assert entry_of(None) is None

    def test_every_format_holds_all_addresses_in_order(self) -> None:
        entries = ["2001:db8::1", "203.0.113.10", "203.0.113.9"]
        ordered = ["203.0.113.9", "203.0.113.10", "2001:db8::1"]
        assert json.loads(in_format(entries, "json")) == ordered
        assert yaml.safe_load(in_format(entries, "yaml")) == ordered
        for form, sign in (("comma", ","), ("blank", " "), ("lines", "\n")):
            assert in_format(entries, form).split(sign) == ordered
        assert set(FORMATS) == {"comma", "blank", "lines", "json", "yaml"}


def adopting(declared: Declaration, name: str, facet: FacetResult) -> Adoption:
    made = board(declared, **{name: facet})
    key = next(key for key in declared.all_keys() if key.path.key == name)
    return adoption(key, made.look(key), declared.pools, WORDS)


class TestAdopting:
    def test_a_single_offer_is_chosen_and_its_pool_is_in_the_way(self, declared: Declaration) -> None:
        made = adopting(declared, "one", whitelist(ips("203.0.113.1", "203.0.113.7")))
        assert made.chosen == {Facet.IP_WHITELIST}
        assert made.pools == {"hosts": frozenset({"203.0.113.2"})}
        assert "pool hosts" in made.blocked
        made.turn("pools")
        assert made.blocked == ""
        assert made.edit is not None
        assert made.edit.without_pools

    def test_what_comes_and_goes_is_said_with_the_pool_it_is_from(self, declared: Declaration) -> None:
        made = adopting(declared, "one", whitelist(ips("203.0.113.1", "203.0.113.7")))
        text = [" ".join(row.line.text.split()) for row in adoption_rows(made, 70, ascii=True)]
        assert text[:4] == [
            "[x] IP whitelist",
            "comes 203.0.113.7",
            "goes 203.0.113.2 (pool hosts)",
            "stays 1 more",
        ]

    def test_a_flag_that_says_open_is_a_whole_answer_and_one_that_says_restricted_is_none(
        self, declared: Declaration
    ) -> None:
        is_open = adopting(declared, "one", whitelist(Partly(False, "a flag", AT)))
        assert is_open.offers[0].value == Unrestricted()
        restricted = adopting(declared, "one", whitelist(Partly(True, "a flag", AT)))
        assert (restricted.offers[0].value, restricted.chosen, restricted.edit) == (None, set(), None)

    @pytest.mark.parametrize(
        ("name", "facet", "said"),
        [
            ("one", found(Facet.PRESENCE, Observed(False, AT), True), "state: absent"),
            ("bound", found(Facet.IP_WHITELIST, ips("203.0.113.1"), Unrestricted()), "`app`"),
        ],
    )
    def test_what_is_not_taken_over_says_what_to_do(
        self, declared: Declaration, name: str, facet: FacetResult, said: str
    ) -> None:
        made = adopting(declared, name, facet)
        assert (made.offers[0].value, made.edit) == (None, None)
        assert said in made.offers[0].why_not
        made.turn(facet.facet.value)
        assert made.chosen == set()

    def test_rights_that_let_money_out_are_called_so(self, declared: Declaration) -> None:
        facet = found(Facet.PERMISSIONS, Observed(frozenset({"query", "payout"}), AT), frozenset({"query"}))
        words = [one[0] for one in adopting(declared, "one", facet).offers[0].told]
        assert words == ["comes", "careful", "stays"]

    def test_a_choice_outlives_a_reading(self, declared: Declaration) -> None:
        before = adopting(declared, "one", whitelist(ips("203.0.113.7")))
        before.turn("pools")
        key = next(declared.all_keys())
        while_read = adoption(key, board(declared).look(key), declared.pools, WORDS)
        while_read.take_over(before)
        assert while_read.edit is None
        after = adopting(declared, "one", whitelist(ips("203.0.113.7", "203.0.113.8")))
        after.take_over(while_read)
        assert after.edit is not None
        assert after.edit.without_pools


def lines(proposal: Proposal) -> str:
    return "\n".join(one.text for one in proposal_lines(proposal, WORDS, {}, 70))


class TestProposals:
    def test_what_is_in_the_way_comes_first_and_no_plan_is_promised(self) -> None:
        edit = PoolEdit("hosts", remove=("203.0.113.1",))
        problem = Finding("error", "empty_pool", "[/x] no address")
        text = lines(Proposal(edit, (FILE,), ("--- a", "+++ a", "-1"), (problem,)))
        assert text.startswith("NOT POSSIBLE LIKE THIS: nothing is written\n  [/x] no address")
        assert "A PLAN WOULD HOLD" not in text

    def test_keys_that_nobody_sees_are_never_called_unchanged(self) -> None:
        seen, unseen, unread, calm = (parse_key_path(f"main/{name}") for name in ("a", "b", "c", "d"))
        whitelist: Whitelist = Unrestricted()
        text = lines(
            Proposal(
                KeyEdit(seen, {Facet.IP_WHITELIST: whitelist}),
                (FILE,),
                ("--- a", "+++ a", "-1", "+2"),
                (),
                touched=(unseen, unread, calm),
                unseen=(unseen,),
                unread=(unread,),
            )
        )
        assert "attested (m): main/b" in " ".join(text.split())
        assert "not read in this session: main/c" in text
        assert "no change: main/d" in text

    def test_an_edit_of_nothing_says_so(self) -> None:
        assert "nothing is written" in lines(Proposal(PoolEdit("hosts"), (), (), ()))
