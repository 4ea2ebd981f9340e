"""What a person is asked to state about a key, facet by facet, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from accesscfg.model.networks import Addresses, sorted_entries
from accesscfg.model.observed import Facet
from accesscfg.model.plan import FacetResult, FacetState, KeyResult
from accesscfg.report.words import FACETS, Words, count, listing, value
from accesscfg_tui.viewmodel.lines import Line, wrapped

_OPEN = (FacetState.CONSISTENT, FacetState.UNOBSERVABLE, FacetState.ATTESTED)


def attestable(result: KeyResult | None) -> tuple[FacetResult, ...]:
    """The facets that nobody can fully see, those that were attested before among them."""
    return () if result is None else tuple(one for one in result.facets if one.state in _OPEN)


def question(one: FacetResult) -> str:
    """What stands beside the box of a facet."""
    match one.facet, one.wanted:
        case Facet.PERMISSIONS, frozenset() as natives:
            return f"The key has {_these(len(natives), 'permission', 'permissions')}, and no other:"
        case Facet.IP_WHITELIST, Addresses(entries):
            return f"The IP whitelist holds {_these(len(entries), 'address', 'addresses')}, and no other:"
        case _:
            return f"The {FACETS[one.facet]}:"


def _these(number: int, one: str, many: str) -> str:
    return f"this {one}" if number == 1 else f"these {number} {many}"


def answer(one: FacetResult, words: Words, exchange: str, width: int) -> list[Line]:
    """The wanted value in words, then what is known of it."""
    match one.facet, one.wanted:
        case Facet.PERMISSIONS, frozenset() as natives:
            shown = list(_one_a_line((words.right(exchange, native) for native in sorted(natives)), width))
        case Facet.IP_WHITELIST, Addresses(entries):
            shown = wrapped(listing(sorted_entries(entries)), width, style="told")
        case _:
            shown = wrapped(value(one.facet, one.wanted, words, exchange), width, style="told")
    return [*shown, *wrapped(_known(one), width, style="faint")]


def _one_a_line(texts: Iterable[str], width: int) -> Iterator[Line]:
    for text in texts:
        yield from wrapped(text, width, style="told")


def _known(one: FacetResult) -> str:
    if one.attestation is not None:
        return f"attested by {one.attestation.by} on {one.attestation.at:%Y-%m-%d}; this renews it"
    return one.why or "no API shows it"


def heading(result_count: int, exchange_name: str) -> str:
    """What the person is asked."""
    things = count(result_count, "thing") if result_count > 1 else "this"
    return (
        f"No API shows {things}. Look at the key's page at {exchange_name} and tick what you see there as"
        " declared. It is recorded with your name, and void as soon as the declaration or the key changes."
    )
