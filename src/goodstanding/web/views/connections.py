"""Where notices come from."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodstanding import jobs
from goodstanding.channels import channels
from goodstanding.models import Connection, PluginType
from goodstanding.notifiers import notifiers
from goodstanding.pipeline import connect
from goodstanding.pipeline import drill as drills
from goodstanding.pipeline.refusals import Refusal
from goodstanding.queries.connections import connections, health, robots
from goodstanding.web import plugins
from goodstanding.web.forms.connection import ConnectionForm
from goodstanding.web.forms.fields import posted
from goodstanding.web.markdown import safe_html
from goodstanding.web.scope import MerchantRequest, merchant_page

#: Offered to nobody: the one is every merchant's already, the other teaches programmers.
_NOT_OFFERED = ("byhand", "example")


@require_GET
@merchant_page()
def index(request: MerchantRequest) -> HttpResponseBase:
    offered = [item for name, item in channels().items() if name not in _NOT_OFFERED]
    rows = connections(request.merchant)
    context = {
        "rows": rows,
        "offered": offered,
        "robots": robots(request.merchant),
        "robots_offered": tuple(notifiers().values()),
    }
    return TemplateResponse(request, "connections/index.html", context)


@require_http_methods(["GET", "POST"])
@merchant_page("connect")
def new(request: MerchantRequest, plugin: str) -> HttpResponseBase:
    channel = plugins.channel(plugin)
    if channel is None or plugin in _NOT_OFFERED:
        raise Http404
    form = ConnectionForm(channel, posted(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            made = connect.open(request.merchant, request.member, plugin, form.cleaned_data["label"], form.values())
            if form.values()["may_submit"]:
                connect.change(made, request.member, form.values())
            messages.success(request, _("已接入。把下面的地址填到对方后台，再点“试运行”试一次。"))
            return redirect("connection", request.merchant.slug, made.pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "channel": channel, "guide": safe_html(plugins.guide(plugin))}
    return TemplateResponse(request, "connections/new.html", context, status=422 if form.errors else 200)


@require_GET
@merchant_page()
def show(request: MerchantRequest, pk: int) -> HttpResponseBase:
    connection = _of(request, pk)
    return TemplateResponse(request, "connections/detail.html", _context(request, connection))


@require_POST
@merchant_page("connect")
def change(request: MerchantRequest, pk: int) -> HttpResponseBase:
    connection = _of(request, pk)
    channel = plugins.channel(connection.plugin)
    if channel is None:
        raise Http404
    form = ConnectionForm(channel, request.POST, connection=connection)
    if form.is_valid():
        try:
            connect.change(connection, request.member, form.values(), form.cleaned_data["label"])
            messages.success(request, _("设置已保存，正在检查权限。"))
            return redirect("connection", request.merchant.slug, pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return TemplateResponse(request, "connections/detail.html", _context(request, connection, form), status=422)


@require_POST
@merchant_page("connect")
def check(request: MerchantRequest, pk: int) -> HttpResponseBase:
    connection = _of(request, pk)
    jobs.later(connect.check, request.merchant.pk, connection.pk, once=True)
    messages.success(request, _("正在检查，几秒后刷新本页查看结果。"))
    return redirect("connection", request.merchant.slug, pk)


@require_POST
@merchant_page("connect")
def drill(request: MerchantRequest, pk: int) -> HttpResponseBase:
    try:
        drills.drill(_of(request, pk), request.member)
        messages.success(request, _("样例通知已送入，几秒后出现在收件箱，并标为“试运行”。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("connection", request.merchant.slug, pk)


@require_POST
@merchant_page("connect")
def disable(request: MerchantRequest, pk: int) -> HttpResponseBase:
    try:
        connect.disable(_of(request, pk), request.member)
        messages.success(request, _("已停用。之前的案件都还在。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("connections", request.merchant.slug)


def _context(request: MerchantRequest, connection: Connection, form: ConnectionForm | None = None) -> dict[str, object]:
    channel = plugins.channel(connection.plugin)
    if form is None and channel is not None:
        form = ConnectionForm(channel, connection=connection)
    may = request.member.may("connect")
    return {
        "connection": connection,
        "channel": channel,
        "form": form if may else None,
        "health": health(connection),
        "can_drill": bool(channel and channel.drill),
        "can_check": bool(channel and channel.probe),
        "door": _door(request, connection) if channel and channel.webhook and may else "",
        "guide": safe_html(plugins.guide(connection.plugin)),
        "deliveries": connection.deliveries.defer("body", "headers").order_by("-pk")[:10],
    }


def _door(request: MerchantRequest, connection: Connection) -> str:
    from django.conf import settings

    path = reverse("door", args=[connection.token])
    return f"{settings.ORIGIN}{path}" if settings.ORIGIN else request.build_absolute_uri(path)


def _of(request: MerchantRequest, pk: int) -> Connection:
    if pk >= 2**63:
        raise Http404
    rows = request.merchant.connections.filter(type=PluginType.CHANNEL).select_related("merchant", "store")
    return get_object_or_404(rows, pk=pk)
