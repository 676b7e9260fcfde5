"""What docs/terms.md shows works as it stands there."""

import re
from pathlib import Path

from parley.terms import load, load_cases, run_cases

PAGE = Path(__file__).parents[2] / "docs" / "terms.md"


def test_the_agreement_and_the_cases_of_the_guide_work() -> None:
    agreement, cases = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    outcomes = run_cases(load(agreement, "river-truce.yaml"), load_cases(cases, "cases.yaml"), "cases.yaml")
    assert len(outcomes) == 3
    assert all(outcome.as_expected for outcome in outcomes)
