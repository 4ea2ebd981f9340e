"""The steps for an IP whitelist, in the way in which the website takes addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from accesscfg.guides.subject import GuideSubject
from accesscfg.model.guide import Step, StepKind
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, sorted_entries
from accesscfg.model.observed import Facet
from accesscfg.model.profile import SEPARATORS, Entry

BETWEEN = {"comma": "commas between them", "lines": "one a line", "blanks": "blanks between them"}


def address_steps(subject: GuideSubject, *, new: bool = False) -> tuple[Step, ...]:
    """What to do about the whitelist; for a `new` key all of it."""
    wanted = subject.key.whitelist
    if isinstance(wanted, AppBound):
        return tuple(_bound(subject, wanted, new))
    if isinstance(wanted, Unrestricted):
        return tuple(_lifted(subject, new))
    return tuple(_listed(subject, wanted.entries, new))


def _bound(subject: GuideSubject, wanted: AppBound, new: bool) -> Iterator[Step]:
    if new:
        text = subject.profile.manual.bind or "Bind the key to the application {app} in place of addresses."
        yield _step(StepKind.BIND, text.replace("{app}", f'"{wanted.app}"'))
    else:
        text = f'See that the key is bound to the application "{wanted.app}".'
        yield _step(StepKind.CHECK, text, certain=False)


def _lifted(subject: GuideSubject, new: bool) -> Iterator[Step]:
    manual = subject.profile.manual
    text = manual.lift or "Switch the restriction to IP addresses off and leave the list empty."
    known = new or subject.restricted is not None
    yield _step(StepKind.LIFT, text if known else f"{text} Leave it where it is so already.", certain=known)


def _listed(subject: GuideSubject, wanted: frozenset[str], new: bool) -> Iterator[Step]:
    live: frozenset[str] | None = None
    seen = subject.whitelist
    if new or subject.restricted is False:
        live = frozenset()
    elif isinstance(seen, Addresses):
        live = seen.entries
    if not live:
        yield _restrict(subject, certain=live is not None)
    if live is None:
        yield from _unseen(subject, wanted)
    elif subject.way == "one":
        yield from _one_by_one(subject, live, wanted)
    else:
        yield from _pasted(subject, live, wanted)


def _restrict(subject: GuideSubject, *, certain: bool) -> Step:
    text = subject.profile.manual.restrict or "Switch the restriction to IP addresses on."
    return _step(
        StepKind.RESTRICT, text if certain else f"{text} Leave it where it is so already.", certain=certain
    )


def _pasted(subject: GuideSubject, live: frozenset[str], wanted: frozenset[str]) -> Iterator[Step]:
    leaving = sorted_entries(live - wanted)
    first = leaving[: _too_many(subject, live | wanted)] if wanted - live else []
    if first:
        yield _remove(subject, first, full=True)
    if wanted - live:
        yield from _paste(subject, wanted, empty=not live)
    rest = [entry for entry in leaving if entry not in first]
    if rest:
        yield _remove(subject, rest, pasted=bool(wanted - live))


def _one_by_one(subject: GuideSubject, live: frozenset[str], wanted: frozenset[str]) -> Iterator[Step]:
    coming, leaving = sorted_entries(wanted - live), sorted_entries(live - wanted)
    first = leaving[: _too_many(subject, live | wanted)] if coming else []
    for entry in first:
        yield _remove(subject, [entry], full=True)
    for entry in coming:
        yield _add(subject, entry, certain=True)
    for entry in leaving:
        if entry not in first:
            yield _remove(subject, [entry])


def _unseen(subject: GuideSubject, wanted: frozenset[str]) -> Iterator[Step]:
    if subject.way == "one":
        for entry in sorted_entries(wanted):
            yield _add(subject, entry, certain=False)
    else:
        yield from _paste(subject, wanted, certain=False)
    entries = tuple(sorted_entries(wanted))
    text = f"See that the list holds {_exactly(entries)}; remove every other address."
    yield _step(StepKind.REMOVE_OTHERS, text, entries, certain=False)


def _exactly(entries: Sequence[str]) -> str:
    return (
        f"{entries[0]} alone" if len(entries) == 1 else f"exactly these {len(entries)}: {', '.join(entries)}"
    )


def _too_many(subject: GuideSubject, union: frozenset[str]) -> int:
    """How many of the old and new addresses together the exchange would not take."""
    most = subject.rules.most
    return 0 if most is None else max(0, len(union) - most)


def _paste(
    subject: GuideSubject, wanted: frozenset[str], *, empty: bool = False, certain: bool = True
) -> Iterator[Step]:
    entries = sorted_entries(wanted)
    pieces = split(entries, subject.way, subject.rules.longest)
    number = "the one address" if len(entries) == 1 else f"all {len(entries)} addresses"
    between = "" if len(entries) == 1 else f", {BETWEEN[subject.way]}"
    instead = "" if empty else f"{',' if between else ''} in place of the list that is there"
    for place, piece in enumerate(pieces, 1):
        text = f"Paste {number}{between}{instead}."
        if len(pieces) > 1:
            text = (
                f"Paste part {place} of {len(pieces)} of {number}; the field takes"
                f" {subject.rules.longest} characters, so the parts go in one after the other."
            )
        yield _step(
            StepKind.PASTE,
            _with_way(text, subject.profile.manual.paste),
            piece,
            copy=SEPARATORS[subject.way].join(piece),
            certain=certain,
        )


def split(entries: Sequence[str], way: Entry, longest: int | None) -> list[tuple[str, ...]]:
    """The entries in pieces that each fit a field of `longest` characters; one that fits nowhere stands alone."""
    if longest is None:
        return [tuple(entries)]
    pieces: list[list[str]] = []
    for entry in entries:
        if pieces and len(SEPARATORS[way].join([*pieces[-1], entry])) <= longest:
            pieces[-1].append(entry)
        else:
            pieces.append([entry])
    return [tuple(piece) for piece in pieces]


def _add(subject: GuideSubject, entry: str, *, certain: bool) -> Step:
    text = f"Add {entry}." if certain else f"Add {entry} unless it is there."
    return _step(
        StepKind.ADD, _with_way(text, subject.profile.manual.add), [entry], copy=entry, certain=certain
    )


def _remove(
    subject: GuideSubject, entries: Sequence[str], *, full: bool = False, pasted: bool = False
) -> Step:
    text = f"Remove {', '.join(entries)}"
    if full:
        text += f" first, as the list takes {subject.rules.most} and the new ones would not fit in"
    elif pasted:
        text += ", where still shown" if len(entries) == 1 else ", as far as they are still shown"
    return _step(StepKind.REMOVE, _with_way(f"{text}.", subject.profile.manual.remove), entries)


def _with_way(text: str, way: str | None) -> str:
    return text if way is None else f"{text} {way}"


def _step(
    kind: StepKind,
    text: str,
    addresses: Iterable[str] = (),
    *,
    copy: str | None = None,
    certain: bool = True,
) -> Step:
    return Step(
        id="",
        kind=kind,
        text=text,
        facet=Facet.IP_WHITELIST,
        addresses=tuple(addresses),
        copy=copy,
        certain=certain,
    )
