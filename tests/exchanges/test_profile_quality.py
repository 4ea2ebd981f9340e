"""The profiles as texts that people rely on: sourced, dated, honest about doubt, and worded in one way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

import accesscfg.exchanges

FILES = {path.parent.name: path for path in Path(accesscfg.exchanges.__file__).parent.glob("*/profile.yaml")}
EXCHANGES = sorted(FILES)
DATA: dict[str, dict[str, Any]] = {name: yaml.safe_load(path.read_text()) for name, path in FILES.items()}
# a machine whose clock is behind is no mistake of a profile
TODAY = max(datetime.now(UTC).date(), date(2026, 11, 21))

# words that admit a doubt; the fact they stand at must be marked
DOUBT = re.compile(
    r"\b(assumed|presumably|probably|perhaps|apparently|"
    r"(is|are) taken (to|as|so)|nowhere written|unclear)\b"
)
SENTENCES = ("forms", "create", "created", "delete", "cautions", "unverified")
BITS = ("note", "why", "requires", "effect", "meaning", "tells", "id_what", "retired")

Place = tuple[str | int, ...]


def texts(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every text of a profile, with where it stands."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from texts(entry, (*place, key))
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from texts(entry, (*place, number))


def sections(facts: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part that must name where it comes from."""
    for name in ("credentials", "sub_accounts", "foreign_call", "errors", "manual"):
        yield name, facts[name]
    for name in ("endpoints", "ip_rules", "facets", "writes"):
        for one, entry in facts[name].items():
            yield f"{name}.{one}", entry
    for name in ("permissions", "limits", "usage_headers", "clocks", "probes"):
        for number, entry in enumerate(facts.get(name, ())):
            yield f"{name}.{number}", entry
    for number, entry in enumerate(facts["manual"].get("cautions", ())):
        yield f"manual.cautions.{number}", entry


def facts_of(facts: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every fact that can be marked, with the source it names or inherits."""
    for name, entry in sections(facts):
        yield name, entry, entry["source"]
        inner = entry.get("codes", {}) if name == "errors" else entry if name.startswith("facets.") else {}
        for one, rule in inner.items():
            if isinstance(rule, dict):
                yield f"{name}.{one}", rule, entry["source"]


def marked(facts: dict[str, Any], entry: dict[str, Any], source: str) -> bool:
    """Whether a fact says of itself, or by its source, that it is not verified."""
    return entry.get("unverified", False) or not facts["sources"][source].get("verified", True)


@pytest.mark.parametrize("exchange", EXCHANGES)
class TestSources:
    def test_every_section_names_one(self, exchange: str) -> None:
        assert [name for name, entry in sections(DATA[exchange]) if not entry.get("source")] == []

    def test_none_is_missing_and_none_is_left_over(self, exchange: str) -> None:
        facts = DATA[exchange]
        named = {text for place, text in texts(facts) if place[-1] == "source"}
        assert named == set(facts["sources"])

    def test_no_two_are_the_same(self, exchange: str) -> None:
        found = [(one["what"], one["date"]) for one in DATA[exchange]["sources"].values()]
        assert len(found) == len(set(found))

    def test_days_are_days_and_none_is_to_come(self, exchange: str) -> None:
        facts = DATA[exchange]
        checked = date.fromisoformat(facts["checked"])
        assert checked <= TODAY
        assert [
            name for name, one in facts["sources"].items() if date.fromisoformat(one["date"]) > checked
        ] == []

    def test_none_names_this_machine_or_a_path(self, exchange: str) -> None:
        assert not [text for _, text in texts(DATA[exchange]) if re.search(r"/(work|home|tmp|root)/", text)]


@pytest.mark.parametrize("exchange", EXCHANGES)
class TestDoubt:
    def test_what_is_not_verified_is_told_in_a_sentence(self, exchange: str) -> None:
        facts = DATA[exchange]
        doubted = [name for name, entry, source in facts_of(facts) if marked(facts, entry, source)]
        assert bool(doubted or facts["manual"].get("page_unverified")) <= bool(facts["unverified"])

    def test_a_fact_that_admits_a_doubt_is_marked(self, exchange: str) -> None:
        facts = DATA[exchange]
        assert [
            (name, text)
            for name, entry, source in facts_of(facts)
            if not marked(facts, entry, source)
            for key, text in entry.items()
            if key in BITS and isinstance(text, str) and DOUBT.search(text)
        ] == []


@pytest.mark.parametrize("exchange", EXCHANGES)
class TestHosts:
    def test_all_are_public_names_over_https(self, exchange: str) -> None:
        for one in DATA[exchange]["endpoints"].values():
            assert re.fullmatch(r"https://([a-z0-9-]+\.)+[a-z]{2,}", one["url"])
        assert DATA[exchange]["manual"]["page"].startswith("https://")


@pytest.mark.parametrize("exchange", EXCHANGES)
class TestWording:
    def test_quotes_and_brackets_are_closed(self, exchange: str) -> None:
        """A comma in a YAML list of sentences cuts one in two, which leaves halves of pairs behind."""
        assert [
            (place, text)
            for place, text in texts(DATA[exchange])
            if place[-1] != "id_form" and (text.count('"') % 2 or text.count("(") != text.count(")"))
        ] == []

    def test_no_sentence_was_cut_at_a_comma(self, exchange: str) -> None:
        needs = DATA[exchange]["manual"]["needs"]
        assert not [text for text in needs if re.match(r"(or|and|which|but|as|if) ", text)]

    def test_words_of_the_website_stand_in_straight_quotes(self, exchange: str) -> None:
        manual = [(place, text) for place, text in texts(DATA[exchange]["manual"])]
        assert not [text for _, text in manual if re.search(r"[“”„«»]", text)]
        pressed = re.compile(r"\b(press|click|tick|untick|choose|switch on|switch off) [A-Z]", re.IGNORECASE)
        assert not [
            text
            for place, text in manual
            if place[0] != "cautions" and (found := pressed.search(text)) and found[0][-1].isupper()
        ]

    def test_buttons_are_pressed(self, exchange: str) -> None:
        assert not [text for _, text in texts(DATA[exchange]["manual"]) if re.search(r"\b[Cc]lick", text)]

    def test_steps_are_sentences_and_notes_are_not(self, exchange: str) -> None:
        """Notes are set into sentences of ours, in brackets or after a semicolon."""
        sentences = [
            text
            for place, text in texts({key: DATA[exchange].get(key) for key in ("manual", "unverified")})
            if any(part in SENTENCES for part in place) and place[-1] not in ("source",)
            if "when" not in place and "changes" not in place
        ]
        assert [text for text in sentences if not text.endswith(".")] == []
        bits = [(place, text) for place, text in texts(DATA[exchange]) if place[-1] in BITS]
        assert [(place, text) for place, text in bits if text.endswith(".")] == []

    def test_no_text_has_blanks_to_spare(self, exchange: str) -> None:
        assert not [text for _, text in texts(DATA[exchange]) if text != " ".join(text.split())]

    def test_placeholders_are_those_that_guides_fill_in(self, exchange: str) -> None:
        found = {
            name for _, text in texts(DATA[exchange]["manual"]) for name in re.findall(r"\{([^}]*)\}", text)
        }
        assert found <= {"label", "sub", "app"}


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_no_key_of_the_file_stands_twice(exchange: str) -> None:
    """YAML takes the last one without a word."""

    def check(node: yaml.Node | None) -> None:
        if isinstance(node, yaml.MappingNode):
            names = [key.value for key, _ in node.value]
            assert len(names) == len(set(names)), (node.start_mark.line + 1, names)
            for _, entry in node.value:
                check(entry)
        elif isinstance(node, yaml.SequenceNode):
            for entry in node.value:
                check(entry)

    check(yaml.compose(FILES[exchange].read_text(), Loader=yaml.SafeLoader))


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_a_call_that_probes_is_a_call_that_reads(exchange: str) -> None:
    facts = DATA[exchange]
    assert {one["call"] for one in facts.get("probes", ())} <= set(facts["reads"])
