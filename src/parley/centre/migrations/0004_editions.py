"""Editions, late reports, tallies of several days. What an earlier Parley wrote is to be rebuilt."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centre", "0003_answers")]

    operations = [
        migrations.RunSQL("DELETE FROM centre_asof", migrations.RunSQL.noop),
        migrations.RunSQL("DELETE FROM centre_tallyview", migrations.RunSQL.noop),
        migrations.RunSQL("DELETE FROM centre_publicationview", migrations.RunSQL.noop),
        migrations.RunSQL("DELETE FROM centre_reportview", migrations.RunSQL.noop),
        migrations.AddField("ReportView", "late", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("TallyView", "first_day", models.DateField(default="2000-01-01"), preserve_default=False),
        migrations.AddField(
            "PublicationView", "edition", models.PositiveIntegerField(default=1), preserve_default=False
        ),
        migrations.AddField(
            "PublicationView", "contents", models.CharField(default="", max_length=64), preserve_default=False
        ),
        migrations.AddField("PublicationView", "stale", models.BooleanField(default=False), preserve_default=False),
    ]
