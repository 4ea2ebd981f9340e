"""What the detail of one key is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from accesscfg.model.departure import Departure
from accesscfg.model.desired import DesiredKey
from accesscfg.model.history import Record
from accesscfg.model.observed import Facet, Observed, Partly, Probed, Unknown, Unobservable
from accesscfg.model.plan import FacetResult, Refusal
from accesscfg.model.profile import Profile
from accesscfg.report.words import Words
from accesscfg_tui.glyphs import FACES, Standing
from accesscfg_tui.viewmodel.lines import Line, line
from accesscfg_tui.viewmodel.looks import Look, age, facet_of


@dataclass(frozen=True, slots=True)
class Scene:
    """One key as it is declared and as it is known.

    `place` is where it is declared, relative to the workspace; `source` the lines there; `runner` the addresses that
    calls from here are seen from; `records` what the audit trail tells of it, the newest first; `departed` when
    addresses that are live and declared nowhere left the declaration, as far as that is known.
    """

    key: DesiredKey
    look: Look
    profile: Profile | None
    words: Words
    runner: frozenset[str]
    now: datetime
    place: str = ""
    ascii: bool = False
    refusals: tuple[Refusal, ...] = ()
    records: tuple[Record, ...] = ()
    source: tuple[tuple[int, str], ...] = ()
    departed: Mapping[str, Departure] = field(default_factory=dict)

    def glyph(self, one: Standing) -> str:
        """The glyph of a standing."""
        return FACES[one].ascii if self.ascii else FACES[one].glyph

    def facet(self, facet: Facet) -> FacetResult | None:
        """The result of one facet, where the key was read in this session."""
        return facet_of(self.look.result, facet)

    @property
    def ago(self) -> str:
        """How long ago it was read."""
        word = age(self.look.at, self.now)
        return "just now" if word == "now" else f"{word} ago"

    def known(self, found: FacetResult | None) -> str:
        """How a facet is known."""
        if found is None:
            return "not read yet" if self.look.at is None else "not read in this session: r reads it"
        match found.seen:
            case Observed():
                return "read from the exchange"
            case Partly(_, why) | Probed(_, _, why) | Unobservable(why) | Unknown(why):
                return why

    def heading(self, title: str, rest: str = "") -> Line:
        """The first line of a section."""
        return line((title, "head"), (f"  {rest}" if rest else "", "faint"))
