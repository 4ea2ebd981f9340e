"""A proposed edit in lines: what is against it, the lines that change, the keys it touches, the plan it leads to."""

from __future__ import annotations

from collections.abc import Iterator

from accesscfg.model.desired import DesiredKey
from accesscfg.model.edit import KeyEdit, Proposal
from accesscfg.model.errors import AccesscfgError, InvalidDeclaration
from accesscfg.model.plan import Direction, by_key
from accesscfg.report.words import FACETS, MEANS, SIGNS, Words, change_detail, count, listing
from accesscfg_tui.viewmodel.lines import Line, cut, line, wrapped

DIRECTIONS = {Direction.GRANTS: "warn", Direction.REVOKES: "good", Direction.NEUTRAL: ""}


def title_of(proposal: Proposal) -> str:
    """What the edit is about."""
    edit = proposal.edit
    return f"Edit {edit.key}?" if isinstance(edit, KeyEdit) else f"Edit pool {edit.pool}?"


def proposal_lines(proposal: Proposal, words: Words, keys: dict[str, DesiredKey], width: int) -> list[Line]:
    """Everything about it, the worst first."""
    if not proposal.edits:
        return wrapped("It is declared like that already: nothing is written.", width)
    return [
        *_problems(proposal, width),
        *_diff(proposal, width),
        *(_after(proposal, words, keys, width) if not proposal.problems else ()),
        *_warnings(proposal, width),
    ]


def _problems(proposal: Proposal, width: int) -> Iterator[Line]:
    if not proposal.problems:
        return
    yield line(("NOT POSSIBLE LIKE THIS: nothing is written", "bad"))
    for finding in proposal.problems:
        hint = f" ({finding.hint})" if finding.hint else ""
        yield from wrapped(f"{finding.message}{hint}", width, first="  ", style="bad")
    yield line("")


def _diff(proposal: Proposal, width: int) -> Iterator[Line]:
    styles = {"+": "good", "-": "bad", "@": "faint"}
    for number, text in enumerate(proposal.diff):
        if number == 0:
            yield line((text.removeprefix("--- "), "head"))
        elif number > 1:
            yield line((cut(text, width), styles.get(text[:1], "faint")))
    yield line("")


def _after(proposal: Proposal, words: Words, keys: dict[str, DesiredKey], width: int) -> Iterator[Line]:
    """What the exchanges' side means for it: the changes that a plan would hold then."""
    touched = [str(path) for path in proposal.touched]
    yield line(("KEYS TOUCHED", "head"), (f"  {count(len(touched), 'key')}", "faint"))
    yield from wrapped(listing(touched), width, first="  ")
    yield line("")
    yield line(("THEN A PLAN WOULD HOLD", "head"), ("  by the last reading", "faint"))
    for path, changes in by_key(proposal.changes).items():
        key = keys.get(str(path))
        by = f"  used by {key.used_by}" if key is not None and key.used_by else ""
        yield line(("  ", ""), (str(path), "strong"), (by, "faint"))
        for change in changes:
            detail = change_detail(change, words, "" if key is None else key.exchange)
            text = f"{SIGNS[change.direction]} {FACETS[change.facet]}: {detail}, {MEANS[change.means]}"
            yield from wrapped(text, width, first="    ", rest="      ", style=DIRECTIONS[change.direction])
    changed = {str(change.key) for change in proposal.changes}
    unread, unseen = ([str(path) for path in paths] for paths in (proposal.unread, proposal.unseen))
    settled = [path for path in touched if path not in changed.union(unread, unseen)]
    for paths, said, style in (
        (unseen, "cannot be seen, to be set by hand and attested (m)", "warn"),
        (unread, "not read in this session", "warn"),
        (settled, "no change", "faint"),
    ):
        if paths:
            yield from wrapped(f"{said}: {listing(paths)}", width, first="  ", style=style)


def _warnings(proposal: Proposal, width: int) -> Iterator[Line]:
    warned = [one for one in proposal.findings if one.severity == "warning"]
    if warned:
        yield line("")
        yield line((count(len(warned), "warning"), "head"), ("  in the declaration then", "faint"))
        for finding in warned[:3]:
            yield from wrapped(finding.message, width, first="  ", style="warn")
        if len(warned) > 3:
            yield line((f"  and {len(warned) - 3} more: accesscfg validate", "faint"))


def trouble_lines(error: AccesscfgError, width: int) -> list[Line]:
    """Why there is no proposal."""
    if isinstance(error, InvalidDeclaration):
        first = str(error.findings[0].message) if error.findings else error.what
        return wrapped(f"The files are not valid as they are: {first}", width, style="bad")
    said = [wrapped(error.what, width, style="bad")]
    said += [wrapped(text, width, first="  ") for text in (error.why, error.fix) if text]
    return [one for part in said for one in part]
