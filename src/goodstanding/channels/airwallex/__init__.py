"""Airwallex (空中云汇): card disputes told by webhook and read by API, answered by a challenge with files."""

from goodstanding.contract import Channel, Permission, Submit

from .config import Config
from .defend import rehearse, requirements, submit
from .drill import drill
from .evidence import LIMITS
from .parse import parse
from .read import fetch, lookup, probe
from .verify import verify

channel = Channel(
    name="airwallex",
    label="Airwallex 空中云汇",
    config=Config,
    reads=(
        Permission(
            name="r:awx_action:payment_dispute_view",
            why_zh="读取争议的原因、金额、阶段和截止时间，补收漏掉的通知",
            why_en="To read disputes: reason, amount, stage and due date",
        ),
    ),
    writes=(
        Permission(
            name="w:awx_action:payment_dispute_edit",
            why_zh="批准后提交抗辩。这个权限也能接受争议，本系统从不接受",
            why_en="To challenge once approved. It also allows accepting a dispute, which this product never does",
        ),
        Permission(
            name="w:awx_action:file_upload",
            why_zh="上传证据文件；不提交可不给",
            why_en="To upload evidence files",
        ),
    ),
    parse=parse,
    verify=verify,
    fetch=fetch,
    lookup=lookup,
    probe=probe,
    requirements=requirements,
    rehearse=rehearse,
    submit=Submit(send=submit, final=True),
    drill=drill,
    limits=LIMITS,
)

__all__ = ["Config", "channel"]
