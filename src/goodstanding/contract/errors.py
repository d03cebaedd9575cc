"""What an adapter may raise. Each says what the caller can do next; nothing else leaves an adapter."""

from __future__ import annotations


class AdapterError(Exception):
    """Something outside did not go as hoped. ``str()`` is English, for logs; ``code`` is for the page."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Untrusted(AdapterError):
    """The bytes are not provably from the sender: keep them, show them, work them no further.

    Two codes say that nothing could be checked, rather than that a check failed; such a delivery is worked and shown as
    unproven (:attr:`unproven`): ``no_secret`` (the connection has nothing to check with) and ``unconfirmed_signature``
    (nobody has confirmed how this sender signs).
    """

    @property
    def unproven(self) -> bool:
        return self.code in ("no_secret", "unconfirmed_signature")


class Unreadable(AdapterError):
    """We do not understand these bytes. The message names the field or the type that we tripped over."""


class Refused(AdapterError):
    """They said no, and asking again changes nothing: a person has to act."""


class Unavailable(AdapterError):
    """They did not answer, or asked us to wait. Try again after ``retry_after`` seconds, if given."""

    def __init__(self, message: str, *, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after
