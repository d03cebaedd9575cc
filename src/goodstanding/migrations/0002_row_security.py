"""Every row belongs to one merchant, and PostgreSQL says so; some rows never change."""

from django.db import migrations

from goodstanding.models.row_security import USER, never_changed, rows_of_merchant

PLAIN = (
    "approval", "auditevent", "case", "columnmapping", "correction", "deadline", "delivery", "evidence", "file",
    "interpretation", "notice", "order", "orderreference", "outcome", "package", "processingstep", "reply", "rule",
    "store", "submission",
)  # fmt: skip

CLOCK = "current_setting('goodstanding.clock', true) = 'on'"


class Migration(migrations.Migration):
    dependencies = [("goodstanding", "0001_tables")]

    operations = [
        *(rows_of_merchant(f"goodstanding_{name}") for name in PLAIN),
        # A signed-in person sees their own memberships, and which merchants these are, before choosing one.
        rows_of_merchant("goodstanding_member", also_seen=f"user_id = {USER}"),
        rows_of_merchant(
            "goodstanding_merchant",
            column="id",
            also_seen=f"{CLOCK} OR EXISTS (SELECT 1 FROM goodstanding_member AS m"
            f" WHERE m.merchant_id = goodstanding_merchant.id AND m.user_id = {USER})",
        ),
        # The door knows a connection by its token only; the clock asks which ones to poll.
        rows_of_merchant(
            "goodstanding_connection",
            also_seen=f"{CLOCK} OR token_digest = NULLIF(current_setting('goodstanding.token', true), '')",
        ),
        rows_of_merchant(
            "goodstanding_invitation",
            also_seen="token_digest = NULLIF(current_setting('goodstanding.invitation', true), '')",
        ),
        never_changed("goodstanding_auditevent"),
        never_changed(
            "goodstanding_delivery",
            ("body", "headers", "digest", "received_at", "origin", "method", "url", "filename", "drill", "merchant_id"),
        ),
        never_changed("goodstanding_file", ("content", "sha256", "merchant_id")),
        never_changed(
            "goodstanding_package",
            (
                "case_id",
                "number",
                "stage",
                "reply_id",
                "digest",
                "manifest",
                "exhibits",
                "document_id",
                "archive_id",
                "pages",
                "findings",
                "made_at",
                "merchant_id",
            ),
        ),
    ]
