"""The root of a few leaves, made by appending them one by one."""

from parley.record.formats.hashing import Frontier


def root_of(leaves):
    """The root over leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()
