"""Shredding at the level of bytes: what was destroyed is overwritten, not only given free."""

from datetime import UTC, datetime

import pytest

from parley.record import Record, Unfit, verify

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)


@pytest.fixture
def record(tmp_path):
    with Record.create(tmp_path, "example.org/centre") as record:
        record.append([("report", {"number": number, "said": "x" * 200}) for number in range(200)], at=AT)
        yield record


def files(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.glob("record.db*")))


def test_of_a_shredded_body_neither_the_sealed_bytes_nor_the_secret_are_left_in_any_page(tmp_path, record):
    numbers = range(20, 180)  # more than what is recorded afterwards could cover by chance
    stored = record.log.store.bodies(range(20, 180))
    traces = [part for number in numbers for part in (stored[number][0][:64], stored[number][1])]
    assert all(one in files(tmp_path) for one in traces), "they are there before"
    record.shred(list(numbers), "asked", AT)
    left = files(tmp_path)
    assert [one for one in traces if one in left] == []
    kept = record.log.store.bodies(range(20))
    assert all(secret in left for _, secret in kept.values()), "the others are untouched"
    assert verify(tmp_path).faults == ()


def test_what_is_not_there_or_is_public_is_not_shredded(tmp_path, record):
    (notice,) = [record.shred([3], "asked", AT)]
    for numbers in ([10**6], [notice.index], [notice.index + 1], [-1]):
        with pytest.raises((Unfit, ValueError)):
            record.shred(numbers, "asked", AT)
    assert record.shredded() == {3: notice.index}
    assert verify(tmp_path).faults == ()
