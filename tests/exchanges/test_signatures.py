"""The signers against the vectors that the exchanges and independent clients published."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, unquote

import httpx
import pytest

from accesscfg.exchanges.credentials import signing_key
from accesscfg.exchanges.kraken import wire as kraken
from accesscfg.secrets import Secret
from tests.exchanges.world import (
    StandingClock,
    hmac_credential,
    pem_credential,
    provider,
    rsa_accepts,
    rsa_pem,
)

BASES = ("https://exchange.test", "http://127.0.0.1:9/exchange")

BINANCE_KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
BINANCE_SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
BINANCE_MS = 1499827319559
ORDER = "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
SUB_KEY = "k5V49ldtn4tszj6W3hystegdfvmGbqDzjmkCtpTvC0G74WhK7yd4rfCTo4lShf"

# the private key of Binance's FIX example: the only published pair of an Ed25519 key and its signature
FIX_PEM = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIIJEYWtGBrhACmb9Dvy+qa8WEf0lQOl1s4CLIAB9m89u
-----END PRIVATE KEY-----
"""
FIX_SIGNATURE = "4MHXelVVcpkdwuLbl6n73HQUXUf1dse2PCgT1DYqW9w8AVZ1RACFGM+5UdlGPrQHrgtS3CvsRURC1oj73j8gCA=="


def signed(
    exchange: str, request: httpx.Request, ms: int, credential: object = None, base: str = BASES[0]
) -> httpx.Request:
    auth = provider(exchange).signer(credential, StandingClock(ms), httpx.URL(base).path.rstrip("/"))  # type: ignore[arg-type]
    return next(auth.sync_auth_flow(request))


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(
    ("query", "signature"),
    [
        (f"symbol=LTCBTC&{ORDER}", "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"),
        (
            f"symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&{ORDER}",
            "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
        ),
        # the mixed example: query and body follow each other with nothing between
        (
            "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTCquantity=1&price=0.1",
            "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77",
        ),
        ("", "82f4e72e95e63d666b6da651e82a701722ad8a785a169318d91f36f279c55821"),
        (
            f"email=sub%2B1%40example.com&subAccountApiKey={SUB_KEY}&status=2"
            "&ipAddress=203.0.113.7%2C203.0.113.8",
            "a67ade1721c65cfb392d37602085c01f988f6393d7b71f787d70a3d50e94cdab",
        ),
    ],
)
def test_binance_hmac(base: str, query: str, signature: str) -> None:
    url = f"{base}/sapi/v1/x" + (f"?{query}" if query else "")
    request = signed(
        "binance", httpx.Request("POST", url), BINANCE_MS, hmac_credential(BINANCE_KEY, BINANCE_SECRET), base
    )
    sent = request.url.query.decode()
    prefix = f"{query}&" if query else ""
    assert sent == f"{prefix}recvWindow=5000&timestamp={BINANCE_MS}&signature={signature}"
    assert request.headers["X-MBX-APIKEY"] == BINANCE_KEY
    assert str(request.url).startswith(f"{base}/sapi/v1/x?")


def test_binance_signs_the_query_and_then_the_body() -> None:
    request = httpx.Request("POST", f"{BASES[0]}/sapi/v1/x?a=1", content=b"b=2&c=%40")
    credential = hmac_credential(BINANCE_KEY, BINANCE_SECRET)
    query = dict(parse_qsl(signed("binance", request, BINANCE_MS, credential).url.query.decode()))
    payload = f"a=1&recvWindow=5000&timestamp={BINANCE_MS}b=2&c=%40".encode()
    assert query["signature"] == hmac.new(BINANCE_SECRET.encode(), payload, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("base", BASES)
def test_binance_rsa_is_base64_that_is_percent_encoded(base: str) -> None:
    request = httpx.Request("GET", f"{base}/sapi/v1/x?email=a%40b.test")
    sent = signed("binance", request, BINANCE_MS, pem_credential("k", rsa_pem()), base).url.query.decode()
    payload, _, signature = sent.partition("&signature=")
    assert not set(signature) & set("+/=")
    rsa_accepts(rsa_pem(), unquote(signature), payload.encode())


def test_binance_ed25519_signs_its_fix_example() -> None:
    key = signing_key(pem_credential("k", FIX_PEM), ["ed25519"])
    payload = b"A\x01EXAMPLE\x01SPOT\x011\x0120240627-11:17:25.223"
    assert base64.b64encode(key.sign(payload)).decode() == FIX_SIGNATURE


def test_binance_ed25519_requests_carry_a_signature_of_64_bytes() -> None:
    """The REST document prints RSA values of 256 bytes under the name Ed25519; they are no vectors."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    request = httpx.Request("GET", f"{BASES[0]}/sapi/v1/x")
    sent = signed("binance", request, BINANCE_MS, pem_credential("k", FIX_PEM)).url.query.decode()
    payload, _, signature = sent.partition("&signature=")
    raw = base64.b64decode(unquote(signature))
    key = load_pem_private_key(FIX_PEM.encode(), None)
    assert isinstance(key, Ed25519PrivateKey)
    assert len(raw) == 64
    key.public_key().verify(raw, payload.encode())


BYBIT_SECRET = "exampleSecretForDocsOnly000000000001"
BYBIT_BODY = b'{"readOnly":0,"ips":"203.0.113.7,203.0.113.8","permissions":{"Spot":["SpotTrade"]}}'


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(
    ("key", "secret", "ms", "method", "query", "body", "signature"),
    [
        (
            *("EXAMPLEAPIKEY00001", BYBIT_SECRET, 1700000000000, "GET", "", b""),
            "db1a33d18ec6359baa4555b6c5d9ff01ba89836601cead4f09c648ac9494acbf",
        ),
        (
            *(
                "EXAMPLEAPIKEY00001",
                BYBIT_SECRET,
                1700000000000,
                "GET",
                "?limit=20&subMemberId=100400345",
                b"",
            ),
            "784bb2d9407b5c6610d1f76717d3d570d493fea6b15b6b54a5ea6b48e9eda8ed",
        ),
        (
            *("EXAMPLEAPIKEY00001", BYBIT_SECRET, 1700000000000, "POST", "", BYBIT_BODY),
            "9f61ec8e3f512d25caf661eedc29f7437c6fde90b58fcf155bf5b03ce8d256cc",
        ),
        (
            *("XXXXXXXXXX", "XXXXXXXXXX", 1658384313791, "GET"),
            *("?category=option&symbol=BTC-29JUL22-25000-C", b""),
            "b3a13cbd6f9de0ad7ece696645a98000281be3558716624cfca03debd2f24574",
        ),
        (
            *("XXXXXXXXXX", "XXXXXXXXXX", 1658385578423, "POST", "", b'{"category":"option"}'),
            "a04dea33a62e644897b14c6ff458db428b9c2424b5cb785c9586490ccaca24af",
        ),
    ],
)
def test_bybit_hmac(
    base: str, key: str, secret: str, ms: int, method: str, query: str, body: bytes, signature: str
) -> None:
    request = httpx.Request(method, f"{base}/v5/user/x{query}", content=body)
    sent = signed("bybit", request, ms, hmac_credential(key, secret), base)
    assert sent.headers["X-BAPI-SIGN"] == signature
    assert sent.headers["X-BAPI-API-KEY"] == key
    assert sent.headers["X-BAPI-TIMESTAMP"] == str(ms)
    assert sent.headers["X-BAPI-RECV-WINDOW"] == "5000"
    assert (str(sent.url), sent.content) == (f"{base}/v5/user/x{query}", body)


def test_bybit_rsa() -> None:
    request = httpx.Request("POST", f"{BASES[0]}/v5/user/x", content=BYBIT_BODY)
    sent = signed("bybit", request, 1700000000000, pem_credential("RSAKEY", rsa_pem()))
    rsa_accepts(rsa_pem(), sent.headers["X-BAPI-SIGN"], b"1700000000000RSAKEY5000" + BYBIT_BODY)


KRAKEN_SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
KRAKEN_MS = 1616492376594


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(
    ("path", "body", "form", "signature"),
    [
        (
            "/0/private/AddOrder",
            b'{"ordertype":"limit","pair":"XBTUSD","price":37500,"type":"buy","volume":"1.25"}',
            b"nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25",
            "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==",
        ),
        (
            *("/0/private/GetApiKeyInfo", b"{}", b"nonce=1616492376594"),
            "0hXh9q5/fK8xgzNfiExbUyhEvsv1gAYGgL/5PWy8Xo8kFGhpI/ZwAnHB1eC0SYtlYiywFcypDRuBP/GjHp+ojA==",
        ),
    ],
    ids=["published", "of a key's own data"],
)
def test_kraken_hmac(base: str, path: str, body: bytes, form: bytes, signature: str) -> None:
    request = httpx.Request("POST", f"{base}{path}", content=body)
    sent = signed("kraken", request, KRAKEN_MS, hmac_credential("kraken-key", KRAKEN_SECRET), base)
    assert sent.headers["API-Sign"] == signature
    assert sent.headers["API-Key"] == "kraken-key"
    assert (str(sent.url), sent.content) == (f"{base}{path}", form)


def test_kraken_signs_a_json_body_by_its_text() -> None:
    made = kraken.signature(
        base64.b64decode(KRAKEN_SECRET),
        b"/0/private/GetApiKeyInfo",
        "1616492376594",
        b'{"nonce": "1616492376594"}',
    )
    assert made == "OYy1FxZm5gYVGix4Bto1MTzZsDXmbDuXDWjkYrOyVyLmxlvzn2L2GLjNJ4A1bXUYeTSc7OuS2CfDsiWSO61fig=="


OKX_SECRET = "22582BD0CFF14C41EDBF1AB98506286D"
OKX_TIME = "2020-12-08T09:08:57.715Z"
OKX_MS = int(datetime(2020, 12, 8, 9, 8, 57, 715000, UTC).timestamp() * 1000)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(
    ("method", "path", "body", "signature"),
    [
        ("GET", "/api/v5/account/balance?ccy=BTC", b"", "HiZhvSfMtWJA3uUIVXV3a/bSXNPCWvYFXoGCVS8V4zY="),
        ("GET", "/api/v5/account/config", b"", "Kr/8IrbDYujS4cg2KkmB+tO2HMUXxyayG6ZwNb4H/yA="),
        (
            *("POST", "/api/v5/account/set-leverage"),
            b'{"instId":"BTC-USDT","lever":"5","mgnMode":"isolated"}',
            "eCnnCgWLjlQ9XnpUkrcny3qNq3WW/81KNrDr/XR6Xv8=",
        ),
    ],
)
def test_okx_hmac(base: str, method: str, path: str, body: bytes, signature: str) -> None:
    request = httpx.Request(method, f"{base}{path}", content=body)
    sent = signed("okx", request, OKX_MS, hmac_credential("okx-key", OKX_SECRET, "Pass-word1"), base)
    assert sent.headers["OK-ACCESS-SIGN"] == signature
    assert sent.headers["OK-ACCESS-TIMESTAMP"] == OKX_TIME
    assert sent.headers["OK-ACCESS-KEY"] == "okx-key"
    assert sent.headers["OK-ACCESS-PASSPHRASE"] == "Pass-word1"
    assert sent.headers["Content-Type"] == "application/json"
    assert (str(sent.url), sent.content) == (f"{base}{path}", body)


def test_okx_signs_any_bytes_like_an_independent_client() -> None:
    """A vector of another client's tests; its timestamp is malformed, so only the HMAC can be compared."""
    payload = (
        b"2020-12-08T09:08:57.57ZPOST/api/v5/account/balance"
        b'{"instId":"BTC-USDT","lever":"5","mgnMode":"isolated"}'
    )
    key = signing_key(hmac_credential("k", OKX_SECRET), ["hmac"])
    assert base64.b64encode(key.sign(payload)).decode() == "SQ8OzSqaLcC5tF3MMKwonxGUXwGfGPkM60flrI/UJjo="


@pytest.mark.parametrize(
    ("ms", "shown"),
    [(1597026383085, "2020-08-10T02:26:23.085Z"), (1700000000000, "2023-11-14T22:13:20.000Z")],
)
def test_okx_times_have_milliseconds_even_when_they_are_zero(ms: int, shown: str) -> None:
    request = httpx.Request("GET", f"{BASES[0]}/api/v5/account/config")
    sent = signed("okx", request, ms, hmac_credential("k", "s", "p"))
    assert sent.headers["OK-ACCESS-TIMESTAMP"] == shown


CRYPTOCOM_ROOT = "/exchange/v1/"


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(
    ("method", "params", "ms"),
    [
        ("private/get-accounts", {}, 1587846358253),
        ("private/get-accounts", {"page": "2", "page_size": "30"}, 1587846358253),
        ("private/get-order-detail", {"order_id": "53287421324"}, 1587846358253),
        ("private/x", {"b": "2", "a": "1", "B": "3"}, 1589594102779),
    ],
)
def test_cryptocom_puts_the_call_into_a_signed_envelope(
    base: str, method: str, params: dict[str, str], ms: int
) -> None:
    """The body that is sent is checked as another client builds it: ccxt's sign() with the same numbers."""
    import ccxt

    request = httpx.Request("POST", f"{base}{CRYPTOCOM_ROOT}{method}", content=json.dumps(params))
    sent = signed("cryptocom", request, ms, hmac_credential("token", "secretKey"), base)
    other = ccxt.cryptocom({"apiKey": "token", "secret": "secretKey"})
    other.nonce = lambda: ms
    expected = json.loads(other.sign(method, ["v1", "private"], "POST", dict(params))["body"])

    assert json.loads(sent.content) == {**expected, "id": ms, "nonce": ms}
    assert (sent.method, str(sent.url)) == ("POST", f"{base}{CRYPTOCOM_ROOT}{method}")
    assert sent.headers["Content-Length"] == str(len(sent.content))
    assert not [name for name in sent.headers if "key" in name or "sign" in name]


@pytest.mark.parametrize(
    ("payload", "signature"),
    [
        # the inputs are those of the documents' samples, which print no signature; these were computed beside
        (
            "private/get-order-detail11tokenorder_id532874213241587846358253",
            "02ef0a52c9428e5d3dcc5dd24d534ca39ef73f35acd3f6945f139a2364ef67a9",
        ),
        (
            "public/auth11token1589594102779",
            "9dcebf6eeec155f829227ee447dee73120e0aead42fab74d38ed5d8271793dc8",
        ),
        (
            "private/get-accounts12tokenpage2page_size301587846358253",
            "c681f9c43452663dae2755d3979f38f852f1399be47ae3efb19e232243633b03",
        ),
    ],
)
def test_cryptocom_signs_in_hex(payload: str, signature: str) -> None:
    key = signing_key(hmac_credential("token", "secretKey"), ["hmac"])
    assert key.sign(payload.encode()).hex() == signature


def test_cryptocom_joins_parameters_by_name() -> None:
    from accesscfg.exchanges.cryptocom.wire import joined

    assert joined({"page_size": "30", "page": "2"}) == "page2page_size30"
    assert joined({}) == ""


@pytest.mark.parametrize("base", BASES)
def test_whitebit_hmac(base: str) -> None:
    """No example is published; this one was computed beside from the description."""
    path = "/api/v4/sub-account/list"
    request = httpx.Request("POST", f"{base}{path}", content=b'{"limit":100,"offset":0}')
    sent = signed("whitebit", request, 1700000000000, hmac_credential("wb-key", "EXAMPLESECRET"), base)
    body = b'{"request":"/api/v4/sub-account/list","nonce":1700000000000,"nonceWindow":true,"limit":100,"offset":0}'
    assert sent.content == body
    assert sent.headers["X-TXC-APIKEY"] == "wb-key"
    assert sent.headers["X-TXC-PAYLOAD"] == (
        "eyJyZXF1ZXN0IjoiL2FwaS92NC9zdWItYWNjb3VudC9saXN0Iiwibm9uY2UiOjE3MDAwMDAwMDAwMDAsIm5vbmNlV2luZG93Ijp0cnVl"
        "LCJsaW1pdCI6MTAwLCJvZmZzZXQiOjB9"
    )
    assert sent.headers["X-TXC-SIGNATURE"] == (
        "a22b99ab35587f5237a6b18256fdfe1395eed1f02d9c13ebb0374280582e116b"
        "6a5d0ded561a13f5f23942605e446a5de4b0e32b0180c2cf42dc3b9bb39dae3a"
    )
    assert (str(sent.url), sent.headers["Content-Type"]) == (f"{base}{path}", "application/json")


def test_whitebit_signs_like_an_independent_client() -> None:
    """ccxt's sign() with the same numbers; it writes the nonce as text."""
    import ccxt

    other = ccxt.whitebit({"apiKey": "wb-key", "secret": "EXAMPLESECRET", "options": {"nonceWindow": True}})
    other.incrementing_nonce = lambda: 1700000000000
    expected = other.sign("sub-account/list", ["v4", "private"], "POST", {"limit": 100})
    text = json.loads(expected["body"])
    assert text == {
        "request": "/api/v4/sub-account/list",
        "nonce": "1700000000000",
        "nonceWindow": True,
        "limit": 100,
    }
    payload = expected["headers"]["X-TXC-PAYLOAD"]
    assert base64.b64decode(payload).decode() == expected["body"]
    signature = hmac.new(b"EXAMPLESECRET", payload.encode(), hashlib.sha512).hexdigest()
    assert expected["headers"]["X-TXC-SIGNATURE"] == signature


# the inputs are those of the documents' samples, which print no signature; these were computed beside
BITGET_SIGNED = [
    (1659076670000, "/api/v2/spot/account/info", "wYkwSYjmzsc6voDDOYiHcP1nQ2lFcLQHBSFfO2hwG1k="),
    (
        *(16273667805456, "/api/mix/v2/market/depth?limit=20&symbol=BTCUSDT"),
        "iIwqveWrpkUM4QmpMN35+w9XnOu7Pp8ptgEU4eh69Mg=",
    ),
    (
        *(16273667805456, "/api/mix/v2/market/depth?symbol=BTCUSDT&limit=20"),
        "6dEb6hYwRAdHI+8GdPTz8y9Bh0vh3rWii/+UquVZ6uE=",
    ),
]


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(("ms", "path", "signature"), BITGET_SIGNED)
def test_bitget_signs_the_query_as_it_is_sent(base: str, ms: int, path: str, signature: str) -> None:
    request = httpx.Request("GET", f"{base}{path}")
    sent = signed("bitget", request, ms, hmac_credential("bg_key", "secretKey", "phrase12"), base)
    assert sent.headers["ACCESS-SIGN"] == signature
    assert sent.headers["ACCESS-TIMESTAMP"] == str(ms)
    assert sent.headers["ACCESS-KEY"] == "bg_key"
    assert sent.headers["ACCESS-PASSPHRASE"] == "phrase12"
    assert sent.headers["Content-Type"] == "application/json"
    assert (str(sent.url), sent.content) == (f"{base}{path}", b"")


@pytest.mark.parametrize("base", BASES)
def test_bitget_signs_bodies_like_an_independent_client(base: str) -> None:
    """ccxt's sign() with the same numbers."""
    import ccxt

    other = ccxt.bitget({"apiKey": "bg_key", "secret": "secretKey", "password": "phrase12"})
    other.nonce = lambda: 1659076670000
    body = {"apiKey": "bg_1", "passphrase": "phrase12", "ips": ["203.0.113.7"]}
    expected = other.sign("v3/user/update-sub-api", ["private", "uta"], "POST", body)
    request = httpx.Request("POST", f"{base}/api/v3/user/update-sub-api", content=expected["body"])
    sent = signed("bitget", request, 1659076670000, hmac_credential("bg_key", "secretKey", "phrase12"), base)
    for name in ("ACCESS-KEY", "ACCESS-SIGN", "ACCESS-TIMESTAMP", "ACCESS-PASSPHRASE"):
        assert sent.headers[name] == expected["headers"][name]


def test_bitget_signs_with_rsa_too() -> None:
    pem = rsa_pem()
    credential = replace(pem_credential("bg_key", pem), passphrase=Secret("phrase12"))
    request = httpx.Request("GET", f"{BASES[0]}/api/v3/account/info")
    sent = signed("bitget", request, 1659076670000, credential)
    rsa_accepts(pem, sent.headers["ACCESS-SIGN"], b"1659076670000GET/api/v3/account/info")
