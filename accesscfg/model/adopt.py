"""Which live values a declaration can take over."""

from __future__ import annotations

from dataclasses import dataclass

from accesscfg.model.desired import DesiredKey
from accesscfg.model.edit import KeyEdit
from accesscfg.model.networks import AppBound, Unrestricted
from accesscfg.model.observed import Facet, FacetValue, Observed, Partly
from accesscfg.model.plan import FacetResult


@dataclass(frozen=True, slots=True)
class Adoptable:
    """A facet whose live value can be declared; `value` is None where it cannot, and `why_not` says why."""

    facet: Facet
    value: FacetValue | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Adoption:
    """What of a key was found to take over: the edit (None for nothing), what differs and cannot be taken over, and
    what could not be asked this time."""

    edit: KeyEdit | None
    left: tuple[Adoptable, ...] = ()
    unknown: tuple[Facet, ...] = ()


def adopt_exit_code(adoption: Adoption) -> int:
    """The exit code of `adopt` where nothing was refused: 3 where something could not be asked, else 0."""
    return 3 if adoption.unknown else 0


def adoptable(found: FacetResult, key: DesiredKey) -> Adoptable:
    """What of a facet's result the declaration of its key can take over: what was seen in full, of a key that is there.

    A flag that says `not restricted` is a whole answer.
    """
    match found.seen:
        case Observed(of):
            live: FacetValue = of
        case Partly(False):
            live = Unrestricted()
        case _:
            return Adoptable(found.facet, None, "only what is seen in full can be taken over")
    if found.facet is Facet.PRESENCE:
        return Adoptable(found.facet, None, "write `state: absent`, or take the key out of the file")
    is_list = found.facet is Facet.IP_WHITELIST
    if isinstance(live, AppBound) or (is_list and isinstance(key.whitelist, AppBound)):
        return Adoptable(found.facet, None, "what belongs to an application is declared as `app`")
    return Adoptable(found.facet, live)
