"""企业微信: the robot of a group; its address is the secret."""

from goodstanding.contract import Notifier

from .config import Config
from .send import send

notifier = Notifier(name="wecom", label="企业微信群机器人", config=Config, send=send, per_minute=20)
