"""age identities: making one for a new workspace, and telling whom an existing one stands for.

sops decrypts with an identity (`AGE-SECRET-KEY-1…`) and encrypts for its recipient (`age1…`). Both are bech32
texts of an X25519 key (age-encryption.org/v1). The curve is the library's; only the text form is here.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from accesscfg.model.errors import SecretsError
from accesscfg.secrets.value import Secret

_SECRET_PREFIX = "age-secret-key-"  # noqa: S105 - the name of the text form
_RECIPIENT_PREFIX = "age"
_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


@dataclass(frozen=True, slots=True)
class AgeIdentity:
    """A key pair: `secret` opens what was encrypted for `recipient`, which is public."""

    secret: Secret
    recipient: str


def new_identity() -> AgeIdentity:
    """A fresh identity from the system's randomness."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return _identity(X25519PrivateKey.generate().private_bytes_raw())


def default_identity_path() -> Path:
    """Where sops looks for an identity file: $SOPS_AGE_KEY_FILE, else in the user's configuration folder."""
    if named := os.environ.get("SOPS_AGE_KEY_FILE"):
        return Path(named).absolute()
    folder = os.environ.get("XDG_CONFIG_HOME")
    if not folder:
        home = Path.home()
        folder = str(home / ("Library/Application Support" if sys.platform == "darwin" else ".config"))
    return Path(folder) / "sops" / "age" / "keys.txt"


def write_identity(path: Path) -> AgeIdentity:
    """Make an identity and its file, mode 0600, in a folder of mode 0700. Never touches a file that is there.

    Raises SecretsError (`identity_exists`, `identity_not_written`).
    """
    identity = new_identity()
    made = datetime.now(UTC).replace(microsecond=0).isoformat()
    text = Secret(f"# created: {made}\n# public key: {identity.recipient}\n{identity.secret.reveal()}\n")
    if os.path.lexists(path):
        what, fix = "there is an age identity already", "use it, or move it away"
        raise SecretsError("identity_exists", what, where=str(path), fix=fix)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(path, text)
    except OSError as error:
        raise SecretsError(
            "identity_not_written",
            "the age identity cannot be written",
            where=str(path),
            why=f"the system says: {error.strerror}",
        ) from None
    return identity


def recipient_of(path: Path) -> str:
    """The public recipient of the first identity in a file, as `age-keygen -y` prints it.

    Raises SecretsError (`bad_identity`) when the file cannot be read or holds no X25519 identity.
    """
    try:
        lines = path.read_text("ascii").splitlines()
    except (OSError, ValueError):
        lines = []
    for line in lines:
        if line.strip().upper().startswith("AGE-SECRET-KEY-1"):
            key = _bech32_decode(_SECRET_PREFIX, line.strip())
            if key is not None and len(key) == 32:
                return _identity(key).recipient
            break
    raise SecretsError(
        "bad_identity",
        "this file holds no age identity of the kind AGE-SECRET-KEY-1…",
        where=str(path),
        fix="name the right file in SOPS_AGE_KEY_FILE, or ask its owner for the recipient (age1…)",
    )


def _identity(key: bytes) -> AgeIdentity:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    public = X25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
    secret = _bech32_encode(_SECRET_PREFIX, key).upper()
    return AgeIdentity(Secret(secret), _bech32_encode(_RECIPIENT_PREFIX, public))


def _write_new(path: Path, text: Secret) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text.reveal())
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


# Bech32 (BIP 173) without its limit of 90 characters, as age uses it.


def _bech32_encode(prefix: str, data: bytes) -> str:
    groups = _regroup(data, 8, 5, pad=True) or []
    check = _polymod([*_spread(prefix), *groups, *[0] * 6]) ^ 1
    sums = [check >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1{''.join(_ALPHABET[group] for group in [*groups, *sums])}"


def _bech32_decode(prefix: str, text: str) -> bytes | None:
    """The bytes, or None for another prefix, mixed case, a foreign letter or a wrong sum."""
    lower = text.lower()
    if text not in (lower, text.upper()) or not lower.startswith(f"{prefix}1"):
        return None
    groups = [_ALPHABET.find(letter) for letter in lower[len(prefix) + 1 :]]
    if len(groups) < 6 or -1 in groups or _polymod([*_spread(prefix), *groups]) != 1:
        return None
    data = _regroup(groups[:-6], 5, 8, pad=False)
    return None if data is None else bytes(data)


def _spread(prefix: str) -> list[int]:
    codes = prefix.encode("ascii")
    return [*(code >> 5 for code in codes), 0, *(code & 31 for code in codes)]


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                check ^= generator
    return check


def _regroup(values: Sequence[int], width: int, wanted: int, *, pad: bool) -> list[int] | None:
    """Cut a row of `width`-bit numbers into `wanted`-bit ones; None when the rest is no proper padding."""
    row, bits = 0, 0
    for value in values:
        row, bits = row << width | value, bits + width
    rest = bits % wanted
    if pad and rest:
        row, bits = row << (wanted - rest), bits + wanted - rest
    elif rest:
        if rest >= width or row & ((1 << rest) - 1):
            return None
        row, bits = row >> rest, bits - rest
    return [row >> place & ((1 << wanted) - 1) for place in range(bits - wanted, -1, -wanted)]
