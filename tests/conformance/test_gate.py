"""A plan cannot write, by construction: what reads has no way to write, and the transport lets nothing else pass."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import pytest

from accesscfg.exchanges.base import KeyRef, Target, WriteCalls
from accesscfg.exchanges.client import Gate, GateClosed, Lines, ReadingCalls
from accesscfg.model.networks import Addresses, Unrestricted
from accesscfg.model.observed import Facet, LiveKey, Observed
from accesscfg.sandbox.registry import SIMULATORS
from tests.support.build import NOW
from tests.support.rig import Pair, Rig, Side, calls
from tests.support.stage import Stage
from tests.support.venues import ASKING, PROFILES, VENUES, WRITING, Venue

every = pytest.mark.parametrize("venue", VENUES, ids=str)
asking = pytest.mark.parametrize("venue", ASKING, ids=str)
writing = pytest.mark.parametrize("venue", WRITING, ids=str)
ORIGIN = "http://127.0.0.1:9/exchange"


class Beyond(httpx.AsyncBaseTransport):
    """Behind the gate: counts what passed."""

    def __init__(self) -> None:
        self.passed: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.passed.append(f"{request.method} {request.url.path}")
        return httpx.Response(200, json={})


def through(venue: Venue, method: str, url: str) -> tuple[bool, list[str]]:
    """Whether a reading gate let the request pass, and what came out behind it."""
    beyond = Beyond()
    gate = Gate(beyond, httpx.URL(ORIGIN), venue.profile.reads)

    async def send() -> bool:
        try:
            await gate.handle_async_request(httpx.Request(method, url))
        except GateClosed:
            return False
        return True

    return asyncio.run(send()), beyond.passed


@every
def test_the_listed_reads_pass(venue: Venue) -> None:
    for method, path in venue.profile.reads:
        assert through(venue, method, f"{ORIGIN}{path}?page=1") == (True, [f"{method} /exchange{path}"])


@every
def test_no_listed_read_is_a_write(venue: Venue) -> None:
    """A POST that only reads is one that the simulator, which knows nothing of the profile, takes for no write."""
    simulator = SIMULATORS[venue.exchange]
    assert [call for call in venue.profile.reads if simulator.is_write(*call)] == []
    assert [call for call in venue.profile.write_calls if not simulator.is_write(*call)] == []
    assert {method for method, _ in venue.profile.reads} <= {"GET", "POST"}


@every
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"])
def test_nothing_else_passes_whatever_the_method(method: str, venue: Venue) -> None:
    reads = venue.profile.reads
    paths = {path for _, path in reads | venue.profile.write_calls if (method, path) not in reads}
    for path in paths:
        assert through(venue, method, f"{ORIGIN}{path}") == (False, [])


@asking
def test_no_other_path_host_port_or_scheme_passes(venue: Venue) -> None:
    method, path = sorted(venue.profile.reads)[0]
    strange = [
        f"{ORIGIN}{path}/more",
        f"{ORIGIN}{path}/",
        f"{ORIGIN}/%2e%2e{path}",
        f"{ORIGIN}{path.upper()}",
        f"http://127.0.0.1:9{path}/exchange{path}",
        f"http://127.0.0.1:9/other{path}",
        f"http://127.0.0.1:10/exchange{path}",
        f"http://127.0.0.2:9/exchange{path}",
        f"https://127.0.0.1:9/exchange{path}",
        f"http://localhost:9/exchange{path}",
        f"http://127.0.0.1.example.com:9/exchange{path}",
    ]
    for url in strange:
        assert through(venue, method, url) == (False, []), url


@asking
def test_a_run_that_reads_hands_out_nothing_that_can_write(venue: Venue) -> None:
    rig = Rig(venue)
    account = rig.declaration().accounts[0]
    path = rig.path("manager")

    async def look() -> None:
        async with Lines(PROFILES.provider, "http://127.0.0.1:9", lambda *_: None) as lines:
            handed = lines.reading(account, rig.egress, rig.credential(path), str(path))
            assert type(handed) is ReadingCalls
            assert {name for name in dir(handed) if not name.startswith("_")} == {"get", "ask", "memo"}
            with pytest.raises(GateClosed):
                lines.writing(account, rig.egress, rig.credential(path), str(path))

    asyncio.run(look())


@writing
def test_a_provider_that_is_handed_reading_calls_as_writing_ones_gets_nothing_through(
    venue: Venue, stage: Stage
) -> None:
    """The gate is the second wall: here the first one is torn down by force."""
    rig = Rig(venue, sub={"bot": Pair(Side(venue.base_sub), Side(venue.base_sub))})
    sandbox = stage(rig)
    provider, account = PROFILES.provider(venue.exchange), rig.declaration().accounts[0]
    seen = Observed(frozenset(venue.base_sub), NOW)
    live = LiveKey(
        "mainsubbot",
        {Facet.PERMISSIONS: seen, Facet.IP_WHITELIST: Observed(Unrestricted(), NOW)},
        carry={"readOnly": False, "groups": {}, "id": "4711"},
    )
    target = Target(frozenset(venue.base_sub), Addresses(frozenset({"198.51.100.1"})), "bot")

    class Forced(ReadingCalls):
        """Sends writes over the line of a run that reads."""

        async def send(self, method: str, path: str, *, params=(), body=None):  # type: ignore[no-untyped-def]
            return await self._line.once(method, path, params, body, self._auth, self._key)

    async def force(calls: WriteCalls) -> None:
        phrase = rig.credential(rig.path("bot", "sub")).passphrase
        key = KeyRef("sub", venue.sub_id, "mainsubbot", by_self=False, passphrase=phrase)
        await provider.write(calls, key, live, target)

    async def go() -> None:
        async with Lines(PROFILES.provider, sandbox.url, lambda *_: None) as lines:
            path = rig.path("manager")
            reading = lines.reading(account, rig.egress, rig.credential(path), str(path))
            await reading._line.learn_time()
            with pytest.raises(GateClosed):
                await force(Forced(reading._line, rig.credential(path), str(path)))

    asyncio.run(go())
    assert calls(sandbox) == venue.time_calls


def test_what_the_gate_refuses_is_not_named_in_full() -> None:
    """Queries carry signatures; the message has the path alone."""
    gate = Gate(Beyond(), httpx.URL(ORIGIN), frozenset())
    with pytest.raises(GateClosed) as caught:
        asyncio.run(gate.handle_async_request(httpx.Request("GET", f"{ORIGIN}/x?signature=secret")))
    assert "secret" not in str(caught.value)


@every
def test_a_writing_run_passes_the_listed_writes_and_no_other(venue: Venue) -> None:
    profile = replace(venue.profile, reads=frozenset())
    gate = Gate(Beyond(), httpx.URL(ORIGIN), profile.reads | profile.write_calls)
    for method, path in profile.write_calls:
        asyncio.run(gate.handle_async_request(httpx.Request(method, f"{ORIGIN}{path}")))
        with pytest.raises(GateClosed):
            asyncio.run(gate.handle_async_request(httpx.Request(method, f"{ORIGIN}{path}/more")))
