"""Send something to the product's own door over HTTP, as an outside sender would."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
from django.core import signing

from goodstanding.contract import Incoming
from goodstanding.models import Connection

#: Says that what is posted is a drill; only this installation can make it.
DRILL_HEADER = "GoodStanding-Drill"
_SALT = "drill"
_VALID = 600


@dataclass(frozen=True)
class Posted:
    status: int
    text: str


def post(address: str, connection: Connection, incoming: Incoming, *, drill: bool) -> Posted:
    """POST the body with its headers to the connection's door. Raises httpx.HTTPError where nobody answers."""
    headers = dict(incoming.headers)
    if drill:
        headers[DRILL_HEADER] = mark(connection)
    url = f"{address.rstrip('/')}/in/{connection.token}/"
    with httpx.Client(timeout=20, trust_env=False) as http:
        answer = http.post(url, content=incoming.body, headers=headers)
    return Posted(answer.status_code, answer.text[:200])


def mark(connection: Connection) -> str:
    return signing.dumps(connection.pk, salt=_SALT)


def drilled(value: str) -> int | None:
    """The number of the connection for which this mark was made here, a moment ago; None where it was not."""
    try:
        return int(signing.loads(value, salt=_SALT, max_age=_VALID))
    except (signing.BadSignature, ValueError, TypeError):
        return None
