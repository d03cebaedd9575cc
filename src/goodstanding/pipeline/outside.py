"""The one client that reaches out of this machine, handed to plug-ins.

It refuses addresses inside the own network (the address that was checked is the one connected to, so a changing DNS
answer gains nothing) and refuses to be used while a transaction is open.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
from collections.abc import Iterable
from functools import cache

import httpcore
import httpx
from django.db import connection

from goodstanding.contract import Http, Unavailable

TIMEOUT = httpx.Timeout(20, connect=10)
_ALLOWED = "GOODSTANDING_ALLOW_INNER"  # hosts, comma separated, for a mock server on this machine


def client(transport: httpx.BaseTransport | None = None, *, own: tuple[str, int] | None = None) -> Http:
    """A client for one piece of work; close it, or use it in a ``with``.

    ``own`` is the one host and port on this very machine that may be called beside the public ones: a model that the
    merchant runs here. It must lead to a loopback address.
    """
    return httpx.Client(
        transport=transport or _GuardedTransport(own),
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "GoodStanding/0.1"},
        event_hooks={"request": [_refuse_in_transaction]},
    )


def _refuse_in_transaction(request: httpx.Request) -> None:
    if connection.in_atomic_block:
        raise RuntimeError(f"{request.url.host}: called while a transaction is open; commit first")


@cache
def _certificates() -> ssl.SSLContext:
    """Reading the authorities' certificates takes longer than most of a notice's way; once is enough."""
    return httpx.create_ssl_context()


class _GuardedTransport(httpx.HTTPTransport):
    def __init__(self, own: tuple[str, int] | None) -> None:
        super().__init__(verify=_certificates(), retries=0)
        self._pool = httpcore.ConnectionPool(
            ssl_context=_certificates(),
            max_connections=10,
            network_backend=_CheckedAddresses(own),
        )


class _CheckedAddresses(httpcore.SyncBackend):
    def __init__(self, own: tuple[str, int] | None) -> None:
        super().__init__()
        self._own = own

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        return super().connect_tcp(_address(host, port, self._own), port, timeout, local_address, socket_options)


def _address(host: str, port: int, own: tuple[str, int] | None) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(f"{host}: {error}") from error
    addresses = [str(item[4][0]) for item in found]
    if host in os.environ.get(_ALLOWED, "").split(","):
        return addresses[0]
    for address in addresses:
        at = ipaddress.ip_address(address.split("%")[0])
        if at.is_global or (at.is_loopback and (host, port) == own):
            return address
    raise Unavailable(f"{host} leads to an address inside this network and is not called", code="inner_address")
