"""Secrets at rest: AES-256-GCM, bound to the merchant and the column, with a ring of keys.

The first key of the ring seals; every key of it opens. A wrong key or a moved row raises, never returns ciphertext.
"""

from __future__ import annotations

import base64
import json
import os
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


class SealBroken(Exception):
    """No key of the ring opens this value for this merchant and column."""


def seal(value: Any, *, merchant_id: int, column: str) -> bytes:
    """Encrypt JSON-like ``value``; opens only for the same merchant and column."""
    key_id, key = next(iter(_ring().items()))
    nonce = os.urandom(_NONCE)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return bytes([key_id]) + nonce + AESGCM(key).encrypt(nonce, text, _bound_to(merchant_id, column))


def unseal(sealed: bytes, *, merchant_id: int, column: str) -> Any:
    """What :func:`seal` was given. Raises :class:`SealBroken` naming the column."""
    data = bytes(sealed)
    key = _ring().get(data[0]) if data else None
    if key is None:
        raise SealBroken(f"{column}: sealed with a key that is not in the ring; restore the old key file")
    try:
        text = AESGCM(key).decrypt(data[1 : 1 + _NONCE], data[1 + _NONCE :], _bound_to(merchant_id, column))
    except InvalidTag:
        raise SealBroken(f"{column}: does not open for this merchant; the key or the row was changed") from None
    return json.loads(text)


def _bound_to(merchant_id: int, column: str) -> bytes:
    return f"{merchant_id}:{column}".encode()


@cache
def _ring() -> dict[int, bytes]:
    """Keys by their number, newest first: ``2:BASE64,1:BASE64``."""
    ring = {}
    for part in settings.KEY_RING.split(","):
        number, _, key = part.strip().partition(":")
        ring[int(number)] = base64.urlsafe_b64decode(key)
    return ring
