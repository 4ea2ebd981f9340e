"""What is told of an exchange comes from its profile."""

from __future__ import annotations

import json

from accesscfg.report.providers import profile_to_json, provider_to_text, providers_to_text
from tests.report.plans import NORTH


def test_the_table_says_what_is_shown_and_how_it_is_changed() -> None:
    header, row, *_ = providers_to_text([NORTH]).splitlines()
    assert header.split("  ")[0] == "exchange"
    assert " ".join(row.split()) == "north shown, on the website - shown, by API flag only, by API"


def test_a_narrow_terminal_gets_the_columns_below_each_other() -> None:
    text = providers_to_text([NORTH], width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert text.startswith("north\n  permissions        shown, on the website\n  IP whitelist       -\n")


def test_one_exchange_is_told_in_full() -> None:
    text = provider_to_text(NORTH)
    for part in (
        "North  north, checked 2026-11-01",
        "permissions   shown, on the website (main keys are changed on the website)",
        "addresses     at most 30, no networks, no IPv6",
        "written by    a managing key",
        "- Trade All (canTrade): margin, options; keys of the account on the website; keys of",
        "- Badges (canBadge): declared as native: only;",
        "whether a key ends by itself",
        "north's documents, 2026-11-01",
        "https://north.example/keys",
    ):
        assert part in text


def test_as_json_every_field_is_there() -> None:
    document = json.loads(json.dumps(profile_to_json(NORTH)))
    assert document["permissions"][5]["gives"] == ["margin", "options"]
    assert document["facets"]["sub"]["ip_whitelist"] == {"read": "flag", "write": "api", "why": None}
    assert document["reads"] == ["GET /key"]
    assert document["credential_kinds"] == ["hmac"]
