"""What is told of an exchange beside its keys: hosts, signing, limits, error codes, and the way through its website."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from accesscfg.model.errors import Trouble
from accesscfg.model.observed import Facet
from accesscfg.model.profile import ErrorCode, Limit, Manual, Profile
from accesscfg.report.providers_sheet import Cell, Cite, Code, Grid, Items, Part, joined
from accesscfg.report.words import FACETS, listing

TROUBLES: Mapping[Trouble, str] = {
    Trouble.KEY: "the key",
    Trouble.SIGNATURE: "the secret",
    Trouble.ADDRESS: "the address",
    Trouble.PERMISSION: "a missing right",
    Trouble.DENIED: "refused",
    Trouble.WEBSITE_ONLY: "website only",
    Trouble.CLOCK: "the clock",
    Trouble.RATE_LIMIT: "too many calls",
    Trouble.SERVER: "the exchange",
    Trouble.NETWORK: "the network",
    Trouble.REQUEST: "the request",
    Trouble.REPLY: "the reply",
}
_KINDS = {"hmac": "HMAC", "rsa": "RSA", "ed25519": "Ed25519"}
_COUNTED = {"ip": "address", "account": "account", "key": "key"}


def calling(profile: Profile, cite: Cite) -> Iterator[Part]:
    hosts = tuple(
        (one.name, Code((one.url,)), joined(one.note, cite(one.source), by=" "))
        for one in profile.endpoints.values()
    )
    yield Grid(("endpoint", "host", "notes, and source"), hosts, ("", "", ""))
    yield Items(tuple(_signing(profile, cite)))
    calls = [*_called(profile.reads, "when reading"), *_called(profile.write_calls, "when changing")]
    if calls:
        yield "Every call that is made; the transport lets no other pass:"
        yield Grid(("call", "made"), tuple(calls), ("", ""))
    else:
        yield "No call is made."


def _called(calls: Iterable[tuple[str, str]], when: str) -> Iterator[tuple[Cell, ...]]:
    for method, path in sorted(calls, key=lambda call: (call[1], call[0])):
        yield Code((f"{method} {path}",)), when


def _signing(profile: Profile, cite: Cite) -> Iterator[str]:
    kinds = " or ".join(name for kind, name in _KINDS.items() if kind in profile.credential_kinds)
    also = ", with a passphrase" if profile.needs_passphrase else ""
    yield f"Keys sign with {kinds}{also}. {cite(profile.origins.get('credentials'))}".rstrip()
    harm = "does the key no harm, as far as is known"
    if not profile.foreign_call_harmless:
        disables = profile.foreign_call_disables
        harm = "disables the key, so it is not made" if disables else "may harm the key, so it is not made"
    note = f" ({profile.foreign_call_note})" if profile.foreign_call_note else ""
    yield (
        f"A call from an address that is not on the key's whitelist {harm}{note}. "
        + cite(profile.origins.get("foreign_call"))
    ).rstrip()
    if profile.counter:
        yield f"The key has a counter that all who use it share: {profile.counter}."
    if profile.reads and profile.time_path is None:
        yield "The exchange has no call for its time: this machine's clock has to be right."


def limits(limits: Iterable[Limit], cite: Cite) -> Grid:
    rows = (
        (
            one.name,
            f"{one.amount:,g} in {one.seconds:g} s",
            f"{_COUNTED[one.scope]} {cite(one.source)}".rstrip(),
        )
        for one in limits
    )
    return Grid(("limit", "most", "counted by, and source"), tuple(rows), ("", "", "by "))


def errors(profile: Profile, cite: Cite) -> Iterator[Part]:
    common = cite.all(one.source for one in profile.errors.values() if one.source and one.source.verified)
    yield f"In our words; what each is about decides what is done next. {common}".rstrip()
    order = list(TROUBLES)
    found = sorted(profile.errors.items(), key=lambda one: (order.index(one[1].trouble), _by_number(one[0])))
    rows = tuple((TROUBLES[error.trouble], Code((code,)), _meaning(error, cite)) for code, error in found)
    yield Grid(("about", "code", "means"), rows, ("", "", ""))


def _meaning(error: ErrorCode, cite: Cite) -> str:
    doubted = error.source is not None and not error.source.verified
    stops = "no further call is made" if error.locks_out else None
    return joined(joined(error.meaning, stops), cite(error.source) if doubted else None, by=" ")


def _by_number(code: str) -> tuple[int, int, str]:
    number = code.removeprefix("-")
    return (0, int(number), code) if number.isdecimal() else (1, 0, code)


# the website


def website(manual: Manual, cite: Cite) -> Iterator[Part]:
    doubt = () if manual.page_verified else ("(no official document has this address)",)
    yield Code((manual.page,)), *doubt
    if manual.source is not None:
        yield f"What follows is from {cite(manual.source)}."
    if manual.needs:
        yield f"To have at hand: {'; '.join(manual.needs)}."
    for form in manual.forms:
        changed = listing(FACETS[facet] for facet in Facet if facet in form.changes)
        yield from _steps(f"To change {changed}:", (*form.open, *form.save))
    ways = tuple((what, _filled(how)) for what, how in _ways(manual) if how)
    if ways:
        yield Grid(("to", "do"), ways, ("", ""))
    yield from _steps("For a new key:", (*manual.create, *manual.created))
    yield from _steps("To delete a key:", manual.delete)
    if manual.cautions:
        yield "Careful:"
        yield Items(tuple(f"{_filled(one.text)} {cite(one.source)}".rstrip() for one in manual.cautions))


def _ways(manual: Manual) -> Iterator[tuple[str, str | None]]:
    yield "get to a sub-account's keys", manual.sub_account
    yield "restrict by IP", manual.restrict
    yield "lift the restriction", manual.lift
    yield "enter a list of addresses", manual.paste
    yield "add an address", manual.add
    yield "remove an address", manual.remove
    yield "let it read only", manual.read_only
    yield "let it do more", manual.read_write
    yield "rename", manual.rename
    yield "switch on", manual.enable
    yield "switch off", manual.disable
    yield "bind to an application", manual.bind
    yield "bind to none", manual.unbound


def _steps(title: str, steps: tuple[str, ...]) -> Iterator[Part]:
    if steps:
        yield title
        yield Items(tuple(map(_filled, steps)), numbered=True)


def _filled(step: str) -> str:
    """A step with words in place of what a guide fills in."""
    return step.replace("{label}", "NAME").replace("{sub}", "SUB-ACCOUNT").replace("{app}", "APPLICATION")
