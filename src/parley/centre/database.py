"""The one door to kept rows: those of a reader (`readers`) opened for this process; Django without its own project.

For now only the centre's are filled.

Importing this module makes Django ready; the models can be imported only after it.
"""

import os
import pkgutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections

from parley.centre import migrations

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parley.centre.settings")
apps.populate(settings.INSTALLED_APPS)  # of `django.setup` what the views need: the rest is for pages


def open_views(path: Path) -> None:
    """Make the database at *path* the one that all views are read from and written to; create or migrate it.

    A process serves one folder at a time; opening another closes the first.
    """
    if _is_open(path):
        return
    with suppress(DatabaseError, sqlite3.Error):  # one that a full disk broke off in a transaction does not close well
        connection.close()
    if connection.in_atomic_block:
        del connections[DEFAULT_DB_ALIAS]  # nor is it used again
    connection.settings_dict["NAME"] = str(path)
    if not _is_migrated():
        if path.stat().st_size:  # those of an earlier Parley, which may be dropped as all views
            connection.close()
            path.unlink()
        from django.core.management import call_command  # takes long to import

        call_command("migrate", verbosity=0, interactive=False)
    _OPEN[:] = [path.stat().st_ino]


_OPEN: list[int] = []
"""The file that is open: its number in its file system."""


def _is_open(path: Path) -> bool:
    """Whether the database that is open is the one at *path*, and nothing was broken off in it."""
    if connection.connection is None or connection.in_atomic_block or connection.settings_dict["NAME"] != str(path):
        return False
    try:
        return [path.stat().st_ino] == _OPEN
    except OSError:
        return False


def _is_migrated() -> bool:
    """Whether the database that is open has everything that the migrations make."""
    wanted = {module.name for module in pkgutil.iter_modules(migrations.__path__)}
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return False
        cursor.execute("SELECT name FROM django_migrations WHERE app = 'centre'")
        return wanted <= {name for (name,) in cursor}
