"""DKIM verified here, from the stored bytes, with keys that the caller looks up. Never touches the network itself."""

from __future__ import annotations

import re
from collections.abc import Callable

#: Asks for a TXT record's text; None where there is none.
Answerer = Callable[[str], bytes | None]
MAX_SIGNATURES = 8
MAX_BYTES = 30_000_000


def verified_domains(raw: bytes, answerer: Answerer) -> tuple[str, ...]:
    """Domains (``d=``) whose signature over this message holds. A broken signature is simply not listed."""
    import dkim

    if len(raw) > MAX_BYTES:
        return ()

    def lookup(name: bytes | str, timeout: int = 5) -> bytes | None:
        _ = timeout
        return answerer(name.decode("ascii", "replace") if isinstance(name, bytes) else name)

    found: list[str] = []
    head = raw[:262_144].split(b"\r\n\r\n", 1)[0].split(b"\n\n", 1)[0]
    count = min(len(re.findall(rb"(?im)^dkim-signature\s*:", head)), MAX_SIGNATURES)
    for index in range(count):
        try:
            checker = dkim.DKIM(raw, minkey=1024, timeout=1)
            if checker.verify(idx=index, dnsfunc=lookup) and checker.domain and _covers_all(checker):
                found.append(checker.domain.decode("ascii", "replace").lower())
        except Exception:  # noqa: BLE001, S112 - the library raises many things on hostile input; none of them is a proof
            continue
    return tuple(dict.fromkeys(found))


def _covers_all(checker: object) -> bool:
    """A signature over a part of the body (``l=``) proves nothing about what was added behind it."""
    fields = getattr(checker, "signature_fields", {}) or {}
    return b"l" not in fields
