"""Small workspaces and exchanges made for the tests of reading them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from accesscfg.config import load
from accesscfg.model.desired import Declaration, DesiredKey, Scope
from accesscfg.model.errors import InvalidDeclaration
from accesscfg.model.findings import Finding, Mark
from accesscfg.model.observed import Facet
from accesscfg.model.profile import Endpoint, FacetRule, IpRules, Permission, Profile, WriteRule
from tests.support import build

PLACE = "§"


def native(
    name: str, gives: Iterable[str], scopes: Iterable[Scope] = ("own", "sub"), **more: object
) -> Permission:
    """One native permission."""
    made = build.permission(name, gives)
    return replace(made, scopes=frozenset(scopes), **more)  # type: ignore[arg-type]


TOY = replace(
    build.profile(most=4),
    endpoints={
        "production": Endpoint("production", "https://toy.example"),
        "eu": Endpoint("eu", "https://eu.toy.example"),
    },
    permissions=(
        native("query", ["read"], always=True),
        native("orders", ["spot", "margin"]),
        native("perps", ["futures"]),
        native("perps2", ["futures"], comes_with=frozenset({"perps"})),
        native("move", ["transfer"], implies=frozenset({"subaccounts"})),
        native("payout", ["withdraw"], ["own"]),
        native("odd", []),
    ),
    writes={"sub": WriteRule(True, frozenset({"manager"}), frozenset({"move"}), frozenset({"orders"}), True)},
    sub_id_form=r"[0-9]{4}",
    sub_id_what="four digits",
    facets=dict.fromkeys(("own", "sub"), dict.fromkeys(Facet, FacetRule("full", "manual"))),
)
# an exchange that takes single IPv4 addresses only, whose trade right is wider than `trade`, and whose keys neither
# expire nor can be switched off
PLAIN = replace(
    TOY,
    exchange="plain",
    name="Plain",
    permissions=(
        native("read", ["read"]),
        native("trade", ["spot", "margin", "futures", "options", "transfer"]),
        native("admin", ["subaccounts"], ["own"]),
    ),
    facets=build.profile().facets,
    ip_rules=dict.fromkeys(("own", "sub"), IpRules(most=None, networks=False, ipv6=False, entry=("comma",))),
    writes={
        "own": WriteRule(False, frozenset({"manager"})),
        "sub": WriteRule(False, frozenset({"manager"})),
    },
)
GONE = replace(TOY, exchange="gone", name="Gone", retired="closed for good in December 2023")


class Exchanges:
    """The exchanges of these tests, as a source of profiles."""

    def __init__(self, *profiles: Profile) -> None:
        self._profiles = {profile.exchange: profile for profile in profiles or (TOY, PLAIN, GONE)}

    def names(self) -> Collection[str]:
        return self._profiles.keys()

    def get(self, name: str) -> Profile | None:
        return self._profiles.get(name)


EXCHANGES = Exchanges()


def write(folder: Path, text: str, files: Mapping[str, str] | None = None) -> Path:
    """A workspace in the folder; the path of its file."""
    for name, content in {**(files or {}), "exchanges.yaml": text}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    return folder / "exchanges.yaml"


def declaration(
    folder: Path, text: str, files: Mapping[str, str] | None = None, *, sandbox: bool = True
) -> Declaration:
    """The declaration of a workspace that is valid."""
    try:
        return load(write(folder, text, files), EXCHANGES, sandbox=sandbox)
    except InvalidDeclaration as error:
        raise AssertionError("\n".join(str(finding) for finding in error.findings)) from error


def findings(
    folder: Path, text: str, files: Mapping[str, str] | None = None, *, sandbox: bool = True
) -> tuple[Finding, ...]:
    """Every finding of a workspace, valid or not."""
    try:
        return load(write(folder, text, files), EXCHANGES, sandbox=sandbox).warnings
    except InvalidDeclaration as error:
        return error.findings


def unmarked(text: str, file: str = "exchanges.yaml") -> tuple[str, list[Mark]]:
    """The text without its `§`, and the places where they stood."""
    places = []
    while PLACE in text:
        before, _, after = text.partition(PLACE)
        lines = before.split("\n")
        places.append(Mark(file, len(lines), len(lines[-1]) + 1))
        text = before + after
    return text, places


def one_key(declared: Declaration) -> DesiredKey:
    """The only key."""
    (key,) = declared.all_keys()
    return key


def account(body: str, exchange: str = "toy") -> str:
    """A workspace of one account; `body` is what stands in it, indented by nothing."""
    return f"version: 1\nexchanges:\n  main:\n    exchange: {exchange}\n" + indented(body, 4)


def key(body: str, exchange: str = "toy") -> str:
    """A workspace of one key, `main/bot`; `body` is what stands in it, indented by nothing."""
    return account("keys:\n  bot:\n" + indented(body, 4), exchange)


def indented(text: str, by: int) -> str:
    """Each line further to the right."""
    return "".join(f"{' ' * by}{line}\n" if line else "\n" for line in text.strip("\n").split("\n"))


Expected = tuple[str, ...]


def check(
    folder: Path,
    text: str,
    *expected: Expected,
    files: Mapping[str, str] | None = None,
    sandbox: bool = True,
) -> None:
    """The workspace has exactly these findings, one at each `§` in the order of the text.

    Each is its code (after a `~` for a warning), then words that its message or its hint has to hold.
    """
    text, places = unmarked(text, str(folder / "exchanges.yaml"))
    found = findings(folder, text, files, sandbox=sandbox)
    said = "\n".join(str(finding) for finding in found)
    codes = [("~" if finding.severity == "warning" else "") + finding.code for finding in found]
    assert list(zip(codes, [finding.where for finding in found], strict=True)) == list(
        zip([one[0] for one in expected], places, strict=True)
    ), said
    for finding, (_, *words) in zip(found, expected, strict=True):
        for word in words:
            assert word in f"{finding.message} {finding.hint}", said
