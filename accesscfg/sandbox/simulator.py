"""What every simulated exchange has to say for itself, and the shapes of a request and a reply."""

from __future__ import annotations

import json
import random
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from accesscfg.sandbox.accounts import Account, Caller, Key, Venue
from accesscfg.sandbox.addresses import AddressRule

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Call:
    """One request as received, below the exchange's prefix.

    `path`, `query` and `body` are what came over the wire, undecoded; header names are in lower case.
    `presented` is the key that the request names, with nothing proven yet; `source` is the address the
    request is judged by. `now_ms` is the exchange's clock, `tick_ms` the one that rate limits count in.
    """

    method: str
    path: str
    query: bytes
    body: bytes
    headers: Mapping[str, str]
    source: str
    presented: Caller | None
    venue: Venue
    random: random.Random
    now_ms: int
    tick_ms: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `code` is the exchange's own code, "0" when it accepted the request."""

    status: int
    body: bytes
    code: str = "0"
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"


def json_reply(
    status: int, payload: object, code: str = "0", headers: tuple[tuple[str, str], ...] = ()
) -> Reply:
    return Reply(status, json.dumps(payload, separators=(",", ":")).encode(), code, headers)


class Refused(Exception):
    """Raised inside a simulator to answer with `reply` at once."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.code)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an exchange shows once, when it makes a key."""

    api_key: str
    api_secret: str
    passphrase: str | None = None


class Simulator(ABC):
    """One exchange.

    `options` are the world's switches for it: each with its allowed values, the default first.
    """

    name: str
    addresses: AddressRule
    options: Mapping[str, tuple[object, ...]] = {}
    numeric_uid = True
    saving_renews = False  # saving addresses on the website starts a key's time anew, whatever end it had

    @abstractmethod
    def presented_key(self, headers: Mapping[str, str], query: bytes) -> str:
        """The key id that a request names, or ""."""

    def named_key(self, headers: Mapping[str, str], query: bytes, body: bytes) -> str:
        """The same where the body may name it; most exchanges have it in a header or the query."""
        return self.presented_key(headers, query)

    @abstractmethod
    def is_write(self, method: str, path: str) -> bool:
        """Whether this request changes something when it is accepted."""

    @abstractmethod
    def respond(self, call: Call) -> Reply:
        """The answer; may raise Refused."""

    @abstractmethod
    def too_many(self, call: Call, wait_ms: int) -> Reply:
        """The answer to a client that is over its limit."""

    @abstractmethod
    def broken(self, call: Call) -> Reply:
        """The answer of a server in trouble."""

    @abstractmethod
    def mint(self, rng: random.Random) -> Credentials:
        """Credentials of a new key, in the exchange's form."""

    @abstractmethod
    def site_refusal(self, account: Account, before: Key | None, after: Key) -> str | None:
        """Why the website would not save `after` (made new, or in place of `before`), or None."""

    def settled(self, permissions: tuple[str, ...]) -> tuple[str, ...]:
        """The permissions an exchange keeps for those that a world or a person gives a key."""
        return permissions

    def answer(self, call: Call) -> Reply:
        try:
            return self.respond(call)
        except Refused as refusal:
            return refusal.reply


def random_text(rng: random.Random, length: int, letters: str = LETTERS) -> str:
    return "".join(rng.choices(letters, k=length))
