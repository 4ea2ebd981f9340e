"""How facets stand, how each is known, and who has vouched for what cannot be seen."""

from __future__ import annotations

from collections.abc import Iterator

from accesscfg.model.attestation import Statement
from accesscfg.model.observed import Facet, Partly, Probed
from accesscfg.model.plan import FacetState
from accesscfg.report.words import FACETS, seen_value, value
from accesscfg_tui.glyphs import FACES, standing
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.viewmodel.looks import age
from accesscfg_tui.viewmodel.scene import Scene

OWN_SECTIONS = (Facet.PERMISSIONS, Facet.IP_WHITELIST)


def state_lines(scene: Scene, facet: Facet, width: int) -> Iterator[Line]:
    """How one facet stands and how that is known."""
    found = scene.facet(facet)
    if found is None:
        yield from wrapped(scene.known(found), width, first="  ", style="faint")
        return
    look = standing(found.state)
    head = f"  {scene.glyph(look)} {FACES[look].word}"
    known = scene.known(found)
    reasons = [known] if known == found.why or not found.why else [known, found.why]
    if found.state is FacetState.DRIFT and isinstance(found.seen, Partly | Probed):
        reasons = ["what is seen of it differs", *reasons]
    first, *more = wrapped("; ".join(reasons), width, first=f"{head}: ", rest="    ", style="faint")
    yield line((head, FACES[look].style), (": ", "faint"), first.pieces[-1])
    yield from more
    if found.attestation is not None:
        yield from attested_lines(scene, found.attestation, width)


def attested_lines(scene: Scene, stated: Statement, width: int) -> Iterator[Line]:
    """Who has vouched for a facet, when, for how long, and with which words."""
    ago = age(stated.at, scene.now)
    when = "just now" if ago == "now" else f"{ago} ago"
    until = "" if stated.until is None else f", counts until {stated.until:%Y-%m-%d}"
    yield from wrapped(
        f"attested by {stated.by} {when} ({stated.at:%Y-%m-%d}){until}",
        width,
        first="    ",
        style="told",
    )
    if stated.note:
        yield from wrapped(f"“{stated.note}”", width, first="    ", style="faint")


def other_lines(scene: Scene, width: int) -> Iterator[Line]:
    """The facets that have no section of their own."""
    result = scene.look.result
    rest = [] if result is None else [one for one in result.facets if one.facet not in OWN_SECTIONS]
    if not rest:
        return
    yield scene.heading("FACETS")
    exchange = scene.key.exchange
    for one in rest:
        look = standing(one.state)
        wanted = value(one.facet, one.wanted, scene.words, exchange)
        shown = seen_value(one.facet, one.seen, scene.words, exchange)
        says = f"{wanted}, live {shown}" if shown and shown != wanted else wanted
        says += "" if shown else f" ({scene.known(one)})"
        state = f"{scene.glyph(look)} {FACES[look].word:<13}"
        first, *more = wrapped(
            says, width, first=f"  {FACETS[one.facet]:<10}{state}", rest=" " * 12, style="faint"
        )
        yield line((f"  {FACETS[one.facet]:<10}", ""), (state, FACES[look].style), first.pieces[-1])
        yield from more
        if one.attestation is not None:
            yield from attested_lines(scene, one.attestation, width)
    yield line("")
