"""What people decided on proposals; the rows are written again with the views."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centre", "0001_views")]

    operations = [
        migrations.AddField(
            "proposalview", "article", models.PositiveBigIntegerField(default=0), preserve_default=False
        ),
        migrations.AddField("proposalview", "made_by", models.TextField(default=""), preserve_default=False),
        migrations.AddField("proposalview", "state", models.TextField(default="proposed"), preserve_default=False),
    ]
