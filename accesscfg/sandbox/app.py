"""The ASGI application: every simulator under its name, and the sandbox's own paths beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from accesscfg.sandbox.clock import tick_ms
from accesscfg.sandbox.control import PREFIX, control
from accesscfg.sandbox.faults import Fault
from accesscfg.sandbox.log import Entry
from accesscfg.sandbox.registry import SIMULATORS
from accesscfg.sandbox.simulator import Call, Reply, Simulator, json_reply
from accesscfg.sandbox.world import World

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_MOST = 1_000_000
CLOSE = "accesscfg.close"  # in the scope's state: closes the connection without an answer
DECIDING = ("drop_before", "429", "5xx")


class SandboxApp:
    """`world` may be replaced between requests; `latency_ms` passes before each request to an exchange is
    handled.
    """

    def __init__(self, world: World, latency_ms: float = 0) -> None:
        self.world = world
        self._latency_ms = latency_ms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError("the sandbox speaks HTTP only")
        body = await _read_body(receive)
        if body is None:
            await _send(send, json_reply(413, {"error": "the body is too large"}, "413"))
            return
        path = scope["raw_path"].decode("latin-1")
        if path.startswith(PREFIX):
            with self.world.lock:
                reply: Reply | None = control(self.world, scope["method"], path, body)
        else:
            reply = await self._exchange(scope, path, body)
        if reply is None:
            await _close(scope, receive)
        else:
            await _send(send, reply)

    async def _exchange(self, scope: Scope, path: str, body: bytes) -> Reply | None:
        """The answer of the exchange whose name the path begins with; None: close the connection instead."""
        name, slash, rest = path[1:].partition("/")
        simulator = SIMULATORS.get(name)
        if simulator is None or not slash:
            return json_reply(404, {"error": f"simulated here: {', '.join(SIMULATORS)}"}, "404")
        world, below = self.world, "/" + rest
        with world.lock:
            number = world.log.next_number()
            faults = world.faults.take(name, below)
        delay_ms = self._latency_ms + sum(fault.ms for fault in faults if fault.kind == "latency")
        if delay_ms:
            await asyncio.sleep(delay_ms / 1000)
        with world.lock:
            call = _call(world, simulator, scope, below, body, faults)
            reply, decided_by = _answer(simulator, call, faults)
            world.log.add(_entry(number, simulator, call, reply, decided_by))
        return reply


def create_app(world: World, latency_ms: float = 0) -> SandboxApp:
    """The sandbox as an ASGI application."""
    return SandboxApp(world, latency_ms)


def _call(
    world: World, simulator: Simulator, scope: Scope, path: str, body: bytes, faults: tuple[Fault, ...]
) -> Call:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    venue, query, source = world.venues[simulator.name], scope["query_string"], scope["client"][0]
    presented = venue.find(simulator.named_key(headers, query, body))
    return Call(
        method=scope["method"],
        path=path,
        query=query,
        body=body,
        headers=headers,
        source=source if presented is None else presented.account.judged_address(source),
        presented=presented,
        venue=venue,
        random=world.random,
        now_ms=world.clock.now_ms() + sum(fault.ms for fault in faults if fault.kind == "clock_skew"),
        tick_ms=tick_ms(),
    )


def _answer(simulator: Simulator, call: Call, faults: tuple[Fault, ...]) -> tuple[Reply | None, str | None]:
    """The answer, or None for none, and the kind of fault that decided it."""
    first = next((fault for fault in faults if fault.kind in DECIDING), None)
    if first is not None:
        if first.kind == "drop_before":
            return None, first.kind
        reply = simulator.too_many(call, first.ms) if first.kind == "429" else simulator.broken(call)
        return reply, first.kind
    reply = simulator.answer(call)
    if any(fault.kind == "drop_after" for fault in faults):
        return None, "drop_after"
    return reply, faults[0].kind if faults else None


def _entry(number: int, simulator: Simulator, call: Call, reply: Reply | None, fault: str | None) -> Entry:
    return Entry(
        n=number,
        time_ms=call.now_ms,
        exchange=simulator.name,
        method=call.method,
        path=call.path,
        account=None if call.presented is None else call.presented.account.path,
        key_label=None if call.presented is None else call.presented.key.label,
        write=simulator.is_write(call.method, call.path),
        status=None if reply is None else reply.status,
        code=None if reply is None else reply.code,
        source=call.source,
        fault=fault,
    )


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body, or None when it is larger than anything an exchange takes."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > BODY_MOST:
            return None
    return body


async def _send(send: Send, reply: Reply) -> None:
    headers = [
        (b"content-type", reply.content_type.encode()),
        (b"content-length", str(len(reply.body)).encode()),
        *((name.lower().encode(), value.encode()) for name, value in reply.headers),
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


async def _close(scope: Scope, receive: Receive) -> None:
    scope["state"][CLOSE]()
    while (await receive())["type"] != "http.disconnect":
        pass
