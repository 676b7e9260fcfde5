"""Calibres, heights, quantities, sites, completion and single facts, as a table and as a field report give them."""

import json
from typing import Any

import pytest
from intake_samples import read_as, value

from parley.intake import load_mapping, read
from parley.model import Amount, Attribute, Input, OneOf, Reading, Unknown, one

MAPPING = b"""\
source: {is: Post 3}
claims:
  calibre: {best: {column: calibre}}
  quantity: {low: {column: least}, high: {column: most}}
  site: {column: site}
  done: {column: done}
  facts: {order-given: {column: order}}
"""


def table(row: str) -> Reading:
    from zoneinfo import ZoneInfo

    data = f"calibre,least,most,site,done,order\n{row}\n".encode()
    mapping = load_mapping(Input("mapping.yaml", MAPPING))
    return read(Input("list.csv", data), "table", mapping=mapping, timezone=ZoneInfo("UTC"))


def field(**said: Any) -> Reading:
    return read_as("field", json.dumps({"id": "1", "source": "Post 3", **said}))


@pytest.mark.parametrize(
    "reading",
    [
        table("122,3,,Bridge works,begun,yes"),
        field(calibre=122, quantity={"low": 3}, site="Bridge works", done="begun", facts={"order-given": "yes"}),
    ],
)
def test_measures_and_facts_become_claims(reading: Reading) -> None:
    assert reading.problems == ()
    assert value(reading, "calibre") == Amount(low=122, high=122)
    assert value(reading, "quantity") == Amount(low=3)
    assert value(reading, "site") == one("Bridge works")
    assert value(reading, "done") == one("begun")
    assert value(reading, "fact:order-given") == OneOf(any_of=("yes",))


@pytest.mark.parametrize(
    ("attribute", "said"), [("calibre", {"calibre": "unknown"}), ("fact:seen", {"facts": {"seen": "unknown"}})]
)
def test_what_the_source_does_not_know_is_unknown(attribute: Attribute, said: dict[str, Any]) -> None:
    assert isinstance(value(field(**said), attribute), Unknown)


@pytest.mark.parametrize(
    "said",
    [
        {"calibre": -1},
        {"calibre": "122"},
        {"quantity": {"low": 5, "high": 2}},
        {"done": "maybe"},
        {"facts": {"seen": "perhaps"}},
        {"facts": {"No Such Name!": "yes"}},
        {"facts": ["yes"]},
    ],
)
def test_what_cannot_be_read_is_a_problem_and_never_a_claim(said: dict[str, Any]) -> None:
    reading = field(**said)
    assert reading.problems
    for report in reading.reports:
        assert not [one for one in report.claims if not isinstance(one.value, Unknown)]  # type: ignore[union-attr]
