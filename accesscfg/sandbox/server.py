"""Runs the sandbox: in the foreground for the command line, in a thread for tests, the demo and library
users.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Any, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from accesscfg.sandbox.app import CLOSE, SandboxApp, create_app
from accesscfg.sandbox.faults import Fault
from accesscfg.sandbox.website import act
from accesscfg.sandbox.world import World

LOOPBACK = "127.0.0.1"


class _ClosableProtocol(H11Protocol):
    """HTTP/1.1 that lets the application close its connection without an answer, which ASGI has no word
    for.
    """

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, CLOSE: transport.abort}


def _bind(host: str, port: int) -> socket.socket:
    """A listening socket on a loopback address; port 0 takes a free one.

    Raises ValueError for any other address: the sandbox answers whoever has the made-up secrets, and they are
    in a file.
    """
    address = ip_address(host)
    if not address.is_loopback:
        raise ValueError(f"the sandbox listens on loopback addresses only, not on {host}")
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    # with the protocol named, asyncio turns Nagle's delay off, which would cost 40 ms a request
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _server(app: SandboxApp) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=_ClosableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def serve(
    world: World,
    port: int = 0,
    latency_ms: float = 0,
    *,
    host: str = LOOPBACK,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted (Ctrl-C, SIGTERM). `ready` is called with the URL once connections are
    accepted.

    Raises ValueError for an address that is not loopback, OSError when the port is taken.
    """
    listener = _bind(host, port)
    with listener:
        if ready is not None:
            ready(_url(listener))
        server = _server(create_app(world, latency_ms))
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            return


class Sandbox:
    """A sandbox in a background thread, for as long as the `with` block lasts.

    Takes a world, or what `World.from_yaml` takes.

        with Sandbox(world) as sandbox:
            os.environ["ACCESSCFG_SANDBOX"] = sandbox.url
    """

    def __init__(
        self, world: World | str | Mapping[str, object], *, latency_ms: float = 0, port: int = 0
    ) -> None:
        self._app = create_app(_as_world(world), latency_ms)
        self._port = port
        self._server = _server(self._app)
        self._thread = threading.Thread(target=self._run, name="accesscfg-sandbox", daemon=True)
        self.url = ""

    def __enter__(self) -> Self:
        self._listener = _bind(LOOPBACK, self._port)
        self.url = _url(self._listener)
        self._thread.start()  # the socket listens already, so nobody needs to wait for the thread
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))

    @property
    def world(self) -> World:
        return self._app.world

    def load(self, world: World | str | Mapping[str, object]) -> None:
        """Go on with another world: much cheaper than another sandbox."""
        self._app.world = _as_world(world)

    def state(self) -> dict[str, Any]:
        """As GET /_sandbox/state."""
        return self.world.state()

    def log(self) -> list[dict[str, Any]]:
        """As GET /_sandbox/log."""
        return self.world.requests()

    def website(self, request: Mapping[str, object]) -> dict[str, Any]:
        """As POST /_sandbox/website. Raises WorldError where that answers 400."""
        with self.world.lock:
            return act(self.world, request)

    def fault(self, fault: Fault) -> None:
        """As POST /_sandbox/faults."""
        with self.world.lock:
            self.world.faults.add(fault)

    def clear_faults(self) -> None:
        with self.world.lock:
            self.world.faults.clear()

    def set_clock(self, now_ms: int | None) -> None:
        """As POST /_sandbox/clock."""
        with self.world.lock:
            self.world.clock.freeze(now_ms)


def _as_world(world: World | str | Mapping[str, object]) -> World:
    return world if isinstance(world, World) else World.from_yaml(world)
