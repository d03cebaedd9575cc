"""The door: what senders post is stored byte for byte and acknowledged; understanding comes later.

It stands in front of the pages: no session, no cookie, no language, no middleware is between a sender and the row. The same
function is a view as well, for tests that call it without a server.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from goodstanding.contract import Answer, Incoming
from goodstanding.models import Connection, PluginType, SealBroken
from goodstanding.models.delivery import without_token
from goodstanding.pipeline import plugged, posting
from goodstanding.pipeline import receive as receiving

log = logging.getLogger("goodstanding.door")

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_TAKEN = ("POST", "PUT", "GET", "HEAD")  # some senders validate an address with GET or HEAD
_KEPT = ("POST", "PUT")
_ADDRESS = re.compile(r"/in/([^/]+)/")
_SMALL = 64 * 1024  # a larger body is read only for an address that is known


def before(pages: Wsgi) -> Wsgi:
    """The door, and behind it all other addresses."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith("/in/"):
            return pages(environ, start_response)
        request = WSGIRequest(environ)
        address = _ADDRESS.fullmatch(request.path_info)
        if address is None:
            return pages(environ, start_response)
        answer = _guarded(request, address[1])
        start_response(f"{answer.status_code} {answer.reason_phrase}", list(answer.items()))
        return [b"" if request.method == "HEAD" else answer.content]

    return application


@csrf_exempt
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """404 for an unknown token, 413 over the limit, else the channel's own answer or 200."""
    if request.method not in _TAKEN:
        return HttpResponseNotAllowed(_TAKEN)
    keeps = request.method in _KEPT
    look_first = not keeps or not _is_small(request)
    kept = receiving.look(token) if look_first else None
    if look_first and kept is None:
        return _unknown()
    body = _body(request)
    if body is None:
        return _too_large()
    incoming = Incoming(
        origin="webhook",
        method=request.method,
        url=f"{request.scheme}://{request.META.get('HTTP_HOST', '')}{request.get_full_path()}",
        headers=tuple(request.headers.items()),
        body=body,
        received_at=timezone.now(),
    )
    if keeps:  # an empty body, too: it may be all that is ever sent, and says so in the log
        mark = request.headers.get(posting.DRILL_HEADER, "")
        shown = replace(incoming, url=without_token(incoming.url, token))
        kept = receiving.knock(token, shown, drill_for=posting.drilled(mark) if mark else None)
    if kept is None:
        return _unknown()
    answer = _answer(kept.connection, incoming)
    if answer is None:
        return _plain(b"ok\n")
    return _plain(answer.body, answer.status, answer.content_type, dict(answer.headers))


def _guarded(request: HttpRequest, token: str) -> HttpResponse:
    """An answer in any case, and a log that names neither the address, which is a secret, nor what was brought."""
    try:
        return receive(request, token)
    except UnreadablePostError:
        return _plain(b"the body ended early\n", 400)
    except DatabaseError as problem:
        told = getattr(getattr(problem.__cause__, "diag", None), "message_primary", None)  # no detail: it shows the row
        log.error("a delivery could not be kept: %s %s", type(problem).__name__, told or "")
        return _plain(b"not kept: please send it again\n", 500)
    except Exception:
        log.exception("a delivery could not be kept")
        return _plain(b"not kept: please send it again\n", 500)


def _is_small(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return (
        "HTTP_TRANSFER_ENCODING" not in request.META and length.isascii() and length.isdigit() and int(length) <= _SMALL
    )


def _body(request: HttpRequest) -> bytes | None:
    """All that was sent; None where that is more than we take."""
    limit = settings.DOOR_MAX_BYTES
    chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    try:
        if chunked and request.META.get("wsgi.input_terminated"):
            # Django reads as many bytes as Content-Length says, which a chunked body has not; the server ends the stream.
            body: bytes = request.META["wsgi.input"].read(limit + 1)
        elif int(request.headers.get("Content-Length") or 0) > limit:
            return None
        else:
            body = request.body
    except (RequestDataTooBig, ValueError):
        return None
    return body if len(body) <= limit else None


def _answer(connection: Connection, incoming: Incoming) -> Answer | None:
    """What the channel wants to say at once. What arrived is kept by now; trouble here must not make the sender repeat it."""
    if connection.type != PluginType.CHANNEL:
        return None
    try:
        channel = plugged.channel_of(connection)
        if channel.answer is None:
            return None
        return channel.answer(incoming, plugged.config_of(connection, channel))
    except (KeyError, SealBroken) as problem:
        log.error("connection %s cannot answer: %s", connection.pk, problem)
    except Exception:
        log.exception("connection %s cannot answer: a fault in its plug-in %s", connection.pk, connection.plugin)
    return None


def _plain(
    body: bytes, status: int = 200, media_type: str = "text/plain", headers: dict[str, str] | None = None
) -> HttpResponse:
    more = {"X-Content-Type-Options": "nosniff", "Content-Length": str(len(body)), **(headers or {})}
    return HttpResponse(body, status=status, content_type=media_type, headers=more)


def _unknown() -> HttpResponse:
    return _plain(b"unknown address\n", 404)


def _too_large() -> HttpResponse:
    limit = settings.DOOR_MAX_BYTES // (1024 * 1024)
    return _plain(f"larger than {limit} MB\n".encode(), 413)
