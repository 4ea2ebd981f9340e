"""Which credentials can sign, and that none shows in what is said of those that cannot."""

from __future__ import annotations

import pytest

from accesscfg.exchanges.credentials import signing_key
from accesscfg.model.errors import ExchangeError, Trouble
from accesscfg.secrets import Credential, Secret
from tests.exchanges.world import (
    EXCHANGES,
    StandingClock,
    hmac_credential,
    pem_credential,
    provider,
    rsa_pem,
)

MARK = "MARKEDsecret"


def ec_pem() -> str:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def encrypted_pem() -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
    )

    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode()


@pytest.mark.parametrize(
    ("credential", "why"),
    [
        (Credential(api_key=Secret("k")), "neither an api_secret nor a private_key"),
        (hmac_credential("k", ""), "neither an api_secret nor a private_key"),
        (Credential(Secret("k"), Secret(MARK), Secret(MARK)), "both an api_secret and a private_key"),
        (pem_credential("k", MARK), "not a PEM private key"),
        (pem_credential("k", f"{MARK}\ud800"), "not a PEM private key"),
        (pem_credential("k", encrypted_pem()), "encrypted"),
        (pem_credential("k", ec_pem()), "neither RSA nor Ed25519"),
        (pem_credential("k", rsa_pem(1024)), "1024 bits"),
    ],
)
def test_what_cannot_sign(credential: Credential, why: str) -> None:
    with pytest.raises(ExchangeError, match=why) as caught:
        signing_key(credential, ["hmac", "rsa", "ed25519"])
    assert caught.value.trouble is Trouble.SECRETS
    assert MARK not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("exchange", "kinds"), [("bybit", "hmac rsa"), ("kraken", "hmac"), ("okx", "hmac"), ("whitebit", "hmac")]
)
def test_a_kind_that_the_exchange_does_not_take(exchange: str, kinds: str) -> None:
    assert provider(exchange).profile.credential_kinds == set(kinds.split())
    from tests.exchanges.test_signatures import FIX_PEM

    credential = Credential(Secret("k"), private_key=Secret(FIX_PEM), passphrase=Secret("p"))
    with pytest.raises(ExchangeError, match="takes no Ed25519 keys"):
        provider(exchange).signer(credential, StandingClock(0), "")


@pytest.mark.parametrize("exchange", EXCHANGES)
@pytest.mark.parametrize("api_key", ["", f"{MARK}\n", f"{MARK}ß", f" {MARK}", f"{MARK}\x00", f"{MARK}\ud800"])
def test_an_api_key_that_no_header_can_carry(exchange: str, api_key: str) -> None:
    with pytest.raises(ExchangeError, match="api_key is empty or has characters") as caught:
        provider(exchange).signer(hmac_credential(api_key, "s", "p"), StandingClock(0), "")
    assert MARK not in str(caught.value)


@pytest.mark.parametrize("passphrase", [None, "", f"{MARK}\r\n", f"{MARK}é"])
def test_okx_needs_a_passphrase_that_a_header_can_carry(passphrase: str | None) -> None:
    with pytest.raises(ExchangeError, match="passphrase") as caught:
        provider("okx").signer(hmac_credential("k", "s", passphrase), StandingClock(0), "")
    assert caught.value.trouble is Trouble.SECRETS
    assert MARK not in str(caught.value)


def test_a_signing_key_does_not_show_its_secret() -> None:
    key = signing_key(hmac_credential("k", MARK), ["hmac"])
    assert MARK not in repr(key)
