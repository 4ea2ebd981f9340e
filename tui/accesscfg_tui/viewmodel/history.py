"""What the audit trail tells, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len

from accesscfg.model.history import Record
from accesscfg.model.networks import Addresses, sorted_entries
from accesscfg.model.plan import Outcome
from accesscfg.report.words import FACETS, SIGNS, Words, listing, value
from accesscfg_tui.viewmodel.lines import Line, cut, fit, line, wrapped

RESULTS = {
    Outcome.DONE: ("✓", "=", "done", "good"),
    Outcome.FAILED: ("✗", "X", "failed", "bad"),
    Outcome.UNKNOWN: ("?", "?", "unknown", "warn"),
    Outcome.MOVED: ("↷", ">", "had moved", "warn"),
    Outcome.SKIPPED: ("·", "-", "skipped", "faint"),
    Outcome.WAITS: ("…", ".", "waits", "faint"),
    Outcome.NOT_TRIED: ("·", "-", "not tried", "faint"),
    Outcome.MANUAL: ("☞", "m", "by hand", "warn"),
    Outcome.BLOCKED: ("■", "#", "blocked", "bad"),
}


# the cells of the columns, and the width from which the person has one
WHEN, WHO, RESULT = 13, 13, 12
WITH_PERSON = 100


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells records in words; `exchange_of` gives the exchange of a key's path, "" where it is not declared now."""

    words: Words
    exchange_of: Callable[[str], str]
    ascii: bool = False

    def what(self, record: Record) -> str:
        """What it is about, in one line."""
        match record.event:
            case "begin":
                allowed = f", allowed: {listing(record.allow)}" if record.allow else ""
                return f"apply of plan {record.plan[:8]} begins{allowed}"
            case "end":
                calls = "1 writing call" if record.writes == 1 else f"{record.writes} writing calls"
                return f"apply of plan {record.plan[:8]} ends, {calls}"
            case "intent":
                return f"is about to change {self.change(record)}"
            case "outcome":
                return self.change(record)
            case "attested":
                return f"attests {self._facet(record)}: {listing(record.says)}"
            case "attest":
                return f"is about to attest {self._facet(record)}"
            case "edited":
                return f"edits the declaration: {_lines(record)}"
            case "edit":
                return f"is about to edit the declaration: {_lines(record)}"
            case other:
                return other

    def _facet(self, record: Record) -> str:
        return "" if record.facet is None else FACETS[record.facet]

    def change(self, record: Record) -> str:
        """Which facet, and what of it."""
        sign = "" if record.direction is None else SIGNS[record.direction]
        difference = self._difference(record)
        lead = f"{sign} " if sign and not difference.startswith(sign) else ""
        return f"{lead}{self._facet(record)}: {difference}"

    def _difference(self, record: Record) -> str:
        before, after, exchange = record.before, record.after, self.exchange_of(record.key)
        if isinstance(before, Addresses) and isinstance(after, Addresses):
            new = [f"+{entry}" for entry in sorted_entries(after.entries - before.entries)]
            gone = [f"-{entry}" for entry in sorted_entries(before.entries - after.entries)]
            return " ".join([*new, *gone]) or "as before"
        if isinstance(before, frozenset) and isinstance(after, frozenset):
            sides = ((after - before, "+"), (before - after, "-"))
            return listing(f"{sign}{self.words.rights(exchange, some)}" for some, sign in sides if some)
        if record.facet is None:
            return ""
        return " → ".join(value(record.facet, side, self.words, exchange) for side in (before, after))

    def result(self, record: Record) -> tuple[str, str]:
        """What became of it, and the style of that."""
        if record.outcome is None:
            return ("", "")
        glyph, plain, word, style = RESULTS[record.outcome]
        return (f"{plain if self.ascii else glyph} {word}", style)

    def row(self, record: Record, now: datetime, width: int) -> Line:
        """One line of a list: when, who (where there is room), which key, what, and what became of it."""
        result, style = self.result(record)
        person = fit(who(record), WHO - 1) + " " if width >= WITH_PERSON else ""
        room = max(8, width - WHEN - len(person) - RESULT)
        about = cut(f"{record.key} ", room // 2) if record.key else ""
        return line(
            (f"{when(record.at, now):<{WHEN}}", "faint"),
            person,
            (about, "strong"),
            fit(self.what(record), max(0, room - cell_len(about))),
            " ",
            (result, style),
        )

    def heads(self, width: int) -> str:
        """The heads of the columns of `row`."""
        person = fit("WHO", WHO) if width >= WITH_PERSON else ""
        what = fit("WHAT", max(8, width - WHEN - len(person) - RESULT)) + " "
        return f"{fit('WHEN', WHEN)}{person}{what}RESULT"

    def full(self, record: Record, width: int) -> list[Line]:
        """Everything that it says, for a pane."""
        at = "" if record.at is None else f"{record.at:%Y-%m-%d %H:%M:%S} UTC"
        lines = [line((f"{at}  {record.who}", "strong"), (f"  line {record.line}", "faint"))]
        if record.key:
            lines += wrapped(record.key, width)
        lines += wrapped(self.what(record), width, rest="  ")
        result, style = self.result(record)
        if result:
            lines.append(line((result, style)))
        if record.why:
            lines += wrapped(record.why, width, rest="  ", style="faint")
        if record.by:
            lines += wrapped(f"stated by {record.by}", width, style="told")
        return lines


def _lines(record: Record) -> str:
    """The lines of an edit in one, without their indentation."""
    return "; ".join(" ".join(one.split()) for one in record.says)


def when(at: datetime | None, now: datetime) -> str:
    """A moment in a short form: the time of today, the day of this year, else the date. In UTC."""
    if at is None:
        return ""
    if at.date() == now.date():
        return f"{at:%H:%M:%S}"
    return f"{at:%b %d %H:%M}" if at.year == now.year else f"{at:%Y-%m-%d}"


def who(record: Record) -> str:
    """The person without the machine."""
    return record.who.partition("@")[0]
