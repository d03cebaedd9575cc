"""Adyen: disputes told by standard webhooks only; defence documents are supplied, and the defence sent, where the key may."""

from goodstanding.contract import Channel, Permission, Submit

from .config import Config
from .defend import rehearse, requirements, submit
from .documents import LIMITS
from .drill import drill
from .parse import parse
from .probe import probe
from .verify import answer, verify

channel = Channel(
    name="adyen",
    label="Adyen",
    config=Config,
    reads=(),
    writes=(
        Permission(
            name="API dispute management",
            why_zh="查询这笔争议接受哪些抗辩理由和文件，批准后上传文件并提交抗辩；只听通知可不给",
            why_en="To ask which defence documents a dispute takes, and to supply them once approved",
        ),
    ),
    parse=parse,
    verify=verify,
    answer=answer,
    probe=probe,
    requirements=requirements,
    rehearse=rehearse,
    submit=Submit(send=submit, final=True, automatic=False),
    drill=drill,
    limits=LIMITS,
)

__all__ = ["Config", "channel"]
