"""The door: what senders post is stored byte for byte and acknowledged; understanding comes later."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from goodstanding.contract import Answer, Incoming
from goodstanding.models import Connection, SealBroken, at_the_door, digest_of
from goodstanding.pipeline import plugged, posting
from goodstanding.pipeline import receive as receiving

log = logging.getLogger("goodstanding.door")

_TAKEN = ("POST", "PUT", "GET", "HEAD")  # some senders validate an address with GET or HEAD


@csrf_exempt
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """404 for an unknown token, 413 over the limit, else the channel's own answer or 200."""
    if request.method not in _TAKEN:
        return HttpResponseNotAllowed(_TAKEN)
    with at_the_door(digest_of(token)):
        found = list(Connection.objects.filter(token_digest=digest_of(token), disabled_at__isnull=True))
    connection = found[0] if found else None
    if connection is None:
        return HttpResponse("unknown address\n", status=404, content_type="text/plain")
    body = _body(request)
    if body is None:
        return _too_large()
    incoming = Incoming(
        origin="webhook",
        method=request.method or "POST",
        url=request.build_absolute_uri(),
        headers=tuple(request.headers.items()),
        body=body,
        received_at=timezone.now(),
    )
    if request.method in ("POST", "PUT"):  # an empty body, too: it may be all that is ever sent, and says so in the log
        mark = request.headers.get(posting.DRILL_HEADER, "")
        receiving.store(connection, incoming, drill=bool(mark) and posting.is_drill(mark, connection))
    answer = _answer(connection, incoming)
    if answer is None:
        return HttpResponse("ok\n", content_type="text/plain")
    return HttpResponse(
        answer.body, status=answer.status, content_type=answer.content_type, headers=dict(answer.headers)
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
    try:
        channel = plugged.channel_of(connection)
        if channel.answer is None:
            return None
        return channel.answer(incoming, plugged.config_of(connection, channel))
    except (KeyError, SealBroken) as problem:
        log.error("connection %s cannot answer: %s", connection.pk, problem)
        return None


def _too_large() -> HttpResponse:
    limit = settings.DOOR_MAX_BYTES // (1024 * 1024)
    return HttpResponse(f"larger than {limit} MB\n", status=413, content_type="text/plain")
