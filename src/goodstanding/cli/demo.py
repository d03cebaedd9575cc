"""A demo merchant: two people, orders, two connections; one signed chargeback and one letter through the real door."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import httpx

from goodstanding.contract import Incoming
from goodstanding.home import home, secret
from goodstanding.models import Connection, Member, Merchant, Role, Store, User, acting_for, signed_in
from goodstanding.pipeline import connect, orders, posting
from goodstanding.pipeline.plugged import channel_of, config_of
from goodstanding.presence import serving_at

from . import codes
from .output import as_json, complain, console

SLUG = "demo"
PEOPLE = (("owner@demo.example", "林晓", Role.OWNER), ("approver@demo.example", "陈敏", Role.APPROVER))
RECEIVER = "mx.demo.example"


def run(*, json_wanted: bool) -> int:
    """Make the demo merchant once; say how to sign in every time."""
    address = serving_at(home())
    if address is None:
        complain("网页服务没有运行。请先运行 make run", json_wanted=json_wanted, code="not_serving")
        return codes.UNAVAILABLE
    password = secret("demo-password", lambda: secrets.token_urlsafe(9))
    users = [_user(email, name, password) for email, name, _ in PEOPLE]
    with signed_in(users[0].pk):
        known = Merchant.objects.filter(slug=SLUG).first()
    if known is None:
        try:
            _found(users, address)
        except httpx.HTTPError as error:
            complain(
                f"示例通知没有送进去（{error}）。请运行 goodstanding doctor 检查", json_wanted=json_wanted, code="door"
            )
            return codes.UNAVAILABLE
    _say(address, password, json_wanted=json_wanted)
    return codes.OK


def _found(users: list[User], address: str) -> None:
    merchant = Merchant.found("山海户外（示例）", SLUG, letterhead="Shanhai Outdoor Ltd", demo=True)
    with acting_for(merchant.pk):
        members = [
            Member.objects.create(merchant=merchant, user=user, role=role)
            for user, (_, _, role) in zip(users, PEOPLE, strict=True)
        ]
        store = Store.objects.create(
            merchant=merchant,
            name="Shanhai Outdoor",
            domain="shanhai-outdoor.example",
            country="US",
            zone="America/New_York",
        )
        owner = members[0]
        stripe = connect.open(
            merchant, owner, "stripe", "Stripe", {"webhook_secret": f"whsec_{secrets.token_urlsafe(24)}"}
        )
        letters = Connection.open(
            merchant, "byhand", "客服邮箱（转发）", settings={"receiving_hosts": RECEIVER}, store=store
        )
        stripe.store = store
        stripe.save(update_fields=["store"])
    table = (files("goodstanding.cli") / "demo_files" / "orders.csv").read_bytes()
    orders.import_table(merchant, owner, "orders.csv", _dated(table), None, "America/New_York")
    channel = channel_of(stripe)
    if channel.drill is not None:
        sample = channel.drill(config_of(stripe, channel), datetime.now(UTC))
        posting.post(address, stripe, sample, drill=True)
    posting.post(address, letters, _letter(), drill=True)


def _dated(table: bytes) -> bytes:
    """Days in the table are written as ``{-20}``: so many from today, so that the demo is never stale."""
    text = table.decode()
    today = datetime.now(UTC)
    for days in range(-60, 1):
        text = text.replace(f"{{{days}}}", (today + timedelta(days=days)).strftime("%Y-%m-%d"))
    return text.encode()


def _letter() -> Incoming:
    now = datetime.now(UTC)
    template = (files("goodstanding.cli") / "demo_files" / "letter.eml").read_text(encoding="utf-8")
    due = now + timedelta(days=14)
    body = template.format(
        date=now.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        due=f"{due.day} {due.strftime('%B %Y')}",
        id=now.strftime("%Y%m%d%H%M%S"),
    )
    return Incoming(
        origin="webhook",
        body=body.replace("\n", "\r\n").encode(),
        received_at=now,
        headers=(("Content-Type", "message/rfc822"),),
    )


def _user(email: str, name: str, password: str) -> User:
    user = User.objects.filter(email=email).first()
    return user or User.objects.create_user(email, password, name=name)


def _say(address: str, password: str, *, json_wanted: bool) -> None:
    emails = [email for email, _, _ in PEOPLE]
    if json_wanted:
        as_json({"address": address, "users": emails, "password": password})
        return
    console.print(f"  示例登录：{emails[0]}（所有者）或 {emails[1]}（审批人）", markup=False)
    console.print(f"  密码：{password}", markup=False)
