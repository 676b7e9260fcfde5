"""A party's outbox: signed once and durably, sent until it is proved, whatever becomes of the line and of keys."""

from datetime import UTC, datetime

import pytest
from serving import served

from parley.record import Record
from parley.record.errors import RecordError
from parley.record.formats.code import decode_code, encode_code
from parley.record.outside.http import Asker
from parley.record.outside.outbox import Outbox, create_node
from parley.record.rotation import retire, rotate

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)


def body(number):
    return {"side": "east", "number": number}


@pytest.fixture
def centre(tmp_path):
    folder = tmp_path / "centre"
    folder.mkdir()
    with Record.create(folder, "example.org/centre") as record:
        record.append([("charter", {"title": "T"})], at=AT)
        key = create_node(tmp_path / "node", "east.example/desk", record.log.key)
        record.register(key, AT, "east")
    return folder


@pytest.fixture
def outbox(tmp_path, centre):
    with Outbox(tmp_path / "node") as outbox:
        yield outbox


class Line:
    """A line to the log that fails as it is told; it remembers what was sent."""

    def __init__(self):
        self.ask = Asker()
        self.down = False
        self.loses_answers = False
        self.posts = []

    def __call__(self, url, data=None):
        if self.down:
            raise OSError("the line is down")
        if data is not None:
            self.posts.append(data)
        answer = self.ask(url, data)
        if self.loses_answers and data is not None:
            raise OSError("the answer was lost")
        return answer


def entries(centre):
    with Record.open(centre, reading=True) as record:
        return [entry.body["number"] for entry in record.entries(kinds=["report"])]


def test_what_is_said_while_the_line_is_down_arrives_in_order_and_once(tmp_path, centre, outbox):
    line = Line()
    line.down = True
    with served(centre) as url:
        for number in range(3):
            outbox.say([("report", body(number))], AT)
            outcome = outbox.deliver(url, line)
            assert (outcome.proved, outcome.waiting) == (0, number + 1) and "down" in outcome.why
        line.down, line.loses_answers = False, True
        assert outbox.deliver(url, line).waiting == 3, "recorded, but nobody knows here"
        line.loses_answers = False
        with Outbox(tmp_path / "node") as reopened:
            assert reopened.deliver(url, line).waiting == 0
        assert entries(centre) == [0, 1, 2]
        assert [(one.seq, one.entry, one.tier) for one in outbox.sent()] == [(n, n + 2, "logged") for n in range(3)]
        before = len(line.posts)
        assert outbox.deliver(url, line).waiting == 0
        assert len(line.posts) == before, "what is proved is not sent again"


def test_a_statement_that_is_refused_can_be_taken_out_and_those_behind_it_arrive(centre, outbox):
    with served(centre) as url:
        for number, side in enumerate(("east", "west", "east", "east")):
            outbox.say([("report", body(number) | {"side": side})], AT)
        outcome = outbox.deliver(url, Asker())
        assert outcome.waiting == 4 and "east alone" in outcome.why
        outbox.discard(1)
        assert outbox.deliver(url, Asker()).waiting == 0
        assert entries(centre) == [0, 2, 3]
        for seq in (0, 2, 7):
            with pytest.raises(RecordError):
                outbox.discard(seq)


def test_a_key_that_is_used_on_two_machines_is_noticed(tmp_path, centre, outbox):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "keys").symlink_to(tmp_path / "node" / "keys")
    with served(centre) as url, Outbox(tmp_path / "copy") as other:
        outbox.say([("report", body(0))], AT)
        assert outbox.deliver(url, Asker()).waiting == 0
        other.say([("report", body(1))], AT)
        outcome = other.deliver(url, Asker())
        assert outcome.waiting == 1 and "used elsewhere" in outcome.why


def test_a_log_that_changed_its_key_is_followed_and_another_log_is_not(tmp_path, centre, outbox):
    outbox.say([("report", body(0))], AT)
    rotate(centre)
    retire(centre)
    with served(centre) as url:
        assert outbox.deliver(url, Asker()).waiting == 0
    outbox.say([("report", body(1))], AT)
    other = tmp_path / "other"
    other.mkdir()
    with Record.create(other, "example.org/centre") as record:
        record.append([("charter", {"title": "T"})], at=AT)
        record.register(outbox.key, AT, "east")
    with served(other) as url:
        outcome = outbox.deliver(url, Asker())
        assert outcome.waiting == 1 and "another log" in outcome.why
    assert outbox.sent()[1].tier == ""


def test_a_proof_of_something_else_is_not_taken(centre, outbox):
    class Liar(Asker):
        """Answers each statement with the proof of the first."""

        first = None

        def __call__(self, url, data=None):
            answer = super().__call__(url, data)
            if data is None:
                return answer
            self.first = self.first or answer
            return self.first

    liar = Liar()
    with served(centre) as url:
        outbox.say([("report", body(0))], AT)
        assert outbox.deliver(url, liar).waiting == 0
        outbox.say([("report", body(1))], AT)
        assert outbox.deliver(url, liar).waiting == 1
        assert outbox.sent()[1].tier == ""


def test_codes_are_read_back_however_they_are_spelled_and_misreadings_are_noticed():
    digest = "15c318199ff2d6e07753557ce65ff475884d813f8a72a7291d572f92ffd5e110"
    code = encode_code(digest)
    for spelled in (code, code.lower(), code.replace("-", ""), code.replace("-", " "), code.replace("1", "I")):
        assert decode_code(spelled) == digest[:10]
    signs = code.replace("-", "")
    for place in range(len(signs)):
        for wrong in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
            if wrong != signs[place]:
                with pytest.raises(RecordError):
                    decode_code(signs[:place] + wrong + signs[place + 1 :])
        if place and signs[place] != signs[place - 1] and place < len(signs) - 1:
            swapped = signs[: place - 1] + signs[place] + signs[place - 1] + signs[place + 1 :]
            with pytest.raises(RecordError):
                decode_code(swapped)
    for none in ("", "9", code + "0", "UUUU-UUUU-U", "----", "*234-5678-9"):
        with pytest.raises(RecordError):
            decode_code(none)


def test_a_node_is_made_once(tmp_path, centre, outbox):
    with pytest.raises(RecordError):
        create_node(tmp_path / "node", "east.example/desk", outbox.key)
    with pytest.raises(RecordError):
        create_node(tmp_path / "new", "a name", outbox.key)
    assert (tmp_path / "node" / "keys" / "party.key").stat().st_mode & 0o077 == 0
