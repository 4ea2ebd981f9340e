"""What signers share: a credential turned into something that signs bytes, and text fit for a header."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from accesscfg.model.errors import ExchangeError, Trouble

if TYPE_CHECKING:
    from accesscfg.secrets import Credential, Secret

Kind = Literal["hmac", "rsa", "ed25519"]
RSA_BITS = (2048, 4096)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Gives raw signatures: HMAC-SHA256, RSA PKCS#1 v1.5 with SHA-256, or Ed25519, by `kind`."""

    kind: Kind
    sign: Callable[[bytes], bytes] = field(repr=False)


def signing_key(credential: Credential, allowed: Collection[Kind]) -> SigningKey:
    """The key that signs for this credential.

    Raises ExchangeError(Trouble.SECRETS) when there is none, or none of a kind that the exchange takes.
    """
    secret, private = credential.api_secret, credential.private_key
    if secret is not None and private is not None:
        raise _unfit("it has both an api_secret and a private_key; keep the one that belongs to the key")
    if private is not None:
        key = _from_pem(private)
    elif secret is not None and secret.reveal():
        key = SigningKey("hmac", _hmac(secret))
    else:
        raise _unfit("it has neither an api_secret nor a private_key")
    if key.kind not in allowed:
        raise _unfit(f"the exchange takes no {_WORDS[key.kind]} keys")
    return key


def header_text(secret: Secret | None, field_name: str) -> str:
    """The text of a secret that is sent as a header.

    Raises ExchangeError(Trouble.SECRETS) when it is missing or cannot stand in a header; the HTTP library
    would quote it in its own error.
    """
    if secret is None:
        raise _unfit(f"it has no {field_name}")
    text = secret.reveal()
    if not text or not text.isascii() or not text.isprintable() or text != text.strip():
        raise _unfit(f"its {field_name} is empty or has characters that cannot be sent")
    return text


_WORDS: dict[Kind, str] = {"hmac": "HMAC", "rsa": "RSA", "ed25519": "Ed25519"}


def _unfit(why: str) -> ExchangeError:
    return ExchangeError(Trouble.SECRETS, f"the credential cannot sign here: {why}")


def _hmac(secret: Secret) -> Callable[[bytes], bytes]:
    key = secret.reveal().encode("utf-8", "surrogatepass")
    return lambda payload: hmac.new(key, payload, hashlib.sha256).digest()


def _from_pem(private: Secret) -> SigningKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(private.reveal().encode("utf-8", "surrogatepass"), password=None)
    except TypeError:
        raise _unfit("its private_key is encrypted; store it without a password, sops encrypts it") from None
    except (ValueError, UnsupportedAlgorithm):
        raise _unfit("its private_key is not a PEM private key") from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return SigningKey("ed25519", key.sign)
    if isinstance(key, rsa.RSAPrivateKey):
        if not RSA_BITS[0] <= key.key_size <= RSA_BITS[1]:
            raise _unfit(
                f"its RSA key has {key.key_size} bits; exchanges take {RSA_BITS[0]} to {RSA_BITS[1]}"
            )
        rsa_key = key
        return SigningKey("rsa", lambda payload: rsa_key.sign(payload, padding.PKCS1v15(), hashes.SHA256()))
    raise _unfit("its private_key is neither RSA nor Ed25519")
