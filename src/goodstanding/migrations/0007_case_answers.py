from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("goodstanding", "0006_receive")]

    operations = [
        migrations.AddField("case", "answers", models.JSONField(blank=True, default=dict)),
    ]
