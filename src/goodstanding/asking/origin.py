"""The address of a shop as a person enters it."""

from __future__ import annotations

import re

from goodstanding.contract import Refused

_SITE = re.compile(r"https://[A-Za-z0-9.\-]{1,253}(:[0-9]{1,5})?(/[A-Za-z0-9._~\-/]{0,200})?")


def site(text: str, example: str = "https://shop.example.com") -> str:
    """The address without its last slash. Raises Refused unless it is https: keys travel with every call."""
    address = text.strip().rstrip("/")
    if not _SITE.fullmatch(address) or ".." in address:
        raise Refused(
            f"{address[:80]!r} is no https address: enter it like {example}", code="bad_site" if address else "no_site"
        )
    return address
