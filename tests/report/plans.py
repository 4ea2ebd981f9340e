"""Plans made by hand for tests of what is shown of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from accesscfg.model.desired import Scope
from accesscfg.model.findings import Finding, Mark
from accesscfg.model.networks import Addresses, Unrestricted
from accesscfg.model.observed import (
    Facet,
    LiveKey,
    LiveSub,
    Observation,
    Observed,
    Partly,
    UndeclaredKey,
    UndeclaredSub,
    Unknown,
)
from accesscfg.model.paths import parse_key_path
from accesscfg.model.plan import (
    ApplyResult,
    Change,
    ChangeResult,
    ChangeValue,
    Direction,
    FacetResult,
    FacetState,
    Guard,
    KeyResult,
    Lifecycle,
    LifecycleWord,
    Means,
    Outcome,
    Plan,
    Refusal,
)
from accesscfg.model.profile import (
    FacetRule,
    Form,
    IpRules,
    Manual,
    Permission,
    Profile,
    Source,
    WriteRule,
)
from accesscfg.report import Words

AT = datetime(2026, 11, 21, 8, 15, tzinfo=UTC)
BOTH: frozenset[Scope] = frozenset({"own", "sub"})


def right(native: str, label: str, *gives: str, comes_with: Iterable[str] = ()) -> Permission:
    """A permission that both kinds of keys can have."""
    return Permission(
        native,
        label,
        frozenset(gives),
        BOTH,
        {"own": "manual", "sub": "api"},
        comes_with=frozenset(comes_with),
    )


NORTH = Profile(
    exchange="north",
    name="North",
    checked="2026-11-01",
    endpoints={},
    permissions=(
        right("canRead", "Read", "read"),
        right("canSpot", "Spot Trading", "spot"),
        right("canOrder", "Contract Orders", "futures"),
        right("canPosition", "Contract Positions", "futures"),
        right("canDerive", "Derivatives", "futures", comes_with=("canOrder", "canPosition")),
        right("canTrade", "Trade All", "margin", "options"),
        right("canWithdraw", "Withdrawals", "withdraw"),
        right("canBadge", "Badges"),
    ),
    ip_rules={
        "own": IpRules(30, networks=False, ipv6=False, entry=("comma",)),
        "sub": IpRules(20, networks=True, ipv6=True, entry=("blanks",)),
    },
    facets={
        "own": {Facet.PERMISSIONS: FacetRule("full", "manual", "main keys are changed on the website")},
        "sub": {Facet.PERMISSIONS: FacetRule("full", "api"), Facet.IP_WHITELIST: FacetRule("flag", "api")},
    },
    writes={"sub": WriteRule(True, frozenset({"manager"}))},
    reads=frozenset({("GET", "/key")}),
    write_calls=frozenset(),
    time_path="/time",
    limits=(),
    errors={},
    clocks=(),
    manual=Manual(
        page="https://north.example/keys",
        page_verified=True,
        forms=(
            Form(
                frozenset({Facet.PERMISSIONS}),
                ("Open API Management and choose Edit.",),
                ("Tick the boxes and confirm.",),
            ),
            Form(
                frozenset({Facet.IP_WHITELIST}),
                ("Open API Management and choose Edit.",),
                ("Paste the list and confirm.",),
            ),
        ),
        needs=(),
        create=("Choose Create.",),
        created=(),
        delete=(),
    ),
    sub_id_form=".+",
    sub_id_what="its name",
    lists_sub_keys=True,
    lists_sub_accounts=True,
    foreign_call_harmless=True,
    credential_kinds=frozenset({"hmac"}),
    needs_passphrase=False,
    sources=(Source("north's documents", "2026-11-01"),),
    unverified=("whether a key ends by itself",),
)
WORDS = Words({"north": NORTH}.get)


def result(
    facet: Facet,
    state: FacetState,
    wanted: ChangeValue = None,
    seen: Observation | None = None,
    why: str = "",
) -> FacetResult:
    """One facet's result; seen is what is wanted unless it is said."""
    if seen is None:
        assert wanted is not None
        assert not isinstance(wanted, tuple)
        seen = Observed(wanted, AT)  # type: ignore[arg-type]
    return FacetResult(facet, state, wanted, seen, why)


def key(path: str, *facets: FacetResult, used_by: str | None = None, **fields: object) -> KeyResult:
    """A key of North; in sync when no facet is given."""
    where = parse_key_path(path)
    made = KeyResult(
        path=where,
        exchange="north",
        scope="own" if where.sub is None else "sub",
        used_by=used_by,
        signed_by=where,
        facets=facets or (result(Facet.PRESENCE, FacetState.IN_SYNC, True),),
        lifecycle=LifecycleWord(Lifecycle.OK),
        hash="0" * 64,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def change(
    name: str,
    path: str,
    facet: Facet,
    before: ChangeValue,
    after: ChangeValue,
    direction: Direction,
    means: Means = Means.API,
    reason: str = "",
    waits_for: tuple[str, ...] = (),
) -> Change:
    """A change whose differences are worked out from before and after."""
    old, new = (_elements(value) for value in (before, after))
    return Change(
        id=name,
        step=0,
        key=parse_key_path(path),
        facet=facet,
        before=before,
        after=after,
        direction=direction,
        means=means,
        reason=reason,
        waits_for=waits_for,
        gone=old - new,
        new=new - old,
    )


def _elements(value: ChangeValue) -> frozenset[str]:
    if isinstance(value, Addresses):
        return value.entries
    return value if isinstance(value, frozenset) else frozenset()


def plan(keys: Iterable[KeyResult] = (), changes: Iterable[Change] = (), **fields: object) -> Plan:
    """A plan with fixed id and time."""
    numbered = tuple(replace(one, step=step) for step, one in enumerate(changes))
    made = Plan(
        id="p0123456789abcdef",
        made_at=AT,
        version="0.1.0",
        workspace="exchanges.yaml",
        declaration_hash="d" * 64,
        targets=(),
        keys=tuple(keys),
        changes=numbered,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def ips(*entries: str) -> Addresses:
    """A whitelist."""
    return Addresses(frozenset(entries))


def natives(*names: str) -> frozenset[str]:
    """A set of native permissions."""
    return frozenset(names)


def live(
    label: str | None,
    permissions: frozenset[str] | None = None,
    whitelist: Addresses | Unrestricted | Observation | None = None,
    key_id: str | None = "abc123",
    **fields: object,
) -> LiveKey:
    """A live key; what is not given is not known."""
    facets: dict[Facet, Observation] = {}
    if permissions is not None:
        facets[Facet.PERMISSIONS] = Observed(permissions, AT)
    if isinstance(whitelist, Addresses | Unrestricted):
        facets[Facet.IP_WHITELIST] = Observed(whitelist, AT)
    elif whitelist is not None:
        facets[Facet.IP_WHITELIST] = whitelist
    return LiveKey(key_id=key_id, facets=facets, label=label, **fields)  # type: ignore[arg-type]


READ = natives("canRead")
SPOT = natives("canRead", "canSpot")
FUND = natives("canRead", "canSpot", "canWithdraw")


def drifted() -> Plan:
    """Three keys: one changed by API, one on the website, one that cannot be told; and all else there is."""
    bot, main, lost = "desk/grid/bot", "desk/trader", "desk/lost"
    keys = (
        key(
            bot,
            result(Facet.PRESENCE, FacetState.IN_SYNC, True),
            result(
                Facet.PERMISSIONS, FacetState.DRIFT, SPOT, Observed(natives("canRead", "canWithdraw"), AT)
            ),
            result(
                Facet.IP_WHITELIST, FacetState.DRIFT, ips("203.0.113.10"), Observed(ips("198.51.100.7"), AT)
            ),
            used_by="Hummingbot",
        ),
        key(
            main,
            result(Facet.PRESENCE, FacetState.IN_SYNC, True),
            result(Facet.PERMISSIONS, FacetState.DRIFT, READ, Observed(SPOT, AT)),
            result(
                Facet.IP_WHITELIST,
                FacetState.CONSISTENT,
                ips("203.0.113.10"),
                Partly(True, "North shows only whether the key is restricted", AT),
                "North shows only whether the key is restricted",
            ),
        ),
        key(
            lost,
            result(Facet.PRESENCE, FacetState.UNKNOWN, True, Unknown("no answer"), "no answer"),
            lifecycle=LifecycleWord(Lifecycle.EXTEND, "ends 2026-11-30: as the exchange says", AT),
        ),
    )
    website = "North takes this on its website only"
    revoke = natives("canRead")
    changes = (
        change("c1", bot, Facet.PERMISSIONS, natives("canRead", "canWithdraw"), revoke, Direction.REVOKES),
        change(
            "c2",
            bot,
            Facet.IP_WHITELIST,
            ips("198.51.100.7"),
            ips("198.51.100.7", "203.0.113.10"),
            Direction.GRANTS,
            waits_for=("c1",),
        ),
        change(
            "c3",
            bot,
            Facet.IP_WHITELIST,
            ips("198.51.100.7", "203.0.113.10"),
            ips("203.0.113.10"),
            Direction.REVOKES,
            waits_for=("c2",),
        ),
        change("c4", bot, Facet.PERMISSIONS, revoke, SPOT, Direction.GRANTS, waits_for=("c1", "c2", "c3")),
        change("c5", main, Facet.PERMISSIONS, SPOT, READ, Direction.REVOKES, Means.MANUAL, website),
    )
    return plan(
        keys,
        changes,
        undeclared_keys=(UndeclaredKey("desk", None, None, live("Old Bot", SPOT, Unrestricted())),),
        undeclared_subs=(
            UndeclaredSub("desk", LiveSub("777", "Side Desk"), (live("x", READ, ips("192.0.2.1")),)),
        ),
        notes=("not looked for: keys of the website",),
        unknown=("sub-accounts of desk: time-out",),
        warnings=(
            Finding("warning", "private-address", "10.0.0.1 is private", Mark("exchanges.yaml", 9, 7)),
        ),
        refusals=(
            Refusal(
                Guard.LAST_ADDRESS,
                parse_key_path(bot),
                "c3",
                "none of the addresses allowed today would remain",
            ),
        ),
    )


def applied(*outcomes: Outcome, **fields: object) -> ApplyResult:
    """The result of applying the drifted plan, an outcome for each of its five changes."""
    made = drifted()
    results = tuple(
        ChangeResult(one, outcome, "" if outcome is Outcome.DONE else f"because of c1 ({outcome.value})")
        for one, outcome in zip(made.changes, outcomes, strict=True)
    )
    return replace(ApplyResult(made, results, writes=2), **fields)  # type: ignore[arg-type]
