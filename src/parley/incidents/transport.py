"""The most that two lists of counts can have in common, where each count of one may share with some of the other.

A maximum flow (https://en.wikipedia.org/wiki/Maximum_flow_problem) by shortest augmenting paths, in whole numbers.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

L = TypeVar("L")
R = TypeVar("R")

MOST_PAIRS = 250_000
"""Of more pairs than this the lesser sum is returned: a bound all the same, though a wider one."""


def most_shared(lefts: Sequence[tuple[L, int]], rights: Sequence[tuple[R, int]], may: Callable[[L, R], bool]) -> int:
    """Return the greatest number of units that can be paired, one of *lefts* with one of *rights*.

    Args:
        may: says whether units of two cells may be the same.
    """
    lefts, rights = [one for one in lefts if one[1]], [one for one in rights if one[1]]
    lesser = min(sum(count for _, count in lefts), sum(count for _, count in rights))
    if len(lefts) * len(rights) > MOST_PAIRS:
        return lesser
    neighbours = [[index for index, (right, _) in enumerate(rights) if may(left, right)] for left, _ in lefts]
    spare_left, spare_right = [count for _, count in lefts], [count for _, count in rights]
    paired: list[dict[int, int]] = [{} for _ in rights]  # of each right cell: how many it has from which left one
    shared = 0
    for start in range(len(lefts)):
        while spare_left[start]:
            moved = _augment(start, spare_left, spare_right, neighbours, paired)
            if not moved:
                break
            shared += moved
    return shared


def _augment(
    start: int,
    spare_left: list[int],
    spare_right: list[int],
    neighbours: Sequence[Sequence[int]],
    paired: list[dict[int, int]],
) -> int:
    """Pair more of the left cell *start*, moving what is paired where that helps; return how much was gained."""
    came_left: dict[int, int | None] = {start: None}  # left cell <- the right cell that gave it up
    came_right: dict[int, int] = {}  # right cell <- the left cell that would take it
    queue = deque([start])
    while queue:
        left = queue.popleft()
        for right in neighbours[left]:
            if right in came_right:
                continue
            came_right[right] = left
            if spare_right[right]:
                return _shift(right, spare_left, spare_right, came_left, came_right, paired)
            for other, amount in paired[right].items():
                if amount and other not in came_left:
                    came_left[other] = right
                    queue.append(other)
    return 0


def _shift(
    end: int,
    spare_left: list[int],
    spare_right: list[int],
    came_left: dict[int, int | None],
    came_right: dict[int, int],
    paired: list[dict[int, int]],
) -> int:
    path: list[tuple[int, int, int | None]] = []  # right cell, the left cell that takes it, what that one gives up
    right: int | None = end
    while right is not None:
        left = came_right[right]
        path.append((right, left, came_left[left]))
        right = came_left[left]
    moved = min(
        spare_right[end],
        spare_left[path[-1][1]],
        *(paired[given][left] for _, left, given in path if given is not None),
    )
    for taken, left, given in path:
        paired[taken][left] = paired[taken].get(left, 0) + moved
        if given is not None:
            paired[given][left] -= moved
    spare_right[end] -= moved
    spare_left[path[-1][1]] -= moved
    return moved
