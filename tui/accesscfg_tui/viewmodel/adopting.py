"""What of a key's live state its declaration could take over, facet by facet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from accesscfg.model.adopt import adoptable
from accesscfg.model.desired import DesiredKey, Pool
from accesscfg.model.edit import KeyEdit, pools_in_the_way
from accesscfg.model.networks import Addresses, Unrestricted, sorted_entries
from accesscfg.model.observed import Facet, FacetValue, Observed
from accesscfg.model.plan import FacetResult, FacetState
from accesscfg.report.words import FACETS, Words, listing, value
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.viewmodel.looks import Look
from accesscfg_tui.viewmodel.rows import ListRow

POOLS = "pools"  # the row that replaces pools


@dataclass(frozen=True, slots=True)
class Offer:
    """One facet in drift: its live value, or why that is not taken over; the pools in its way with their addresses.

    `told` are the lines about it: a word, what it is about, and the name of its style.
    """

    facet: Facet
    told: tuple[tuple[str, str, str], ...]
    value: FacetValue | None
    why_not: str = ""
    pools: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Adoption:
    """What may be taken over for one key, and what was chosen of it. Changed by its screen only."""

    key: DesiredKey
    offers: tuple[Offer, ...]
    chosen: set[Facet] = field(default_factory=set)
    without_pools: bool = False

    def take_over(self, before: Adoption) -> None:
        """Keep what was chosen, also while it is not offered, as the key is being read again."""
        if before.offers or before.chosen:
            self.chosen = set(before.chosen)
        self.without_pools = before.without_pools

    @property
    def pools(self) -> Mapping[str, frozenset[str]]:
        """The pools in the way of the list."""
        return next((offer.pools for offer in self.offers if offer.pools), {})

    @property
    def edit(self) -> KeyEdit | None:
        """The edit that was chosen; None while nothing is."""
        values = {
            offer.facet: offer.value
            for offer in self.offers
            if offer.facet in self.chosen and offer.value is not None
        }
        return KeyEdit(self.key.path, values, self.without_pools and bool(self.pools)) if values else None

    @property
    def blocked(self) -> str:
        """Why the choice is no edit yet."""
        if Facet.IP_WHITELIST in self.chosen and self.pools and not self.without_pools:
            return (
                f"{listing(f'pool {name}' for name in self.pools)} has addresses that are not live:"
                " P replaces it in this list by its other addresses; or take them out of the pool (3)"
            )
        return ""

    def turn(self, row_id: str) -> None:
        """Choose a row, or leave it again."""
        if row_id == POOLS:
            self.without_pools = not self.without_pools
            return
        for offer in self.offers:
            if offer.facet.value == row_id and offer.value is not None:
                self.chosen ^= {offer.facet}


def adoption(key: DesiredKey, look: Look, pools: Mapping[str, Pool], words: Words) -> Adoption:
    """What a key's declaration could take over of what was read in this session; a single offer is chosen."""
    results = () if look.result is None or not look.fresh else look.result.facets
    drifting = [one for one in results if one.state is FacetState.DRIFT]
    offers = tuple(_offer(one, key, pools, words) for one in drifting)
    possible = {offer.facet for offer in offers if offer.value is not None}
    return Adoption(key, offers, chosen=possible if len(possible) == 1 else set())


def _offer(found: FacetResult, key: DesiredKey, pools: Mapping[str, Pool], words: Words) -> Offer:
    can = adoptable(found, key)
    if can.value is None:
        told = _told(found, found.seen.value, key, words) if isinstance(found.seen, Observed) else ()
        return Offer(found.facet, told, None, can.why_not)
    whitelist = can.value if isinstance(can.value, Addresses | Unrestricted) else None
    in_the_way = {} if whitelist is None else pools_in_the_way(key, pools, whitelist)
    return Offer(found.facet, _told(found, can.value, key, words), can.value, pools=in_the_way)


def _told(
    found: FacetResult, live: FacetValue, key: DesiredKey, words: Words
) -> tuple[tuple[str, str, str], ...]:
    """What would come and go, for sets one line each; else the two values."""
    wanted, careful = found.wanted, ""
    match wanted, live:
        case frozenset(), frozenset():
            comes, goes, stays = live - wanted, wanted - live, wanted & live
            named = [words.rights(key.exchange, some) for some in (comes, goes)]
            careful = _lets_money_out(key, comes, words)
        case Addresses(), Addresses():
            comes, goes = live.entries - wanted.entries, wanted.entries - live.entries
            stays = wanted.entries & live.entries
            named = [
                ", ".join(sorted_entries(comes)),
                ", ".join(_with_pool(key, one) for one in sorted_entries(goes)),
            ]
        case _:
            both = (value(found.facet, one, words, key.exchange) for one in (wanted, live))
            return tuple(zip(("declared", "live"), both, ("faint", ""), strict=True))
    shown = [
        ("comes", named[0] if comes else "", "warn"),
        ("careful", careful, "bad"),
        ("goes", named[1] if goes else "", "good"),
        ("stays", f"{len(stays)} more" if stays else "", "faint"),
    ]
    return tuple(one for one in shown if one[1])


def _lets_money_out(key: DesiredKey, natives: frozenset[str], words: Words) -> str:
    """What is to be said of rights that let somebody withdraw."""
    profile = words.profile_of(key.exchange)
    rights = [] if profile is None else [profile.permission(native, key.scope) for native in natives]
    lets = any(right is not None and "withdraw" in right.reach for right in rights)
    return "the declaration would say that this key may withdraw" if lets else ""


def _with_pool(key: DesiredKey, entry: str) -> str:
    return f"{entry} (pool {key.origins[entry]})" if entry in key.origins else entry


def adoption_rows(adoption: Adoption, width: int, *, ascii: bool) -> list[ListRow]:
    """A row a facet with what is declared and what is live, and one that replaces pools."""
    rows: list[ListRow] = []
    for offer in adoption.offers:
        rows += _offer_rows(adoption, offer, width, ascii=ascii)
    return rows


def _box(chosen: bool, *, ascii: bool) -> str:
    return ("[x]" if chosen else "[ ]") if ascii else ("[✓]" if chosen else "[ ]")


def _offer_rows(adoption: Adoption, offer: Offer, width: int, *, ascii: bool) -> list[ListRow]:
    name, title = offer.facet.value, FACETS[offer.facet]
    if offer.value is None:
        head = line(
            (f"  –   {title}" if not ascii else f"  -   {title}", "faint"), (f"  {offer.why_not}", "faint")
        )
    else:
        chosen = offer.facet in adoption.chosen
        head = line(f" {_box(chosen, ascii=ascii)}  ", (title, "strong"))
    lines = [
        head,
        *(
            one
            for word, text, style in offer.told
            for one in wrapped(text, width, first=f"      {word:<10}", rest=" " * 16, style=style)
        ),
    ]
    rows = [ListRow(name if not n else f"{name}#{n}", one) for n, one in enumerate(lines)]
    return rows + (_pool_rows(adoption, offer, width, ascii=ascii) if offer.pools else [])


def _pool_rows(adoption: Adoption, offer: Offer, width: int, *, ascii: bool) -> list[ListRow]:
    box = _box(adoption.without_pools, ascii=ascii)
    asks = "replace these pools in this list by their other addresses"
    shown = wrapped(asks, width, first=f"      {box}  ", style="strong")
    rows = [ListRow(POOLS if not n else f"{POOLS}#{n}", one) for n, one in enumerate(shown)]
    for name, gone in offer.pools.items():
        text = f"pool {name}: {', '.join(sorted_entries(gone))} not live"
        rows += [
            ListRow(f"{POOLS}#{name}#{n}", one)
            for n, one in enumerate(wrapped(text, width, first=" " * 11, style="warn"))
        ]
    return rows


def nothing_to_adopt(key: DesiredKey, look: Look, width: int) -> list[Line]:
    """Why nothing is offered."""
    if look.result is None or not look.fresh:
        return wrapped(f"{key.path} was not read in this session; r reads it.", width, style="warn")
    return wrapped(
        f"Everything that is seen of {key.path} is as declared: there is nothing to take over.", width
    )


def chosen_words(facets: Collection[Facet]) -> str:
    """The facets in words."""
    return listing(FACETS[facet] for facet in Facet if facet in facets)
