"""What incidents are looked for by. What an earlier Parley wrote is to be rebuilt."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centre", "0005_versions")]

    operations = [
        migrations.RunSQL("DELETE FROM centre_asof", migrations.RunSQL.noop),
        migrations.AddField("IncidentView", "claimed", models.JSONField(default=dict), preserve_default=False),
    ]
