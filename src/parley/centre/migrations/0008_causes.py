"""Why a report waits, with what it lost; nobody asked the views why it makes no incident. The views are rebuilt."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centre", "0007_held")]

    operations = [
        migrations.RemoveField("ReportView", "unplaced"),
        migrations.RemoveField("ReportView", "waits"),
        migrations.AddField("ReportView", "waits", models.JSONField(null=True)),
        migrations.RunSQL("DELETE FROM centre_asof", migrations.RunSQL.noop),
    ]
