"""Checks of signatures over the bytes received.

Only the primitives are here; what an exchange signs, and how it writes the result, is each simulator's own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

PublicKey = RSAPublicKey | Ed25519PublicKey


@lru_cache(maxsize=1024)
def public_key(text: str) -> PublicKey:
    """An RSA or Ed25519 public key from PEM, or from PEM's Base64 body alone. Raises ValueError for anything
    else.
    """
    try:
        if text.lstrip().startswith("-----BEGIN"):
            key = load_pem_public_key(text.encode())
        else:
            key = load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("not a public key") from error
    if not isinstance(key, RSAPublicKey | Ed25519PublicKey):
        raise ValueError("only RSA and Ed25519 public keys are known here")
    return key


def is_rsa(text: str) -> bool:
    """RSA, not Ed25519. Raises ValueError for text that is neither."""
    return isinstance(public_key(text), RSAPublicKey)


def hmac_sha256(secret: str, payload: bytes) -> bytes:
    return hmac.digest(secret.encode(), payload, hashlib.sha256)


def same(left: str, right: str) -> bool:
    """Compare in constant time; text outside ASCII never fits."""
    return hmac.compare_digest(left.encode(), right.encode())


def verifies(key_text: str, payload: bytes, signature: str) -> bool:
    """Whether `signature` (Base64) is this public key's over `payload`: RSASSA-PKCS1-v1_5 with SHA-256, or
    Ed25519.
    """
    key = public_key(key_text)
    try:
        raw = base64.b64decode(signature, validate=True)
        if isinstance(key, RSAPublicKey):
            key.verify(raw, payload, PKCS1v15(), SHA256())
        else:
            key.verify(raw, payload)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
