"""What an outside model made of a notice; rows of one merchant, like all others."""

import django.db.models.deletion
from django.db import migrations, models

from goodstanding.models.row_security import rows_of_merchant


class Migration(migrations.Migration):
    dependencies = [("goodstanding", "0004_row_security_of_the_new")]

    operations = [
        migrations.CreateModel(
            name="Translation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=120)),
                ("model", models.CharField(max_length=200)),
                ("digests", models.JSONField(default=list)),
                ("sentences", models.JSONField(default=list)),
                ("suggestions", models.JSONField(default=list)),
                ("other_kind", models.CharField(blank=True, max_length=40)),
                ("needs", models.JSONField(default=list)),
                ("troubles", models.JSONField(default=list)),
                ("agreed_at", models.DateTimeField(auto_now_add=True)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="goodstanding.member",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="translations",
                        to="goodstanding.merchant",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="translations",
                        to="goodstanding.notice",
                    ),
                ),
            ],
            options={"ordering": ["-pk"]},
        ),
        rows_of_merchant("goodstanding_translation"),
    ]
