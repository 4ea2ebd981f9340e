"""Requests signed by hand, for what the independent clients cannot be made to send."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.sandbox.worlds import PASSPHRASE


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def digest(secret: str, payload: str) -> bytes:
    return hmac.digest(secret.encode(), payload.encode(), hashlib.sha256)


@dataclass(frozen=True)
class Client:
    """One key at one exchange. `shift_ms` sets its clock wrong; `made_secret` is that of a key just made."""

    http: httpx.Client
    url: str
    key: str = "manager"
    shift_ms: int = 0
    made_secret: str | None = None

    @property
    def secret(self) -> str:
        return self.made_secret or f"{self.key}Secret"


class BinanceClient(Client):
    def send(self, method: str, path: str, query: str = "", body: str = "") -> httpx.Response:
        """`query` and `body` as they are: already signed or not."""
        url = f"{self.url}{path}?{query}" if query else f"{self.url}{path}"
        headers = {"X-MBX-APIKEY": self.key, "Content-Type": "application/x-www-form-urlencoded"}
        return self.http.request(method, url, content=body, headers=headers)

    def call(self, method: str, path: str, params: Mapping[str, object] | None = None) -> httpx.Response:
        """Everything in the query, as the exchange's own SDK does it."""
        stamp = now_ms() + self.shift_ms
        query = urlencode({**(params or {}), "recvWindow": 5000, "timestamp": stamp})
        return self.send(method, path, f"{query}&signature={digest(self.secret, query).hex()}")


class BybitClient(Client):
    def send(self, method: str, path: str, signed_part: str) -> httpx.Response:
        """`signed_part` is the raw query of a GET, the raw body of a POST."""
        stamp = str(now_ms() + self.shift_ms)
        headers = {
            "X-BAPI-API-KEY": self.key,
            "X-BAPI-TIMESTAMP": stamp,
            "X-BAPI-RECV-WINDOW": "5000",
            "X-BAPI-SIGN": digest(self.secret, f"{stamp}{self.key}5000{signed_part}").hex(),
        }
        if method == "GET":
            return self.http.get(f"{self.url}{path}?{signed_part}", headers=headers)
        return self.http.post(f"{self.url}{path}", content=signed_part, headers=headers)

    def get(self, path: str, **params: object) -> dict[str, Any]:
        return self.send("GET", path, urlencode(params)).json()

    def post(self, path: str, **params: object) -> dict[str, Any]:
        return self.send("POST", path, json.dumps(params)).json()


class OkxClient(Client):
    def send(self, method: str, target: str, body: str = "", **headers: str) -> httpx.Response:
        """`target` is the path with its query."""
        moment = datetime.fromtimestamp((now_ms() + self.shift_ms) / 1000, UTC)
        stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        signature = base64.b64encode(digest(self.secret, f"{stamp}{method}{target}{body}")).decode()
        signed = {
            "OK-ACCESS-KEY": self.key,
            "OK-ACCESS-SIGN": signature,
            "OK-ACCESS-TIMESTAMP": stamp,
            "OK-ACCESS-PASSPHRASE": PASSPHRASE,
            "Content-Type": "application/json",
        }
        kept = {name: value for name, value in {**signed, **headers}.items() if value}
        return self.http.request(method, f"{self.url}{target}", content=body, headers=kept)

    def get(self, path: str, **params: object) -> dict[str, Any]:
        query = urlencode(params)
        return self.send("GET", f"{path}?{query}" if query else path).json()

    def post(self, path: str, **params: object) -> dict[str, Any]:
        return self.send("POST", path, json.dumps(params)).json()
