"""Parley: the shared information centre of a ceasefire. The way of the data stands in `parley.job`."""

__version__ = "0.1.0"
