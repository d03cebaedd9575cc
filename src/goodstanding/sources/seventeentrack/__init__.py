"""Parcels by 17TRACK: registered, asked for, and heard of by signed webhook."""

from goodstanding.contract import Permission, Source

from .ask import probe, track
from .config import Config
from .door import parse, verify

source = Source(
    name="seventeentrack",
    label="17TRACK",
    config=Config,
    probe=probe,
    track=track,
    verify=verify,
    parse=parse,
    reads=(
        Permission(
            name="register, gettrackinfo",
            why_zh="登记运单号并查询物流轨迹，作为发货和签收的证据；密钥只能查物流",
            why_en="Registers tracking numbers and reads their histories as proof of delivery",
        ),
    ),
)

__all__ = ["Config", "source"]
