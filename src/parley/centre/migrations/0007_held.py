"""Which reports wait for a person, and warnings. What an earlier Parley wrote is to be rebuilt."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centre", "0006_claimed")]

    operations = [
        migrations.AddField("ReportView", "waits", models.TextField(blank=True, default="")),
        migrations.AddField("ReportView", "waits_beside", models.PositiveBigIntegerField(null=True)),
        migrations.AddField("ReportView", "warnings", models.JSONField(default=list)),
        migrations.RunSQL("DELETE FROM centre_asof", migrations.RunSQL.noop),
    ]
