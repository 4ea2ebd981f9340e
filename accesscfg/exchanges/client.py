"""Signed calls to exchanges: connections, the gate, rate limits, the clock, and retries of reads.

A plan's calls go through a transport that passes only the reading calls that the profile lists; an object that can
write exists only while a plan is applied. A write is sent once, whatever happens.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import random
import ssl
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Literal
from urllib.parse import urlencode

import httpx

from accesscfg.exchanges.base import Json, Params, Provider
from accesscfg.exchanges.clock import LearnedClock
from accesscfg.exchanges.limits import Limiter
from accesscfg.exchanges.proxies import proxy_to
from accesscfg.model.desired import DesiredAccount, Egress
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.model.profile import Profile
from accesscfg.secrets import Credential

log = logging.getLogger("accesscfg.http")

TIMEOUT = httpx.Timeout(15.0, connect=10.0)
EXTENSIONS = {"timeout": TIMEOUT.as_dict()}
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody; else httpx makes one a connection pool
HEADERS = {"User-Agent": "accesscfg", "Accept": "application/json"}
READ_TRIES = 3
LONGEST_WAIT_S = 60.0  # an exchange that asks for more is left for this run
RETRIED = frozenset({Trouble.NETWORK, Trouble.SERVER, Trouble.RATE_LIMIT, Trouble.CLOCK})

OnWait = Callable[[str, float, str], None]


class GateClosed(RuntimeError):
    """A call that may not pass here; a mistake in a provider, never in a declaration."""


class Gate(httpx.AsyncBaseTransport):
    """Lets only the listed calls to the one host pass."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, origin: httpx.URL, allowed: frozenset[tuple[str, str]]
    ) -> None:
        self._inner = inner
        self._origin = (origin.scheme, origin.host, origin.port)
        self._base = origin.raw_path.rstrip(b"/")
        self._allowed = frozenset((method, path.encode()) for method, path in allowed)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises GateClosed for any other call."""
        url = request.url
        path = url.raw_path.partition(b"?")[0].removeprefix(self._base)
        here = (url.scheme, url.host, url.port) == self._origin
        if not here or (request.method, path) not in self._allowed:
            raise GateClosed(f"{request.method} {path.decode('ascii', 'replace')} may not pass here")
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class Host:
    """One endpoint of one exchange as this run sees it: its rate limits, and its clock by each way to it.

    A way that is broken must not keep the accounts that are called another way from learning the time.
    """

    def __init__(self, provider: Provider, url: str, headers: Mapping[str, str], limiter: Limiter) -> None:
        self.provider = provider
        self.url = httpx.URL(url)
        self.base = url.rstrip("/")
        self.headers = headers
        self.clocks: defaultdict[str, LearnedClock] = defaultdict(LearnedClock)
        self.limiter = limiter

    @property
    def profile(self) -> Profile:
        """The exchange's profile."""
        return self.provider.profile


class Line:
    """The way to one account: connections that leave by its egress, kept open, for reading or for writing."""

    def __init__(
        self, host: Host, account: str, egress: str, transport: httpx.AsyncBaseTransport, on_wait: OnWait
    ) -> None:
        self.host = host
        self.account = account
        self.egress = egress
        self.clock = host.clocks[egress]
        self._transport = transport
        self._on_wait = on_wait
        self._memos: defaultdict[str, dict[str, str]] = defaultdict(dict)

    def memo(self, key: str) -> dict[str, str]:
        """What providers keep in mind of the account of a key ("account/key", "account/sub/key") in this run."""
        of_sub = key.count("/") > 1
        return self._memos[key if of_sub else ""]

    def _who(self, key: str) -> dict[str, str]:
        return {"ip": self.egress, "account": self.account, "key": key}

    def _waited(self, seconds: float, why: str) -> None:
        self._on_wait(self.account, seconds, why)

    async def learn_time(self, *, again: bool = False) -> None:
        """Learn the exchange's clock where it tells it; once a run and way unless `again`."""
        if self.host.profile.time_path is not None:
            await self.clock.learn(self._ask_time, again=again)

    async def _ask_time(self) -> int:
        reply = await self.read("GET", self.host.profile.time_path or "", (), None, None, "")
        return self.host.provider.server_time_ms(reply)

    async def read(
        self,
        method: str,
        path: str,
        params: Params,
        body: Mapping[str, object] | None,
        auth: httpx.Auth | None,
        key: str,
    ) -> Json:
        """A reading call, tried again a bounded number of times where that can help."""
        attempt = 1
        while True:
            try:
                return await self.once(method, path, params, body, auth, key)
            except ExchangeError as error:
                error.ambiguous = False  # nothing was to be changed
                if error.trouble not in RETRIED or attempt == READ_TRIES:
                    raise
                if error.trouble is Trouble.CLOCK and self.host.profile.time_path is None:
                    raise  # there is nobody to learn the time from
                if error.trouble is Trouble.CLOCK and auth is not None:
                    await self.learn_time(again=True)
                await self._pause(f"{method} {path}", key, error, attempt)
            attempt += 1

    async def _pause(self, call: str, key: str, error: ExchangeError, attempt: int) -> None:
        wait = error.retry_after
        if wait is None:
            wait = 0.2 * 2**attempt * random.uniform(0.5, 1.0)  # noqa: S311 (jitter, no secret)
            if error.trouble is Trouble.RATE_LIMIT:  # somebody, maybe the run before, used the limit up
                wait = max(wait, self.host.limiter.shortest_s(call))
        if wait > LONGEST_WAIT_S:
            raise error
        if error.trouble is Trouble.RATE_LIMIT:
            self.hold_back(call, key, wait)
        self._waited(wait, error.trouble.value)
        await asyncio.sleep(wait)

    def hold_back(self, call: str, key: str, seconds: float) -> None:
        """The exchange asked to wait; hold back every call that shares a limit with this one."""
        self.host.limiter.close(call, self._who(key), seconds)

    async def once(
        self,
        method: str,
        path: str,
        params: Params,
        body: Mapping[str, object] | None,
        auth: httpx.Auth | None,
        key: str,
    ) -> Json:
        """One call, sent once. Raises ExchangeError."""
        who = self._who(key)
        await self.host.limiter.acquire(f"{method} {path}", who, self._waited)
        started = time.monotonic()
        try:
            response = await self._answer(self._request(method, path, params, body), auth)
        except httpx.HTTPError as error:
            log.debug("%s %s %s: %s", self.account, method, path, type(error).__name__)
            raise self._no_answer(method, path, error) from None
        log.debug(
            "%s %s %s: %d in %.0f ms",
            self.account,
            method,
            path,
            response.status_code,
            (time.monotonic() - started) * 1000,
        )
        self._learn_usage(f"{method} {path}", who, response.headers)
        return self._parsed(method, path, response)

    async def _answer(self, request: httpx.Request, auth: httpx.Auth | None) -> httpx.Response:
        """The answer, read to its end, of one exchange of request and response.

        Not through httpx's client: its redirects, cookies and log lines (with whole URLs) are not wanted here.
        """
        if auth is not None:
            request = next(auth.auth_flow(request))
        response = await self._transport.handle_async_request(request)
        try:
            await response.aread()
        finally:
            await response.aclose()
        return response

    def _request(
        self, method: str, path: str, params: Params, body: Mapping[str, object] | None
    ) -> httpx.Request:
        query = f"?{urlencode(params)}" if params else ""
        content = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        headers = {**HEADERS, **self.host.headers}
        if content is not None:
            headers["Content-Type"] = "application/json"
        return httpx.Request(
            method, f"{self.host.base}{path}{query}", content=content, headers=headers, extensions=EXTENSIONS
        )

    def _no_answer(self, method: str, path: str, error: httpx.HTTPError) -> ExchangeError:
        sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        slow = isinstance(error, httpx.TimeoutException)
        return ExchangeError(
            Trouble.NETWORK,
            f"no answer from {self.host.url.host} ({'timed out' if slow else 'connection failed'})",
            where=f"{self.account}: {method} {path}",
            ambiguous=method != "GET" and sent,
            fix="look at the network between this machine and the exchange, then run again",
        )

    def _learn_usage(self, call: str, who: dict[str, str], headers: httpx.Headers) -> None:
        for header in self.host.profile.usage_headers:
            used = header.used_by(headers)
            if used is not None:
                self.host.limiter.learn(call, who, header.scope, used)

    def _parsed(self, method: str, path: str, response: httpx.Response) -> Json:
        where = f"{self.account}: {method} {path}"
        failure = self.host.provider.failure(response.status_code, response.headers, response.content)
        if failure is not None:
            failure.where = where
            failure.ambiguous = failure.ambiguous and method != "GET"
            raise failure
        try:
            return json.loads(response.content)
        except (ValueError, RecursionError):
            raise ExchangeError(
                Trouble.REPLY,
                "the exchange's answer is not JSON",
                where=where,
                ambiguous=method != "GET",
            ) from None


class ReadingCalls:
    """Reading calls signed with one key."""

    def __init__(self, line: Line, credential: Credential, key: str) -> None:
        self._line = line
        self._key = key
        self.memo = line.memo(key)
        base = line.host.url.path.rstrip("/")
        self._auth = line.host.provider.signer(credential, line.clock, base)

    async def get(self, path: str, params: Params = ()) -> Json:
        """Raises ExchangeError."""
        await self._line.learn_time()
        return await self._line.read("GET", path, params, None, self._auth, self._key)

    async def ask(self, path: str, body: Mapping[str, object] | None = None) -> Json:
        """A call that reads although it is a POST. Raises ExchangeError."""
        await self._line.learn_time()
        return await self._line.read("POST", path, (), body or {}, self._auth, self._key)


class WritingCalls(ReadingCalls):
    """Reading and writing calls signed with one key. `sent` counts the writing requests that left."""

    def __init__(self, line: Line, credential: Credential, key: str) -> None:
        super().__init__(line, credential, key)
        self.sent = 0

    async def send(
        self,
        method: Literal["POST", "DELETE"],
        path: str,
        *,
        params: Params = (),
        body: Mapping[str, object] | None = None,
    ) -> Json:
        """A writing call, sent once. Raises ExchangeError."""
        await self._line.learn_time()
        self.sent += 1
        try:
            return await self._line.once(method, path, params, body, self._auth, self._key)
        except ExchangeError as error:
            wait = error.retry_after
            if error.trouble is Trouble.RATE_LIMIT and wait is not None and wait <= LONGEST_WAIT_S:
                self._line.hold_back(f"{method} {path}", self._key, wait)  # not for this call: for the next
            raise


# by exchange and endpoint; handed from run to run of one process, as the exchange counts on between them
Limiters = dict[tuple[str, str], Limiter]


class Lines:
    """Every connection of one run. One SSL context for all; an account's connections are reused."""

    def __init__(
        self,
        provider_of: Callable[[str], Provider],
        sandbox_url: str | None,
        on_wait: OnWait,
        *,
        writing: bool = False,
        limiters: Limiters | None = None,
    ) -> None:
        self._limiters = {} if limiters is None else limiters
        self._provider_of = provider_of
        self._sandbox_url = sandbox_url
        self._on_wait = on_wait
        self._writing = writing
        self._hosts: dict[tuple[str, str], Host] = {}
        self._lines: dict[tuple[str, Egress], Line] = {}
        self._gates: list[Gate] = []
        self._ssl: ssl.SSLContext | None = None

    async def __aenter__(self) -> Lines:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        for gate in self._gates:
            await gate.aclose()

    def provider(self, exchange: str) -> Provider:
        """The provider of an exchange."""
        return self._provider_of(exchange)

    def reading(
        self, account: DesiredAccount, egress: Egress, credential: Credential, key: str
    ) -> ReadingCalls:
        """Reading calls to an account, signed with a key. Raises ExchangeError when it cannot sign."""
        return ReadingCalls(self._line(account, egress), credential, key)

    def writing(
        self, account: DesiredAccount, egress: Egress, credential: Credential, key: str
    ) -> WritingCalls:
        """Writing calls; only of a run that applies a plan."""
        if not self._writing:
            raise GateClosed("this run only reads")
        return WritingCalls(self._line(account, egress), credential, key)

    def _line(self, account: DesiredAccount, egress: Egress) -> Line:
        slot = (account.name, egress)
        line = self._lines.get(slot)
        if line is None:
            host = self._host(account)
            gate = self._gate(host, egress)
            self._gates.append(gate)
            way = egress.proxy or egress.local_address or "this machine"
            line = self._lines[slot] = Line(host, account.name, way, gate, self._on_wait)
        return line

    def _host(self, account: DesiredAccount) -> Host:
        slot = (account.exchange, account.endpoint)
        host = self._hosts.get(slot)
        if host is None:
            provider = self._provider_of(account.exchange)
            endpoint = provider.profile.endpoints.get(account.endpoint)
            # validation lets a URL pass as an endpoint only when it is loopback
            url, headers = (account.endpoint, {}) if endpoint is None else (endpoint.url, endpoint.headers)
            if self._sandbox_url is not None:
                url = f"{self._sandbox_url}/{account.exchange}"
            limiter = self._limiters.setdefault(slot, Limiter(provider.profile.limits))
            host = self._hosts[slot] = Host(provider, url, headers, limiter)
        return host

    def _gate(self, host: Host, egress: Egress) -> Gate:
        local = host.url.scheme == "http"
        inner = httpx.AsyncHTTPTransport(
            verify=NO_TLS if local else self._context(),
            local_address=self._local_address(egress),
            proxy=proxy_to(host.url.host, egress),
            trust_env=False,
        )
        profile = host.profile
        allowed = profile.reads | profile.write_calls if self._writing else profile.reads
        return Gate(inner, host.url, allowed)

    def _local_address(self, egress: Egress) -> str | None:
        """The declared one; against the sandbox only a loopback address can be called from."""
        local = egress.local_address
        if local is None or self._sandbox_url is None:
            return local
        return local if ipaddress.ip_address(local).is_loopback else None

    def _context(self) -> ssl.SSLContext:
        if self._ssl is None:
            self._ssl = httpx.create_ssl_context()
        return self._ssl
