"""A person brings a notice: pasted, or as a file."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goodstanding.contract import Incoming
from goodstanding.models import Connection, Merchant
from goodstanding.pipeline import receive
from goodstanding.web.forms.fields import posted
from goodstanding.web.forms.notice import NoticeForm
from goodstanding.web.scope import MerchantRequest, merchant_page


@require_http_methods(["GET", "POST"])
@merchant_page("work")
def new(request: MerchantRequest) -> HttpResponseBase:
    form = NoticeForm(*posted(request))
    if request.method == "POST" and form.is_valid():
        connection = by_hand(request.merchant)
        count = 0
        for origin, body, name in form.incoming():
            receive.store(connection, Incoming(origin=origin, body=body, received_at=timezone.now(), filename=name))
            count += 1
        messages.success(request, _("已收下 %(n)d 份，识别完成后会出现在收件箱。") % {"n": count})
        return redirect("inbox", request.merchant.slug)
    return TemplateResponse(request, "notice_new.html", {"form": form}, status=422 if form.errors else 200)


def by_hand(merchant: Merchant) -> Connection:
    """The merchant's connection for what people bring; made when first needed."""
    found = merchant.connections.filter(plugin="byhand", disabled_at__isnull=True).first()
    return found or Connection.open(merchant, "byhand", str(_("手工录入")))
