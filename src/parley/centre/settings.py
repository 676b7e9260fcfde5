"""Django's settings. Which file the views are in is said when they are opened: see `parley.centre.database`."""

INSTALLED_APPS = ["parley.centre"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
