"""The paths below /_sandbox: look at the world, change it as a person would, order faults, set the clock."""

from __future__ import annotations

import json

from accesscfg.sandbox.faults import Fault
from accesscfg.sandbox.simulator import Reply, json_reply
from accesscfg.sandbox.website import act
from accesscfg.sandbox.world import World
from accesscfg.sandbox.worldfile import Node, WorldError

PREFIX = "/_sandbox/"


def control(world: World, method: str, path: str, body: bytes) -> Reply:
    """Answers with 400 and `{"error": ...}` what cannot be done. The caller holds the world's lock."""
    action = (method, path.removeprefix(PREFIX))
    try:
        if action == ("GET", "state"):
            return json_reply(200, world.state())
        if action == ("GET", "log"):
            return json_reply(200, world.requests())
        if action == ("POST", "website"):
            return json_reply(200, act(world, _json(body)))
        if action == ("POST", "faults"):
            return json_reply(200, order_fault(world, _json(body)))
        if action == ("POST", "clock"):
            return json_reply(200, set_clock(world, _json(body)))
    except ValueError as error:
        return json_reply(400, {"error": str(error)}, "400")
    return json_reply(404, {"error": f"no such control: {method} {path}"}, "404")


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        raise WorldError("the body is not JSON") from None


def order_fault(world: World, request: object) -> dict[str, object]:
    """`{"clear": true}`, or the fields of a `Fault`; `times: null` is until cleared."""
    node = Node(request, "")
    if isinstance(request, dict) and "clear" in request:
        if not node.fields("clear")["clear"].flag():
            raise WorldError("clear is true")
        world.faults.clear()
        return {}
    fields = node.fields("exchange", "path", "kind", "times", "ms", "skip")
    if missing := [name for name in ("exchange", "path", "kind") if name not in fields]:
        raise WorldError(f"{missing[0]} is missing")
    exchange = fields["exchange"].text()
    if exchange != "*" and exchange not in world.venues:
        raise WorldError(f"no such exchange: {exchange}")
    endless = isinstance(request, dict) and "times" in request and "times" not in fields
    times = None if endless else _number(fields, "times", 1)
    fault = Fault(
        exchange=exchange,
        path=fields["path"].text(),
        kind=fields["kind"].text(),
        times=times,
        ms=_number(fields, "ms", 0),
        skip=_number(fields, "skip", 0),
    )
    world.faults.add(fault)
    return {}


def _number(fields: dict[str, Node], name: str, default: int) -> int:
    value = fields[name].value if name in fields else default
    if not isinstance(value, int) or isinstance(value, bool):
        raise WorldError(f"{name} must be a whole number")
    return value


def set_clock(world: World, request: object) -> dict[str, object]:
    fields = Node(request, "").fields("now_ms")
    world.clock.freeze(_number(fields, "now_ms", 0) if "now_ms" in fields else None)
    return {"now_ms": world.clock.now_ms()}
