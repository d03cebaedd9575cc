"""The package: looked at, approved, handed over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from goodstanding.audit import record
from goodstanding.audit.kinds import PACKAGE_DOWNLOADED
from goodstanding.models import Package, Submission
from goodstanding.pipeline import approve, submit
from goodstanding.pipeline.refusals import Refusal
from goodstanding.web.forms.case import ByHandForm
from goodstanding.web.scope import MerchantRequest, merchant_page

from .case import case_of, context_of
from .evidence import sent


def _package(request: MerchantRequest, case_number: int, number: int) -> Package:
    case = case_of(request, case_number)
    if number >= 2**31:
        raise Http404
    return get_object_or_404(
        case.packages.select_related("case__merchant", "case__connection", "reply", "document", "archive"),
        number=number,
    )


@require_GET
@merchant_page()
def document(request: MerchantRequest, number: int, package: int) -> HttpResponseBase:
    """The PDF, shown in the page."""
    found = _package(request, number, package)
    name = f"{_name(found)}.pdf"
    if "download" in request.GET:
        record(PACKAGE_DOWNLOADED, found.case, actor=request.member, number=found.number)
    return sent(found.document.read(), "application/pdf", name, inline="download" not in request.GET)


@require_GET
@merchant_page()
def archive(request: MerchantRequest, number: int, package: int) -> HttpResponseBase:
    """The ZIP with its manifest."""
    found = _package(request, number, package)
    record(PACKAGE_DOWNLOADED, found.case, actor=request.member, number=found.number)
    return sent(found.archive.read(), "application/zip", f"{_name(found)}.zip", inline=False)


@require_POST
@merchant_page("approve")
def approval(request: MerchantRequest, number: int, package: int) -> HttpResponseBase:
    """Yes or no to exactly what was on the screen: the digest comes back with the form."""
    found = _package(request, number, package)
    yes = request.POST.get("say") == "yes"
    note = request.POST.get("note", "").replace("\0", "").strip()[:500]
    try:
        approve.approve(found, request.member, request.POST.get("digest", ""), yes, note)
        messages.success(request, _("已批准材料包 P%(n)d") % {"n": found.number} if yes else _("已退回材料包"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("case", request.merchant.slug, number)


@require_POST
@merchant_page("submit")
def submission(request: MerchantRequest, number: int, package: int) -> HttpResponseBase:
    """Hand over by the channel's own way: claimed now, carried out by the worker."""
    found = _package(request, number, package)
    try:
        submit.claim(found, request.member)
        messages.success(request, _("正在提交，结果会显示在本页。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("case", request.merchant.slug, number)


@require_POST
@merchant_page("submit")
def settlement(request: MerchantRequest, number: int, package: int) -> HttpResponseBase:
    """A person looked at the other side: did what was handed over arrive?"""
    found = _package(request, number, package)
    handed = get_object_or_404(Submission, package=found, merchant=request.merchant)
    said = request.POST.get("arrived")
    if said not in ("yes", "no"):
        messages.error(request, _("请选择对方是否已收到。"))
        return redirect("case", request.merchant.slug, number)
    try:
        submit.settle(handed, request.member, arrived=said == "yes")
        messages.success(
            request, _("已记为对方收到，案件转入等裁决。") if said == "yes" else _("已记为没有收到，可以重新提交。")
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("case", request.merchant.slug, number)


@require_POST
@merchant_page("submit")
def sent_by_hand(request: MerchantRequest, number: int, package: int) -> HttpResponseBase:
    """Somebody handed it over elsewhere: who, when, and what shows it."""
    found = _package(request, number, package)
    form = ByHandForm(request.POST, request.FILES)
    if not form.is_valid():
        case = case_of(request, number)
        context = context_of(request, case, by_hand_form=form, open_by_hand=True)
        return TemplateResponse(request, "case/page.html", context, status=422)
    data = form.cleaned_data
    proof = (data["proof"].name, data["proof"].read()) if data["proof"] else None
    try:
        submit.sent_by_hand(found, request.member, data["name"], _after(data["at"], found), data["note"], proof)
        messages.success(request, _("已登记人工提交，案件转入等裁决。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("case", request.merchant.slug, number)


def _name(package: Package) -> str:
    return f"case-{package.case.number}-P{package.number}"


def _after(at: datetime, package: Package) -> datetime:
    """The time given, whose clock has no seconds: within the minute in which the package was made it is no earlier."""
    return max(at, package.made_at) if package.made_at - at < timedelta(minutes=1) else at
