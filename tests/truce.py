"""A small invented agreement between two parties, for tests that need no more."""

TRUCE = """\
format: parley-terms/1
id: truce
title: Truce
date: 2031-04-28
timezone: Etc/UTC
source: {name: invented}
from: 2031-05-02T00:00
parties:
  - {id: west, name: Westland, role: party, also: [Army of the West], adheres: [{from: 2031-05-01}]}
  - {id: east, name: Eastland, role: party, adheres: [{from: 2031-05-01}]}
clauses:
  - {id: attacks, article: "1", says: No attack., acts: [attack]}
"""
