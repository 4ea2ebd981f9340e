"""The words that all renderings of a guide share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from accesscfg.model.errors import Trouble
from accesscfg.model.guide import (
    Allowed,
    Guide,
    Open,
    Purpose,
    Right,
    Step,
    Verdict,
    Verification,
    WantedState,
)
from accesscfg.model.networks import AppBound, Unrestricted
from accesscfg.model.observed import Facet, Unknown
from accesscfg.report.words import FACETS, Words, count, listing, moment, seen_value, value

PURPOSES: Mapping[Purpose, str] = {
    Purpose.CHANGE: "change what differs",
    Purpose.CREATE: "make the key",
    Purpose.DELETE: "delete the key",
    Purpose.DECLARE: "change the declaration first: no key of this account can have what it says",
    Purpose.COMPARE: "compare, as not all of it can be seen from here",
    Purpose.NOTHING: "nothing: the key is as declared",
}


def title(guide: Guide) -> str:
    """What the guide is about."""
    used = f", used by {guide.used_by}" if guide.used_by else ""
    return f"Guide for {guide.key} on the website of {guide.exchange_name}{used}"


def purpose(guide: Guide) -> str:
    """What there is to do, in a few words."""
    if guide.new and guide.purpose is Purpose.CREATE:
        return "make a new key in the place of this one"
    if guide.purpose is Purpose.NOTHING and guide.beyond:
        return "nothing that the website is known to offer"
    return PURPOSES[guide.purpose]


def page_note(guide: Guide) -> str:
    """A caveat about the page's address; empty where an official document has it."""
    return (
        ""
        if guide.page_verified
        else "no official document has this address; look below your profile if it moved"
    )


def progress(guide: Guide) -> str:
    """How much is ticked off."""
    done = sum(1 for step in guide.steps if step.done is not None)
    return (
        f"{done} of {count(len(guide.steps), 'step')} ticked off" if done else count(len(guide.steps), "step")
    )


def caution_lines(guide: Guide) -> list[str]:
    """Everything to be careful with: what guards and policies say first, then the exchange's own."""
    said = [f"{one.guard}: {one.text}" if one.guard else f"policy: {one.text}" for one in guide.warnings]
    return [*said, *guide.cautions]


def ticked(step: Step) -> str:
    """When a step was ticked off; empty where it was not."""
    return "" if step.done is None else f"ticked {moment(step.done)}"


def notes(guide: Guide) -> list[str]:
    """What was seen and what was not, what `apply` could do instead, and other ways of entering addresses."""
    found = list(guide.notes)
    if guide.by_api:
        number = count(len(guide.by_api), "change")
        found.append(f"accesscfg apply --target {guide.key} makes {number} of this by API")
    others = [way for way in guide.entries if way != guide.entry]
    if others and any(step.facet is Facet.IP_WHITELIST for step in guide.steps):
        ways = " or ".join(f"--entry {way}" for way in others)
        found.append(f"if the page takes addresses in another way: accesscfg guide {guide.key} {ways}")
    return found


# -- the wanted state ----------------------------------------------------------------------------------------------


def boxes(state: WantedState) -> Iterator[tuple[str | None, str, str, str]]:
    """The permissions as they are to be: mode, box, name, and what is known of now. Whole groups are one line."""
    shown: set[tuple[str | None, str]] = set()
    for right in state.rights:
        place = (right.mode, right.group or "")
        if right.group is None:
            yield right.mode, _box(right.wanted), _name(right), _now([right])
        elif place not in shown:
            shown.add(place)
            yield from _group([one for one in state.rights if (one.mode, one.group) == place])


def _group(rights: list[Right]) -> Iterator[tuple[str | None, str, str, str]]:
    first = rights[0]
    if len({one.wanted for one in rights}) == 1 and len({one.live for one in rights}) == 1:
        yield first.mode, _box(first.wanted), f"{first.group} (all {len(rights)})", _now(rights)
        return
    plain = [one for one in rights if not one.wanted and one.live is not True]
    for one in rights:
        if one not in plain:
            yield one.mode, _box(one.wanted), f"{first.group}: {one.native}", _now([one])
    if plain:
        yield first.mode, _box(False), f"{first.group}: the other {len(plain)}", ""


def _box(wanted: bool | None) -> str:
    return {True: "[x]", False: "[ ]", None: "[?]"}[wanted]


def _name(right: Right) -> str:
    return right.native if right.label == right.native else f"{right.label} ({right.native})"


def _now(rights: Iterable[Right]) -> str:
    right = next(iter(rights))
    if right.live is None:
        return "may be on beside another" if right.wanted is None else ""
    if right.wanted is None or right.wanted == right.live:
        return "is on" if right.live else ""
    return "is ON" if right.live else "is off"


def whitelist_line(state: WantedState) -> str:
    """The restriction in a few words."""
    match state.whitelist:
        case Unrestricted():
            return "unrestricted: usable from anywhere"
        case AppBound(app):
            return f"bound to the application {app}"
        case _:
            return count(len(state.addresses), "address", "addresses")


def address_line(one: Allowed) -> str:
    """One address with its pool, and whether it is there."""
    origin = f"pool {one.origin}" if one.origin else ""
    there = {True: "is there", False: "is missing", None: ""}[one.live]
    about = listing(part for part in (origin, there) if part)
    return f"{one.entry} ({about})" if about else one.entry


def other_lines(state: WantedState) -> list[str]:
    """Label, expiry and being disabled, as far as they are declared."""
    lines = [] if state.label is None else [f'name: "{state.label}"']
    lines += [] if state.expires is None else [f"expires: {state.expires}"]
    return lines if state.enabled else [*lines, "disabled"]


# -- afterwards ----------------------------------------------------------------------------------------------------


def afterwards(guide: Guide) -> list[str]:
    """What to run when the steps are done, and who looks at what."""
    if not guide.steps:
        return []
    lines = [f"accesscfg guide {guide.key} --verify"]
    if guide.verifies:
        lines.append(f"accesscfg then looks itself at: {listing(FACETS[one] for one in guide.verifies)}")
    if guide.attests:
        lines.append(
            f"it cannot see, so you attest what the page shows: {listing(FACETS[one] for one in guide.attests)}"
        )
    return lines


VERDICTS: Mapping[Verdict, str] = {
    Verdict.VERIFIED: "verified",
    Verdict.DIFFERENT: "still different",
    Verdict.ATTEST: "attest",
    Verdict.UNKNOWN: "unknown",
}


def verdict_line(verification: Verification) -> str:
    """The verdict in a sentence."""
    said = {
        Verdict.VERIFIED: "the key is as declared",
        Verdict.DIFFERENT: "not all of it is as declared",
        Verdict.ATTEST: "nothing of it can be seen from here, so all of it has to be attested"
        if _unseen(verification)
        else "what can be seen is as declared, the rest has to be attested",
        Verdict.UNKNOWN: "it could not be asked, so nothing can be said",
    }
    return f"{VERDICTS[verification.verdict]}: {verification.key}: {said[verification.verdict]}"


def _unseen(verification: Verification) -> bool:
    """Whether not even that the key is there can be seen."""
    return any(
        one.result.facet is Facet.PRESENCE and one.verdict is Verdict.ATTEST for one in verification.open
    )


def open_line(one: Open, words: Words, exchange: str) -> str:
    """One facet that is not verified."""
    result = one.result
    name = f"{FACETS[result.facet]}: "
    if one.verdict is not Verdict.DIFFERENT:
        return f"{name}{result.why or VERDICTS[one.verdict]}"
    wanted = value(result.facet, result.wanted, words, exchange)
    return f"{name}declared {wanted}; live {seen_value(result.facet, result.seen, words, exchange)}"


def open_lines(verification: Verification, words: Words) -> list[str]:
    """What is not verified; facets with one and the same reason are one line."""
    exchange = verification.guide.exchange
    lines: list[str] = []
    same: dict[str, list[str]] = {}
    for one in verification.open:
        if one.verdict is Verdict.DIFFERENT or not one.result.why:
            lines.append(open_line(one, words, exchange))
        else:
            same.setdefault(one.result.why, []).append(FACETS[one.result.facet])
    return [*lines, *(f"{listing(facets)}: {why}" for why, facets in same.items())]


def next_line(verification: Verification) -> str:
    """What to do about the verdict; empty where there is nothing to do, or what is wrong with the stored secrets says
    itself what helps: to look again would say the same."""
    match verification.verdict:
        case Verdict.VERIFIED:
            return ""
        case Verdict.DIFFERENT:
            return f"accesscfg guide {verification.key}"
        case Verdict.ATTEST:
            return verification.attest_command
        case Verdict.UNKNOWN if _lacks_secrets(verification):
            return ""
        case Verdict.UNKNOWN:
            return f"accesscfg guide {verification.key} --verify"


def _lacks_secrets(verification: Verification) -> bool:
    """Whether all that is unknown is so for want of a secret to ask with."""
    unknown = [one.result.seen for one in verification.open if one.verdict is Verdict.UNKNOWN]
    return all(isinstance(seen, Unknown) and seen.trouble is Trouble.SECRETS for seen in unknown)


def unticked(verification: Verification) -> str:
    """That steps are not ticked off, where a person is about to attest them; else empty."""
    steps = verification.guide.steps
    left = sum(1 for step in steps if step.done is None)
    if verification.verdict is not Verdict.ATTEST or not left:
        return ""
    return f"{left} of {count(len(steps), 'step')} not ticked off; attest only what you have seen on the page"
