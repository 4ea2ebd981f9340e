"""The board's rows: accounts, sub-accounts and keys, filtered, sorted, folded. No terminal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from accesscfg.model.desired import Declaration, DesiredAccount, DesiredKey, DesiredSub
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, Whitelist
from accesscfg.model.observed import Facet
from accesscfg.model.plan import Lifecycle, Means
from accesscfg.model.profile import Profile
from accesscfg_tui.glyphs import FACES, WORST_FIRST, Face, Standing, worst
from accesscfg_tui.viewmodel.looks import CLOSED, NOT_READ, Counted, Look, age, counted, fix_word, in_order

Kind = Literal["account", "sub", "key"]
ProfileOf = Callable[[str], Profile | None]


class Quick(StrEnum):
    """The filters that one key press chooses."""

    ALL = "all"
    TROUBLE = "trouble"
    DRIFT = "drift"
    BY_HAND = "by hand"
    UNKNOWN = "unknown"
    EXPIRING = "expiring"
    MARKED = "marked"


class Order(StrEnum):
    """The orders of the rows."""

    FILE = "file order"
    TROUBLE = "trouble first"
    NAME = "by name"


@dataclass(frozen=True, slots=True)
class Row:
    """One line: `id` is the path of what it stands for, `key` the declared key of a key's row."""

    id: str
    kind: Kind
    depth: int
    name: str
    exchange: str
    key: DesiredKey | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a line and the name of its style; `width` is what it fills, cut or padded."""

    text: str
    style: str
    width: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board and its width."""

    name: str
    width: int


@dataclass(frozen=True, slots=True)
class Wait:
    """A call that waits for a limit of its exchange."""

    until: datetime
    why: str

    def left(self, now: datetime) -> float:
        """The seconds that are left."""
        return (self.until - now).total_seconds()

    def words(self, now: datetime) -> str:
        """How long it still waits, and why."""
        return f"waits {max(1, math.ceil(self.left(now)))} s ({self.why})"


@dataclass(slots=True)
class Board:
    """The rows of one declaration. Changed by the app only; rows are found by id, never by number."""

    declaration: Declaration
    profile_of: ProfileOf
    ascii: bool = False
    text: str = ""
    quick: Quick = Quick.ALL
    order: Order = Order.FILE
    folded: set[str] = field(default_factory=set)
    marked: set[str] = field(default_factory=set)
    looks: dict[str, Look] = field(default_factory=dict)
    reading: set[str] = field(default_factory=set)
    waiting: dict[str, Wait] = field(default_factory=dict)  # by account: what it waits for
    _groups: list[_Group] = field(default_factory=list)
    _haystacks: dict[str, str] = field(default_factory=dict)
    _keys_below: dict[str, tuple[DesiredKey, ...]] = field(default_factory=dict)
    _closed: set[str] = field(default_factory=set)  # the keys at exchanges that are no more

    def __post_init__(self) -> None:
        for account in self.declaration.accounts:
            self._groups += _groups_of(account)
            self._keys_below[account.name] = tuple(account.all_keys())
            for sub in account.subs:
                self._keys_below[f"{account.name}/{sub.name}"] = sub.keys
        for key in self.declaration.all_keys():
            path, profile = str(key.path), self.profile_of(key.exchange)
            self._haystacks[path] = _haystack(key, path, self._name(key.exchange))
            if profile is not None and profile.retired is not None:
                self._closed.add(path)

    def _name(self, exchange: str) -> str:
        profile = self.profile_of(exchange)
        return exchange if profile is None else profile.name

    def look(self, key: DesiredKey) -> Look:
        """How a key stands."""
        return self._look(str(key.path))

    def _look(self, path: str) -> Look:
        return CLOSED if path in self._closed else self.looks.get(path, NOT_READ)

    def standing(self, key: DesiredKey) -> Standing:
        """How a key stands, a reading under way included."""
        return Standing.READING if str(key.path) in self.reading else self.look(key).standing

    def standings(self) -> Counter[Counted]:
        """How many keys stand how. Called often, also with ten thousand of them."""
        counts = Counter(counted(self._look(path)) for path in self._haystacks.keys() - self.reading)
        if self.reading:
            counts[Standing.READING, False] += len(self.reading)
        return counts

    def counts(self, keys: Iterable[DesiredKey]) -> Counter[Counted]:
        """How many of some keys stand how."""
        return Counter(
            (Standing.READING, False) if str(key.path) in self.reading else counted(self.look(key))
            for key in keys
        )

    def keys_of(self, row: Row) -> tuple[DesiredKey, ...]:
        """The keys that a row stands for."""
        return (row.key,) if row.key is not None else self._keys_below.get(row.id, ())

    def rows(self) -> list[Row]:
        """The lines to show, in order."""
        groups = self._groups
        if self.order is Order.TROUBLE:
            worst_of = {
                name: min(map(self._rank, keys), default=99) for name, keys in self._keys_below.items()
            }
            place = {name: number for number, name in enumerate(self._keys_below)}

            def trouble(group: _Group) -> tuple[int, int, int]:
                account = group.account.name
                return worst_of[account], place[account], worst_of[group.id]

            groups = sorted(groups, key=trouble)
        elif self.order is Order.NAME:
            groups = sorted(groups, key=lambda group: group.id)
        return list(self._lines(groups))

    def _lines(self, groups: Iterable[_Group]) -> Iterator[Row]:
        shown_account = ""
        filtered = bool(self.text) or self.quick is not Quick.ALL
        passes = self._filter()
        for group in groups:
            keys = [row for row in group.rows if passes(row)] if filtered else group.rows
            if filtered and not keys:
                continue
            if group.account.name != shown_account:
                shown_account = group.account.name
                yield Row(group.account.name, "account", 0, group.account.name, group.account.exchange)
            if group.account.name in self.folded:
                continue
            if group.sub is not None:
                yield Row(group.id, "sub", 1, group.sub.name, group.account.exchange)
                if group.id in self.folded:
                    continue
            yield from self._ordered(keys)

    def _ordered(self, rows: Sequence[Row]) -> Iterable[Row]:
        if self.order is Order.TROUBLE:
            return sorted(rows, key=lambda row: WORST_FIRST.index(self._look(row.id).standing))
        if self.order is Order.NAME:
            return sorted(rows, key=lambda row: row.name)
        return rows

    def _rank(self, key: DesiredKey) -> int:
        return WORST_FIRST.index(self.look(key).standing)

    def _filter(self) -> Callable[[Row], bool]:
        """Whether a key's row is shown. Asked of ten thousand rows for every key that is typed."""
        wanted = self.text.casefold()
        inverted = wanted.startswith("!")
        words = wanted.removeprefix("!").split()
        every = self.quick is Quick.ALL

        def passes(row: Row) -> bool:
            look = self._look(row.id)
            if not (every or self._passes_quick(row, look)):
                return False
            if not words:
                return True
            hay = self._haystacks[row.id]
            word = look.word
            for part in words:
                if part not in hay and part not in word:
                    return inverted
            return not inverted

        return passes

    def _passes_quick(self, row: Row, look: Look) -> bool:
        match self.quick:
            case Quick.ALL:
                return True
            case Quick.TROUBLE:
                return look.is_trouble
            case Quick.DRIFT:
                return look.standing is Standing.DRIFT
            case Quick.BY_HAND:
                attests = row.key is not None and fix_word(look, row.key) == "attest"
                return Means.MANUAL in look.means or attests
            case Quick.UNKNOWN:
                return look.standing in (Standing.UNKNOWN, Standing.NO_ANSWER, Standing.NOT_READ)
            case Quick.EXPIRING:
                return look.lifecycle not in (None, Lifecycle.OK)
            case Quick.MARKED:
                return row.id in self.marked

    # -- what a line says ----------------------------------------------------------------------------------------

    def cells(self, row: Row, columns: tuple[Column, ...], now: datetime) -> list[Cell]:
        """One line, a cell for each column."""
        if row.key is None:
            return self._group_cells(row, columns)
        texts = self._key_texts(row, row.key, now)
        return [
            Cell(texts.get(column.name, ("", ""))[0], texts.get(column.name, ("", ""))[1], column.width)
            for column in columns
        ]

    def _group_cells(self, row: Row, columns: tuple[Column, ...]) -> list[Cell]:
        """A group has no addresses, fix or age: what it counts may run on over those columns."""
        texts, widths = self._group_texts(row), {column.name: column.width for column in columns}
        rest = sum(widths.values()) - widths["key"]
        counts = texts["status"][0]
        before = widths.get("status", 0) + widths.get("facets", 0)
        status = min(rest, max(before, len(counts) + 2))
        return [
            Cell(*texts["key"], widths["key"]),
            Cell(*texts["status"], status),
            Cell(*texts["permissions"], rest - status),
        ]

    def face(self, look: Standing) -> Face:
        """What a standing looks like."""
        return FACES[look]

    def _glyph(self, one: Standing) -> str:
        return FACES[one].ascii if self.ascii else FACES[one].glyph

    def _key_texts(self, row: Row, key: DesiredKey, now: datetime) -> dict[str, tuple[str, str]]:
        look, now_standing = self.look(key), self.standing(key)
        face = FACES[now_standing]
        word = face.word if now_standing is Standing.READING else look.word
        life = "" if look.lifecycle in (None, Lifecycle.OK) else f" {look.lifecycle.value}"
        style = face.style if look.fresh or now_standing is Standing.READING else "faint"
        mark = self.mark_of(row)
        return {
            "key": (f"{'  ' * row.depth}{mark} {row.name}", ""),
            "status": (f"{self._glyph(now_standing)} {word}{life}", style),
            "facets": (self._facets(look), style),
            "permissions": (" ".join(_rights(key)), ""),
            "ips": (_addresses(key.whitelist, ascii=self.ascii), ""),
            "fix": (fix_word(look, key), style if look.changes else "faint"),
            "used by": (key.used_by or "", "faint"),
            "age": (age(look.at, now), "faint"),
        }

    def mark_of(self, row: Row) -> str:
        """The sign of a marked row."""
        if row.id not in self.marked:
            return " "
        return "*" if self.ascii else "●"

    def _facets(self, look: Look) -> str:
        """One glyph a facet, in the order presence, label, permissions, IP whitelist, expiry, enabled."""
        return "".join(self._glyph(look.facets[facet]) if facet in look.facets else " " for facet in Facet)

    def _group_texts(self, row: Row) -> dict[str, tuple[str, str]]:
        keys = self.keys_of(row)
        counts = self.counts(keys)
        fold = ("+" if self.ascii else "▸") if row.id in self.folded else ("-" if self.ascii else "▾")
        told = [one for one in in_order(counts) if one[0] not in CALM_ROWS]
        parts = [f"{self._glyph(one)} {number} {word}" for one, number, word in told]
        waits = self.waiting.get(row.id)
        if waits:
            parts = [waits.words(datetime.now(UTC)), *parts]
        now = frozenset(one for one, is_old in counts if not is_old)
        if now.difference(CALM_ROWS):
            style = FACES[worst(now)].style
        elif waits:
            style = "busy"
        else:  # what is from an earlier session is told in paler colours
            style = "good" if Standing.IN_SYNC in now and not told else "faint"
        name = f"{'  ' * row.depth}{fold} {row.name}"
        total = f"{len(keys)} key" + ("" if len(keys) == 1 else "s")
        return {
            "key": (name, "strong"),
            "status": (", ".join(parts) or total, style),
            "permissions": (self._name(row.exchange) if row.kind == "account" else "sub-account", "faint"),
        }


CALM_ROWS = (Standing.IN_SYNC, Standing.ATTESTED, Standing.CLOSED, Standing.NOT_READ)


@dataclass(frozen=True, slots=True)
class _Group:
    """The keys of an account itself, or of one of its sub-accounts."""

    id: str
    account: DesiredAccount
    sub: DesiredSub | None
    rows: tuple[Row, ...]


def _groups_of(account: DesiredAccount) -> Iterator[_Group]:
    yield _Group(account.name, account, None, _rows_of(account.keys, 1))
    for sub in account.subs:
        yield _Group(f"{account.name}/{sub.name}", account, sub, _rows_of(sub.keys, 2))


def _rows_of(keys: Iterable[DesiredKey], depth: int) -> tuple[Row, ...]:
    return tuple(Row(str(key.path), "key", depth, key.path.key, key.exchange, key) for key in keys)


def _haystack(key: DesiredKey, path: str, exchange: str) -> str:
    words = (
        path,
        exchange,
        key.exchange,
        key.used_by or "",
        key.label or "",
        *key.declared_permissions,
    )
    return " ".join(words).casefold()


def _rights(key: DesiredKey) -> Iterable[str]:
    return ("absent",) if key.absent else key.declared_permissions


def _addresses(whitelist: Whitelist, *, ascii: bool) -> str:
    match whitelist:
        case Unrestricted():
            return "open!" if ascii else "open ⚠"
        case AppBound(app):
            return f"app {app}"
        case Addresses(entries):
            return str(len(entries))


# the columns from left to right with their widths, and the order in which they give way, the last one first
_WIDTHS = {
    "key": 21,
    "status": 16,
    "facets": 8,
    "permissions": 20,
    "ips": 7,
    "fix": 8,
    "used by": 13,
    "age": 5,
}
LONGEST_STATUS = len("○ was unobservable") + 1
_IMPORTANCE = ("key", "status", "permissions", "fix", "ips", "age", "used by", "facets")


def columns(width: int) -> tuple[Column, ...]:
    """The columns that fit; what is left over goes to the status, the first one and the permissions."""
    chosen: set[str] = set()
    room = width
    for name in _IMPORTANCE:
        if _WIDTHS[name] <= room or not chosen:
            chosen.add(name)
            room -= _WIDTHS[name]
    longest = min(max(0, room), LONGEST_STATUS - _WIDTHS["status"])
    spare = max(0, room - longest)
    grown = (
        {"key": spare - spare // 3, "permissions": spare // 3} if "permissions" in chosen else {"key": spare}
    )
    grown["status"] = longest
    return tuple(Column(name, size + grown.get(name, 0)) for name, size in _WIDTHS.items() if name in chosen)
