"""One key in full: what is wanted beside what is live, how each is known, and what would be done about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from accesscfg.model.desired import DesiredKey
from accesscfg.model.networks import Addresses, sorted_entries
from accesscfg.model.observed import Facet, Observed, Partly, Probed, Unknown, Unobservable
from accesscfg.model.plan import FacetResult
from accesscfg.model.profile import Profile
from accesscfg.report.words import FACETS, Words, seen_value, value
from accesscfg_tui.glyphs import FACES, Standing, standing
from accesscfg_tui.viewmodel.lines import Line, line
from accesscfg_tui.viewmodel.looks import Look, age, facet_of

__all__ = ["Line", "Scene", "detail", "line"]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a key's detail is made from."""

    key: DesiredKey
    look: Look
    profile: Profile | None
    words: Words
    runner: frozenset[str]
    now: datetime
    ascii: bool = False

    def glyph(self, one: Standing) -> str:
        """The glyph of a standing."""
        return FACES[one].ascii if self.ascii else FACES[one].glyph


def detail(scene: Scene) -> list[Line]:
    """Every line, for a pane or a screen of its own."""
    return [
        *_head(scene),
        *_rights(scene),
        *_addresses(scene),
        *_others(scene),
        *_notes(scene),
    ]


def _head(scene: Scene) -> Iterator[Line]:
    key, look = scene.key, scene.look
    face = FACES[look.standing]
    seen = look.word if look.at is None else f"{look.word}, read {_ago(look.at, scene.now)}"
    yield line((str(key.path), "strong"), "  ", (f"{scene.glyph(look.standing)} {seen}", face.style))
    about = [scene.words.name(key.exchange), f"declared {key.where}"]
    about += [f"used by {key.used_by}"] if key.used_by else []
    about += [] if key.held else ["secret not held here"]
    yield line((", ".join(about), "faint"))
    if look.result is not None and look.result.lifecycle is not None and look.result.lifecycle.why:
        life = look.result.lifecycle
        yield line((f"{life.word}: {life.why}", "faint" if life.word == "ok" else "warn"))
    yield line("")


def _ago(at: datetime, now: datetime) -> str:
    word = age(at, now)
    return "just now" if word == "now" else f"{word} ago"


def _known(found: FacetResult | None, look: Look) -> str:
    """How a facet is known."""
    if found is None:
        return "not read yet" if look.at is None else "not read in this session"
    match found.seen:
        case Observed():
            return "read from the exchange"
        case Partly(_, why) | Probed(_, _, why) | Unobservable(why) | Unknown(why):
            return why


def _rights(scene: Scene) -> Iterator[Line]:
    found = facet_of(scene.look.result, Facet.PERMISSIONS)
    live = found.seen.value if found is not None and isinstance(found.seen, Observed) else None
    here = live if isinstance(live, frozenset) else None
    probed = found.seen if found is not None and isinstance(found.seen, Probed) else None
    yield line(("PERMISSIONS".ljust(34) + "WANT  LIVE", "head"))
    natives = sorted({*scene.key.permissions, *(here or ()), *(probed.present if probed else ())})
    for native in natives:
        wanted = native in scene.key.permissions
        is_live = native in here if here is not None else _from_probe(native, probed)
        yield _right(scene, native, wanted=wanted, live=is_live)
    yield line((f"  {_known(found, scene.look)}", "faint"))
    yield line("")


def _from_probe(native: str, probed: Probed | None) -> bool | None:
    if probed is None or native not in probed.present | probed.absent:
        return None
    return native in probed.present


def _right(scene: Scene, native: str, *, wanted: bool, live: bool | None) -> Line:
    label = scene.words.right(scene.key.exchange, native)
    yes, no = ("x", "-") if scene.ascii else ("✓", "–")
    signs = yes if wanted else no, {True: yes, False: no, None: "?"}[live]
    style = "faint" if live is None else "good" if live is wanted else "bad"
    gives = ""
    entry = None if scene.profile is None else scene.profile.permission(native, scene.key.scope)
    if entry is not None and entry.reach:
        gives = f"  {', '.join(sorted(entry.reach))}"
    return line(f"  {label[:30]:<32}", (f"{signs[0]:<6}{signs[1]:<5}", style), (gives, "faint"))


def _addresses(scene: Scene) -> Iterator[Line]:
    found = facet_of(scene.look.result, Facet.IP_WHITELIST)
    wanted = scene.key.whitelist
    live = found.seen.value if found is not None and isinstance(found.seen, Observed) else None
    yield line(("IP WHITELIST", "head"))
    if isinstance(wanted, Addresses):
        here = live.entries if isinstance(live, Addresses) else None
        for entry in sorted_entries(wanted.entries | (here or frozenset())):
            yield _address(scene, entry, wanted.entries, here)
    else:
        yield line(f"  wanted: {value(Facet.IP_WHITELIST, wanted, scene.words, scene.key.exchange)}")
    if found is not None and not (isinstance(live, Addresses) and isinstance(wanted, Addresses)):
        shown = seen_value(Facet.IP_WHITELIST, found.seen, scene.words, scene.key.exchange)
        if shown:
            yield line(f"  live: {shown}")
    yield line((f"  {_known(found, scene.look)}", "faint"))
    yield line("")


def _address(scene: Scene, entry: str, wanted: frozenset[str], live: frozenset[str] | None) -> Line:
    """One address of the merged list, with where it comes from."""
    sign, word, style = "  ", "both", ""
    if live is None:
        word, style = "wanted", "faint"
    elif entry not in live:
        sign, word, style = "+ ", "wanted", "good"
    elif entry not in wanted:
        sign, word, style = "- ", "live", "bad"
    pool = scene.key.origins.get(entry)
    source = f"pool {pool}" if pool else "its own list" if entry in wanted else "not declared"
    here = "  this machine" if entry in scene.runner else ""
    return line((f"  {sign}{entry:<24}{word:<8}", style), (f"{source}{here}", "faint"))


def _others(scene: Scene) -> Iterator[Line]:
    """The facets that fit on a line each."""
    result = scene.look.result
    rest = [] if result is None else [one for one in result.facets if one.facet not in _OWN_SECTIONS]
    for one in rest:
        look = standing(one.state)
        wanted = value(one.facet, one.wanted, scene.words, scene.key.exchange)
        shown = seen_value(one.facet, one.seen, scene.words, scene.key.exchange)
        differs = f", live {shown}" if shown and shown != wanted else ""
        yield line(
            f"  {FACETS[one.facet]:<14}",
            (f"{scene.glyph(look)} {FACES[look].word:<13}", FACES[look].style),
            (f"{wanted}{differs}", "faint"),
        )
    if rest:
        yield line("")


_OWN_SECTIONS = (Facet.PERMISSIONS, Facet.IP_WHITELIST)


def _notes(scene: Scene) -> Iterator[Line]:
    for note in scene.look.result.notes if scene.look.result is not None else ():
        yield line((f"note: {note}", "faint"))
