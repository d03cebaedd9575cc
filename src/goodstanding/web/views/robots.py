"""Where people are told: group robots, e-mail, own systems."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodstanding.models import Connection, PluginType
from goodstanding.notifiers import notifiers
from goodstanding.pipeline import connect
from goodstanding.pipeline.refusals import Refusal
from goodstanding.queries.connections import told_by
from goodstanding.web import plugins, robots
from goodstanding.web.forms.connection import ConnectionForm
from goodstanding.web.forms.fields import posted
from goodstanding.web.markdown import safe_html
from goodstanding.web.scope import MerchantRequest, merchant_page


@require_http_methods(["GET", "POST"])
@merchant_page("connect")
def new(request: MerchantRequest, plugin: str) -> HttpResponseBase:
    notifier = notifiers().get(plugin)
    if notifier is None:
        raise Http404
    form = ConnectionForm(notifier, posted(request)[0])
    if request.method == "POST" and form.is_valid():
        try:
            made = robots.open(request.merchant, request.member, plugin, form.cleaned_data["label"], form.values())
            messages.success(request, _("已添加。点“发送测试消息”试一次。"))
            return redirect("connection_robot", request.merchant.slug, made.pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "notifier": notifier, "guide": safe_html(plugins.guide(plugin, "notifiers"))}
    return TemplateResponse(request, "connections/robot_new.html", context, status=422 if form.errors else 200)


@require_GET
@merchant_page()
def show(request: MerchantRequest, pk: int) -> HttpResponseBase:
    return TemplateResponse(request, "connections/robot.html", _context(request, _of(request, pk)))


@require_POST
@merchant_page("connect")
def change(request: MerchantRequest, pk: int) -> HttpResponseBase:
    connection = _of(request, pk)
    notifier = notifiers().get(connection.plugin)
    if notifier is None:
        raise Http404
    form = ConnectionForm(notifier, request.POST, connection=connection)
    if form.is_valid():
        try:
            robots.change(connection, request.member, form.cleaned_data["label"], form.values())
            messages.success(request, _("设置已保存"))
            return redirect("connection_robot", request.merchant.slug, pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return TemplateResponse(request, "connections/robot.html", _context(request, connection, form), status=422)


@require_POST
@merchant_page("connect")
def try_out(request: MerchantRequest, pk: int) -> HttpResponseBase:
    try:
        robots.try_out(_of(request, pk), request.member)
        messages.success(request, _("测试消息已排队，几秒后刷新本页查看是否送达。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("connection_robot", request.merchant.slug, pk)


@require_POST
@merchant_page("connect")
def disable(request: MerchantRequest, pk: int) -> HttpResponseBase:
    try:
        connect.disable(_of(request, pk), request.member)
        messages.success(request, _("已停用，不再往这里发消息。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("connections", request.merchant.slug)


def _context(request: MerchantRequest, connection: Connection, form: ConnectionForm | None = None) -> dict[str, object]:
    notifier = notifiers().get(connection.plugin)
    if form is None and notifier is not None:
        form = ConnectionForm(notifier, connection=connection)
    return {
        "connection": connection,
        "notifier": notifier,
        "form": form if request.member.may("connect") else None,
        "guide": safe_html(plugins.guide(connection.plugin, "notifiers")),
        "told": told_by(connection),
    }


def _of(request: MerchantRequest, pk: int) -> Connection:
    if pk >= 2**63:
        raise Http404
    rows = request.merchant.connections.filter(type=PluginType.NOTIFIER).select_related("merchant")
    return get_object_or_404(rows, pk=pk)
