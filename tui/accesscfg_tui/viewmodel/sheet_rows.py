"""A plan under review as rows: each key with its changes, then what needs nothing, what could not be seen, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from accesscfg.model.findings import Finding, Mark
from accesscfg.model.networks import Addresses, sorted_entries
from accesscfg.model.observed import Facet
from accesscfg.model.plan import Change, Direction, FacetState, KeyResult, Means, Plan, Refusal
from accesscfg.report.origins import staying
from accesscfg.report.text import lifecycle_lines, notes_of, state_groups
from accesscfg.report.words import (
    FACETS,
    MEANS,
    SIGNS,
    change_detail,
    count,
    listing,
    value,
)
from accesscfg_tui.glyphs import FACES, standing
from accesscfg_tui.viewmodel.blast import settled_keys, unread_keys
from accesscfg_tui.viewmodel.lines import Line, cut, line, wrapped
from accesscfg_tui.viewmodel.rows import ListRow
from accesscfg_tui.viewmodel.sheet import Sheet

DIRECTIONS = {Direction.GRANTS: "warn", Direction.REVOKES: "good", Direction.NEUTRAL: ""}
"""The styles of what a change does: what gives access is meant to catch the eye."""


def sheet_rows(sheet: Sheet, width: int) -> list[ListRow]:
    """Every row that is unfolded."""
    return [row for rows in sheet_blocks(sheet, width) for row in rows]


def sheet_blocks(sheet: Sheet, width: int) -> Iterator[Sequence[ListRow]]:
    """The same, piece by piece: what is not looked at yet need not be made yet."""
    plan, index = sheet.plan, sheet.index
    yield _plain("policy", _policies(plan, width))
    for path, changes in index.changes.items():
        look = (width, sheet.ascii, sheet.everything, path in sheet.left_out, str(path) in sheet.folded)
        scene = _Scene(sheet, index.keys[path], changes, index.numbers, width)
        yield sheet.rows_of(path, look, lambda scene=scene: list(_key(scene)))  # type: ignore[misc]
    if not plan.changes:
        yield _plain("nothing", [line("no changes: what could be read is as declared", "")])
    yield _part(sheet, "calm", _calm_head(plan), lambda: _calm(sheet, width))
    yield _part(sheet, "unread", _unread_head(plan), lambda: _unread(sheet, width))
    yield _part(sheet, "unseen", _unseen_head(sheet), lambda: _unseen(sheet, width))
    yield _part(sheet, "stray", _stray_head(plan), lambda: _stray(plan, width))
    yield _plain("note", _notes(plan, width))


# -- one key -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scene:
    sheet: Sheet
    key: KeyResult
    changes: list[Change]
    shown: dict[str, str]
    width: int

    @property
    def is_out(self) -> bool:
        return self.key.path in self.sheet.left_out


def _key(scene: _Scene) -> Iterator[ListRow]:
    path = str(scene.key.path)
    yield ListRow(path, _key_head(scene), scene.key.path, path)
    if path in scene.sheet.folded:
        return
    for place, one in enumerate(_key_body(scene)):
        yield ListRow(f"{path}#{place}", _faded(one) if scene.is_out else one, scene.key.path)


def _key_head(scene: _Scene) -> Line:
    """The path, how it is done, and what stands in the way."""
    path, sheet = scene.key.path, scene.sheet
    mark = _fold_mark(sheet, str(path))
    about = f"{sheet.words.name(scene.key.exchange)}"
    about += f", used by {scene.key.used_by}" if scene.key.used_by else ""
    if scene.is_out:
        return line((f"{mark} {path}  ", "faint"), ("LEFT OUT", "told"), (f"  {about}", "faint"))
    means = [one for one in Means if any(change.means is one for change in scene.changes)]
    how = listing(
        f"{count(sum(change.means is one for change in scene.changes), 'change')} {MEANS[one]}"
        for one in means
    )
    guards = dict.fromkeys(one.guard.value for one in _refusals(scene))
    stop = (f"  ! {listing(guards)}", "bad") if guards else ("", "")
    return line(f"{mark} ", (str(path), "strong"), (f"  {how}", ""), stop, (f"  {about}", "faint"))


def _refusals(scene: _Scene) -> list[Refusal]:
    return scene.sheet.index.refusals.get(scene.key.path, [])


def _key_body(scene: _Scene) -> Iterator[Line]:
    reason = ""
    for change in scene.changes:
        yield from _change(scene, change)
        if change.reason and change.reason != reason:
            yield from wrapped(change.reason, scene.width, first="        ", style="faint")
        reason = change.reason
        for refusal in _refusals(scene):
            if refusal.change == change.id:
                yield from _guard(refusal, scene.width)
    if scene.sheet.everything:
        yield from _unchanged(scene)
    elif stays := staying(scene.changes):
        yield from wrapped(f"stay: {stays}", scene.width, first="        ", style="faint")
    for note in scene.key.notes:
        yield from wrapped(f"note: {note}", scene.width, first="        ", style="faint")


def _change(scene: _Scene, change: Change) -> Iterator[Line]:
    """Its number, direction, facet and means on one line; what it gives or takes below."""
    waits = [scene.shown[name] for name in change.waits_for if name in scene.shown]
    how = MEANS[change.means] + (f", after {listing(waits)}" if waits else "")
    style = DIRECTIONS[change.direction]
    sign = f"{SIGNS[change.direction]} {change.direction.value}"
    yield line(
        (f"{scene.shown[change.id]:>5} ", "faint"),
        (f"{sign:<11}", style),
        (f"{FACETS[change.facet]:<14}", "strong"),
        (how, "faint" if change.means is Means.API else "told"),
    )
    elements = _elements(change)
    if not elements:
        words = change_detail(change, scene.sheet.words, scene.key.exchange)
        yield from wrapped(words, scene.width, first=" " * 8, style=style)
    for sign, one in elements:
        yield _element(scene, change, sign, one, style)


def _elements(change: Change) -> list[tuple[str, str]]:
    """What comes and goes one by one, where that is how the facet changes."""
    lists = isinstance(change.before, Addresses) and isinstance(change.after, Addresses)
    if change.facet is not Facet.PERMISSIONS and not lists:
        return []
    order: Callable[[Iterable[str]], list[str]] = sorted_entries if lists else sorted
    return [*(("+", one) for one in order(change.new)), *(("-", one) for one in order(change.gone))]


def _element(scene: _Scene, change: Change, sign: str, one: str, style: str) -> Line:
    if change.facet is Facet.PERMISSIONS:
        return line((f"        {sign} {scene.sheet.words.right(scene.key.exchange, one)}", style))
    origin = str(change.origins[one]) if one in change.origins else ""
    return line((f"        {sign} {one:<20} ", style), (origin or _of_nothing(sign), "faint"))


def _of_nothing(sign: str) -> str:
    return "the key's own list" if sign == "+" else "not declared anywhere"


def _guard(refusal: Refusal, width: int) -> Iterator[Line]:
    yield from wrapped(
        f"! guard {refusal.guard.value}: {refusal.why}",
        width,
        first="        ",
        rest="          ",
        style="bad",
    )
    yield from wrapped(
        f"allowed for this key alone by typing {refusal.guard.value}={refusal.key} when asked",
        width,
        first="          ",
        style="faint",
    )


def _unchanged(scene: _Scene) -> Iterator[Line]:
    """What stays as it is: the addresses of the list one by one, and the other facets."""
    lists = [change for change in scene.changes if change.facet is Facet.IP_WHITELIST]
    if lists and isinstance(lists[0].before, Addresses) and isinstance(lists[-1].after, Addresses):
        for one in sorted_entries(lists[0].before.entries & lists[-1].after.entries):
            origin = str(lists[0].origins[one]) if one in lists[0].origins else ""
            yield line((f"        = {one:<20} {origin}", "faint"))
    changed = {change.facet for change in scene.changes}
    for result in scene.key.facets:
        if result.facet not in changed:
            face = FACES[standing(result.state)]
            glyph = face.ascii if scene.sheet.ascii else face.glyph
            wanted = value(
                result.facet, result.wanted, scene.sheet.words, scene.key.exchange, scene.key.origins
            )
            yield from wrapped(
                f"{glyph} {FACETS[result.facet]}: {face.word}, {wanted}",
                scene.width,
                first="        ",
                rest="          ",
                style="faint",
            )


def _faded(one: Line) -> Line:
    return Line(tuple((text, "faint") for text, _ in one.pieces))


# -- what is not about one change ----------------------------------------------------------------------------------


def _fold_mark(sheet: Sheet, name: str) -> str:
    closed, opened = (">", "v") if sheet.ascii else ("▸", "▾")
    return closed if name in sheet.folded else opened


def _plain(name: str, lines: Iterable[Line]) -> list[ListRow]:
    return [ListRow(f"{name}:{place}", one) for place, one in enumerate(lines)]


def _part(
    sheet: Sheet, name: str, head: tuple[str, str] | None, body: Callable[[], Iterable[Line]]
) -> list[ListRow]:
    """A part that can be folded; none where there is nothing to say."""
    if head is None:
        return []
    text, style = head
    first = ListRow(name, line((f"{_fold_mark(sheet, name)} {text}", style)), folds=name)
    return [first] if name in sheet.folded else [first, *_plain(name, body())]


def _policies(plan: Plan, width: int) -> Iterator[Line]:
    for violation in plan.violations:
        yield from wrapped(f"policy: {violation}", width, style="bad")


def _calm_head(plan: Plan) -> tuple[str, str] | None:
    calm = len(settled_keys(plan))
    if not calm:
        return None
    return f"{count(calm, 'key')} {'needs' if calm == 1 else 'need'} nothing", "good"


def _calm(sheet: Sheet, width: int) -> Iterator[Line]:
    for key in settled_keys(sheet.plan):
        words = {FACES[standing(state)].word for state in key.states}
        yield line((f"    {cut(str(key.path), max(8, width - 26))}  {listing(sorted(words))}", "faint"))


def _unread_head(plan: Plan) -> tuple[str, str] | None:
    unread = len(unread_keys(plan))
    if not unread and not plan.unknown:
        return None
    return f"{count(unread, 'key')} not readable this time: nothing is planned for what is unknown", "bad"


def _unread(sheet: Sheet, width: int) -> Iterator[Line]:
    for state, why, facets, paths in state_groups(sheet.plan, sheet.words, drift=False):
        if state is FacetState.UNKNOWN:
            what = listing(FACETS[facet] for facet in facets)
            yield from wrapped(f"{listing(paths)}: {what}: {why}", width, first="    ")
    for text in sheet.plan.unknown:
        yield from wrapped(text, width, first="    ")


_UNSEEN = (FacetState.CONSISTENT, FacetState.UNOBSERVABLE, FacetState.DRIFT)


def _unseen_groups(sheet: Sheet) -> list[tuple[FacetState, str]]:
    return [
        (
            state,
            f"{FACES[standing(state)].word}: {listing(FACETS[f] for f in facets)} of {listing(paths)}: {why}",
        )
        for state, why, facets, paths in state_groups(sheet.plan, sheet.words, drift=False)
        if state in _UNSEEN
    ]


def _unseen_head(sheet: Sheet) -> tuple[str, str] | None:
    loose = {FacetState.CONSISTENT, FacetState.UNOBSERVABLE}
    keys = sum(1 for key in sheet.plan.keys if key.states & loose)
    if not _unseen_groups(sheet):
        return None
    return f"{count(keys, 'key')} not wholly visible: A on the board attests what the website shows", "warn"


def _unseen(sheet: Sheet, width: int) -> Iterator[Line]:
    for _, text in _unseen_groups(sheet):
        yield from wrapped(text, width, first="    ", rest="      ")


def _stray_head(plan: Plan) -> tuple[str, str] | None:
    keys, subs = len(plan.undeclared_keys), len(plan.undeclared_subs)
    parts = [count(keys, "key")] * bool(keys) + [count(subs, "sub-account")] * bool(subs)
    return (f"{' and '.join(parts)} live but not declared: no plan touches them", "warn") if parts else None


def _stray(plan: Plan, width: int) -> Iterator[Line]:
    for one in plan.undeclared_keys:
        place = one.account if one.sub is None else f"{one.account}/{one.sub}"
        yield from wrapped(f"{place}: {one.live.label or one.live.key_id or 'a key'}", width, first="    ")
    for sub in plan.undeclared_subs:
        yield from wrapped(f"{sub.account}: sub-account {sub.live.name or sub.live.id}", width, first="    ")


def _notes(plan: Plan, width: int) -> Iterator[Line]:
    for word, text in lifecycle_lines(plan):
        yield from wrapped(text, width, first=f"! {word.value}: ", style="warn")
    for note in notes_of(plan, changes=True):
        yield from wrapped(note, width, first="note: ", style="faint")
    for warning in plan.warnings:
        yield from wrapped(_warned(warning), width, first="warning: ", style="warn")


def _warned(warning: Finding) -> str:
    where = warning.where
    place = f"{Path(where.file).name}:{where.line}: " if isinstance(where, Mark) else ""
    return f"{place}{warning.message}{f' ({warning.hint})' if warning.hint else ''}"
