"""How a merchant wants to be reminded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("goodstanding", "0007_case_answers")]

    operations = [
        migrations.AddField("merchant", "habits", models.JSONField(blank=True, default=dict)),
    ]
