"""Canonical JSON, statements, envelopes and leaf entries: one value, one sequence of bytes."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from parley.record.errors import BadSignature, Damaged, Unfit
from parley.record.formats.canonical import decode_json, decode_time, encode_json, encode_time
from parley.record.formats.note import Signer
from parley.record.statements.author import Author
from parley.record.statements.statement import (
    Envelope,
    Leaf,
    Statement,
    authenticated,
    check_envelope,
    decode_envelope,
    decode_leaf,
    decode_received,
    decode_statement,
    digest,
    encode_envelope,
    encode_leaf,
    encode_received,
    encode_statement,
    leaf_of,
    sign,
)

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)
DESK = Signer("example.org/centre/desk", Ed25519PrivateKey.from_private_bytes(bytes(32)))
SAID = Statement("report", AT, "d" * 64, "f" * 64, 7, "b" * 64, "e" * 64)
ENVELOPE = sign(encode_statement(SAID), DESK)
RECEIVED = "2031-04-02T06:10:00.000000Z"
LEAF = encode_leaf(Leaf("report", "f" * 64, "a" * 64, 3, "b" * 64, "c" * 64, "d" * 64, RECEIVED, "e" * 64))

NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-(2.0**53) + 2, 2.0**53 - 2)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(VALUES)
@example({"\ue000": 1, "😀": 2})  # UTF-16 order is not the order of the code points
@example([1.0, -0.0, 1e-4, 1e-5, 1e-7, 5e-324, 123456789012345.6, 0.1])
@example('\u2028\x7f\x1f"\\/\b')
def test_our_canonical_json_is_that_of_rfc_8785_and_is_read_back(value):
    assert encode_json(value) == rfc8785.dumps(value)
    assert decode_json(encode_json(value)) == value


def test_every_character_and_any_depth_are_written_as_the_standard_library_writes_them():
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    deep = json.loads("[" * 300 + "]" * 300)
    for value in (every, deep):
        assert encode_json(value) == json.dumps(value, ensure_ascii=False).encode() == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, 2**53, -(2**53), 1e20, object(), {1: 2}, {"a": {3}}, "\ud800", {"\ud800": 1}, b"a"]
)
def test_what_json_readers_do_not_agree_on_is_refused(value):
    with pytest.raises(ValueError):
        encode_json(value)


def test_a_body_nested_a_hundred_thousand_deep_is_refused():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Unfit):
        Author(DESK, "f" * 64).say("report", {"deep": deep}, AT)


@pytest.mark.parametrize("data", [b"", b"1.0", b"{ }", b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"NaN", b"\xff", b"1e999"])
def test_json_that_is_not_canonical_is_refused(data):
    with pytest.raises(Damaged):
        decode_json(data)
    with pytest.raises(Damaged):
        decode_json(b"[" * 100_000)


@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.timezones() | st.just(UTC)))  # noqa: DTZ001
def test_a_time_is_written_in_utc_and_read_back(moment):
    assert encode_time(moment).endswith("Z")
    assert decode_time(encode_time(moment)) == moment.astimezone(UTC)


@given(st.text() | st.from_regex(r"\A\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d{1,6})?(Z|\+00:00)?\Z"))
def test_a_time_decoder_gives_back_what_it_took_or_says_damaged(text):
    try:
        moment = decode_time(text)
    except Damaged:
        return
    assert encode_time(moment) == text


def test_a_statement_is_read_back_as_it_was_made():
    local = replace(SAID, at=AT.astimezone(timezone(timedelta(hours=3))))
    assert decode_statement(encode_statement(local)) == SAID


@pytest.mark.parametrize("kind", ["", "Report", "a b", "é", "1a", "a" * 65, "a\n"])
def test_a_kind_that_is_no_plain_word_is_unfit(kind):
    with pytest.raises(Unfit):
        encode_statement(replace(SAID, kind=kind))


def test_a_time_without_a_zone_or_before_the_calendar_is_unfit():
    for at in (AT.replace(tzinfo=None), datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=3)))):
        with pytest.raises(Unfit):
            encode_statement(replace(SAID, at=at))


WHOLE = json.loads(encode_statement(SAID))


@pytest.mark.parametrize(
    "value",
    [
        [], {}, WHOLE | {"more": 1}, WHOLE | {"seq": True}, WHOLE | {"seq": -1},
        WHOLE | {"v": True}, WHOLE | {"v": 2}, WHOLE | {"prev": None}, WHOLE | {"prev": "B" * 64},
        WHOLE | {"body_root": ""}, WHOLE | {"saw": "e" * 63}, WHOLE | {"kind": "Report"}, WHOLE | {"at": "2031-04-02"},
        WHOLE | {"log": ""}, WHOLE | {"log": None},
    ],
)  # fmt: skip
def test_a_payload_that_is_no_statement_is_damaged(value):
    with pytest.raises(Damaged):
        decode_statement(rfc8785.dumps(value))


def test_what_is_signed_is_the_pre_authentication_encoding_of_dsse():
    assert authenticated(b"hello") == b"DSSEv1 37 application/vnd.parley.statement+json 5 hello"


def test_an_envelope_is_canonical_dsse_json():
    content = json.loads(ENVELOPE)
    assert rfc8785.dumps(content) == ENVELOPE
    assert content.keys() == {"payload", "payloadType", "signatures"}
    assert [line.keys() for line in content["signatures"]] == [{"keyid", "sig"}]


def test_a_leaf_entry_is_canonical_json_below_700_bytes():
    assert json.loads(LEAF) == {
        "v": 3,
        "kind": "report",
        "log": "f" * 64,
        "received": RECEIVED,
        "sender": "a" * 64,
        "sender_seq": 3,
        "prev": "b" * 64,
        "envelope": "c" * 64,
        "body_root": "d" * 64,
        "saw": "e" * 64,
    }
    assert rfc8785.dumps(json.loads(LEAF)) == LEAF
    longest = replace(decode_leaf(LEAF), kind="k" * 64, sender_seq=10**16 - 1)
    assert decode_leaf(encode_leaf(longest)) == longest and len(encode_leaf(longest)) < 700


def test_a_leaf_says_of_its_envelope_all_but_the_time_and_the_signature():
    leaf = leaf_of(ENVELOPE, RECEIVED)
    assert (leaf.envelope, leaf.sender, leaf.received) == (digest(ENVELOPE), DESK.verifier.digest.hex(), RECEIVED)
    said = (SAID.kind, SAID.log, SAID.seq, SAID.prev, SAID.body_root, SAID.saw)
    assert (leaf.kind, leaf.log, leaf.sender_seq, leaf.prev, leaf.body_root, leaf.saw) == said


@given(st.builds(Envelope, st.binary(max_size=50), HEX, st.binary(min_size=64, max_size=64)))
def test_an_envelope_is_read_back_as_it_was_written(envelope):
    assert decode_envelope(encode_envelope(envelope)) == envelope


@given(
    st.builds(
        Leaf,
        st.from_regex(r"\A[a-z][a-z0-9-]{0,9}\Z"),
        HEX,
        HEX,
        st.integers(0, 10**15),
        st.just("") | HEX,
        HEX,
        HEX,
        st.datetimes(timezones=st.just(UTC)).map(encode_received),
        st.just("") | HEX,
    )
)
def test_a_leaf_entry_is_read_back_as_it_was_written(leaf):
    assert decode_leaf(encode_leaf(leaf)) == leaf


@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.timezones() | st.just(UTC)))  # noqa: DTZ001
@example(datetime(1, 1, 3, tzinfo=UTC))
@example(AT)
def test_when_something_was_received_is_written_so_that_texts_sort_as_times_do(moment):
    text = encode_received(moment)
    assert decode_received(text) == moment.astimezone(UTC) and len(text) == 27
    assert (text < RECEIVED) == (moment < AT)


@pytest.mark.parametrize(
    "text",
    [
        "", "2031-04-02T06:10:00Z", "2031-04-02T06:10:00.000000+00:00", "2031-04-02 06:10:00.000000Z",
        "2031-04-02T06:10:00.000000z", "2031-13-02T06:10:00.000000Z", "2031-04-02T24:00:00.000000Z",
        "2031-04-02T06:10:60.000000Z", "2031-02-29T06:10:00.000000Z",
    ],
)  # fmt: skip
def test_a_time_of_receipt_has_one_spelling_in_a_leaf_too(text):
    with pytest.raises(Damaged):
        decode_received(text)
    with pytest.raises(Damaged):
        decode_leaf(LEAF.replace(RECEIVED.encode(), text.encode()))


def test_what_no_clock_shows_was_never_received():
    for at in (AT.replace(tzinfo=None), datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=3)))):
        with pytest.raises(Unfit):
            encode_received(at)


@given(st.integers(0, len(ENVELOPE) - 1), st.integers(1, 255))
def test_an_envelope_with_any_byte_changed_is_refused(place, change):
    spoilt = bytearray(ENVELOPE)
    spoilt[place] ^= change
    with pytest.raises((Damaged, BadSignature)):
        envelope = decode_envelope(bytes(spoilt))
        check_envelope(envelope, DESK.verifier)
        assert envelope.sender != DESK.verifier.digest.hex()
        raise BadSignature("the sender is not the desk")


SPOILT_LEAVES = st.builds(
    lambda place, put: LEAF[:place] + put + LEAF[place + len(put) :], st.integers(0, len(LEAF)), st.binary(max_size=3)
)


@given(st.binary(max_size=200) | SPOILT_LEAVES)
def test_a_leaf_decoder_gives_back_what_it_took_or_says_damaged(data):
    try:
        leaf = decode_leaf(data)
    except Damaged:
        return
    assert encode_leaf(leaf) == data


@given(st.binary(max_size=200))
def test_statement_and_envelope_decoders_say_damaged_for_noise(data):
    for decode in (decode_statement, decode_envelope):
        with pytest.raises(Damaged):
            decode(data)
