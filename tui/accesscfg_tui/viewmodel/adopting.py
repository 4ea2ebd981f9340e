"""What of a key's live state its declaration could take over, facet by facet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from accesscfg.model.desired import DesiredKey, Pool
from accesscfg.model.edit import KeyEdit, pools_in_the_way
from accesscfg.model.networks import Addresses, AppBound, Unrestricted, sorted_entries
from accesscfg.model.observed import Facet, FacetValue, Observed, Partly
from accesscfg.model.plan import FacetResult, FacetState
from accesscfg.report.words import FACETS, Words, listing, value
from accesscfg_tui.viewmodel.lines import Line, line, wrapped
from accesscfg_tui.viewmodel.looks import Look
from accesscfg_tui.viewmodel.rows import ListRow

POOLS = "pools"  # the row that replaces pools


@dataclass(frozen=True, slots=True)
class Offer:
    """One facet in drift: its live value, or why that is not taken over; the pools in its way with their addresses."""

    facet: Facet
    wanted: str
    live: str
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
        """Keep what was chosen, as far as it is offered still."""
        offered = {offer.facet for offer in self.offers if offer.value is not None}
        self.chosen = before.chosen & offered
        self.without_pools = before.without_pools and bool(self.pools)

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
        return KeyEdit(self.key.path, values, self.without_pools) if values else None

    @property
    def blocked(self) -> str:
        """Why the choice is no edit yet."""
        if Facet.IP_WHITELIST in self.chosen and self.pools and not self.without_pools:
            return (
                f"{listing(f'pool {name}' for name in self.pools)} has addresses that are not live:"
                " replace it in this list by its other addresses, or take them out of the pool (3)"
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
    wanted = value(found.facet, found.wanted, words, key.exchange)
    match found.seen:
        case Observed(of):
            live: FacetValue = of
        case Partly(False):
            live = Unrestricted()
        case _:
            why = "only what is seen in full can be taken over"
            return Offer(found.facet, wanted, "not wholly seen", None, why)
    shown = value(found.facet, live, words, key.exchange)
    if found.facet is Facet.PRESENCE:
        return Offer(
            found.facet, wanted, shown, None, "write `state: absent`, or take the key out of the file (e)"
        )
    if isinstance(live, AppBound) or (
        isinstance(key.whitelist, AppBound) and found.facet is Facet.IP_WHITELIST
    ):
        return Offer(
            found.facet, wanted, shown, None, "what belongs to an application is declared as `app` (e)"
        )
    in_the_way = (
        pools_in_the_way(key, pools, live)
        if isinstance(live, Addresses | Unrestricted)
        else dict[str, frozenset[str]]()
    )
    return Offer(found.facet, wanted, shown, live, pools=in_the_way)


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
        *wrapped(f"declared  {offer.wanted}", width, first=" " * 6, rest=" " * 16, style="faint"),
        *wrapped(f"live      {offer.live}", width, first=" " * 6, rest=" " * 16),
    ]
    rows = [ListRow(name if not n else f"{name}#{n}", one) for n, one in enumerate(lines)]
    return rows + (_pool_rows(adoption, offer, width, ascii=ascii) if offer.pools else [])


def _pool_rows(adoption: Adoption, offer: Offer, width: int, *, ascii: bool) -> list[ListRow]:
    box = _box(adoption.without_pools, ascii=ascii)
    rows = [
        ListRow(
            POOLS,
            line(f"      {box}  ", ("replace these pools in this list by their other addresses", "strong")),
        )
    ]
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
