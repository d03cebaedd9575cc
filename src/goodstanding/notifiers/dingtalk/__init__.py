"""钉钉: the robot of a group, signed or filtered by a keyword."""

from goodstanding.contract import Notifier

from .config import Config
from .send import send

notifier = Notifier(name="dingtalk", label="钉钉群机器人", config=Config, send=send, per_minute=20)
