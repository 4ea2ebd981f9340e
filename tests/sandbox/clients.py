"""The exchanges' own SDKs and ccxt, unchanged but for the address they call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.sandbox.worlds import PASSPHRASE


class Tamper(HTTPAdapter):
    """Changes `old` into `new` in what an SDK has already signed."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__()
        self._old, self._new = old, new

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        assert request.url is not None
        before = (request.url, request.body)
        request.url = request.url.replace(self._old, self._new)
        if isinstance(request.body, bytes):
            request.body = request.body.replace(self._old.encode(), self._new.encode())
        elif isinstance(request.body, str):
            request.body = request.body.replace(self._old, self._new)
        assert (request.url, request.body) != before, "nothing was changed"
        return super().send(request, *args, **kwargs)


def tamper(session: requests.Session, old: str, new: str) -> None:
    session.mount("http://", Tamper(old, new))


def refusal(call: Callable[..., object], *args: object, **kwargs: object) -> str:
    """What a client says when it was refused: its exception's text, and the code it keeps beside it."""
    import binance_common.errors
    import ccxt
    import pybit.exceptions

    known = (
        ccxt.BaseError,
        binance_common.errors.Error,
        pybit.exceptions.FailedRequestError,
        pybit.exceptions.InvalidRequestError,
    )
    try:
        answer = call(*args, **kwargs)
    except known as error:
        return f"{getattr(error, 'status_code', '')} {error}"
    pytest.fail(f"was accepted: {answer}")


@contextmanager
def ccxt_client(name: str, url: str, key: str, secret: str | None = None) -> Iterator[Any]:
    """ccxt with its implicit methods; every address in its `urls.api` is moved below `url`/<exchange>."""
    import ccxt

    options = {"fetchMarkets": {"types": []}, "adjustForTimeDifference": False}
    client = getattr(ccxt, name)(
        {
            "apiKey": key,
            "secret": secret or f"{key}Secret",
            "password": PASSPHRASE,
            "options": options,
            "enableRateLimit": False,
        }
    )
    client.session.trust_env = False
    client.urls["api"] = _moved(client.urls["api"], f"{url}/{name}")
    try:
        yield client
    finally:
        client.session.close()


def _moved(urls: Mapping[str, Any], base: str) -> dict[str, Any]:
    """The same paths at `base`, at any depth: `https://api.binance.com/sapi/v1` becomes `base/sapi/v1`."""
    return {
        name: _moved(url, base)
        if isinstance(url, Mapping)
        else base + "".join("/" + part for part in url.split("/")[3:])
        for name, url in urls.items()
    }


@contextmanager
def binance_sdk(kind: str, url: str, key: str, secret: str | None = None, **more: Any) -> Iterator[Any]:
    """`kind` is "wallet" or "sub_account"; `more` goes to its configuration (`private_key`)."""
    from binance_common.configuration import ConfigurationRestAPI
    from binance_sdk_sub_account.sub_account import SubAccount
    from binance_sdk_wallet.wallet import Wallet

    if "private_key" not in more:
        more["api_secret"] = secret or f"{key}Secret"
    configuration = ConfigurationRestAPI(api_key=key, base_path=f"{url}/binance", retries=0, **more)
    api = {"wallet": Wallet, "sub_account": SubAccount}[kind](configuration).rest_api
    sessions = [part._session for part in vars(api).values() if hasattr(part, "_session")]
    for session in sessions:
        session.trust_env = False
    try:
        yield api
    finally:
        for session in sessions:
            session.close()


@contextmanager
def bybit_sdk(url: str, key: str, secret: str | None = None, **more: Any) -> Iterator[Any]:
    from pybit.unified_trading import HTTP

    client = HTTP(api_key=key, api_secret=secret or f"{key}Secret", max_retries=1, retry_delay=0, **more)
    client.endpoint = f"{url}/bybit"
    client.client.trust_env = False
    try:
        yield client
    finally:
        client.client.close()


@contextmanager
def okx_sdk(kind: str, url: str, key: str, secret: str | None = None) -> Iterator[Any]:
    """`kind` is "account" or "sub_account"."""
    from okx.Account import AccountAPI
    from okx.SubAccount import SubAccountAPI

    api = {"account": AccountAPI, "sub_account": SubAccountAPI}[kind]
    client = api(key, secret or f"{key}Secret", PASSPHRASE, flag="0", domain=f"{url}/okx")
    try:
        yield client
    finally:
        client.close()
