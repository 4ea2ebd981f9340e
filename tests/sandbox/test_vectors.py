"""The published and recomputed signature examples hold for the simulators' own checks."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from accesscfg.sandbox.accounts import Key
from accesscfg.sandbox.binance import wire as binance
from accesscfg.sandbox.bitget import wire as bitget
from accesscfg.sandbox.bybit import wire as bybit
from accesscfg.sandbox.cryptocom import wire as cryptocom
from accesscfg.sandbox.kraken import wire as kraken
from accesscfg.sandbox.okx import wire as okx
from accesscfg.sandbox.whitebit import wire as whitebit

BINANCE_SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
ORDER = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC"
ORDER_REST = "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"
WIDE_DIGITS = (
    "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type=LIMIT&timeInForce=GTC"
)
SET_ADDRESSES = (
    "email=sub%2B1%40example.com"
    "&subAccountApiKey=k5V49ldtn4tszj6W3hystegdfvmGbqDzjmkCtpTvC0G74WhK7yd4rfCTo4lShf"
    "&status=2&ipAddress=203.0.113.7%2C203.0.113.8&recvWindow=5000&timestamp=1499827319559"
)
# from the FIX logon example, the one Ed25519 pair of key and signature that Binance publishes
ED25519_PEM = b"""-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIIJEYWtGBrhACmb9Dvy+qa8WEf0lQOl1s4CLIAB9m89u
-----END PRIVATE KEY-----
"""
ED25519_PAYLOAD = b"A\x01EXAMPLE\x01SPOT\x011\x0120240627-11:17:25.223"
ED25519_SIGNATURE = "4MHXelVVcpkdwuLbl6n73HQUXUf1dse2PCgT1DYqW9w8AVZ1RACFGM+5UdlGPrQHrgtS3CvsRURC1oj73j8gCA=="
# printed in Binance's document under the heading Ed25519, but of RSA's length
MISLABELLED = (
    "qJtv66wyp/1mZE+mIFAAMUoTe8xkmLN7/eAZjuC9x1ocxovItHLl/sNK7Wq8QjgiHqGn0bb8P7yVvGBEd1gFe71NQ8aM0M+JNIMz5UFxfeA53"
    "rXjFlvsyH1Sig+OuO9Nz5nhCaJ6bEfj2iuv7w27pB3L8MVqmoCi6D9C/QMiLxtPaR70CxtnvoOlIgPmpv2bQy029A31NEK19ieVLkoyp1EUkX"
    "RaX3v0mohx8yMnUG1dhX9nUg3Oy8TYZ03DQy7kHDGkMKisNX7rt/GuGx1HIgjFclDGLsbAFIodvSLjm9FbseasMELoxlAJDlwRnW8zo5sQmL0"
    "Fz7ao935QBynrng=="
)


def hmac_key(secret: str) -> Key:
    return Key(api_key="k", label="k", created_at=1, api_secret=secret)


def public_key_of(private: rsa.RSAPrivateKey | Ed25519PrivateKey) -> Key:
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return Key(api_key="k", label="k", created_at=1, public_key=pem.decode())


@pytest.fixture(scope="module")
def ed25519() -> Ed25519PrivateKey:
    key = load_pem_private_key(ED25519_PEM, None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.parametrize(
    ("query", "body", "signature"),
    [
        (f"{ORDER}&{ORDER_REST}", "", "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"),
        ("", f"{ORDER}&{ORDER_REST}", "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"),
        (
            f"{WIDE_DIGITS}&{ORDER_REST}",
            "",
            "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
        ),
        (ORDER, ORDER_REST, "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77"),
        (
            "recvWindow=5000&timestamp=1499827319559",
            "",
            "82f4e72e95e63d666b6da651e82a701722ad8a785a169318d91f36f279c55821",
        ),
        (SET_ADDRESSES, "", "a67ade1721c65cfb392d37602085c01f988f6393d7b71f787d70a3d50e94cdab"),
    ],
    ids=["query", "body", "not ascii", "mixed", "only time", "encoded list"],
)
def test_binance_hmac(query: str, body: str, signature: str) -> None:
    key = hmac_key(BINANCE_SECRET)
    signed = binance.payload(query.encode(), body.encode())
    assert binance.signature_holds(key, signed, signature)
    assert binance.signature_holds(key, signed, signature.upper()), "hex of any case is accepted"
    assert not binance.signature_holds(key, signed + b"0", signature)
    assert not binance.signature_holds(hmac_key("other"), signed, signature)


def test_binance_takes_the_signature_pair_out_wherever_it_stands() -> None:
    assert binance.payload(b"a=1&signature=ff&b=2", b"signature=ff&c=3") == b"a=1&b=2c=3"


def test_binance_ed25519(ed25519: Ed25519PrivateKey) -> None:
    key = public_key_of(ed25519)
    assert binance.signature_holds(key, ED25519_PAYLOAD, ED25519_SIGNATURE)
    assert not binance.signature_holds(key, ED25519_PAYLOAD + b"0", ED25519_SIGNATURE)
    assert not binance.signature_holds(key, ED25519_PAYLOAD, ED25519_SIGNATURE.swapcase()), (
        "Base64 has a case"
    )


def test_binance_value_that_is_printed_as_ed25519_is_none(ed25519: Ed25519PrivateKey) -> None:
    assert len(base64.b64decode(MISLABELLED)) == 256, "Ed25519 signatures have 64 bytes"
    assert not binance.signature_holds(public_key_of(ed25519), f"{ORDER}&{ORDER_REST}".encode(), MISLABELLED)


def test_rsa_at_binance_and_bybit(rsa_key: rsa.RSAPrivateKey) -> None:
    key, payload = public_key_of(rsa_key), b"recvWindow=5000&timestamp=1499827319559"
    signature = base64.b64encode(rsa_key.sign(payload, padding.PKCS1v15(), SHA256())).decode()
    for wire in (binance, bybit):
        assert wire.signature_holds(key, payload, signature)
        assert not wire.signature_holds(key, payload[:-1], signature)
        assert not wire.signature_holds(key, payload, "not Base64!")


BYBIT_KEY, BYBIT_SECRET = "EXAMPLEAPIKEY00001", "exampleSecretForDocsOnly000000000001"
BYBIT_UPDATE = '{"readOnly":0,"ips":"203.0.113.7,203.0.113.8","permissions":{"Spot":["SpotTrade"]}}'


@pytest.mark.parametrize(
    ("key_id", "secret", "timestamp", "signed_part", "signature"),
    [
        (
            BYBIT_KEY,
            BYBIT_SECRET,
            "1700000000000",
            "",
            "db1a33d18ec6359baa4555b6c5d9ff01ba89836601cead4f09c648ac9494acbf",
        ),
        (
            BYBIT_KEY,
            BYBIT_SECRET,
            "1700000000000",
            "limit=20&subMemberId=100400345",
            "784bb2d9407b5c6610d1f76717d3d570d493fea6b15b6b54a5ea6b48e9eda8ed",
        ),
        (
            BYBIT_KEY,
            BYBIT_SECRET,
            "1700000000000",
            BYBIT_UPDATE,
            "9f61ec8e3f512d25caf661eedc29f7437c6fde90b58fcf155bf5b03ce8d256cc",
        ),
        (
            "XXXXXXXXXX",
            "XXXXXXXXXX",
            "1658384313791",
            "category=option&symbol=BTC-29JUL22-25000-C",
            "b3a13cbd6f9de0ad7ece696645a98000281be3558716624cfca03debd2f24574",
        ),
        (
            "XXXXXXXXXX",
            "XXXXXXXXXX",
            "1658385578423",
            '{"category":"option"}',
            "a04dea33a62e644897b14c6ff458db428b9c2424b5cb785c9586490ccaca24af",
        ),
    ],
    ids=["empty query", "query", "body", "Bybit.Net get", "Bybit.Net post"],
)
def test_bybit_hmac(key_id: str, secret: str, timestamp: str, signed_part: str, signature: str) -> None:
    key = hmac_key(secret)
    signed = bybit.payload(key_id, timestamp, "5000", signed_part.encode())
    assert bybit.signature_holds(key, signed, signature)
    assert not bybit.signature_holds(key, signed + b" ", signature), "white space counts"
    assert not bybit.signature_holds(hmac_key("other"), signed, signature)


def test_bybit_published_payload_is_built_the_same() -> None:
    """Its secret is not published, so only what is signed can be compared."""
    query = b"category=option&symbol=BTC-29JUL22-25000-C"
    expected = b"1658384314791XXXXXXXXXX5000category=option&symbol=BTC-29JUL22-25000-C"
    assert bybit.payload("XXXXXXXXXX", "1658384314791", "5000", query) == expected


@pytest.mark.parametrize(
    ("path", "body", "signature"),
    [
        (
            "/0/private/AddOrder",
            b"nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25",
            "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==",
        ),
        (
            "/0/private/GetApiKeyInfo",
            b"nonce=1616492376594",
            "0hXh9q5/fK8xgzNfiExbUyhEvsv1gAYGgL/5PWy8Xo8kFGhpI/ZwAnHB1eC0SYtlYiywFcypDRuBP/GjHp+ojA==",
        ),
        (
            "/0/private/GetApiKeyInfo",
            b'{"nonce": "1616492376594"}',
            "OYy1FxZm5gYVGix4Bto1MTzZsDXmbDuXDWjkYrOyVyLmxlvzn2L2GLjNJ4A1bXUYeTSc7OuS2CfDsiWSO61fig==",
        ),
    ],
    ids=["published", "form", "JSON"],
)
def test_kraken_hmac(path: str, body: bytes, signature: str) -> None:
    key = hmac_key("kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==")
    signed = kraken.payload(path, "1616492376594", body)
    assert kraken.signature_holds(key, signed, signature)
    assert not kraken.signature_holds(key, kraken.payload(path, "1616492376594", body + b" "), signature)
    assert not kraken.signature_holds(key, kraken.payload(path, "1616492376595", body), signature)
    assert not kraken.signature_holds(hmac_key("b3RoZXI="), signed, signature)
    assert not kraken.signature_holds(hmac_key("no Base64"), signed, signature)


@pytest.mark.parametrize(
    ("method", "target", "body", "signature"),
    [
        ("GET", "/api/v5/account/balance?ccy=BTC", "", "HiZhvSfMtWJA3uUIVXV3a/bSXNPCWvYFXoGCVS8V4zY="),
        ("GET", "/api/v5/account/config", "", "Kr/8IrbDYujS4cg2KkmB+tO2HMUXxyayG6ZwNb4H/yA="),
        (
            "POST",
            "/api/v5/account/set-leverage",
            '{"instId":"BTC-USDT","lever":"5","mgnMode":"isolated"}',
            "eCnnCgWLjlQ9XnpUkrcny3qNq3WW/81KNrDr/XR6Xv8=",
        ),
    ],
    ids=["query", "path", "body"],
)
def test_okx_hmac(method: str, target: str, body: str, signature: str) -> None:
    key = hmac_key("22582BD0CFF14C41EDBF1AB98506286D")
    signed = okx.prehash("2020-12-08T09:08:57.715Z", method, target.encode(), body.encode())
    assert okx.signature_holds(key, signed, signature)
    assert not okx.signature_holds(key, signed + b"0", signature)
    assert not okx.signature_holds(key, signed, signature.lower())


@pytest.mark.parametrize(
    ("method", "number", "params", "nonce", "payload", "signature"),
    [
        (
            "private/get-order-detail",
            "11",
            {"order_id": "53287421324"},
            "1587846358253",
            b"private/get-order-detail11tokenorder_id532874213241587846358253",
            "02ef0a52c9428e5d3dcc5dd24d534ca39ef73f35acd3f6945f139a2364ef67a9",
        ),
        (
            "public/auth",
            "11",
            {},
            "1589594102779",
            b"public/auth11token1589594102779",
            "9dcebf6eeec155f829227ee447dee73120e0aead42fab74d38ed5d8271793dc8",
        ),
        (
            "private/get-accounts",
            "12",
            {"page_size": "30", "page": "2"},
            "1587846358253",
            b"private/get-accounts12tokenpage2page_size301587846358253",
            "c681f9c43452663dae2755d3979f38f852f1399be47ae3efb19e232243633b03",
        ),
    ],
    ids=["one parameter", "none", "sorted"],
)
def test_cryptocom_hmac(
    method: str, number: str, params: dict[str, str], nonce: str, payload: bytes, signature: str
) -> None:
    key = hmac_key("secretKey")
    assert cryptocom.payload(method, number, "token", params, nonce) == payload
    assert cryptocom.signature_holds(key, payload, signature)
    assert not cryptocom.signature_holds(key, payload + b"0", signature)
    assert not cryptocom.signature_holds(key, payload, signature.upper()), "lower-case hex"
    assert not cryptocom.signature_holds(hmac_key("other"), payload, signature)


@pytest.mark.parametrize(
    ("params", "expanded"),
    [
        ({"b": "2", "a": "1"}, "a1b2"),
        ({"a": None}, "anull"),
        ({"a": ["x", "y"]}, "axy"),
        ({"orders": [{"side": "BUY", "price": "1"}, {"side": "SELL"}]}, "ordersprice1sideBUYsideSELL"),
        ({"a": [{"b": [{"c": [{"d": "e"}]}]}]}, 'abc{"d":"e"}'),
        ({"a": True}, "atrue"),
    ],
)
def test_cryptocom_writes_parameters_out_three_levels_deep(params: dict[str, object], expanded: str) -> None:
    assert cryptocom.expanded(params) == expanded


def test_whitebit_hmac() -> None:
    """No example is published; this one was computed beside from the description."""
    body = b'{"request":"/api/v4/sub-account/list","nonce":1700000000000,"nonceWindow":true,"limit":100,"offset":0}'
    signed = (
        "eyJyZXF1ZXN0IjoiL2FwaS92NC9zdWItYWNjb3VudC9saXN0Iiwibm9uY2UiOjE3MDAwMDAwMDAwMDAsIm5vbmNlV2luZG93Ijp0cnVl"
        "LCJsaW1pdCI6MTAwLCJvZmZzZXQiOjB9"
    )
    signature = (
        "a22b99ab35587f5237a6b18256fdfe1395eed1f02d9c13ebb0374280582e116b"
        "6a5d0ded561a13f5f23942605e446a5de4b0e32b0180c2cf42dc3b9bb39dae3a"
    )
    assert whitebit.payload(body) == signed
    assert whitebit.signature_holds(hmac_key("EXAMPLESECRET"), signed, signature)
    assert not whitebit.signature_holds(hmac_key("EXAMPLESECRET"), signed, signature.upper())
    assert not whitebit.signature_holds(hmac_key("EXAMPLESECRET"), whitebit.payload(body + b" "), signature)
    assert not whitebit.signature_holds(hmac_key("other"), signed, signature)


@pytest.mark.parametrize(
    ("timestamp", "target", "signature"),
    [
        ("1659076670000", "/api/v2/spot/account/info", "wYkwSYjmzsc6voDDOYiHcP1nQ2lFcLQHBSFfO2hwG1k="),
        (
            "16273667805456",
            "/api/mix/v2/market/depth?limit=20&symbol=BTCUSDT",
            "iIwqveWrpkUM4QmpMN35+w9XnOu7Pp8ptgEU4eh69Mg=",
        ),
        (
            "16273667805456",
            "/api/mix/v2/market/depth?symbol=BTCUSDT&limit=20",
            "6dEb6hYwRAdHI+8GdPTz8y9Bh0vh3rWii/+UquVZ6uE=",
        ),
    ],
)
def test_bitget_hmac(timestamp: str, target: str, signature: str) -> None:
    """Strings of the documents' samples, which print no signature; these were computed beside."""
    key, text = hmac_key("secretKey"), bitget.prehash(timestamp, "GET", target.encode(), b"")
    assert bitget.signature_holds(key, text, signature)
    assert not bitget.signature_holds(key, text + b"0", signature)
    assert not bitget.signature_holds(key, text, signature.lower())


def test_bitget_rsa(ed25519: Ed25519PrivateKey) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = bitget.prehash("1659076670000", "GET", b"/api/v3/account/info", b"")
    signature = base64.b64encode(private.sign(text, padding.PKCS1v15(), SHA256())).decode()
    assert bitget.signature_holds(public_key_of(private), text, signature)
    assert not bitget.signature_holds(public_key_of(private), text + b"0", signature)
    other = base64.b64encode(ed25519.sign(text)).decode()
    assert not bitget.signature_holds(public_key_of(ed25519), text, other)
