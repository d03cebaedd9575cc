"""Slack: an incoming webhook of a channel."""

from goodstanding.contract import Notifier

from .config import Config
from .send import send

notifier = Notifier(name="slack", label="Slack", config=Config, send=send, per_minute=50)
