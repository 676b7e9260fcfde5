"""Shredding and backups of a whole centre: nothing is left of what was shredded, and everything else holds."""

import os
import shutil
from datetime import UTC, datetime
from hashlib import shake_256

import pytest

from parley.centre.backup import back_up, restore
from parley.centre.folder import Centre
from parley.centre.statements import Delivery, state, state_review
from parley.centre.verify import verify
from parley.demo import load_scenario
from parley.job import derive, handles, main_job, rebuild, shred, take_in
from parley.model import FolderError, Input, ModelAnswer, Review
from parley.record import NotIncluded, Stale
from parley.record.formats.canonical import encode_base64
from parley.record.formats.hashing import leaf_hash
from parley.record.handed.bundle import make_bundle

AT = datetime(2031, 5, 7, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def exercise(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exercise") / "centre"
    scenario = load_scenario("exercise")
    with Centre.create(folder, scenario.charter, at=AT) as centre:
        main_job(centre, scenario.terms, scenario.deliveries, clock=lambda: AT)
    return folder


@pytest.fixture
def folder(exercise, tmp_path, on_another_machine):
    on_another_machine()
    return shutil.copytree(exercise, tmp_path / "centre")


def traces(centre, entry):
    """What must be nowhere afterwards: the secret, every salt, and words of the body and the file that are its own."""
    body, secret = centre.record.secret(entry)
    salts = shake_256(b"parley/salts/v1\n" + secret).digest(32 * 64)
    found = [secret, secret.hex().encode(), encode_base64(secret)]
    found += [salts[start : start + 32] for start in range(0, len(salts), 32)]
    found += [encode_base64(salts[start : start + 32]) for start in range(0, len(salts), 32)]
    found += [leaf_hash(salts[start : start + 32]) for start in range(0, len(salts), 32)]  # decoys
    if "report" in body:
        claims = {name: claim["said"] for name, claim in body["report"]["claims"].items()}
        found += [
            body["report"]["source"].encode(),
            claims["account"][:60].encode(),
            body["report"]["reference"].encode(),
        ]
    elif "digest" in body:
        data = centre.kept(body["digest"]).read_bytes()
        found += [data[:200], data[-200:], body["name"].encode(), body["digest"].encode()]
    return [one for one in found if len(one) > 5]


def residue(place, wanted):
    """Where any of *wanted* still stands, under *place*, in files and in their names."""
    return [
        (str(path), one[:40])
        for path in sorted(place.rglob("*"))
        for one in wanted
        if one in (path.read_bytes() if path.is_file() else b"") or one in path.name.encode()
    ]


def only_of(wanted, folder, entries):
    """Those of *wanted* that no other input of the exercise says too."""
    with Centre.open(folder) as centre:
        others = b"".join(
            repr(one.body).encode()
            for one in centre.record.entries()
            if one.index not in entries and one.kind != "publication"
        )
    return [one for one in wanted if one not in others]


def test_of_what_was_shredded_nothing_is_left_and_every_proof_holds(folder, tmp_path):
    with Centre.open(folder, writing=True) as centre:
        back_up(centre, tmp_path / "backup")
        wanted = only_of(traces(centre, 5) + traces(centre, 6), folder, {5, 6, 7})
        assert len(wanted) > 300
        assert residue(folder, wanted) and residue(tmp_path / "backup", wanted), "they are there before"
        leaf, proof, root = centre.record.log.row(6).leaf, centre.record.inclusion_proof(6, 97), centre.record.root(97)
        notice = shred(centre, [5], "the monitor asked for it", AT)
        back_up(centre, tmp_path / "backup")
        entry = centre.record.entry(6)
        assert (entry.kind, entry.body) == ("report", None), "that it stands there is still seen"
        assert centre.record.log.row(6).leaf == leaf
        assert (centre.record.inclusion_proof(6, 97), centre.record.root(97)) == (proof, root)
        assert centre.record.entry(notice).body["entries"] == [5, 6, 7]
        with pytest.raises(NotIncluded, match="shredded"):
            centre.record.disclose(6, [""])
        make_bundle(centre.record, 6, [], {})
        for place in (folder, tmp_path / "backup"):
            assert residue(place, wanted) == []
    assert residue(folder, wanted) == [] and not list(folder.glob("record.db-*"))
    assert verify(folder).faults == () == verify(tmp_path / "backup").faults
    with Centre.open(folder, writing=True) as centre:
        assert rebuild(centre) == []
        shred(centre, [5], "again", AT)
    assert verify(folder).faults == ()
    print(f"{len(wanted)} traces searched in {sum(1 for _ in folder.rglob('*'))} files")


def test_the_bytes_of_a_shredded_file_are_overwritten_before_it_goes(folder, tmp_path):
    with Centre.open(folder, writing=True) as centre:
        path = centre.kept(centre.record.entry(5).body["digest"])
        os.link(path, tmp_path / "the-same-bytes")  # whoever reads the disk finds what a freed file held
        size = path.stat().st_size
        shred(centre, [5], "asked", AT)
    assert (tmp_path / "the-same-bytes").read_bytes() == bytes(size)


def test_what_repeats_an_article_goes_with_it(folder, tmp_path):
    text = "Upland said on Friday that Valley had shelled the ford at Mill. Valley denied it."
    with Centre.open(folder, writing=True) as centre:
        card = take_in(centre, Delivery(Input("a.txt", text.encode()), "article", "The Paper"), AT)
        article = next(one.entry for one in derive(centre.stated(), centre.timezone).reports if one.entry > card.entry)
        said = Review(article=article, number=1, evidence="0" * 64, decision="rejected", by="A", reason="read", at=AT)
        answer = ModelAnswer(article=article, endpoint="e", model="m", prompts=("0",), answers=("{}",))
        others = [
            centre.record.append([made], at=AT)[0].index
            for made in (state_review(said, handles(centre)), state("model-proposal", answer))
        ]
        shred(centre, [card.entry], "asked", AT)
        assert [centre.record.entry(number).body for number in (article, *others)] == [None] * 3


def test_a_shredding_that_was_cut_short_is_told_and_finished(folder, monkeypatch):
    with Centre.open(folder, writing=True) as centre:
        wanted = only_of(traces(centre, 6), folder, {5, 6, 7})
        with monkeypatch.context() as patched:
            patched.setattr(type(centre.record), "destroy", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                shred(centre, [5], "asked", AT)
    verdict = verify(folder)
    assert verdict.word == "unfinished"
    for entry, text in zip((5, 6, 7), verdict.unfinished[:3], strict=True):
        assert text.startswith(f"entry {entry}: its body is still there")
    published = verdict.unfinished[3:]
    assert published and all("what was shredded" in text for text in published), "the pages that rest on it too"
    with Centre.open(folder, writing=True) as centre:
        shred(centre, [5], "asked", AT)
    assert residue(folder, wanted) == [] and verify(folder).faults == ()


def test_a_body_that_is_gone_without_a_notice_is_a_fault(folder):
    with Centre.open(folder, writing=True) as centre, centre.record.log.store.writing():
        centre.record.log.store.shred([9])
    assert [fault.entry for fault in verify(folder).faults] == [9]


def test_only_inputs_are_shredded(folder):
    with Centre.open(folder, writing=True) as centre:
        for entry in (0, 1, 6, 10**6):
            with pytest.raises(FolderError, match="is no input"):
                shred(centre, [2, entry], "asked", AT)
        assert centre.record.shredded() == {}


def test_a_backup_is_restored_to_the_same_centre(folder, tmp_path):
    with Centre.open(folder) as centre:
        back_up(centre, tmp_path / "backup")
        checkpoint = centre.record.checkpoint()
    assert restore(tmp_path / "backup", tmp_path / "back", newest=True).faults == ()
    with Centre.open(tmp_path / "back", writing=True) as back:
        assert back.record.checkpoint() == checkpoint
        assert rebuild(back) == []
        back.record.append([("overdue", {"cosigner": "w1", "size": 9})], at=AT)
    assert verify(tmp_path / "back").faults == ()
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0, "it holds private keys"


def test_a_restored_backup_signs_nothing_until_it_is_known_to_be_the_newest(folder, tmp_path):
    with Centre.open(folder) as centre:
        back_up(centre, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "back")
    with Centre.open(tmp_path / "back", writing=True) as back, pytest.raises(Stale, match="restored from a backup"):
        back.record.append([("overdue", {"cosigner": "w1", "size": 9})], at=AT)


def test_a_backup_never_replaces_what_is_none(folder, tmp_path):
    other = shutil.copytree(folder, tmp_path / "worked-in")
    (tmp_path / "file").write_text("mine")
    (folder / "inside").mkdir()
    with Centre.open(folder) as centre:
        for target in (folder, folder / "inside" / "x", tmp_path, other, tmp_path / "file"):
            with pytest.raises(FolderError, match="nothing was changed"):
                back_up(centre, target)
        (other / "lock").unlink()
        back_up(centre, other)
    assert verify(folder).faults == () == verify(other).faults


def test_a_damaged_backup_is_not_restored_and_nothing_is_overwritten(folder, tmp_path):
    with Centre.open(folder) as centre:
        back_up(centre, tmp_path / "backup")
        with pytest.raises(FolderError):
            (tmp_path / "mine").mkdir()
            (tmp_path / "mine" / "x").touch()
            back_up(centre, tmp_path / "mine")
    with pytest.raises(FolderError):
        restore(tmp_path / "backup", folder)
    data = bytearray((tmp_path / "backup" / "record.db").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "backup" / "record.db").write_bytes(data)
    assert restore(tmp_path / "backup", tmp_path / "back").faults
    assert not (tmp_path / "back").exists()
