"""Parley's views as a Django application."""

from django.apps import AppConfig


class CentreConfig(AppConfig):
    name = "parley.centre"
    label = "centre"
    default_auto_field = "django.db.models.BigAutoField"
