"""Opening centre.db for this process: Django without a project of its own.

Importing this module makes Django ready; the models can be imported only after it.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

import django
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parley.centre.settings")
django.setup()


def open_views(path: Path) -> None:
    """Make the database at *path* the one that all views are read from and written to; create or migrate it.

    A process serves one folder at a time; opening another closes the first.
    """
    with suppress(DatabaseError, sqlite3.Error):  # one that a full disk broke off in a transaction does not close well
        connection.close()
    if connection.in_atomic_block:
        del connections[DEFAULT_DB_ALIAS]  # nor is it used again
    connection.settings_dict["NAME"] = str(path)
    call_command("migrate", verbosity=0, interactive=False)
