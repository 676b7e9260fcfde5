"""Paths, hash tiles and entry bundles of tlog-tiles: inverse pairs, and nothing but what the specification allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.record.errors import Damaged
from parley.record.formats.tile import (
    Tile,
    decode_entries,
    decode_hashes,
    decode_path,
    encode_entries,
    encode_hashes,
    encode_path,
)

TILES = st.builds(Tile, st.none() | st.integers(0, 63), st.integers(0, 10**15), st.integers(1, 256))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),  # the specification's own example
        (Tile(63, 1000, 255), "tile/63/x001/000.p/255"),
        (Tile(None, 999), "tile/entries/999"),
        (Tile(None, 273, 112), "tile/entries/273.p/112"),
    ],
)
def test_paths_are_those_of_the_specification(tile, path):
    assert encode_path(tile) == path
    assert decode_path(path) == tile


@given(TILES)
def test_a_path_leads_back_to_its_tile(tile):
    assert decode_path(encode_path(tile)) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "/tile/0/000",
        "tile/../keys/log.key",
        "tile/0/" + "x001/" * 50 + "000",
    ],
)
def test_no_other_path_leads_anywhere(path):
    with pytest.raises(Damaged):
        decode_path(path)


@given(st.text(max_size=30) | TILES.map(encode_path).flatmap(lambda path: st.sampled_from([path[1:], path + "0"])))
def test_a_path_decoder_gives_back_what_it_took_or_says_damaged(path):
    try:
        tile = decode_path(path)
    except Damaged:
        return
    assert encode_path(tile) == path


def test_an_entry_stands_behind_its_length_in_two_bytes_big_endian():
    assert encode_entries([b"", b"a", b"b" * 258]) == b"\x00\x00\x00\x01a\x01\x02" + b"b" * 258


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_a_bundle_gives_back_its_entries(entries):
    assert decode_entries(encode_entries(entries)) == tuple(entries)


@given(st.binary(max_size=300))
def test_a_bundle_decoder_gives_back_what_it_took_or_says_damaged(data):
    try:
        entries = decode_entries(data)
    except Damaged:
        return
    assert encode_entries(entries) == data


def test_a_bundle_that_is_empty_overfull_or_cut_short_is_refused():
    for data in (b"", b"\x00\x00" * 257, b"\x00", b"\x00\x02a"):
        with pytest.raises(Damaged):
            decode_entries(data)


def test_an_entry_may_have_65535_bytes_and_no_more():
    assert decode_entries(encode_entries([bytes(65_535)])) == (bytes(65_535),)
    with pytest.raises(ValueError, match="65535"):
        encode_entries([bytes(65_536)])


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=256))
def test_a_hash_tile_gives_back_its_hashes(hashes):
    assert decode_hashes(encode_hashes(hashes)) == tuple(hashes)


@given(st.integers(0, 300 * 32))
def test_a_hash_tile_of_any_other_length_is_refused(length):
    if length % 32 == 0 and 1 <= length // 32 <= 256:
        assert len(decode_hashes(bytes(length))) == length // 32
    else:
        with pytest.raises(Damaged):
            decode_hashes(bytes(length))
