"""Reports about the same happening become incidents with an account per source; two sides' counts become tallies.

`match` sets accounts side by side and marks where they differ, `unplaced` says which event reports made no incident and
why, `tally` pairs the bulletins of one day. A better way to match is any other `Matcher`.
"""

from parley.incidents.groups import Group, Matcher
from parley.incidents.matching import match
from parley.incidents.placed import unplaced
from parley.incidents.space_time import SpaceTimeRule, space_time
from parley.incidents.tallies import tally

__all__ = ["Group", "Matcher", "SpaceTimeRule", "match", "space_time", "tally", "unplaced"]
