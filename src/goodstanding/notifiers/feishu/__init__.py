"""飞书 and Lark: the robot of a group, signed."""

from goodstanding.contract import Notifier

from .config import Config
from .send import send

notifier = Notifier(name="feishu", label="飞书／Lark 群机器人", config=Config, send=send, per_minute=60)
