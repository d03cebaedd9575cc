"""Reply, exhibits and manifest, frozen and digested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from .tenancy import OfMerchant

if TYPE_CHECKING:
    from .case import Case


class Package(OfMerchant):
    """A frozen package. Equal digest means equal contents; a newer one supersedes it, and nothing changes it."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="packages")
    case = models.ForeignKey("goodstanding.Case", on_delete=models.CASCADE, related_name="packages")
    number = models.PositiveIntegerField()
    stage = models.CharField(max_length=20, blank=True)
    reply = models.ForeignKey("goodstanding.Reply", on_delete=models.PROTECT, related_name="packages")
    digest = models.CharField(max_length=64)
    manifest = models.JSONField()
    exhibits = models.JSONField(default=list)  # [{id, label, kind, title, sha256, pages}] in order
    document = models.ForeignKey("goodstanding.File", on_delete=models.PROTECT, related_name="+")
    archive = models.ForeignKey("goodstanding.File", on_delete=models.PROTECT, related_name="+")
    pages = models.PositiveIntegerField()
    findings = models.JSONField(default=list)  # violations, contradictions and harms found when it was built
    made_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "digest"], name="package_once"),
            models.UniqueConstraint(fields=["case", "number"], name="package_number_once"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(superseded_at__isnull=True), name="one_current_package"
            ),
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"P{self.number}"

    def blocking(self) -> list[dict[str, object]]:
        """Findings that a person must settle before this may be approved."""
        return [finding for finding in self.findings if finding.get("grade") == "fatal"]


class Approval(OfMerchant):
    """One member's yes or no to one digest."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="+")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="approvals")
    member = models.ForeignKey("goodstanding.Member", on_delete=models.PROTECT, related_name="approvals")
    yes = models.BooleanField()
    digest = models.CharField(max_length=64)  # what was on the screen
    note = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["package", "member"], name="one_say_each")]
        ordering = ["decided_at"]


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def answering(self, case: Case, stage: str) -> SubmissionQuerySet:
        """Those that answered this stage, or may have: what was refused answered nothing."""
        return self.filter(package__case=case, package__stage=stage).exclude(state="refused")


class Submission(OfMerchant):
    """The single act of handing over one package: claimed first, committed, and only then carried out."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="+")
    package = models.OneToOneField(Package, on_delete=models.PROTECT, related_name="submission")
    member = models.ForeignKey("goodstanding.Member", on_delete=models.PROTECT, null=True, related_name="+")
    way = models.CharField(max_length=10)  # api, hand, channel (sent by itself on the due date)
    state = models.CharField(max_length=10, default="claimed")  # claimed, sent, unknown, refused
    claimed_at = models.DateTimeField(auto_now_add=True)
    called_at = models.DateTimeField(
        null=True, blank=True
    )  # the call was begun; without a receipt, ask before repeating
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.CharField(max_length=120, blank=True)  # the name given with "sent by hand"
    receipt = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=500, blank=True)
    proof = models.ForeignKey("goodstanding.File", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = SubmissionQuerySet.as_manager()


class Outcome(OfMerchant):
    """What the decider ruled. A later reversal withdraws it; nothing is overwritten."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="outcomes")
    case = models.ForeignKey("goodstanding.Case", on_delete=models.CASCADE, related_name="outcomes")
    notice = models.ForeignKey("goodstanding.Notice", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    member = models.ForeignKey(
        "goodstanding.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    result = models.CharField(max_length=12)
    final = models.BooleanField(default=True)
    amount = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    decided_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "notice"], condition=models.Q(notice__isnull=False), name="outcome_once"
            )
        ]
        ordering = ["decided_at", "pk"]
