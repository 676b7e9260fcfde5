"""The agreements that are applied, and more of each answer. What an earlier Parley wrote is to be rebuilt."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centre", "0002_reviews")]

    operations = [
        migrations.CreateModel(
            name="AgreementView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agreement", models.TextField()),
                ("title", models.TextField()),
                ("fault", models.TextField(blank=True)),
                ("parties", models.JSONField()),
            ],
        ),
        migrations.RunSQL("DELETE FROM centre_asof", migrations.RunSQL.noop),
    ]
