"""What docs/terms.md shows works as it stands there."""

import re
from pathlib import Path

from parley.terms import load, load_cases, load_established, run_cases

PAGE = Path(__file__).parents[2] / "docs" / "terms.md"
AGREEMENT, CASES, ESTABLISHED = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
MORE = """\
  - {id: withdraw, article: Article 2, kind: duty, says: Both leave., does: [withdrawal], by: 2031-05-20}
  - {id: zone-rule, article: Article 3, says: No presence., acts: [presence]}
readings:
  - {id: narrow, says: carrying arms alone, clauses: [zone-rule], acts: [carrying-arms]}
"""


def test_the_agreement_and_the_cases_of_the_guide_work() -> None:
    outcomes = run_cases(load(AGREEMENT, "river-truce.yaml"), load_cases(CASES, "cases.yaml"), "cases.yaml")
    assert len(outcomes) == 4
    assert all(outcome.as_expected for outcome in outcomes)


def test_what_the_guide_gives_as_established_is_read() -> None:
    terms = load(AGREEMENT + MORE, "river-truce.yaml")
    found = load_established(ESTABLISHED, "established.yaml", terms)
    assert [(one.subject, one.question, one.value) for one in found] == [
        ("west", "bound", "yes"),
        ("I-00001", "exemption", "self-defence"),
        ("withdraw", "consent", "2031-06-01T08:00:00+00:00"),
        ("zone-rule", "reading", "narrow"),
        ("I-00001", "breach", "attacks:no"),
        ("I-00001", "access", ""),
    ]
