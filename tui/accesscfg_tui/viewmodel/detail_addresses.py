"""The addresses of one key: one list of what is wanted and what is live, with where each comes from."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from accesscfg.model.desired import DesiredKey
from accesscfg.model.networks import Addresses, sorted_entries
from accesscfg.model.observed import Facet, Observed
from accesscfg.model.origins import Origin
from accesscfg.model.plan import KeyResult
from accesscfg.report.words import seen_value, value
from accesscfg_tui.viewmodel.detail_states import state_lines
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.viewmodel.looks import facet_of
from accesscfg_tui.viewmodel.scene import Scene

WORD = 8  # the cells of `both`, `wanted`, `live`


def wanted_entries(scene: Scene) -> frozenset[str] | None:
    """The addresses that are declared; None where the declaration has no list."""
    wanted = scene.key.whitelist
    return wanted.entries if isinstance(wanted, Addresses) else None


def live_entries(scene: Scene) -> frozenset[str] | None:
    """The addresses that are live; None where they were not wholly seen, or there is no list."""
    found = scene.facet(Facet.IP_WHITELIST)
    live = found.seen.value if found is not None and isinstance(found.seen, Observed) else None
    return live.entries if isinstance(live, Addresses) else None


def strangers(key: DesiredKey, result: KeyResult | None) -> frozenset[str]:
    """The live addresses of a key that no place in the workspace is known to have."""
    found = facet_of(result, Facet.IP_WHITELIST)
    live = found.seen.value if found is not None and isinstance(found.seen, Observed) else None
    if result is None or not isinstance(live, Addresses):
        return frozenset()
    wanted = key.whitelist.entries if isinstance(key.whitelist, Addresses) else frozenset()
    return frozenset(one for one in live.entries - wanted if not result.origins.get(one, Origin()).known)


def address_lines(scene: Scene, width: int) -> Iterator[Line]:
    """The section."""
    wanted, live = wanted_entries(scene), live_entries(scene)
    yield scene.heading("IP WHITELIST", _counts(wanted, live))
    every = sorted_entries((wanted or frozenset()) | (live or frozenset()))
    column = min(max(map(len, every), default=0) + 2, max(8, width - 4 - WORD))
    for entry in every:
        yield from _address(scene, entry, wanted, live, column, width)
    yield from _no_lists(scene, wanted, live, width)
    yield from state_lines(scene, Facet.IP_WHITELIST, width)
    yield line("")


def _counts(wanted: frozenset[str] | None, live: frozenset[str] | None) -> str:
    parts = [] if wanted is None else [f"want {len(wanted)}"]
    parts += [] if live is None else [f"live {len(live)}"]
    if wanted is not None and live is not None and wanted != live:
        parts.append(f"+{len(wanted - live)} -{len(live - wanted)}")
    return ", ".join(parts)


def _address(
    scene: Scene,
    entry: str,
    wanted: frozenset[str] | None,
    live: frozenset[str] | None,
    column: int,
    width: int,
) -> Iterator[Line]:
    sign, word, style = "  ", "both", ""
    if live is None:
        word, style = "wanted", "faint"
    elif entry not in live:
        sign, word, style = "+ ", "wanted", "good"
    elif wanted is None or entry not in wanted:
        sign, word, style = "- ", "live", "bad"
    source = _source(scene, entry, is_wanted=wanted is not None and entry in wanted)
    if len(entry) > column:  # an address of IPv6 in a narrow pane
        yield from wrapped(entry, width, first=f"  {sign}", style=style)
        yield from wrapped(f"{word}, {source}", width, first="      ", style="faint")
        return
    head = f"  {sign}{entry:<{column}}{word:<{WORD}}"
    if cell_len(head) + cell_len(source) <= width:
        yield line((head, style), (source, "faint"))
        return
    yield line((head.rstrip(), style))
    yield from wrapped(source, width, first="      ", style="faint")


def _source(scene: Scene, entry: str, *, is_wanted: bool) -> str:
    """Where an address comes from: a pool, the key's own list, another place that knows it, or nowhere."""
    pool = scene.key.origins.get(entry)
    known = _known_as(scene, entry)
    if pool:
        words = f"pool {pool}"
    elif is_wanted:
        words = f"its own list, {known}" if known else "its own list"
    elif known:
        words = f"not for this key, {known}"
    else:
        words = str(scene.departed.get(entry, "not declared"))
    return f"{words}, this machine" if entry in scene.runner else words


def _known_as(scene: Scene, entry: str) -> str:
    result = scene.look.result
    origin = Origin() if result is None else result.origins.get(entry, Origin())
    places = [str(place) for place in origin.known]
    if len(places) > 2:
        places = [*places[:2], f"{len(places) - 2} more"]
    return f"known as {', '.join(places)}" if places else ""


def _no_lists(
    scene: Scene, wanted: frozenset[str] | None, live: frozenset[str] | None, width: int
) -> Iterator[Line]:
    """What is wanted or live where it is no list."""
    key, found = scene.key, scene.facet(Facet.IP_WHITELIST)
    if wanted is None:
        words = value(Facet.IP_WHITELIST, key.whitelist, scene.words, key.exchange)
        yield from wrapped(f"wanted: {words}", width, first="  ", rest="    ")
    if found is not None and live is None:
        shown = seen_value(Facet.IP_WHITELIST, found.seen, scene.words, key.exchange)
        if shown:
            yield from wrapped(f"live: {shown}", width, first="  ", rest="    ")
