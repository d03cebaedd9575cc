"""Is the message from whom it claims to be? An axis of its own: no kind of notice says anything about it."""

from .judge import Verdict, judge
from .sender import Sender, sender_of

__all__ = ["Sender", "Verdict", "judge", "sender_of"]
