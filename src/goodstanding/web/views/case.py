"""The case page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from goodstanding.models import Case
from goodstanding.queries.case import can_submit, case_page, find
from goodstanding.web import labels, plugins
from goodstanding.web.assignment import hand_over
from goodstanding.web.forms.case import ByHandForm, ConfirmationForm, OutcomeForm, SettleForm
from goodstanding.web.markdown import safe_html
from goodstanding.web.scope import MerchantRequest, merchant_page

from . import translation

#: Seconds between two looks while the pipeline runs, and how often a page looks at most.
POLL_SECONDS = 2
MOST_POLLS = 90


def case_of(request: MerchantRequest, number: int) -> Case:
    """The case of this merchant, or 404."""
    case = find(request.merchant, number) if number < 2**31 else None
    if case is None:
        raise Http404
    return case


@require_GET
@merchant_page()
def show(request: MerchantRequest, number: int) -> HttpResponseBase:
    return TemplateResponse(request, "case/page.html", context_of(request, case_of(request, number)))


def context_of(request: MerchantRequest, case: Case, **extra: Any) -> dict[str, Any]:
    """What the case page and its parts are rendered from; ``extra`` replaces forms that have errors."""
    page = case_page(case)
    channel = plugins.channel(case.connection.plugin)
    given = translation.taken(page, request.GET.get("take", ""))
    mine = [item for item in page.approvals if page.package and item.package_id == page.package.pk]
    return {
        "page": page,
        "case": case,
        "channel": channel,
        "can_submit": can_submit(case, channel),
        "evidence_choices": labels.evidence_choices(),
        "outcome_form": OutcomeForm(),
        "by_hand_form": ByHandForm(initial={"name": str(request.member)}),
        "confirmation_form": ConfirmationForm.of(case, taken=given),
        "open_confirmation": bool(given),
        "package_approvals": mine,
        "my_say": next((item for item in mine if item.member_id == request.member.pk), None),
        "guidance_html": safe_html(labels.with_sources(page.guidance)),
        "poll": POLL_SECONDS,
        "upload_limit": plugins.upload_limit(),
        "settle_form": SettleForm(),
        **translation.panel(request.merchant, page),
        **extra,
    }


@require_GET
@merchant_page()
def progress(request: MerchantRequest, number: int) -> HttpResponseBase:
    """Asked every two seconds while the pipeline runs: nothing new, the changed page, or the end of asking."""
    case = case_of(request, number)
    page = case_page(case)
    asked = request.GET.get("n", "0")
    count = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 0
    if page.shape != request.GET.get("shape", ""):
        response = HttpResponse(status=200)
        response["HX-Refresh"] = "true"
        return response
    going = count < MOST_POLLS and (page.working or (page.package is None and count < 8))
    return TemplateResponse(
        request,
        "case/progress.html",
        {"page": page, "case": case, "poll": POLL_SECONDS if going else 0, "n": count + 1},
    )


@require_POST
@merchant_page("work")
def assign(request: MerchantRequest, number: int) -> HttpResponseBase:
    case = case_of(request, number)
    given = request.POST.get("owner", "")
    owner = None
    if given:
        members = request.merchant.members.filter(left_at__isnull=True)
        owner = get_object_or_404(members, pk=int(given) if given.isdecimal() and len(given) < 18 else 0)
    if hand_over(case, request.member, owner):
        messages.success(request, _("负责人已更新"))
    return redirect("case", request.merchant.slug, number)
