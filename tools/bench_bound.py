"""The least time that a plan's requests can take, whatever the client does.

An account's calls follow each other, each taking the latency and waiting for the account's published limits; calls
of all accounts together wait for the limits of the address they come from.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accesscfg.model.profile import Limit


@dataclass(frozen=True, slots=True)
class Request:
    """One request out of the sandbox's log. `account` is None for a call without a key: asking for the time."""

    exchange: str
    account: str | None
    call: str


def duration_s(calls: Sequence[str], limits: Iterable[Limit], latency_s: float) -> float:
    """Seconds that calls ("METHOD /path") take one after the other, waiting for these limits."""
    windows: list[tuple[Limit, deque[tuple[float, float]]]] = [(limit, deque()) for limit in limits]
    now = 0.0
    for call in calls:
        counted = [(limit, spent, _cost(limit, call)) for limit, spent in windows if _cost(limit, call)]
        for limit, spent, cost in counted:
            while spent and sum(weight for _, weight in spent) + cost > limit.amount:
                now = max(now, spent.popleft()[0] + limit.seconds)
        for _, spent, cost in counted:
            spent.append((now, cost))
        now += latency_s
    return now


def _cost(limit: Limit, call: str) -> float:
    return limit.costs.get(call, 0.0) if limit.costs else 1.0


def slowest_s(
    requests: Sequence[Request], limits: dict[str, tuple[Limit, ...]], latency_s: float
) -> tuple[float, str]:
    """The slowest account or shared address bucket, in seconds, and what it is."""
    by_account: dict[tuple[str, str], list[str]] = defaultdict(list)
    by_exchange: dict[str, list[str]] = defaultdict(list)
    first: dict[str, int] = defaultdict(int)
    for request in requests:
        by_exchange[request.exchange].append(request.call)
        if request.account is None:
            first[request.exchange] += 1  # every account of the exchange waits for it
        else:
            by_account[request.exchange, request.account.partition("/")[0]].append(request.call)
    found = []
    for (exchange, account), calls in by_account.items():
        own = [limit for limit in limits[exchange] if limit.scope != "ip"]
        took = first[exchange] * latency_s + duration_s(calls, own, latency_s)
        found.append((took, f"account {account}: {len(calls) + first[exchange]} requests"))
    for exchange, calls in by_exchange.items():
        for limit in limits[exchange]:
            if limit.scope == "ip":
                took = duration_s([call for call in calls if _cost(limit, call)], [limit], 0.0) + latency_s
                found.append((took, f"address limit of {exchange}: {limit.name}"))
    return max(found)
