"""From bytes to the words a person sees."""

from .message import Mail, open_mail
from .visible import Visible, visible_text

__all__ = ["Mail", "Visible", "open_mail", "visible_text"]
