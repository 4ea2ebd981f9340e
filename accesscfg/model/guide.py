"""A guided manual fix: what a person does on an exchange's website, step by step, and how it is verified."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from accesscfg.model.networks import Whitelist
from accesscfg.model.observed import Facet
from accesscfg.model.paths import KeyPath
from accesscfg.model.plan import FacetResult, Guard
from accesscfg.model.profile import Entry

GUIDE_FORMAT_VERSION = 1


class Purpose(StrEnum):
    """What the guide is for."""

    CHANGE = "change"  # something that was seen differs
    CREATE = "create"  # a key has to be made, at times in the place of one that cannot be edited
    DELETE = "delete"
    DECLARE = "declare"  # what is declared cannot be had, so that has to change first, and there are no steps
    COMPARE = "compare"  # what differs cannot be seen, so the whole wanted state is gone through
    NOTHING = "nothing"  # it is as declared


class StepKind(StrEnum):
    """What one step does; what a form holds changes the key only when it is saved."""

    OPEN = "open"  # the page, or one of its forms
    CREATE = "create"  # begin a new key
    BIND = "bind"  # the new key to an application
    READ_ONLY = "read_only"  # choose it where the form asks for that first
    READ_WRITE = "read_write"
    UNTICK = "untick"
    UNTICK_OTHERS = "untick_others"  # everything but `natives`
    TICK = "tick"
    CHECK = "check"  # look whether it is so, and make it so: exactly `natives` are ticked
    RESTRICT = "restrict"  # switch the restriction by addresses on
    LIFT = "lift"  # and off
    PASTE = "paste"  # addresses into the list, beside those that are there or in their place
    ADD = "add"
    REMOVE = "remove"
    REMOVE_OTHERS = "remove_others"  # every address but `addresses`
    RENAME = "rename"
    EXPIRE = "expire"
    ENABLE = "enable"
    DISABLE = "disable"
    SAVE = "save"
    STORE = "store"  # a secret, where it belongs
    DELETE = "delete"
    DO = "do"  # anything else; `text` says it


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    `id` stays the same while the step does. `visit` numbers the visits to forms, from 0 on: what its steps do takes
    effect when its last `save` is done. `copy` is what to copy, never a secret. `mode`: only for accounts in that
    mode. `changes` are the ids of the plan's changes that it is part of. `certain`: it is a difference that was seen;
    else it may be so already. `done`: when it was ticked off.
    """

    id: str
    kind: StepKind
    text: str
    facet: Facet | None = None
    natives: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    copy: str | None = None
    mode: str | None = None
    changes: tuple[str, ...] = ()
    certain: bool = True
    visit: int = 0
    done: datetime | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """One permission of the exchange's form as it is to be, and as it is: None where that is not known.

    `wanted` is None where it may be either way, as it comes along with another one.
    """

    native: str
    label: str
    group: str | None
    mode: str | None
    wanted: bool | None
    live: bool | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """One address as it is to be; `origin` is the pool it comes from, None for one of the key's own."""

    entry: str
    origin: str | None
    live: bool | None


@dataclass(frozen=True, slots=True)
class WantedState:
    """The whole declared state. `leaving` are addresses that were seen and are not wanted."""

    rights: tuple[Right, ...]
    whitelist: Whitelist
    addresses: tuple[Allowed, ...]
    leaving: tuple[str, ...]
    label: str | None
    enabled: bool
    expires: str | None


@dataclass(frozen=True, slots=True)
class Warning:
    """What a guard or policy says of these steps; nothing stops a person, so it is said before."""

    guard: Guard | None
    text: str


@dataclass(frozen=True, slots=True)
class Guide:
    """The guided fix of one key.

    - `name`: how the key is called on the page, as far as it is known
    - `new`: another key takes its place, as this one cannot be edited
    - `needs`: what to have at hand; `cautions`: what the exchange resets, forbids or asks for; `notes`: what was seen
    - `entry`: how addresses are given, of the ways in `entries` that its website is known for
    - `verifies`: facets that accesscfg can see afterwards; `attests`: those that a person has to attest
    - `beyond`: what differs and cannot be changed on the website
    - `changes`: the ids of the plan's changes that the steps cover; `by_api`: those that `apply` could make
    """

    key: KeyPath
    exchange: str
    exchange_name: str
    name: str
    purpose: Purpose
    page: str
    page_verified: bool
    steps: tuple[Step, ...]
    wanted: WantedState
    new: bool = False
    used_by: str | None = None
    held: bool = True
    needs: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    warnings: tuple[Warning, ...] = ()
    notes: tuple[str, ...] = ()
    entry: Entry = "comma"
    entries: tuple[Entry, ...] = ()
    verifies: tuple[Facet, ...] = ()
    attests: tuple[Facet, ...] = ()
    beyond: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    by_api: tuple[str, ...] = ()
    checked: str = ""

    @property
    def current(self) -> Step | None:
        """The first step that is not ticked off; None when all are."""
        return next((step for step in self.steps if step.done is None), None)

    def visits(self) -> Iterator[tuple[int, tuple[Step, ...]]]:
        """The steps of each visit to a form, in order."""
        for number in dict.fromkeys(step.visit for step in self.steps):
            yield number, tuple(step for step in self.steps if step.visit == number)

    def ticked(self, ticks: Mapping[str, datetime]) -> Guide:
        """The same guide with its steps ticked off at these times, by step id."""
        return replace(self, steps=tuple(replace(step, done=ticks.get(step.id)) for step in self.steps))


class Verdict(StrEnum):
    """What a look at the key after a manual fix says."""

    VERIFIED = "verified"
    DIFFERENT = "different"
    ATTEST = "attest"  # what can be seen is as declared, the rest has to be attested
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Open:
    """One facet that is not verified, and how it was seen."""

    verdict: Verdict
    result: FacetResult


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict on a key, what stands against it, and what is left to do in `guide`."""

    key: KeyPath
    verdict: Verdict
    open: tuple[Open, ...]
    guide: Guide

    @property
    def exit_code(self) -> int:
        """0 verified, 2 different or to be attested, 3 unknown."""
        return {Verdict.VERIFIED: 0, Verdict.UNKNOWN: 3}.get(self.verdict, 2)

    def facets(self, verdict: Verdict) -> tuple[Facet, ...]:
        """The facets with this verdict."""
        return tuple(one.result.facet for one in self.open if one.verdict is verdict)

    @property
    def attest_command(self) -> str:
        """How to record what a person has seen."""
        facets = "".join(f" --facet {facet}" for facet in self.facets(Verdict.ATTEST))
        return f"accesscfg attest {self.key}{facets} --by YOUR-NAME"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on all: unknown before different before attest before verified."""
    found = set(verdicts)
    order = (Verdict.UNKNOWN, Verdict.DIFFERENT, Verdict.ATTEST)
    return next((verdict for verdict in order if verdict in found), Verdict.VERIFIED)
