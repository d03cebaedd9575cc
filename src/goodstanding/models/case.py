"""Everything about one outside matter, from the first notice to the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case as Choose
from django.db.models import Exists, OuterRef, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from goodstanding.contract import Money, Reason, Reference

from .tenancy import OfMerchant

if TYPE_CHECKING:
    from .notice import Notice


class Waiting(models.TextChoices):
    """What a case waits for. Derived from rows, never stored."""

    PERSON = "person", _("等人确认")
    EVIDENCE = "evidence", _("等补证据")
    APPROVAL = "approval", _("等审批")
    SUBMISSION = "submission", _("等提交")
    DECIDER = "decider", _("等裁决")
    NOTHING = "nothing", _("已结束")


class CaseQuerySet(models.QuerySet["Case"]):
    """One method per answer to "what is it waiting for"; the answers exclude each other."""

    def with_facts(self) -> CaseQuerySet:
        """Annotate what :meth:`Case.waiting_for` decides on, in one query."""
        from . import Approval, Outcome, Package, Submission  # the nouns below refer back to Case

        latest = Package.objects.filter(case=OuterRef("pk"), superseded_at__isnull=True)
        approved = Approval.objects.filter(package__case=OuterRef("pk"), package__superseded_at__isnull=True, yes=True)
        return self.annotate(
            has_outcome=Exists(Outcome.objects.filter(case=OuterRef("pk"), final=True, withdrawn_at__isnull=True)),
            has_submission=Exists(
                Submission.objects.filter(
                    package__case=OuterRef("pk"), state__in=("sent", "unknown", "claimed")
                ).filter(package__stage=OuterRef("stage"))
            ),
            has_package=Exists(latest),
            has_approval=Exists(approved),
        )

    def with_waiting(self) -> CaseQuerySet:
        """Annotate ``waits``: the code of :class:`Waiting`, to count or group by; a row's own answer is ``waiting``."""
        whens = [When(condition, then=Value(name.value)) for name, condition in _WAITING.items()]
        return self.with_facts().annotate(waits=Choose(*whens, default=Value(""), output_field=models.CharField()))

    def waiting_for(self, what: str) -> CaseQuerySet:
        """Only the cases that wait for this; see :class:`Waiting`."""
        return self.with_facts().filter(_WAITING[Waiting(what)])

    def open(self) -> CaseQuerySet:
        return self.with_facts().exclude(_WAITING[Waiting.NOTHING])


_ENDED = Q(has_outcome=True) | Q(settled_at__isnull=False)
_SENT = ~_ENDED & Q(has_submission=True)
_LIVE = ~_ENDED & Q(has_submission=False)
_WAITING = {
    Waiting.NOTHING: _ENDED,
    Waiting.DECIDER: _SENT,
    Waiting.PERSON: _LIVE & ~Q(needs_human=[]),
    Waiting.SUBMISSION: _LIVE & Q(needs_human=[]) & Q(has_package=True, has_approval=True, approvals_missing=0),
    Waiting.APPROVAL: _LIVE
    & Q(needs_human=[])
    & Q(has_package=True)
    & (Q(has_approval=False) | Q(approvals_missing__gt=0)),
    Waiting.EVIDENCE: _LIVE & Q(needs_human=[]) & Q(has_package=False),
}


class Case(OfMerchant):
    """One matter outside. ``case_ref`` is the identifier by which the sender wants it quoted."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="cases")
    number = models.PositiveIntegerField()
    connection = models.ForeignKey("goodstanding.Connection", on_delete=models.CASCADE, related_name="cases")
    case_ref = models.CharField(max_length=255)
    kind = models.CharField(max_length=40)
    stage = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=60, blank=True)
    network = models.CharField(max_length=40, blank=True)
    reason_scheme = models.CharField(max_length=40, blank=True)
    reason_code = models.CharField(max_length=120, blank=True)
    reason_category = models.CharField(max_length=60, blank=True)
    family = models.CharField(max_length=40, blank=True)
    amount = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    language = models.CharField(max_length=10, default="en")
    issuer = models.CharField(max_length=120, blank=True)  # who wrote: organisation, as read
    authority = models.CharField(max_length=12, blank=True)
    complainant = models.CharField(max_length=200, blank=True)
    references = models.JSONField(default=list, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    order = models.ForeignKey(
        "goodstanding.Order", on_delete=models.SET_NULL, null=True, blank=True, related_name="cases"
    )
    order_match = models.JSONField(default=dict, blank=True)  # why this order: {"by": "payment", "value": …}
    store = models.ForeignKey(
        "goodstanding.Store", on_delete=models.SET_NULL, null=True, blank=True, related_name="cases"
    )

    owner = models.ForeignKey(
        "goodstanding.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="cases"
    )
    playbook = models.CharField(max_length=120, blank=True)
    approvers = models.JSONField(default=dict, blank=True)  # {mode, people, four_eyes}, from the rules
    approvals_missing = models.PositiveSmallIntegerField(default=1)  # kept by pipeline.approve and pipeline.assemble
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    priority = models.SmallIntegerField(default=0)
    needs_human = models.JSONField(default=list, blank=True)  # reason codes; empty once a person confirmed
    answers = models.JSONField(default=dict, blank=True)  # what the seller said when asked, by key of a fact
    requirements = models.JSONField(default=list, blank=True)  # what the recipient said it accepts for this dispute
    findings = models.JSONField(default=list, blank=True)  # what the latest assembly found, with or without a package
    drill = models.BooleanField(default=False)
    test = models.BooleanField(default=False)

    opened_at = models.DateTimeField()
    last_event_at = models.DateTimeField()
    #: The next moment by which we must have answered, kept by pipeline.schedule; null where nothing is due.
    due_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)  # nothing to answer, or a person closed it
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "connection", "case_ref"], name="case_once"),
            models.UniqueConstraint(fields=["merchant", "number"], name="case_number_once"),
        ]
        indexes = [
            models.Index(fields=["merchant", "due_at", "id"]),
            models.Index(fields=["merchant", "-opened_at", "-id"]),
            GinIndex(fields=["tags"], name="case_tags"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def reason(self) -> Reason | None:
        return Reason(scheme=self.reason_scheme, code=self.reason_code) if self.reason_code else None

    @property
    def sum(self) -> Money | None:
        return Money(self.amount, self.currency) if self.amount is not None and self.currency else None

    def reference_values(self) -> tuple[Reference, ...]:
        return tuple(Reference(**item) for item in self.references)

    @property
    def outside_ref(self) -> str:
        """The number to quote; a drill's own mark in front of it is left out."""
        return self.case_ref.split(":", 2)[-1] if self.drill and self.case_ref.startswith("drill:") else self.case_ref

    def notices_in_order(self) -> list[Notice]:
        """The notices as things happened, not as they arrived; two of the same moment by their names."""
        notices = self.notices.select_related("delivery").defer("delivery__body", "delivery__headers")
        return sorted(notices, key=lambda notice: (notice.happened_at, notice.event_ref))

    def waiting_for(self) -> Waiting:
        """What this one case waits for; reads the same rows as the queryset's answers."""
        row = Case.objects.filter(pk=self.pk).with_facts().get()
        return row.waiting

    @property
    def waiting(self) -> Waiting:
        """Of a row read :meth:`CaseQuerySet.with_facts`."""
        if self.has_outcome or self.settled_at:  # type: ignore[attr-defined]
            return Waiting.NOTHING
        if self.has_submission:  # type: ignore[attr-defined]
            return Waiting.DECIDER
        if self.needs_human:
            return Waiting.PERSON
        if not self.has_package:  # type: ignore[attr-defined]
            return Waiting.EVIDENCE
        if self.has_approval and not self.approvals_missing:  # type: ignore[attr-defined]
            return Waiting.SUBMISSION
        return Waiting.APPROVAL

    def overdue(self) -> Q:
        return Q(due_at__lt=Now())
