"""The tables of 0003 belong to one merchant each, like all others."""

from django.db import migrations

from goodstanding.models.row_security import rows_of_merchant

PLAIN = ("absence", "capture", "decision", "exchangerate", "overlay", "pause", "servicelevel")
CLOCK = "current_setting('goodstanding.clock', true) = 'on'"


class Migration(migrations.Migration):
    dependencies = [("goodstanding", "0003_reminders_service_captures")]

    operations = [
        *(rows_of_merchant(f"goodstanding_{name}") for name in PLAIN),
        # The clock asks what is due, for whichever merchant.
        rows_of_merchant("goodstanding_notification", also_seen=CLOCK),
        rows_of_merchant("goodstanding_parcel", also_seen=CLOCK),
        # A link is known by its token only.
        rows_of_merchant(
            "goodstanding_link", also_seen="token_digest = NULLIF(current_setting('goodstanding.token', true), '')"
        ),
    ]
