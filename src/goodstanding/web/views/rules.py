"""The merchant's own when/then, written as Chinese sentences."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodstanding import rules
from goodstanding.models import Rule
from goodstanding.queries.rules import beside, dry_run, rule_rows
from goodstanding.rules.fields import FIELDS
from goodstanding.web.scope import MerchantRequest, merchant_page

_MOST = 200


@require_GET
@merchant_page()
def index(request: MerchantRequest) -> HttpResponseBase:
    return TemplateResponse(request, "rules/index.html", {"rows": rule_rows(request.merchant)})


@require_http_methods(["GET", "POST"])
@merchant_page("manage")
def new(request: MerchantRequest) -> HttpResponseBase:
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@merchant_page("manage")
def edit(request: MerchantRequest, pk: int) -> HttpResponseBase:
    return _edit(request, _of(request, pk))


@require_POST
@merchant_page("manage")
def change(request: MerchantRequest, pk: int) -> HttpResponseBase:
    """Switch a rule on or off, ask it one place earlier, or take it away."""
    row = _of(request, pk)
    wanted = request.POST.get("do")
    if wanted == "switch":
        row.enabled = not row.enabled
        row.save(update_fields=["enabled", "changed_at"])
    elif wanted == "earlier":
        _earlier(row)
    elif wanted == "remove":
        row.delete()
        messages.success(request, _("规则已删除。"))
    return redirect("rules", request.merchant.slug)


def _edit(request: MerchantRequest, row: Rule | None) -> HttpResponseBase:
    """Read the sentence, say it back, show conflicts and a dry run; keep it only where that was asked for."""
    text = row.text if row else ""
    if request.method == "POST":
        text = request.POST.get("text", "").replace("\r\n", "\n").replace("\0", "").strip()
    context: dict[str, Any] = {"row": row, "text": text, "fields": tuple(FIELDS.values())}
    if not text and request.method != "POST":
        return TemplateResponse(request, "rules/edit.html", context)
    try:
        rule = rules.parse_rule(text)
    except rules.RuleError as error:
        context |= {"trouble": str(error), "pointed": _pointed(text, error.at)}
        return TemplateResponse(request, "rules/edit.html", context, status=422 if request.method == "POST" else 200)
    if request.method == "POST" and request.POST.get("say") == "save":
        if row is None and Rule.objects.filter(merchant=request.merchant).count() >= _MOST:
            messages.error(request, _("规则已满 200 条，请先删掉不用的。"))
        else:
            _keep(request, row, rule)
            messages.success(request, _("规则已保存，从下一次更新起对未了结的案件生效。"))
            return redirect("rules", request.merchant.slug)
    context |= {
        "said": rules.print_rule(rule),
        "findings": beside(request.merchant, rule, row.pk if row else None),
        "run": dry_run(request.merchant, rule, timezone.now()),
    }
    return TemplateResponse(request, "rules/edit.html", context)


def _keep(request: MerchantRequest, row: Rule | None, rule: rules.Rule) -> None:
    said = rules.print_rule(rule)
    name = (rule.name or rules.print_condition(rule.when))[:120]
    if row is None:
        last = Rule.objects.filter(merchant=request.merchant).aggregate(last=Max("position"))["last"]
        place = 0 if last is None else last + 1
        Rule.objects.create(merchant=request.merchant, position=place, name=name, text=said)
    else:
        row.name, row.text = name, said
        row.save(update_fields=["name", "text", "changed_at"])


def _earlier(row: Rule) -> None:
    """Change places with the rule before; positions are made whole on the way."""
    rows = list(Rule.objects.select_for_update().filter(merchant_id=row.merchant_id))
    place = next(index for index, item in enumerate(rows) if item.pk == row.pk)
    if place:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    for position, item in enumerate(rows):
        item.position = position
    Rule.objects.bulk_update(rows, ["position"])


def _pointed(text: str, at: int) -> tuple[str, str, str] | None:
    """The text before, at and after a character, in a window that can be looked at."""
    if at < 0:
        return None
    return text[max(0, at - 60) : at], text[at : at + 1], text[at + 1 : at + 60]


def _of(request: MerchantRequest, pk: int) -> Rule:
    if pk >= 2**63:
        raise Http404
    return get_object_or_404(Rule, merchant=request.merchant, pk=pk)
