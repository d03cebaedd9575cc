"""Microsoft Teams: a webhook made by the Workflows app, or an older incoming webhook."""

from goodstanding.contract import Notifier

from .config import Config
from .send import send

notifier = Notifier(name="teams", label="Microsoft Teams", config=Config, send=send, per_minute=30)
