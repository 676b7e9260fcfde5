"""Whatever is stated, in whatever batches: what is kept and moved on is what is made from the whole record."""

from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from kept_growing import begun
from kept_moves import MOVES, SELDOM, Dice
from kept_rows import follows_to_what_is_made, remade

from parley import current, editions, publish

STEPS = 25
RARELY = 0.06
AT_MOST = 4


@pytest.mark.parametrize(
    "seed",
    [*range(2), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 60))],
)
def test_after_any_statements_what_is_kept_is_what_is_made_from_the_whole_record(seed: int, tmp_path: Path) -> None:
    growing = begun(tmp_path / "centre")
    random = Random(seed)
    dice, done = Dice(growing, random), []
    with closing(growing.centre.record), remade() as again:
        current.make(growing.centre)
        for step in range(STEPS):
            moves = random.choices(list(MOVES), list(MOVES.values()), k=random.randint(1, AT_MOST))
            moves += [random.choice(SELDOM)] if random.random() < RARELY else []
            for move in moves:
                before = growing.centre.record.size
                move(dice)
                done.append((step, before, move.__name__))
            assert follows_to_what_is_made(growing.centre) == "", done
        findings = current.everything(growing.centre)
        for day in publish.days(findings, growing.centre.timezone):
            of_day = editions.daily_report(growing.centre, current.of_day(growing.centre, day), day)
            assert of_day == editions.daily_report(growing.centre, findings, day), (day, done)
    assert 3 * len(again) < STEPS, "most steps are followed, and not made again"
