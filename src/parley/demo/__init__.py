"""The packaged scenarios: real inputs of one truce in two accounts, and an invented exercise."""

from parley.demo.scenario import Scenario, load_scenario

__all__ = ["Scenario", "load_scenario"]
