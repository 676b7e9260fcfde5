"""Opening centre.db for this process: Django without a project of its own."""

from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection


def open_views(path: Path) -> None:
    """Make the database at *path* the one that all views are read from and written to; create or migrate it.

    A process serves one folder at a time; opening another closes the first.
    """
    if not settings.configured:
        settings.configure(
            INSTALLED_APPS=["parley.centre"],
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}},
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
            USE_TZ=True,
            TIME_ZONE="UTC",
        )
        django.setup()
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    call_command("migrate", verbosity=0, interactive=False)
