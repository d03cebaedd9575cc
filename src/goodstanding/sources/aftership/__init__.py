"""Parcels by AfterShip: asked for, and heard of by signed webhook."""

from goodstanding.contract import Permission, Source

from .ask import probe, track
from .config import Config
from .door import parse, verify

source = Source(
    name="aftership",
    label="AfterShip",
    config=Config,
    probe=probe,
    track=track,
    verify=verify,
    parse=parse,
    reads=(
        Permission(
            name="tracking:read",
            why_zh="读取店铺已在 AfterShip 跟踪的包裹轨迹，作为发货和签收的证据",
            why_en="Reads the histories of parcels that the shop follows at AfterShip, as proof of delivery",
        ),
    ),
)

__all__ = ["Config", "source"]
