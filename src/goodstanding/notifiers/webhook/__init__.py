"""Your own system: a signed JSON message to an address of your choice."""

from goodstanding.contract import Notifier

from .config import Config
from .send import send

notifier = Notifier(name="webhook", label="通用 Webhook", config=Config, send=send, per_minute=60)
