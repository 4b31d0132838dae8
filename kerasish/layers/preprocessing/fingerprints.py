"""64-bit fingerprints of byte strings: FarmHash and SipHash, many strings at a time.

Strings of one length are hashed together, as rows of a matrix; 64-bit arithmetic wraps
around. The numbers are those of TensorFlow, so that buckets are, too.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

__all__ = ["farm_hash", "join_fingerprints", "sip_hash"]

Array = Any

# Constants of FarmHash, "farmhashna".
_K0 = np.uint64(0xC3A5C85C97CB3127)
_K1 = np.uint64(0xB492B66FBE98F273)
_K2 = np.uint64(0x9AE16A3B2F90404F)
_SEED = 81
_WRAP = (1 << 64) - 1


def farm_hash(items: Sequence[bytes]) -> Array:
    """Returns the FarmHash fingerprint of each byte string.

    Args:
        items: The byte strings.

    Returns:
        Array of uint64.

    Example:
        >>> int(farm_hash([b"A"])[0] % 3)
        1

    Reference:
        Pike, 2014, "FarmHash", `farmhashna::Hash64`.
        https://github.com/google/farmhash
    """
    return _by_length(items, _farm_rows)


def sip_hash(items: Sequence[bytes], key: tuple[int, int]) -> Array:
    """Returns the SipHash-2-4 fingerprint of each byte string.

    Args:
        items: The byte strings.
        key: Two 64-bit integers.

    Returns:
        Array of uint64.

    Example:
        >>> int(sip_hash([b"A"], (133, 137))[0] % 3)
        1

    Reference:
        Aumasson and Bernstein, 2012, "SipHash: a fast short-input PRF".
        https://www.131002.net/siphash/siphash.pdf
    """
    return _by_length(items, lambda rows: _sip_rows(rows, key))


def join_fingerprints(first: Array, second: Array) -> Array:
    """Returns fingerprints of pairs of fingerprints.

    Args:
        first: Array of uint64.
        second: Array of uint64.

    Returns:
        Array of uint64.

    Example:
        >>> one = np.array([1], "uint64")
        >>> bool(join_fingerprints(one, one + one) == join_fingerprints(one + one, one))
        False
    """
    mixer = np.uint64(0xC6A4A7935BD1E995)
    mixed = first ^ mixer ^ (_shift_mix(second * mixer) * mixer)
    mixed = _shift_mix(mixed * mixer) * mixer
    return _shift_mix(mixed)


def _by_length(items: Sequence[bytes], hashed: Callable[[Array], Array]) -> Array:
    lengths = np.fromiter(map(len, items), np.int64, len(items))
    found = np.empty(len(items), np.uint64)
    order = np.argsort(lengths, kind="stable")
    bounds = np.flatnonzero(np.diff(lengths[order])) + 1
    for places in np.split(order, bounds) if len(items) else ():
        size = int(lengths[places[0]])
        text = b"".join([items[i] for i in places.tolist()])
        rows = np.frombuffer(text, np.uint8).reshape(len(places), size)
        found[places] = hashed(rows)
    return found


def _word(rows: Array, at: int, size: int = 8) -> Array:
    """Returns the little-endian word at a place of each row."""
    part = np.ascontiguousarray(rows[:, at : at + size])
    return part.view(f"<u{size}")[:, 0].astype(np.uint64)


def _rotate(x: Array, by: int) -> Array:
    """Rotates words to the right."""
    return (x >> np.uint64(by)) | (x << np.uint64(64 - by))


def _shift_mix(x: Array) -> Array:
    return x ^ (x >> np.uint64(47))


def _mix(u: Array, v: Array, factor: Array) -> Array:
    a = _shift_mix((u ^ v) * factor)
    return _shift_mix((v ^ a) * factor) * factor


def _farm_rows(rows: Array) -> Array:
    size = rows.shape[1]
    if size <= 16:
        return _farm_short(rows, size)
    factor = np.uint64((int(_K2) + size * 2) & _WRAP)
    if size <= 32:
        a, b = _word(rows, 0) * _K1, _word(rows, 8)
        c, d = _word(rows, size - 8) * factor, _word(rows, size - 16) * _K2
        u = _rotate(a + b, 43) + _rotate(c, 30) + d
        return _mix(u, a + _rotate(b + _K2, 18) + c, factor)
    return _farm_middle(rows, size, factor) if size <= 64 else _farm_long(rows, size)


def _farm_short(rows: Array, size: int) -> Array:
    if size == 0:
        return np.full(len(rows), _K2)
    factor = np.uint64((int(_K2) + size * 2) & _WRAP)
    if size >= 8:
        a, b = _word(rows, 0) + _K2, _word(rows, size - 8)
        c = _rotate(b, 37) * factor + a
        return _mix(c, (_rotate(a, 25) + b) * factor, factor)
    if size >= 4:
        u = np.uint64(size) + (_word(rows, 0, 4) << np.uint64(3))
        return _mix(u, _word(rows, size - 4, 4), factor)
    letters = rows.astype(np.uint64)
    y = letters[:, 0] + (letters[:, size >> 1] << np.uint64(8))
    z = np.uint64(size) + (letters[:, size - 1] << np.uint64(2))
    return _shift_mix(y * _K2 ^ z * _K0) * _K2


def _farm_middle(rows: Array, size: int, factor: Array) -> Array:
    a, b = _word(rows, 0) * _K2, _word(rows, 8)
    c, d = _word(rows, size - 8) * factor, _word(rows, size - 16) * _K2
    y = _rotate(a + b, 43) + _rotate(c, 30) + d
    z = _mix(y, a + _rotate(b + _K2, 18) + c, factor)
    e, f = _word(rows, 16) * factor, _word(rows, 24)
    g = (y + _word(rows, size - 32)) * factor
    h = (z + _word(rows, size - 24)) * factor
    u = _rotate(e + f, 43) + _rotate(g, 30) + h
    return _mix(u, e + _rotate(f + a, 18) + g, factor)


def _weak(rows: Array, at: int, a: Array, b: Array) -> tuple[Array, Array]:
    """Hashes 32 bytes with two seeds."""
    w, x, y, z = (_word(rows, at + 8 * i) for i in range(4))
    a = a + w
    b = _rotate(b + a + z, 21)
    c, a = a, a + x + y
    return a + z, b + _rotate(a, 44) + c


def _farm_long(rows: Array, size: int) -> Array:
    n, nine = len(rows), np.uint64(9)
    zero = np.zeros(n, np.uint64)
    start = (_SEED * int(_K1) + 113) & _WRAP
    y = np.full(n, start, np.uint64)
    z = _shift_mix(y * _K2 + np.uint64(113)) * _K2
    x = np.uint64((_SEED * int(_K2)) & _WRAP) + _word(rows, 0)
    v, w = (zero, zero), (zero, zero)

    def block(at: int, factor: Array, times: Array) -> None:
        nonlocal v, w, x, y, z
        x = _rotate(x + y + v[0] + _word(rows, at + 8), 37) * factor
        y = _rotate(y + v[1] + _word(rows, at + 48), 42) * factor
        x = x ^ (w[1] * times)
        y = y + v[0] * times + _word(rows, at + 40)
        z = _rotate(z + w[0], 33) * factor
        v = _weak(rows, at, v[1] * factor, x + w[0])
        w = _weak(rows, at + 32, z + w[1], y + _word(rows, at + 16))
        x, z = z, x

    for at in range(0, (size - 1) // 64 * 64, 64):
        block(at, _K1, np.uint64(1))
    factor = _K1 + ((z & np.uint64(0xFF)) << np.uint64(1))
    w = (w[0] + np.uint64((size - 1) & 63), w[1])
    v = (v[0] + w[0], v[1])
    w = (w[0] + v[0], w[1])
    block(size - 64, factor, nine)
    left = _mix(v[0], w[0], factor) + _shift_mix(y) * _K0 + z
    return _mix(left, _mix(v[1], w[1], factor) + x, factor)


def _sip_rows(rows: Array, key: tuple[int, int]) -> Array:
    n, size = rows.shape
    k0, k1 = (np.uint64(k & _WRAP) for k in key)
    words = b"somepseudorandomlygeneratedbytes"
    starts = [int.from_bytes(words[i : i + 8], "big") for i in range(0, 32, 8)]
    v = [
        np.full(n, np.uint64(s) ^ k) for s, k in zip(starts, (k0, k1) * 2, strict=True)
    ]
    # The last word holds the rest and, in its highest byte, the length.
    padded = np.zeros((n, size // 8 * 8 + 8), np.uint8)
    padded[:, :size] = rows
    padded[:, -1] = size & 0xFF
    for at in range(0, padded.shape[1], 8):
        word = _word(padded, at)
        v[3] = v[3] ^ word
        _sip_rounds(v, 2)
        v[0] = v[0] ^ word
    v[2] = v[2] ^ np.uint64(0xFF)
    _sip_rounds(v, 4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def _sip_rounds(v: list[Array], count: int) -> None:
    for _ in range(count):
        v[0], v[2] = v[0] + v[1], v[2] + v[3]
        v[1] = _rotate(v[1], 64 - 13) ^ v[0]
        v[3] = _rotate(v[3], 64 - 16) ^ v[2]
        v[0] = _rotate(v[0], 32)
        v[2], v[0] = v[2] + v[1], v[0] + v[3]
        v[1] = _rotate(v[1], 64 - 17) ^ v[2]
        v[3] = _rotate(v[3], 64 - 21) ^ v[0]
        v[2] = _rotate(v[2], 32)
