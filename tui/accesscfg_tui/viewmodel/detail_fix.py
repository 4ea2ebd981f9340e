"""What would be done about a key, when it ends, and what its exchange allows."""

from __future__ import annotations

from collections.abc import Iterator

from accesscfg.model.desired import Scope
from accesscfg.model.observed import Facet
from accesscfg.model.plan import Change, Direction, Lifecycle, Means
from accesscfg.model.profile import Clock, FacetRule, IpRules, Profile, WriteRule
from accesscfg.report.words import FACETS, MEANS, SIGNS, change_detail
from accesscfg_tui.glyphs import Standing
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.viewmodel.scene import Scene

DIRECTIONS = {Direction.GRANTS: "warn", Direction.REVOKES: "good", Direction.NEUTRAL: ""}
HOW_MEANS = {Means.API: "good", Means.MANUAL: "warn", Means.BLOCKED: "bad"}
ENTRIES = {"comma": "with commas", "lines": "one a line", "blanks": "with blanks", "one": "one at a time"}
SCOPES: dict[Scope, str] = {"own": "keys of the account", "sub": "keys of sub-accounts"}
READS = {"full": "shown", "flag": "a flag only", "no": "not shown", "no_such_thing": "there is none"}
WRITES = {"api": "changed by API", "manual": "changed on the website", "no": "never changed"}


def fix_lines(scene: Scene, width: int) -> Iterator[Line]:
    """The changes that would be made, by which means, and the guards in their way."""
    yield scene.heading("CHANGES")
    steps = scene.look.steps
    for number, change in enumerate(steps, 1):
        yield from _change(scene, number, change, width)
    if not steps:
        yield from wrapped(_nothing(scene), width, first="  ", style="faint")
    for refusal in scene.refusals:
        yield from wrapped(
            f"guard {refusal.guard.value}: {refusal.why}", width, first="  ! ", rest="    ", style="bad"
        )
        yield from wrapped("asks for your consent by name", width, first="    ", style="faint")
    yield line("")


def _change(scene: Scene, number: int, change: Change, width: int) -> Iterator[Line]:
    yield line(
        f"  {number} ",
        (f"{SIGNS[change.direction]} {FACETS[change.facet]}", DIRECTIONS[change.direction]),
        (f"  {MEANS[change.means]}", HOW_MEANS[change.means]),
    )
    detail = change_detail(change, scene.words, scene.key.exchange)
    yield from wrapped(detail, width, first="    ")
    if change.reason:
        yield from wrapped(change.reason, width, first="    ", style="faint")


def _nothing(scene: Scene) -> str:
    look = scene.look
    if not look.fresh:
        seen = f"{look.changes} changes" if look.changes else "none"
        return f"{seen} when it was read last; r reads it again"
    match look.standing:
        case Standing.IN_SYNC | Standing.ATTESTED:
            return "none: it is as declared"
        case Standing.UNOBSERVABLE | Standing.CONSISTENT:
            return "none that can be seen: look at the website, then attest what it shows"
        case Standing.CLOSED:
            return "none: the exchange has closed"
        case Standing.UNKNOWN | Standing.NO_ANSWER:
            return "not known: nothing is changed from what could not be read"
        case _:
            return "not known yet"


# -- when it ends ------------------------------------------------------------------------------------------------


def life_lines(scene: Scene, width: int) -> Iterator[Line]:
    """The lifecycle with its date, and the clocks that the exchange runs."""
    yield scene.heading("LIFECYCLE")
    result = scene.look.result
    word = None if result is None else result.lifecycle
    if word is None:
        told = scene.look.lifecycle
        says = (
            "not known: nothing was seen that tells" if told is None else f"was {told.value} when read last"
        )
        yield from wrapped(says, width, first="  ", style="faint")
    else:
        until = "" if word.until is None else f" until {word.until:%Y-%m-%d}"
        style = "good" if word.word is Lifecycle.OK else "warn"
        yield line((f"  {word.word.value}{until}", style))
        if word.why:
            yield from wrapped(word.why, width, first="    ", style="faint")
    for clock in () if scene.profile is None else scene.profile.clocks:
        yield from wrapped(_clock(clock), width, first="  ", rest="    ", style="faint")
    yield line("")


def _clock(clock: Clock) -> str:
    days = "" if clock.days is None else f"{clock.days} days "
    after = {
        "fixed": "after it was made",
        "inactivity": "without use",
        "event": "after what happens elsewhere",
    }
    which = ", if it is unrestricted" if clock.when_unrestricted else ""
    return f"{days}{after[clock.clock]}{which}: {clock.effect}"


# -- what the exchange allows ------------------------------------------------------------------------------------


def limit_lines(scene: Scene, width: int) -> Iterator[Line]:
    """The exchange's rules for keys like this one."""
    if scene.profile is not None:
        yield from limit_lines_of(scene.profile, scene.key.scope, width)


def limit_lines_of(profile: Profile, scope: Scope, width: int) -> Iterator[Line]:
    """The exchange's rules for keys of a scope."""
    yield line(("LIMITS", "head"), (f"  {profile.name}, {SCOPES[scope]}", "faint"))
    says = [
        *_ip_limits(profile.ip_rules.get(scope)),
        *_facets(profile, scope),
        *_writing(profile.writes.get(scope)),
    ]
    if profile.unverified:
        says.append(f"{len(profile.unverified)} of these facts are not verified: accesscfg providers")
    for one in says:
        yield from wrapped(one, width, first="  ", rest="    ", style="faint")
    yield line("")


def _ip_limits(rules: IpRules | None) -> Iterator[str]:
    if rules is None:
        return
    most = "no limit of addresses is known" if rules.most is None else f"at most {rules.most} addresses"
    networks = "networks" if rules.networks else "no networks"
    ipv6 = "IPv6" if rules.ipv6 else "no IPv6"
    yield f"{most}, {networks}, {ipv6}"
    ways = " or ".join(ENTRIES[way] for way in rules.entry)
    longest = "" if rules.longest is None else f", {rules.longest} characters at most"
    yield f"its page takes addresses {ways}{longest}"
    if rules.note:
        yield rules.note


def _facets(profile: Profile, scope: Scope) -> Iterator[str]:
    told: dict[str, list[Facet]] = {}
    for facet, rule in profile.facets.get(scope, {}).items():
        told.setdefault(_rule(rule), []).append(facet)
    for says, facets in told.items():
        yield f"{', '.join(FACETS[facet] for facet in facets)}: {says}"


def _rule(rule: FacetRule) -> str:
    if rule.read == "no_such_thing":
        return READS[rule.read]
    return f"{READS[rule.read]}, {WRITES[rule.write]}"


def _writing(rule: WriteRule | None) -> Iterator[str]:
    if rule is None:
        return
    if rule.together:
        yield "one call replaces rights and addresses together"
    if rule.one_address:
        yield "one address a call"
    signers = {"self": "the key itself", "manager": "its managing key"}
    if rule.signed_by:
        yield f"writes are signed by {' or '.join(signers[one] for one in sorted(rule.signed_by))}"
    if rule.why:
        yield rule.why
