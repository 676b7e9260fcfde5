"""Signed notes, keys and checkpoints: the published examples byte for byte, and decoders that take nothing else."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parley.record.errors import BadSignature, Damaged
from parley.record.formats.checkpoint import (
    Checkpoint,
    decode_checkpoint,
    encode_checkpoint,
    open_checkpoint,
    sign_checkpoint,
)
from parley.record.formats.note import (
    decode_note,
    decode_private_key,
    decode_verifier_key,
    encode_note,
    open_note,
    sign_note,
)

# From the documentation of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
NOTE = f"{TEXT}\n{PETER_LINE}".encode()

# From https://c2sp.org/signed-note and https://c2sp.org/tlog-checkpoint.
POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
SOFA = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
SOFA_LINE = (
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)


def test_signing_gives_the_published_note_byte_for_byte():
    signer = decode_private_key(PETER_PRIVATE)
    assert sign_note(TEXT, signer) == NOTE
    assert str(signer.verifier) == PETER
    assert signer.private_key() == PETER_PRIVATE


def test_a_note_opens_for_each_key_that_signed_it():
    both = f"{TEXT}\n{PETER_LINE}{ENOCH_LINE}".encode()
    assert open_note(both, decode_verifier_key(PETER)) == TEXT
    assert open_note(both, decode_verifier_key(ENOCH)) == TEXT


def test_a_note_without_a_signature_by_the_key_does_not_open():
    with pytest.raises(BadSignature):
        open_note(NOTE, decode_verifier_key(ENOCH))


def test_a_note_whose_text_was_changed_does_not_open():
    with pytest.raises(BadSignature):
        open_note(NOTE.replace(b"problem is", b"problem Is"), decode_verifier_key(PETER))


def test_a_second_line_by_the_same_key_that_does_not_verify_spoils_the_note():
    other = sign_note("another text\n", decode_private_key(PETER_PRIVATE)).decode().split("\n\n")[1]
    with pytest.raises(BadSignature):
        open_note(NOTE + other.encode(), decode_verifier_key(PETER))


def test_the_text_of_a_note_may_hold_empty_lines():
    assert decode_note(POEM.encode()).text == POEM.rpartition("\n\n")[0] + "\n"
    assert encode_note(decode_note(POEM.encode())) == POEM.encode()


@pytest.mark.parametrize("key", [PETER, PETER_PRIVATE])
def test_a_key_with_any_character_changed_or_cut_off_is_refused(key):
    decode = decode_private_key if key == PETER_PRIVATE else decode_verifier_key
    decode(key)
    for place, char in enumerate(key):
        for spoilt in (key[:place], key[place + 1 :], f"{key[:place]}{chr(ord(char) + 1)}{key[place + 1 :]}"):
            with pytest.raises(Damaged):
                decode(spoilt)


@pytest.mark.parametrize(
    "key",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",  # too long, ID adjusted
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # unknown kind of key, ID adjusted
        PETER + "\n",
        "\ud800" + PETER,
    ],
)
def test_a_key_of_another_length_or_kind_is_refused(key):
    with pytest.raises(Damaged):
        decode_verifier_key(key)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        TEXT.encode(),
        NOTE[:-1],
        NOTE + b"\n",
        NOTE.replace(b"\n\n", b"\n"),
        NOTE.replace("—".encode(), b"-"),
        NOTE.replace(b" x08", b"  x08"),
        NOTE.replace(b"nAM=", b"nAN="),  # unused bits set: the same bytes for a lax decoder
        NOTE.replace(b"nAM=", b"nAM"),
        NOTE.replace(b"think", b"thi\rk"),
        NOTE.replace(b"think", b"thi\xffk"),
        f"{TEXT}\n— PeterNeumann x08goA==\n".encode(),
        f"{TEXT}\n{PETER_LINE * 101}".encode(),
    ],
)
def test_what_is_not_quite_a_note_is_refused(data):
    with pytest.raises(Damaged):
        decode_note(data)


def test_a_note_may_carry_a_hundred_signatures():
    assert len(decode_note(f"{TEXT}\n{PETER_LINE * 100}".encode()).signatures) == 100


def test_the_published_checkpoint_is_read_and_written_byte_for_byte():
    note = decode_note(f"{SOFA}\n{SOFA_LINE}".encode())
    checkpoint = decode_checkpoint(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert encode_checkpoint(checkpoint) == SOFA
    assert encode_note(note) == f"{SOFA}\n{SOFA_LINE}".encode()


def test_a_signed_checkpoint_opens_with_the_key_of_its_own_log_only():
    signer = decode_private_key(PETER_PRIVATE)
    own = Checkpoint("PeterNeumann", 7, bytes(32))
    assert open_checkpoint(sign_checkpoint(own, signer), signer.verifier) == own
    foreign = sign_note(encode_checkpoint(Checkpoint("another.example", 7, bytes(32))), signer)
    with pytest.raises(BadSignature):
        open_checkpoint(foreign, signer.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        SOFA[:-1],
        SOFA + "\n",
        "\n" + SOFA,
        SOFA.replace("20852163", "020852163"),
        SOFA.replace("20852163", "-1"),
        SOFA.replace("20852163", "+1"),
        SOFA.replace("20852163", "١"),
        SOFA.replace("20852163", "9223372036854775808"),
        SOFA.replace("2I=", "2J="),
        SOFA.replace("CsUY", ""),
        "example.com/behind-the-sofa\n20852163\n",
    ],
)
def test_what_is_not_quite_a_checkpoint_is_refused(text):
    with pytest.raises(Damaged):
        decode_checkpoint(text)


def test_extension_lines_survive():
    assert encode_checkpoint(decode_checkpoint(SOFA + "more\nand more\n")) == SOFA + "more\nand more\n"


def spoil(data):
    """Strategies for *data* with a few bytes replaced, put in or cut out."""
    edits = st.tuples(st.integers(0, len(data)), st.integers(0, 3), st.binary(max_size=3))

    def apply(changes):
        spoilt = data
        for place, cut, put in changes:
            spoilt = spoilt[:place] + put + spoilt[place + cut :]
        return spoilt

    return st.lists(edits, max_size=3).map(apply)


@given(st.binary(max_size=300) | spoil(NOTE) | spoil(POEM.encode()))
@example(b"\n\n\n\n")
def test_a_note_decoder_gives_back_what_it_took_or_says_damaged(data):
    try:
        note = decode_note(data)
    except Damaged:
        return
    assert encode_note(note) == data


@given(spoil(NOTE))
def test_no_spoilt_note_opens_with_another_text(data):
    try:
        assert open_note(data, decode_verifier_key(PETER)) == TEXT
    except (Damaged, BadSignature):
        assert data != NOTE


@given(st.text() | spoil(SOFA.encode()).map(lambda data: data.decode(errors="replace")))
def test_a_checkpoint_decoder_gives_back_what_it_took_or_says_damaged(text):
    try:
        checkpoint = decode_checkpoint(text)
    except Damaged:
        return
    assert encode_checkpoint(checkpoint) == text


@given(st.text() | spoil(PETER.encode()).map(lambda data: data.decode(errors="replace")))
def test_a_key_decoder_gives_back_what_it_took_or_says_damaged(text):
    try:
        key = decode_verifier_key(text)
    except Damaged:
        return
    assert str(key) == text
