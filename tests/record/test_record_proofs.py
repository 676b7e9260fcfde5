"""RFC 6962 hashing and proofs: the published vectors, every pair of small sizes against a tree hashed by recursion."""

import random
from hashlib import sha256

import pytest
from trees import root_of

from parley.record.errors import Forked, NotIncluded, RecordError, Stale
from parley.record.formats.hashing import EMPTY_ROOT, Frontier, leaf_hash
from parley.record.formats.proofs import check_consistency, check_inclusion, peaks, prove_consistency, prove_inclusion

# The leaves, roots and proofs of the Certificate Transparency reference tests.
CT_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
G = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
H = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
CT_INCLUSION = {(0, 1): [], (0, 8): [A, B, C], (5, 8): [D, E, F], (2, 3): [CT_ROOTS[2]], (1, 5): [CT_ROOTS[1], B, D]}
CT_CONSISTENCY = {(1, 1): [], (1, 8): [A, B, C], (6, 8): [G, E, F], (2, 5): [B, D], (6, 7): [G, H, F]}

MOST = 70


def tree_hash(leaves):
    """MTH, word for word from RFC 6962, 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


def nodes(leaves):
    return lambda height, index: tree_hash(leaves[index << height : (index + 1) << height])


CT = [leaf_hash(bytes.fromhex(leaf)) for leaf in CT_LEAVES]
LEAVES = [leaf_hash(bytes([number])) for number in range(MOST)]
ROOTS = [tree_hash(LEAVES[:size]) for size in range(MOST + 1)]


def test_roots_are_those_of_certificate_transparency():
    assert [root_of(CT[:size]).hex() for size in range(9)] == CT_ROOTS
    assert EMPTY_ROOT.hex() == CT_ROOTS[0]


def test_inclusion_proofs_are_those_of_certificate_transparency():
    for (index, size), proof in CT_INCLUSION.items():
        assert [hash_.hex() for hash_ in prove_inclusion(index, size, nodes(CT))] == proof
        check_inclusion(CT[index], index, size, [bytes.fromhex(hash_) for hash_ in proof], root_of(CT[:size]))


def test_consistency_proofs_are_those_of_certificate_transparency():
    for (old, new), proof in CT_CONSISTENCY.items():
        assert [hash_.hex() for hash_ in prove_consistency(old, new, nodes(CT))] == proof
        check_consistency(old, root_of(CT[:old]), new, root_of(CT[:new]), [bytes.fromhex(hash_) for hash_ in proof])


def test_the_frontier_has_the_root_of_every_size():
    frontier = Frontier()
    for size, leaf in enumerate(LEAVES):
        assert frontier.root() == ROOTS[size]
        assert peaks(size, nodes(LEAVES)) == frontier.peaks()
        frontier.append(leaf)


def test_the_frontier_yields_the_root_of_each_full_tile():
    leaves = [leaf_hash(number.to_bytes(2, "big")) for number in range(600)]
    frontier = Frontier()
    full = [found for leaf in leaves for found in frontier.append(leaf)]
    assert full == [(1, 0, tree_hash(leaves[:256])), (1, 1, tree_hash(leaves[256:512]))]


def test_every_inclusion_proof_leads_to_its_own_root_and_place_only():
    chance = random.Random(1)
    for size in range(1, MOST + 1):
        for index in range(size):
            proof = prove_inclusion(index, size, nodes(LEAVES))
            check_inclusion(LEAVES[index], index, size, proof, ROOTS[size])
            other = chance.choice([number for number in range(-1, size + 1) if number != index])
            with pytest.raises(NotIncluded):
                check_inclusion(LEAVES[index], other, size, proof, ROOTS[size])
            with pytest.raises(NotIncluded):
                check_inclusion(LEAVES[index - 1] if size > 1 else bytes(32), index, size, proof, ROOTS[size])
            with pytest.raises(NotIncluded):
                check_inclusion(LEAVES[index], index, size, [*proof, bytes(32)], ROOTS[size])
            if proof:
                with pytest.raises(NotIncluded):
                    check_inclusion(LEAVES[index], index, size, proof[:-1], ROOTS[size])
                place = chance.randrange(len(proof))
                with pytest.raises(NotIncluded):
                    check_inclusion(
                        LEAVES[index], index, size, [*proof[:place], bytes(32), *proof[place + 1 :]], ROOTS[size]
                    )


def test_every_consistency_proof_holds_for_its_own_roots_only():
    for new in range(MOST + 1):
        for old in range(new + 1):
            proof = prove_consistency(old, new, nodes(LEAVES))
            check_consistency(old, ROOTS[old], new, ROOTS[new], proof)
            with pytest.raises(Forked):
                check_consistency(old, bytes(32), new, ROOTS[new], proof)
            if old:
                with pytest.raises(Forked):
                    check_consistency(old, ROOTS[old], new, bytes(32), proof)
            with pytest.raises(Forked):
                check_consistency(old, ROOTS[old], new, ROOTS[new], [*proof, bytes(32)])
            if proof:
                with pytest.raises(Forked):
                    check_consistency(old, ROOTS[old], new, ROOTS[new], proof[:-1])


def test_a_smaller_tree_than_one_known_is_stale():
    with pytest.raises(Stale):
        check_consistency(5, ROOTS[5], 4, ROOTS[4], ())


def test_no_proof_is_made_for_what_is_not_there():
    for make, first, size in ((prove_inclusion, 3, 3), (prove_inclusion, -1, 3), (prove_consistency, 4, 3)):
        with pytest.raises(RecordError):
            make(first, size, nodes(LEAVES))
