"""What is told of an exchange comes from its profile."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from accesscfg.exchanges.registry import Profiles
from accesscfg.model.errors import Trouble
from accesscfg.model.observed import Facet
from accesscfg.model.profile import (
    Clock,
    Endpoint,
    ErrorCode,
    FacetRule,
    IpRules,
    Limit,
    Probe,
    Profile,
    Source,
)
from accesscfg.report.providers import (
    provider_to_markdown,
    provider_to_text,
    providers_to_markdown,
    providers_to_text,
)
from accesscfg.report.providers_json import profile_to_json, providers_to_json
from accesscfg.resources import schema_path
from tests.report.plans import NORTH

SCHEMA = json.loads(schema_path("providers").read_text())
ALL = [profile for name in Profiles().names() if (profile := Profiles().get(name)) is not None]
RUMOUR = Source("a forum", "2026-10-01", verified=False)
DOCUMENTS = NORTH.sources[0]
CLOSED = replace(NORTH, exchange="gone", retired="closed in 2023")
BLIND = replace(NORTH, exchange="blind", reads=frozenset())
HIDDEN: dict[Facet, FacetRule] = {
    Facet.PERMISSIONS: FacetRule("no", "manual", "no call shows them"),
    Facet.IP_WHITELIST: FacetRule("no", "manual", source=RUMOUR),
}
PROBED = replace(
    NORTH,
    exchange="veiled",
    facets={"own": HIDDEN, "sub": HIDDEN},
    probes=(Probe("GET /history", "answered, it may withdraw", RUMOUR),),
    sources=(DOCUMENTS, RUMOUR),
)


def squeezed(text: str) -> str:
    """Without the line breaks and columns of a layout."""
    return " ".join(text.split())


def closed(schema: Any) -> Any:
    """The schema without room for fields that it does not name."""
    if isinstance(schema, list):
        return [closed(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(entry) for name, entry in schema.items()}
    return {"additionalProperties": False, **inner} if isinstance(inner.get("properties"), dict) else inner


def line_of(text: str, start: str) -> str:
    """The line that starts so, without its columns."""
    (line,) = (line for line in text.splitlines() if line.startswith(start))
    return squeezed(line)


def other(**fields: object) -> Profile:
    """North with something else, and with a source that is not verified."""
    return replace(NORTH, sources=(DOCUMENTS, RUMOUR), **fields)  # type: ignore[arg-type]


class TestOverview:
    def test_the_table_says_what_is_shown_and_how_it_is_changed(self) -> None:
        text = providers_to_text([NORTH])
        assert line_of(text, "exchange") == "exchange permissions IP whitelist permissions IP whitelist"
        assert line_of(text, "north") == "north seen, site - seen, API flag, API"

    def test_a_right_that_the_api_cannot_write_is_not_hidden_by_those_that_it_can(self) -> None:
        mixed = tuple(
            replace(one, write={"own": "manual", "sub": "manual" if one.native == "canWithdraw" else "api"})
            for one in NORTH.permissions
        )
        assert "seen, API/site" in providers_to_text([replace(NORTH, permissions=mixed)])

    def test_an_exchange_of_which_nothing_is_visible_says_so(self) -> None:
        assert line_of(providers_to_text([BLIND]), "blind").startswith("blind nothing can be asked")

    def test_what_is_not_shown_is_never_called_seen(self) -> None:
        line = line_of(providers_to_text([PROBED]), "veiled")
        assert line == "veiled probed, site unseen, site ? probed, site unseen, site ?"
        assert "?         no official document says so" in providers_to_text([PROBED])

    def test_a_retired_exchange_is_marked(self) -> None:
        assert line_of(providers_to_text([NORTH, CLOSED]), "gone") == "gone retired: closed in 2023"
        assert "| retired: closed in 2023 |" in providers_to_markdown([CLOSED])

    def test_its_words_are_explained_and_no_others(self) -> None:
        text = providers_to_text([NORTH])
        assert "flag      the API shows only whether" in text
        assert "probed" not in text

    def test_all_exchanges_there_are_fit_80_columns(self) -> None:
        text = providers_to_text(ALL, width=80)
        assert max(map(len, text.splitlines())) <= 80
        assert all(line_of(text, f"{one.exchange}  ") for one in ALL)

    def test_a_narrow_terminal_gets_the_columns_below_each_other(self) -> None:
        text = providers_to_text([NORTH, CLOSED], width=50)
        assert max(map(len, text.splitlines())) <= 50
        assert text.startswith("north\n  permissions        seen, site\n  IP whitelist       -\n")
        assert "\ngone\n  retired: closed in 2023\n" in text

    def test_markdown_has_the_same_cells(self) -> None:
        text = providers_to_markdown([NORTH, PROBED], pages="")
        assert "| [North](north.md) | seen, site | \\- | seen, API | flag, API | 2026-11-01 |" in text
        assert "| probed, site | unseen, site ? |" in text


class TestOneExchange:
    def test_it_is_told_in_full(self) -> None:
        text = squeezed(provider_to_text(NORTH))
        for part in (
            "North north, checked 2026-11-01",
            "permissions shown on the website main keys are changed on the website",
            "keys of the account; most entries: 30; networks: no; IPv6: no; entered as a list with commas",
            "Changes by API are signed by a managing key",
            "Trade All canTrade margin, options on the website",
            "Badges canBadge native: only by API",
            "whether a key ends by itself",
            "1. north's documents, 2026-11-01",
            "https://north.example/keys",
        ):
            assert part in text

    def test_rights_that_differ_have_a_table_for_each_kind_of_key(self) -> None:
        text = provider_to_text(NORTH)
        assert text.index("Permissions of keys of the account") < text.index(
            "Permissions of keys of sub-accounts"
        )
        alike = tuple(replace(one, write={"own": "manual", "sub": "manual"}) for one in NORTH.permissions)
        assert "\nPermissions\n" in provider_to_text(replace(NORTH, permissions=alike))

    def test_what_a_right_implies_and_requires_stands_beside_it(self) -> None:
        right = replace(
            NORTH.permissions[1],
            implies=frozenset({"withdraw", "subaccounts"}),
            requires="the key is restricted",
            comes_with=frozenset({"canRead"}),
            always=True,
            group="Trading",
            mode="classic",
        )
        text = squeezed(
            provider_to_text(replace(NORTH, permissions=(right,), modes={"classic": "the old kind"}))
        )
        assert "gives withdraw, subaccounts besides; comes with canRead; a key always has it; " in text
        assert "only if the key is restricted; only in the mode classic" in text
        assert "Trading" in text
        assert "in one of these modes, which is found out by asking: classic (the old kind)" in text

    def test_what_is_not_verified_is_marked_at_the_fact(self) -> None:
        doubted = other(
            ip_rules={"own": IpRules(5, False, False, ("one",), 120, "said so", RUMOUR)},
            clocks=(Clock("inactivity", 90, True, frozenset({"canSpot"}), "it is deleted", RUMOUR),),
            limits=(Limit("all", "ip", 1200, 60, source=replace(DOCUMENTS, verified=False)),),
            errors={"7": ErrorCode(Trouble.KEY, "no such key", source=RUMOUR)},
            endpoints={"production": Endpoint("production", "https://north.example", source=RUMOUR)},
            permissions=(replace(NORTH.permissions[0], source=RUMOUR),),
            facets={"own": {Facet.LABEL: FacetRule("no", "no", "no call has it", RUMOUR)}},
        )
        text = squeezed(provider_to_text(doubted))
        for part in (
            "the field holds 120 characters; said so [2, not verified]",
            "90 days from the last use, a key without an IP whitelist that has canSpot: it is deleted "
            "(the API does not show the date) [2, not verified]",
            "1,200 in 60 s address [1, not verified]",
            "7 no such key [2, not verified]",
            "https://north.example [2, not verified]",
            "Read canRead read on the website [2, not verified]",
            "label not shown cannot be changed no call has it [2, not verified]",
            "2. a forum, 2026-10-01 (not verified)",
        ):
            assert part in text, part

    def test_a_verified_fact_names_its_source_by_number(self) -> None:
        sure = replace(NORTH, permissions=(replace(NORTH.permissions[0], source=DOCUMENTS),))
        assert "Read canRead read on the website [1]" in squeezed(provider_to_text(sure))

    def test_what_no_known_form_changes_is_not_sent_to_the_website_without_a_word(self) -> None:
        rules: dict[Facet, FacetRule] = {
            Facet.LABEL: FacetRule("full", "manual", "the API cannot rename a key"),
            Facet.PERMISSIONS: FacetRule("full", "manual", "shown only"),
        }
        text = squeezed(provider_to_text(replace(NORTH, facets={"own": rules})))
        assert "label shown on the website the API cannot rename a key; no form for it is known" in text
        assert "permissions shown on the website shown only" in text

    def test_probes_say_what_their_answers_tell(self) -> None:
        text = squeezed(provider_to_text(PROBED))
        assert "permissions some found out on the website no call shows them" in text
        assert "GET /history answered, it may withdraw [2, not verified]" in text

    def test_a_call_that_harms_and_a_counter_that_is_shared_are_told(self) -> None:
        text = squeezed(
            provider_to_text(
                replace(
                    NORTH,
                    foreign_call_harmless=False,
                    foreign_call_disables=True,
                    foreign_call_note="seen in 2026",
                    counter="a bot that counts lower is refused",
                    time_path=None,
                )
            )
        )
        assert "whitelist disables the key, so it is not made (seen in 2026)" in text
        assert "share: a bot that counts lower is refused." in text
        assert "this machine's clock has to be right" in text

    def test_only_calls_that_the_transport_lets_pass_are_told(self) -> None:
        assert "GET /key when reading" in squeezed(provider_to_text(NORTH))
        assert "No call is made." in provider_to_text(BLIND)

    def test_of_a_retired_one_only_what_to_do_is_told(self) -> None:
        text = provider_to_text(CLOSED)
        assert "Retired: closed in 2023" in text
        assert "What to do" in text
        assert "Permissions" not in text

    @pytest.mark.parametrize("profile", ALL, ids=lambda one: one.exchange)
    @pytest.mark.parametrize("width", [80, 120])
    def test_every_exchange_fits_the_terminal(self, profile: Profile, width: int) -> None:
        lines = provider_to_text(profile, width=width).splitlines()
        long = [line for line in lines if len(line) > width]
        assert [line for line in long if len(line.split()) > 4] == []  # a call or an address cannot be broken

    @pytest.mark.parametrize("profile", ALL, ids=lambda one: one.exchange)
    def test_markdown_tables_have_no_ragged_rows(self, profile: Profile) -> None:
        bars: int | None = None
        for line in provider_to_markdown(profile).splitlines():
            if not line.startswith("|"):
                bars = None
                continue
            found = line.replace("\\|", "").count("|")
            assert bars in (None, found), line
            bars = found

    def test_markup_in_a_profile_stays_text(self) -> None:
        nasty = replace(NORTH, name="[x](http://evil.example)", unverified=("<b>| `a`",))
        text = provider_to_markdown(nasty)
        assert "[x](" not in text
        assert "<b>" not in text


class TestJson:
    def test_it_is_of_the_form_that_is_documented(self) -> None:
        document = json.loads(json.dumps(providers_to_json([*ALL, PROBED])))
        errors = jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)
        assert [(list(error.path), error.message) for error in errors] == []

    def test_every_field_is_documented(self) -> None:
        """Readers may meet fields that are new to them; whoever adds one says in the schema what it is."""
        document = json.loads(json.dumps(providers_to_json([*ALL, PROBED])))
        errors = jsonschema.Draft202012Validator(closed(SCHEMA)).iter_errors(document)
        assert {error.message for error in errors} == set()

    def test_facts_are_there_with_their_sources(self) -> None:
        document = json.loads(json.dumps(profile_to_json(PROBED)))
        assert document["permissions"][5]["gives"] == ["margin", "options"]
        assert document["facets"]["sub"]["ip_whitelist"] == {
            "read": "no",
            "write": "manual",
            "why": None,
            "mode": None,
            "source": {"source": "a forum", "date": "2026-10-01", "verified": False},
        }
        assert document["calls"] == {"time": "/time", "reads": ["GET /key"], "writes": []}
        assert document["credentials"]["kinds"] == ["hmac"]
