"""Four answers: what a clause makes of one account."""

import pytest
from conftest import Answers, at  # type: ignore[import-not-found]

from parley.model import Count, Disc, OneOf, Unknown
from parley.terms import Terms, assess


def test_an_attack_by_a_party_in_force_and_in_the_area_is_a_breach(answers: Answers) -> None:
    assert answers({}) == ["breach"]
