"""age identities in plain Python, for tests only: slow, and not in constant time.

Written apart from accesscfg's own code, which rests on a library's curve, so that each checks the other. The
curve is X25519 (RFC 7748, section 5), the text form bech32 (BIP 173) without its limit of length.
"""

from __future__ import annotations

import os

P = 2**255 - 19
LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def identity(key: bytes | None = None) -> tuple[str, str]:
    """Secret (`AGE-SECRET-KEY-1…`) and recipient (`age1…`) for 32 bytes, random ones by default."""
    key = os.urandom(32) if key is None else key
    return bech32("age-secret-key-", key).upper(), bech32("age", public_key(key))


def public_key(key: bytes) -> bytes:
    """The X25519 public key: the base point, u = 9, times the clamped key."""
    scalar = int.from_bytes(key, "little") & ~7 & (2**255 - 1) | 2**254
    # The ladder keeps (n * base, (n + 1) * base) as fractions x / z.
    low, high = (1, 0), (9, 1)
    for bit in f"{scalar:0255b}":
        total, twice_low, twice_high = add(low, high), double(low), double(high)
        low, high = (total, twice_high) if bit == "1" else (twice_low, total)
    return (low[0] * pow(low[1], -1, P) % P).to_bytes(32, "little")


def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """The sum of two points whose difference is the base point."""
    left, right = (a[0] - a[1]) * (b[0] + b[1]), (a[0] + a[1]) * (b[0] - b[1])
    return (left + right) ** 2 % P, 9 * (left - right) ** 2 % P


def double(a: tuple[int, int]) -> tuple[int, int]:
    """A point times two."""
    plus, minus = (a[0] + a[1]) ** 2, (a[0] - a[1]) ** 2
    between = plus - minus
    return plus * minus % P, between * (plus + 121665 * between) % P


def bech32(prefix: str, data: bytes) -> str:
    """The text form, with its check sum."""
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    return bech32_of_values(prefix, [int(bits[i : i + 5], 2) for i in range(0, len(bits), 5)])


def bech32_of_values(prefix: str, values: list[int]) -> str:
    """The text form of numbers of five bits."""
    spread = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    check = checksum(spread + values + [0] * 6) ^ 1
    sums = [(check >> shift) & 31 for shift in (25, 20, 15, 10, 5, 0)]
    return prefix + "1" + "".join(LETTERS[value] for value in values + sums)


def checksum(values: list[int]) -> int:
    """The remainder that BIP 173 calls polymod."""
    remainder = 1
    for value in values:
        carry, remainder = remainder >> 25, (remainder & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if carry & (1 << bit):
                remainder ^= term
    return remainder
