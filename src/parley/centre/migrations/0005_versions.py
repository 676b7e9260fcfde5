"""The versions of agreements. What an earlier Parley wrote is to be rebuilt."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centre", "0004_editions")]

    operations = [
        migrations.AddField("agreementview", "versions", models.JSONField(default=list)),
        migrations.RunSQL("DELETE FROM centre_asof", migrations.RunSQL.noop),
    ]
