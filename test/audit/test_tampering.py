"""On a log of 1,000 records, every change to one record, and every cut, is found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from records import KEY, LOG, SECRET, head_of, made_records

from tml_ros.audit.chain import Head, Record, genesis_seal, key_id_of, record_bytes, seal_of
from tml_ros.audit.record_key import RecordKey
from tml_ros.audit.verify import ChainCheck, Flaw

COUNT = 1_000
RECORDS = made_records(COUNT)
ANCHORS = [head_of(RECORDS[:end]) for end in (*range(64, COUNT, 64), COUNT)]


def check_of(anchors=ANCHORS, **changes):
    return ChainCheck(KEY, LOG, KEY.key_id, **{"anchors": anchors, **changes})


@pytest.fixture(scope="module")
def reached():
    """A check that has taken the first n records, for every n."""
    check, checks = check_of(), []
    for record in RECORDS:
        checks.append(check.copy())
        check.take(record)
    checks.append(check)
    return checks


def verdict_of(check, records):
    for record in records:
        check.take(record)
        if check.flaws:
            break
    return check.end()


def test_a_log_as_it_was_written_is_intact(reached):
    verdict = reached[-1].copy().end()
    assert verdict.intact
    assert (verdict.records, verdict.first_seq, verdict.last_seq) == (COUNT, 1, COUNT)
    assert verdict.anchored_seq == COUNT
    assert verdict.found == ()


def flipped(text, place):
    return text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]


EDITS = {
    "stamp by one": lambda one: replace(one, stamp_ns=one.stamp_ns + 1),
    "stamp as text": lambda one: replace(one, stamp_ns=str(one.stamp_ns)),
    "kind": lambda one: replace(one, kind="setting"),
    "kind's case": lambda one: replace(one, kind=one.kind.upper()),
    "body": lambda one: replace(one, body=one.body.replace("zone ", "Zone ")),
    "body's spaces": lambda one: replace(one, body=one.body.replace(",", ", ")),
    "body emptied": lambda one: replace(one, body="{}"),
    "body as bytes": lambda one: replace(one, body=one.body.encode()),
    "number up": lambda one: replace(one, seq=one.seq + 1),
    "number down": lambda one: replace(one, seq=one.seq - 1),
    "number far": lambda one: replace(one, seq=one.seq + 10_000),
    "number as text": lambda one: replace(one, seq=str(one.seq)),
    "seal's first digit": lambda one: replace(one, seal=flipped(one.seal, 0)),
    "seal's last digit": lambda one: replace(one, seal=flipped(one.seal, 63)),
    "seal's case": lambda one: replace(one, seal=one.seal.upper()),
    "seal cut": lambda one: replace(one, seal=one.seal[:-1]),
    "seal of the one before": lambda one: replace(one, seal=RECORDS[one.seq - 2].seal),
    "what is in body moved to kind": lambda one: replace(
        one, body=one.body + f',"kind":"{one.kind}"', kind=""
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_of_every_record_is_found(reached, edit):
    for place, record in enumerate(RECORDS):
        changed = EDITS[edit](record)
        if changed == record:
            continue
        verdict = verdict_of(reached[place].copy(), [changed, *RECORDS[place + 1 :]])
        assert not verdict.intact, place


def test_an_edit_is_told_with_its_place(reached):
    for place in (0, 1, 500, COUNT - 1):
        changed = replace(RECORDS[place], body="{}")
        check = reached[place].copy()
        for record in (changed, *RECORDS[place + 1 :]):
            check.take(record)
        verdict = check.end()
        assert [(one.flaw, one.seq) for one in verdict.found] == [(Flaw.EDITED, place + 1)]


def test_every_deletion_is_found(reached):
    for place in range(COUNT):
        verdict = verdict_of(reached[place].copy(), RECORDS[place + 1 : place + 3])
        flaw = Flaw.MISSING if place < COUNT - 1 else Flaw.TRUNCATED
        assert (verdict.counts.get(flaw), verdict.found[0].seq) == (1, place + 1), place


def test_every_deletion_with_the_numbers_closed_up_is_found(reached):
    for place in range(COUNT - 1):
        closed = [replace(one, seq=one.seq - 1) for one in RECORDS[place + 1 : place + 3]]
        verdict = verdict_of(reached[place].copy(), closed)
        assert Flaw.EDITED in verdict.counts, place


def test_every_insertion_is_found(reached):
    forged = Record(0, 5, "transition", "{}", "ab" * 32)
    for place in range(COUNT + 1):
        for seq in (place, place + 1):
            extra = replace(forged, seq=seq)
            verdict = verdict_of(reached[place].copy(), [extra, *RECORDS[place:]])
            assert not verdict.intact, (place, seq)


def test_every_record_repeated_is_found(reached):
    for place, record in enumerate(RECORDS):
        verdict = verdict_of(reached[place].copy(), [record, record])
        assert verdict.counts[Flaw.INSERTED] == 1, place


def test_every_swap_of_neighbours_is_found(reached):
    for place in range(COUNT - 1):
        one, other = RECORDS[place : place + 2]
        check = reached[place].copy()
        for record in (other, one):
            check.take(record)
        assert check.end().counts[Flaw.REORDERED] == 1, place
        swapped = [replace(other, seq=one.seq), replace(one, seq=other.seq)]
        assert not verdict_of(reached[place].copy(), swapped).intact, place


def test_every_cut_of_the_end_is_found_by_the_anchor(reached):
    for length in range(COUNT):
        verdict = reached[length].copy().end()
        assert verdict.counts[Flaw.TRUNCATED] == COUNT - length, length
    assert all(reached[length].copy().end().intact for length in (COUNT,))


def test_every_cut_of_the_beginning_is_found():
    for length in range(1, COUNT):
        check = check_of()
        check.take(RECORDS[length])
        assert check.end().counts[Flaw.MISSING] == length


def test_another_key_is_told_from_tampering():
    other = bytes(32)
    check = ChainCheck(RecordKey(other, key_id_of(other)), LOG, KEY.key_id)
    assert check.hopeless
    assert check.end().counts == {Flaw.WRONG_KEY: 1}


def test_a_log_sealed_anew_with_another_key_is_found_whatever_it_says():
    other = bytes(32)
    forged = made_records(COUNT, key=other)
    for said in (KEY.key_id, key_id_of(other)):
        verdict = verdict_of(ChainCheck(KEY, LOG, said, anchors=ANCHORS), forged)
        assert not verdict.intact


def test_every_record_sealed_with_another_key_is_found(reached):
    for place, record in enumerate(RECORDS):
        before = RECORDS[place - 1].seal if place else genesis_seal(bytes(32), LOG)
        content = record_bytes(record.seq, record.stamp_ns, record.kind, record.body)
        changed = replace(record, seal=seal_of(bytes(32), before, content))
        assert not verdict_of(reached[place].copy(), [changed]).intact, place


def test_whoever_has_the_key_can_write_another_story_but_not_the_anchors():
    other = list(RECORDS[:500])
    for record in RECORDS[500:]:
        body = "{}" if record.seq == 501 else record.body
        content = record_bytes(record.seq, record.stamp_ns, record.kind, body)
        seal = seal_of(SECRET, other[-1].seal, content)
        other.append(replace(record, body=body, seal=seal))
    assert verdict_of(check_of(anchors=None), other).intact
    assert Flaw.ANCHOR_DIFFERS in verdict_of(check_of(), other).counts


def test_anchors_of_another_log_only_are_told():
    foreign = [Head("another", 7, 8, "00" * 32)]
    assert verdict_of(check_of(anchors=foreign), RECORDS).counts == {Flaw.FOREIGN_ANCHOR: 1}
    assert verdict_of(check_of(anchors=[]), RECORDS).counts == {Flaw.FOREIGN_ANCHOR: 1}
    assert verdict_of(check_of(anchors=[*foreign, *ANCHORS]), RECORDS).intact


def test_an_edited_anchor_is_told():
    for change in ({"seal": "00" * 32}, {"stamp_ns": 1}, {"seq": 63}):
        edited = [replace(ANCHORS[0], **change), *ANCHORS[1:]]
        assert Flaw.ANCHOR_DIFFERS in verdict_of(check_of(anchors=edited), RECORDS).counts


def test_a_name_of_the_log_that_was_edited_is_found():
    check = ChainCheck(KEY, LOG[::-1], KEY.key_id)
    check.take(RECORDS[0])
    assert Flaw.EDITED in check.end().counts
