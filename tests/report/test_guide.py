"""A guide for a person at a terminal, for a ticket, and for a program."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import jsonschema
import pytest

from accesscfg.guides import verify
from accesscfg.model.guide import Guide, Verdict
from accesscfg.model.networks import Unrestricted
from accesscfg.model.observed import KeyReading, Unknown, Unobservable
from accesscfg.report import Words
from accesscfg.report.guide_document import guide_to_json
from accesscfg.report.guide_markdown import guide_to_markdown, verification_to_markdown
from accesscfg.report.guide_text import guide_to_text, verification_to_text
from accesscfg.resources import schema_path
from tests.guides.toy import guide, ips, result, seen, toy
from tests.support.build import NOW, desired

VALID = jsonschema.Draft202012Validator(json.loads(schema_path("guide").read_text()))
WORDS = Words(lambda _: toy())


def changing() -> Guide:
    """A right and two addresses too few, a right too many."""
    key = desired("main/bot", ["read", "spot"], ips("1", "2", "3"), origins={"198.51.100.2": "cluster"})
    return guide(key, seen(["read", "withdraw"], ips("1")))


def hidden() -> Guide:
    return guide(
        desired("main/bot", ["read"], ips("1")), seen(Unobservable("not shown"), Unobservable("not shown"))
    )


def test_the_text_for_a_terminal() -> None:
    assert (
        guide_to_text(changing())
        == """\
Guide for main/bot on the website of Toy
To do: change what differs
Page:  https://toy.example/keys

7 steps
  1 [ ] Open https://toy.example/keys
  2 [ ] Press Edit.
  3 [ ] Untick "Withdraw" (withdraw).
  4 [ ] Paste all 3 addresses, commas between them, in place of the list that is
        there.

198.51.100.1,198.51.100.2,198.51.100.3

  5 [ ] Tick "Spot" (spot).
  6 [ ] Look over the whole list: ticked are "Read" (read), "Spot" (spot), and
        nothing else.
  7 [ ] Press Save.

To tick one off: accesscfg guide main/bot --tick NUMBER

The whole state afterwards
  [x] Read (read)  -- is on
  [x] Spot (spot)  -- is off
  [ ] Futures (futures)
  [ ] Options (options)
  [ ] Transfer (transfer)
  [ ] Withdraw (withdraw)  -- is ON
  [ ] Extra (extra)
  IP whitelist: 3 addresses
      198.51.100.1 (is there)
      198.51.100.2 (pool cluster, is missing)
      198.51.100.3 (is missing)

Afterwards
  - accesscfg guide main/bot --verify
  - accesscfg then looks itself at: permissions, IP whitelist
"""
    )


def test_what_is_to_be_copied_stands_alone_from_the_first_column_and_all_else_fits_80() -> None:
    key = desired("main/bot", ["read"], ips(*map(str, range(1, 120))))
    lines = guide_to_text(guide(key, seen(["read"], Unrestricted())), width=200).splitlines()
    pasted = [line for line in lines if line.startswith("198.51.100.1,")]
    assert pasted == [",".join(f"198.51.100.{n}" for n in range(1, 120))]
    assert max(len(line) for line in lines if line not in pasted) <= 80


@pytest.mark.parametrize("render", [guide_to_text, guide_to_markdown])
def test_what_an_exchange_sent_does_nothing_to_a_terminal(render: object) -> None:
    evil = replace(changing(), notes=("\x1b]0;owned\x07\x1b[2Jnice",), name='"\x9b31m"')
    text = render(evil)  # type: ignore[operator]
    assert "nice" in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)


def test_ticks_are_shown_with_their_time() -> None:
    made = changing()
    text = guide_to_text(made.ticked({made.steps[0].id: NOW}))
    assert "1 of 7 steps ticked off" in text
    assert "1 [x] Open https://toy.example/keys  (ticked 2026-11-21 12:00 UTC)" in text.replace(
        "\n        ", " "
    )


def test_the_json_is_as_the_schema_says_whatever_the_guide() -> None:
    for made in (changing(), hidden(), changing().ticked({changing().steps[0].id: NOW})):
        document = json.loads(json.dumps(guide_to_json(made)))
        assert list(VALID.iter_errors(document)) == []


@pytest.mark.parametrize(
    ("reading", "verdict", "said"),
    [
        (seen(["read"], ips("1")), Verdict.VERIFIED, "verified: main/bot: the key is as declared"),
        (
            seen(["read", "spot"], ips("1")),
            Verdict.DIFFERENT,
            "declared Read (read); live Read (read), Spot (spot)",
        ),
        (
            seen(["read"], Unobservable("not shown")),
            Verdict.ATTEST,
            "next: accesscfg attest main/bot --facet ip_whitelist --by YOUR-NAME",
        ),
        (
            seen(["read"], Unobservable("not shown")),
            Verdict.ATTEST,
            "attest: main/bot: what can be seen is as declared, the rest has to be attested",
        ),
        (
            KeyReading(dict.fromkeys(seen([], ips("1")).facets, Unobservable("not shown"))),
            Verdict.ATTEST,
            "attest: main/bot: nothing of it can be seen from here",
        ),
        (seen(["read"], Unknown("no connection")), Verdict.UNKNOWN, "IP whitelist: no connection"),
        (seen(["read", "spot"], Unknown("no connection")), Verdict.UNKNOWN, "IP whitelist: no connection"),
    ],
)
def test_the_verdict_says_what_differs_and_what_comes_next(
    reading: KeyReading, verdict: Verdict, said: str
) -> None:
    key = desired("main/bot", ["read"], ips("1"))
    verification = verify(result(key, reading), guide(key, reading))
    assert verification.verdict is verdict
    assert said in verification_to_text(verification, WORDS)
    assert "main/bot" in verification_to_markdown(verification, WORDS)
    assert list(VALID.iter_errors(guide_to_json(verification.guide, verification))) == []
