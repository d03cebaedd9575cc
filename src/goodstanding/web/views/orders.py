"""Orders: imported from a table, looked for, looked at."""

from __future__ import annotations

import re
from dataclasses import asdict

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from goodstanding.models import ColumnMapping as KeptMapping
from goodstanding.models import File, Order
from goodstanding.pipeline import orders as verbs
from goodstanding.queries.orders import orders
from goodstanding.sources.orders import ColumnMapping, Preview, preview
from goodstanding.tables import TableError
from goodstanding.web.forms.fields import posted
from goodstanding.web.forms.orders import MappingForm, TableForm
from goodstanding.web.labels import chinese
from goodstanding.web.scope import MerchantRequest, merchant_page

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@merchant_page()
def index(request: MerchantRequest) -> HttpResponseBase:
    page = orders(request.merchant, request.GET.get("q", ""), request.GET.get("before", ""))
    return TemplateResponse(request, "orders/index.html", {"page": page})


@require_GET
@merchant_page()
def show(request: MerchantRequest, pk: int) -> HttpResponseBase:
    if pk >= 2**63:
        raise Http404
    order = get_object_or_404(Order.objects.filter(merchant=request.merchant).select_related("store"), pk=pk)
    context = {"order": order, "cases": order.cases.order_by("-opened_at")[:20], "references": order.references.all()}
    return TemplateResponse(request, "orders/detail.html", context)


@require_http_methods(["GET", "POST"])
@merchant_page("work")
def upload(request: MerchantRequest) -> HttpResponseBase:
    """Keep the table and go on to its columns."""
    form = TableForm(*posted(request))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            preview(content, file.name or "")
        except TableError as error:
            form.add_error("file", error.message_zh if chinese() else str(error))
        else:
            kept = File.keep(request.merchant, content, _XLSX if content.startswith(b"PK") else "text/csv")
            request.session[f"table:{kept.sha256}"] = (file.name or "")[:200]
            return redirect("orders_mapping", request.merchant.slug, kept.sha256)
    return TemplateResponse(request, "orders/upload.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@merchant_page("work")
def mapping(request: MerchantRequest, digest: str) -> HttpResponseBase:
    """Which column is what; then the import and its summary."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise Http404
    file = get_object_or_404(File.objects.filter(merchant=request.merchant), sha256=digest)
    name = request.session.get(f"table:{digest}", "")
    try:
        shown = preview(file.read(), name)
        shown, zone = _remembered(request, file.read(), name, shown)
    except TableError as error:
        messages.error(request, error.message_zh if chinese() else str(error))
        return redirect("orders_upload", request.merchant.slug)
    form = MappingForm(posted(request)[0], preview=shown, zone=zone)
    if request.method == "POST" and form.is_valid():
        wanted = form.mapping()
        try:
            done = verbs.import_table(
                request.merchant, request.member, name, file.read(), wanted, form.cleaned_data["zone"]
            )
        except TableError as error:
            form.add_error(None, error.message_zh if chinese() else str(error))
        else:
            verbs.remember(request.merchant, shown.columns, asdict(wanted), form.cleaned_data["zone"])
            return TemplateResponse(request, "orders/summary.html", {"done": done, "name": name})
    context = {"form": form, "preview": shown, "name": name, "rows": _rows(form), "more": _more(form)}
    return TemplateResponse(request, "orders/mapping.html", context, status=422 if form.errors else 200)


def _remembered(request: MerchantRequest, content: bytes, name: str, shown: Preview) -> tuple[Preview, str]:
    """The mapping used for the same header before, where there is one."""
    kept = KeptMapping.objects.filter(
        merchant=request.merchant, header_digest=verbs.header_digest(shown.columns)
    ).first()
    if kept is None:
        return shown, request.merchant.zone
    values = {
        key: kept.mapping[key] for key in ("columns", "decimal_mark", "date_order", "currency") if key in kept.mapping
    }
    messages.info(request, _("已套用上次对同样表头的设置。"))
    return preview(content, name, ColumnMapping(**values)), kept.zone


_FIRST = ("number", "ordered_at", "paid_at", "total", "currency", "buyer_name", "buyer_email", "shipping_address",
          "tracking_number", "carrier", "shipped_at", "delivered_at", "payment", "charge")  # fmt: skip


def _rows(form: MappingForm) -> list[object]:
    return [form[f"c_{name}"] for name in _FIRST]


def _more(form: MappingForm) -> list[object]:
    return [form[name] for name in form.fields if name.startswith("c_") and name[2:] not in _FIRST]
