"""One apply as far as it has come: what is being written, what became of each change, what is left to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from rich.cells import cell_len

from accesscfg.model.errors import AccesscfgError
from accesscfg.model.events import ChangeEnded, ChangeStarted, Event, Waiting
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import ApplyResult, Change, ChangeResult, Means, Outcome, Plan, by_key
from accesscfg.report.outcome import OUTCOMES, outcome_counts
from accesscfg.report.words import FACETS, SIGNS, Words, change_detail, count, numbers, with_numbers
from accesscfg_tui.glyphs import Face
from accesscfg_tui.viewmodel.blast import made_by_api
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.viewmodel.rows import ListRow

FACES: dict[Outcome, Face] = {
    Outcome.DONE: Face("✓", "=", OUTCOMES[Outcome.DONE], "good"),
    Outcome.FAILED: Face("✗", "X", OUTCOMES[Outcome.FAILED], "bad"),
    Outcome.UNKNOWN: Face("?", "?", OUTCOMES[Outcome.UNKNOWN], "bad"),
    Outcome.MOVED: Face("≠", "!", OUTCOMES[Outcome.MOVED], "bad"),
    Outcome.SKIPPED: Face("–", "-", OUTCOMES[Outcome.SKIPPED], "warn"),
    Outcome.WAITS: Face("…", ".", OUTCOMES[Outcome.WAITS], "warn"),
    Outcome.NOT_TRIED: Face("·", "-", OUTCOMES[Outcome.NOT_TRIED], "faint"),
    Outcome.MANUAL: Face("☞", "h", "by hand", "told"),
    Outcome.BLOCKED: Face("#", "#", OUTCOMES[Outcome.BLOCKED], "warn"),
}
TO_COME = Face("·", "-", "to come", "faint")
WRITING = Face("▸", ">", "writing", "busy")
# what planning anew may help with
TO_RETRY = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.MOVED, Outcome.SKIPPED)


@dataclass(frozen=True, slots=True)
class Order:
    """What a person agreed to: a plan, without some keys, with consents (`GUARD=KEY`)."""

    plan: Plan
    left_out: frozenset[KeyPath] = frozenset()
    allow: tuple[str, ...] = ()


@dataclass(slots=True)
class Run:
    """One apply. Changed by the app only, as it is told; `ended` has the outcomes so far, `wanted` the
    ids of the changes to be made."""

    order: Order
    words: Words
    began: datetime
    ascii: bool = False
    started: dict[str, datetime] = field(default_factory=dict)
    ended: dict[str, tuple[ChangeResult, datetime]] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    stopping: bool = False
    result: ApplyResult | None = None
    error: BaseException | None = None
    wanted: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.wanted = frozenset(change.id for change in made_by_api(self.order.plan, self.order.left_out))

    @property
    def is_over(self) -> bool:
        """Whether there is a result or an error."""
        return self.result is not None or self.error is not None

    @property
    def done(self) -> int:
        """How many of the changes to be made have their outcome."""
        return len(self.wanted & self.ended.keys())

    @property
    def total(self) -> int:
        """How many changes were to be made."""
        return len(self.wanted)

    def take(self, event: Event, now: datetime) -> None:
        """What the run tells."""
        match event:
            case ChangeStarted(change):
                self.started[change.id] = now
                self.waiting.pop(change.key.account, None)
            case ChangeEnded(result):
                self.ended[result.change.id] = (result, now)
                self.waiting.pop(result.change.key.account, None)
            case Waiting(account, seconds, why):
                self.waiting[account] = f"{account} waits {max(1, round(seconds))} s ({why})"
            case _:
                pass

    def end(self, result: ApplyResult | None, error: BaseException | None, now: datetime) -> None:
        """It is over."""
        self.result, self.error = result, error
        self.waiting.clear()
        for one in () if result is None else result.results:
            self.ended[one.change.id] = (one, self.ended.get(one.change.id, (one, now))[1])

    def outcome(self, change: Change) -> Outcome | None:
        """What became of a change; None while it is not over."""
        found = self.ended.get(change.id)
        return None if found is None else found[0].outcome

    @property
    def current(self) -> KeyPath | None:
        """The key that is written to now."""
        writing = (change.key for change in self.order.plan.changes if self._is_written(change))
        return next(writing, None)

    def _is_written(self, change: Change) -> bool:
        return change.id in self.started and change.id not in self.ended

    def touched(self) -> list[str]:
        """The keys that something was tried on."""
        tried = {change.key for change in self.order.plan.changes if self._was_tried(change)}
        return sorted(map(str, tried))

    def _was_tried(self, change: Change) -> bool:
        return change.id in self.started or self.outcome(change) in (Outcome.DONE, *TO_RETRY)

    def to_retry(self) -> list[str]:
        """The keys with changes that were not made and might be by another plan."""
        left = [change for change in self.order.plan.changes if self._is_left(change)]
        return sorted({str(change.key) for change in left})

    def first_to_retry(self) -> KeyPath | None:
        """The first of these in the order of the plan."""
        return next((change.key for change in self.order.plan.changes if self._is_left(change)), None)

    def _is_left(self, change: Change) -> bool:
        outcome = self.outcome(change)
        stopped = outcome in (None, Outcome.NOT_TRIED) and change.id in self.wanted
        return outcome in TO_RETRY or (stopped and self.is_over)


def run_title(run: Run) -> str:
    """What goes on, or what it came to, in a word or two."""
    if not run.is_over:
        return f"Applying {run.done}/{run.total}"
    if run.result is None:
        return "Not applied"
    return "Applied" if run.done == run.total and not run.to_retry() else "Applied in part"


def status_words(run: Run) -> str:
    """For the status line of every screen; empty once it is over."""
    if run.is_over:
        return ""
    stopping = ", stops before the next call" if run.stopping else ""
    waits = "".join(f"; {one}" for one in run.waiting.values())
    return f"applying {run.done}/{run.total}{stopping}{waits}"


def state_lines(run: Run, width: int) -> list[Line]:
    """How far it is; once it is over what it came to, and what can be done next."""
    if not run.is_over:
        return [_bar(run, width), *wrapped(_now(run), width, style="busy")]
    if run.result is None:
        return [*_error_lines(run, width), *_next(run, width)]
    counts, *more = outcome_counts(run.result)
    style = "good" if not run.to_retry() and not run.result.interrupted else "warn"
    lines = wrapped(counts, width, style=style)
    for one in more:
        lines += wrapped(one, width, style="bad")
    return [*lines, *_next(run, width)]


def _bar(run: Run, width: int) -> Line:
    room = max(10, min(40, width - 30))
    full = room * run.done // max(1, run.total)
    signs = ("=", "-") if run.ascii else ("━", "╌")
    said = f"  {run.done} of {count(run.total, 'change')}"
    return line((signs[0] * full, "good"), (signs[1] * (room - full), "faint"), said)


def _now(run: Run) -> str:
    if run.stopping:
        return "It stops before the next call; the one under way is finished and read back."
    if run.waiting:
        return "; ".join(run.waiting.values())
    return "Each key is read again, written, and read back."


def _error_lines(run: Run, width: int) -> Iterator[Line]:
    error = run.error
    known = isinstance(error, AccesscfgError)
    what = (
        error.what if isinstance(error, AccesscfgError) else f"a fault of accesscfg ({type(error).__name__})"
    )
    if known and not run.started:
        yield from wrapped(f"Nothing was written: {what}", width, style="bad")
    else:
        text = (
            f"The run ended early: {what}. What was written is in the history; a new plan shows what is left."
        )
        yield from wrapped(text, width, style="bad")
    if isinstance(error, AccesscfgError):
        for name, said in (("where", error.where), ("why", error.why), ("next", error.fix)):
            if said:
                yield from wrapped(said, width, first=f"  {name}: ")


def _next(run: Run, width: int) -> Iterator[Line]:
    steps = []
    if retry := run.to_retry():
        steps.append(f"R plans {count(len(retry), 'key')} anew and asks again")
    if any(run.outcome(change) in (Outcome.MANUAL, Outcome.WAITS) for change in run.order.plan.changes):
        steps.append("m leads through what is left by hand")
    if steps:
        yield from wrapped("; ".join(steps), width, style="told")


def run_rows(run: Run, width: int) -> list[ListRow]:
    """Each key with its changes and what became of them."""
    plan, rows = run.order.plan, []
    shown = numbers(plan)
    keys = {key.path: key for key in plan.keys}
    for path, changes in by_key(plan.changes).items():
        key = keys[path]
        about = run.words.name(key.exchange) + (f", used by {key.used_by}" if key.used_by else "")
        out = ("  LEFT OUT", "told") if path in run.order.left_out else ("", "")
        rows.append(ListRow(str(path), line((str(path), "strong"), out, (f"  {about}", "faint")), path))
        said = ""
        for change in changes:
            why = _why(run, change)
            lines = [*_change_lines(run, change, key.exchange, shown, width)]
            if why and why != said:
                style = "bad" if run.outcome(change) in TO_RETRY else "faint"
                lines += wrapped(with_numbers(why, shown), width, first=" " * (_LEAD + 6), style=style)
            said = why
            rows += [ListRow(f"{path}#{change.id}.{n}", one, path) for n, one in enumerate(lines)]
    return rows


def _face(run: Run, change: Change) -> Face:
    outcome = run.outcome(change)
    if outcome is not None:
        return FACES[outcome]
    if change.id in run.started:
        return WRITING
    return TO_COME if change.id in run.wanted else FACES[_NOT_WANTED.get(change.means, Outcome.NOT_TRIED)]


_NOT_WANTED = {Means.MANUAL: Outcome.MANUAL, Means.BLOCKED: Outcome.BLOCKED}


def _change_lines(
    run: Run, change: Change, exchange: str, shown: dict[str, str], width: int
) -> Iterator[Line]:
    face = _face(run, change)
    glyph = face.ascii if run.ascii else face.glyph
    head = f"{shown[change.id]:>3} {SIGNS[change.direction]} {FACETS[change.facet]:<14}"
    room = width - _LEAD - _TIME
    first, *rest = wrapped(change_detail(change, run.words, exchange), room, first=head, rest=" " * len(head))
    gap = " " * max(0, room - cell_len(first.text))
    took = f"{gap}{_took(run, change):>{_TIME}}"
    yield Line(((f"  {glyph} {face.word:<10} ", face.style), *first.pieces, (took, "faint")))
    for one in rest:
        yield Line(((" " * _LEAD, ""), *one.pieces))


def _why(run: Run, change: Change) -> str:
    """Why a change is not done."""
    found = run.ended.get(change.id)
    return "" if found is None else found[0].why


_LEAD, _TIME = 15, 8  # cells of glyph and word, and of the time that it took


def _took(run: Run, change: Change) -> str:
    """How long the write and its read-back took."""
    found, began = run.ended.get(change.id), run.started.get(change.id)
    if found is None or began is None:
        return ""
    return f"{max(0.0, (found[1] - began).total_seconds()):.1f} s"
