"""The door: what senders post is stored byte for byte and acknowledged; understanding comes later."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from goodstanding.contract import Incoming
from goodstanding.models import Connection, acting_for, at_the_door, digest_of
from goodstanding.pipeline import plugged, posting
from goodstanding.pipeline import receive as receiving

_TAKEN = ("POST", "PUT", "GET", "HEAD")  # some senders validate an address with GET or HEAD


@csrf_exempt
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """404 for an unknown token, 413 over the limit, else the channel's own answer or 200."""
    if request.method not in _TAKEN:
        return HttpResponseNotAllowed(_TAKEN)
    with at_the_door(digest_of(token)):
        connection = Connection.objects.filter(token_digest=digest_of(token), disabled_at__isnull=True).first()
    if connection is None:
        return HttpResponse("unknown address\n", status=404, content_type="text/plain")
    try:
        if int(request.headers.get("Content-Length") or 0) > settings.DOOR_MAX_BYTES:
            return _too_large()
        body = request.body
    except (RequestDataTooBig, ValueError):
        return _too_large()
    if len(body) > settings.DOOR_MAX_BYTES:
        return _too_large()
    incoming = Incoming(
        origin="webhook",
        method=request.method or "POST",
        url=request.build_absolute_uri(),
        headers=tuple(request.headers.items()),
        body=body,
        received_at=timezone.now(),
    )
    channel = plugged.channel_of(connection)
    if channel.answer is not None:
        with acting_for(connection.merchant_id):
            config = plugged.config_of(connection, channel)
        answer = channel.answer(incoming, config)
    else:
        answer = None
    if body and request.method in ("POST", "PUT"):
        mark = request.headers.get(posting.DRILL_HEADER, "")
        receiving.store(connection, incoming, drill=bool(mark) and posting.is_drill(mark, connection))
    if answer is None:
        return HttpResponse("ok\n", content_type="text/plain")
    return HttpResponse(
        answer.body, status=answer.status, content_type=answer.content_type, headers=dict(answer.headers)
    )


def _too_large() -> HttpResponse:
    limit = settings.DOOR_MAX_BYTES // (1024 * 1024)
    return HttpResponse(f"larger than {limit} MB\n", status=413, content_type="text/plain")
