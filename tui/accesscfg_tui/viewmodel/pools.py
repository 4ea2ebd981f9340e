"""The IP pools: which keys use them, and on which of those each address is live."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from accesscfg.model.desired import DesiredKey, Pool
from accesscfg.model.edit import users_of
from accesscfg.model.networks import Addresses, Unrestricted, sorted_entries
from accesscfg.model.observed import Facet, Observed
from accesscfg.model.plan import FacetState
from accesscfg.report.words import count, listing
from accesscfg_tui.glyphs import FACES, Standing
from accesscfg_tui.viewmodel.board import Board
from accesscfg_tui.viewmodel.lines import Line, fit, line, wrapped
from accesscfg_tui.viewmodel.looks import Look, facet_of
from accesscfg_tui.viewmodel.rows import ListRow

_FEW = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """What this session saw of the list of one key that uses a pool: `live` is None where it was not seen."""

    key: DesiredKey
    live: frozenset[str] | None
    is_open: bool
    attested: bool

    def has(self, entry: str) -> bool:
        """Whether the key may be used from there, as far as was seen."""
        return self.is_open or (self.live is not None and entry in self.live)

    @property
    def is_known(self) -> bool:
        """Whether its list was seen."""
        return self.is_open or self.live is not None


@dataclass(frozen=True, slots=True)
class PoolView:
    """One pool with the keys that use it; `place` is where it is declared."""

    pool: Pool
    uses: tuple[Seen, ...]
    place: str

    def missing(self, entry: str) -> tuple[str, ...]:
        """The keys on which an address is missing, of those whose list was seen."""
        return tuple(str(one.key.path) for one in self.uses if one.is_known and not one.has(entry))

    @property
    def lacking(self) -> tuple[str, ...]:
        """The keys on which some address of the pool is missing."""
        entries = self.pool.entries
        return tuple(
            str(one.key.path)
            for one in self.uses
            if one.is_known and not all(one.has(entry) for entry in entries)
        )

    @property
    def unseen(self) -> tuple[Seen, ...]:
        """The keys whose list nobody has seen in this session, nor attested."""
        return tuple(one for one in self.uses if not one.is_known and not one.attested)

    @property
    def open(self) -> tuple[str, ...]:
        """The keys that may be used from anywhere, whatever they list."""
        return tuple(str(one.key.path) for one in self.uses if one.is_open)

    @property
    def standing(self) -> Standing:
        """How the pool stands on its keys, the worst first."""
        if self.lacking or self.open:
            return Standing.DRIFT
        if self.unseen:
            return Standing.UNOBSERVABLE
        if any(one.attested for one in self.uses):
            return Standing.ATTESTED
        return Standing.IN_SYNC if self.uses else Standing.NOT_READ


def pool_views(board: Board, places: Mapping[str, str]) -> list[PoolView]:
    """Every pool in the order of the files; `places` says where each is declared."""
    keys = [key for key in board.declaration.all_keys() if not key.absent]
    return [
        PoolView(
            pool, tuple(_seen(key, board.look(key)) for key in users_of(name, keys)), places.get(name, "")
        )
        for name, pool in board.declaration.pools.items()
    ]


def _seen(key: DesiredKey, look: Look) -> Seen:
    found = facet_of(look.result, Facet.IP_WHITELIST) if look.fresh else None
    value = found.seen.value if found is not None and isinstance(found.seen, Observed) else None
    return Seen(
        key,
        live=value.entries if isinstance(value, Addresses) else None,
        is_open=isinstance(value, Unrestricted),
        attested=found is not None and found.state is FacetState.ATTESTED,
    )


# -- rows ----------------------------------------------------------------------------------------------------------


def pool_rows(views: list[PoolView], width: int, *, ascii: bool) -> list[ListRow]:
    """A row a pool."""
    name_width = max(12, min(30, width - 37))
    return [
        ListRow(
            view.pool.name,
            line(
                " ",
                (fit(view.pool.name, name_width - 1) + " ", "strong"),
                fit(str(len(view.pool.entries)), 5),
                fit(count(len(view.uses), "key"), 9),
                *_state(view, max(8, width - name_width - 15), ascii=ascii),
            ),
            folds=view.pool.name,
        )
        for view in views
    ]


def pool_heads(width: int) -> str:
    """The heads of the columns."""
    name_width = max(12, min(30, width - 37))
    return " " + fit("POOL", name_width) + fit("IPS", 5) + fit("USED BY", 9) + "LIVE"


def _state(view: PoolView, width: int, *, ascii: bool) -> tuple[tuple[str, str], ...]:
    if not view.uses:
        return ((fit("unused", width), "faint"),)
    face = FACES[view.standing]
    words = {
        Standing.DRIFT: f"missing on {count(len(view.lacking), 'key')}"
        if view.lacking
        else f"open on {count(len(view.open), 'key')}",
        Standing.UNOBSERVABLE: f"not seen on {count(len(view.unseen), 'key')}",
        Standing.ATTESTED: "attested",
    }.get(view.standing, "on all keys")
    return ((fit(f"{face.ascii if ascii else face.glyph} {words}", width), face.style),)


def entry_rows(view: PoolView, width: int, *, ascii: bool) -> list[ListRow]:
    """A row an address with the keys that lack it below, then the keys that use the pool."""
    rows: list[ListRow] = []
    for entry in sorted_entries(view.pool.entries):
        rows += _entry_rows(view, entry, width, ascii=ascii)
    rows += [ListRow("gap", line("")), ListRow("used", line((" USED BY", "head")))]
    if not view.uses:
        rows.append(ListRow("unused", line(("  no key", "faint"))))
    for use in view.uses:
        rows.append(_use_row(view, use, width, ascii=ascii))
    return rows


def entry_of(row: ListRow | None) -> str | None:
    """The address that a row is about."""
    if row is None or not row.id.startswith("ip:"):
        return None
    return row.id.removeprefix("ip:").partition("#")[0]


def _entry_rows(view: PoolView, entry: str, width: int, *, ascii: bool) -> Iterator[ListRow]:
    missing, known = view.missing(entry), [one for one in view.uses if one.is_known]
    attested = [one for one in view.uses if one.attested and not one.is_known]
    if missing:
        one, words = Standing.DRIFT, f"missing on {len(missing)} of {len(known)}"
    elif view.open:
        one, words = Standing.DRIFT, f"on {len(known)} of {len(known)}, {len(view.open)} open to all"
    elif view.unseen:
        one = Standing.UNOBSERVABLE
        words = f"on {len(known)} of {len(known)} seen, {len(view.unseen)} not seen" if known else "not seen"
    elif attested and not known:
        one, words = Standing.ATTESTED, f"attested on {len(attested)}"
    else:
        one, words = Standing.IN_SYNC, f"on {len(view.uses)} of {len(view.uses)}"
    if not view.uses:
        one, words = Standing.NOT_READ, "used by no key"
    face = FACES[one]
    head = fit(f"  {entry}", max(19, min(30, width - 26)))
    yield ListRow(
        f"ip:{entry}",
        line(head, (f" {face.ascii if ascii else face.glyph} {words}", face.style)),
        folds=entry,
    )
    for path in missing[:_FEW]:
        yield ListRow(f"ip:{entry}#{path}", line((fit(f"      {path}", width), "faint")), folds=f"key:{path}")
    if len(missing) > _FEW:
        yield ListRow(f"ip:{entry}#", line((f"      and {len(missing) - _FEW} more", "faint")))


def _use_row(view: PoolView, use: Seen, width: int, *, ascii: bool) -> ListRow:
    lacks = [] if not use.is_known else [entry for entry in view.pool.entries if not use.has(entry)]
    if lacks:
        one, words = Standing.DRIFT, f"lacks {len(lacks)} of {len(view.pool.entries)}"
    elif use.is_open:
        one, words = Standing.DRIFT, "open to every address"
    elif use.is_known:
        one, words = Standing.IN_SYNC, "has them all"
    elif use.attested:
        one, words = Standing.ATTESTED, "attested"
    else:
        one, words = Standing.UNOBSERVABLE, "not seen"
    face = FACES[one]
    path = str(use.key.path)
    head = fit(f"  {path}", max(19, width - 24))
    return ListRow(
        f"key:{path}",
        line(head, (f" {face.ascii if ascii else face.glyph} {words}", face.style)),
        folds=f"key:{path}",
    )


def pool_head(view: PoolView, width: int) -> list[Line]:
    """What is to be known of the pool itself."""
    about = [count(len(view.pool.entries), "address", "addresses"), f"declared {view.place}"]
    lines = wrapped(", ".join(about), width, style="faint")
    if view.pool.allocated_to:
        lines += wrapped(f"only for {listing(view.pool.allocated_to)}", width, style="told")
    return lines


# -- copying -------------------------------------------------------------------------------------------------------

FORMATS: Mapping[str, str] = {
    "comma": "with commas: 203.0.113.1,203.0.113.2",
    "blank": "with blanks: 203.0.113.1 203.0.113.2",
    "lines": "one a line",
    "json": 'JSON: ["203.0.113.1", "203.0.113.2"]',
    "yaml": "YAML: - 203.0.113.1",
}


def in_format(entries: Collection[str], form: str) -> str:
    """The addresses in one of `FORMATS`."""
    ordered = sorted_entries(entries)
    match form:
        case "json":
            return json.dumps(ordered)
        case "yaml":
            return "\n".join(f'- "{one}"' if ":" in one else f"- {one}" for one in ordered)
        case _:
            return {"comma": ",", "blank": " "}.get(form, "\n").join(ordered)
