"""Reports that fit two incidents equally. The views are rebuilt."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centre", "0008_causes")]

    operations = [
        migrations.CreateModel(
            name="DoubtView",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "incident",
                    models.ForeignKey("centre.IncidentView", on_delete=models.CASCADE, db_constraint=False),
                ),
                ("doubt", models.JSONField()),
            ],
        ),
        migrations.RunSQL("DELETE FROM centre_asof", migrations.RunSQL.noop),
    ]
