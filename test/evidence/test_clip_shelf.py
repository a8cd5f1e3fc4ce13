import json

import pytest
from clips import BEGIN, SECOND

from tml_ros.evidence.clip_metadata import MADE_BY
from tml_ros.evidence.clip_shelf import MAKING, REMOVING, ClipShelf

DAY = 86_400 * SECOND


def shelf(folder, *, keep_ns=DAY, keep_bytes=10**9):
    return ClipShelf(folder, keep_ns=keep_ns, keep_bytes=keep_bytes)


def put(folder, stamp_ns, *, size=1000, kind="person_in_zone", zone="press"):
    made = shelf(folder)
    name = made.name(stamp_ns, kind, zone)
    place = made.making(name)
    place.mkdir()
    fill(place, name, size)
    made.put(name)
    return folder / name


def fill(place, name, size=1000):
    (place / f"{name}_0.mcap").write_bytes(bytes(size))
    (place / "metadata.yaml").write_text("")
    (place / "clip.json").write_text(json.dumps({"made_by": MADE_BY}))


def test_a_clip_is_named_after_when_what_and_where(tmp_path):
    name = shelf(tmp_path).name(1_795_000_000_250_000_000, "person_in_zone", "press_area")
    assert name == "20261118T110640.250Z_person_in_zone_press_area"
    assert shelf(tmp_path).name(0, "model_lost", "") == "19700101T000000.000Z_model_lost"


@pytest.mark.parametrize("zone", ["../../etc", "a/b", "x" * 500, "Halle 3 ä", ".hidden", "\x00"])
def test_no_zone_leads_out_of_the_folder(tmp_path, zone):
    path = put(tmp_path, BEGIN, zone=zone)
    assert path.parent == tmp_path
    assert path.resolve().parent == tmp_path.resolve()
    assert [clip.path for clip in shelf(tmp_path).clips()] == [path]


def test_two_clips_of_one_moment_have_names_of_their_own(tmp_path):
    first, second = put(tmp_path, BEGIN), put(tmp_path, BEGIN)
    assert first != second
    assert len(shelf(tmp_path).clips()) == 2


def test_what_is_too_old_goes(tmp_path):
    put(tmp_path, BEGIN - 2 * DAY)
    young = put(tmp_path, BEGIN)
    assert [clip.path for clip in shelf(tmp_path).tidy(BEGIN)] == [young]
    assert list(tmp_path.iterdir()) == [young]


def test_of_too_much_the_oldest_goes_and_the_newest_stays_in_any_case(tmp_path):
    paths = [put(tmp_path, BEGIN + i * SECOND, size=1000) for i in range(5)]
    left = shelf(tmp_path, keep_bytes=2500).tidy(BEGIN + 5 * SECOND)
    assert [clip.path for clip in left] == paths[-2:]
    assert [clip.path for clip in shelf(tmp_path, keep_bytes=1).tidy(BEGIN)] == paths[-1:]


def test_nothing_that_is_not_ours_is_ever_removed(tmp_path):
    ours = put(tmp_path, BEGIN - 9 * DAY)
    put(tmp_path, BEGIN)
    (ours / "notes.txt").write_text("of an inspector")
    foreign = tmp_path / "20200101T000000.000Z_person_in_zone_press"
    foreign.mkdir()
    (foreign / "clip.json").write_text(json.dumps({"made_by": "somebody"}))
    (tmp_path / "holiday.mcap").write_bytes(b"x")
    elsewhere = tmp_path.parent / "elsewhere"
    elsewhere.mkdir()
    fill(elsewhere, "20200101T000000.000Z_siren_mic")
    (tmp_path / "20200101T000000.000Z_siren_mic").symlink_to(elsewhere)
    (tmp_path / f"{MAKING}plans").mkdir()
    shelf(tmp_path).remove_leftovers()
    shelf(tmp_path, keep_bytes=1).tidy(BEGIN)
    left = {path.name for path in tmp_path.iterdir()}
    assert {foreign.name, "holiday.mcap", "20200101T000000.000Z_siren_mic"} <= left
    assert f"{MAKING}plans" in left
    assert len(list(elsewhere.iterdir())) == 3
    assert [p.read_text() for p in tmp_path.rglob("notes.txt")] == ["of an inspector"]


def test_what_a_crash_left_is_removed_at_the_start(tmp_path):
    whole = put(tmp_path, BEGIN)
    for prefix in (MAKING, REMOVING):
        name = f"{prefix}20261118T110640.250Z_siren_mic"
        (tmp_path / name).mkdir()
        fill(tmp_path / name, name.removeprefix(prefix))
    shelf(tmp_path).remove_leftovers()
    assert list(tmp_path.iterdir()) == [whole]


def test_a_folder_that_is_gone_holds_nothing_and_comes_back_by_itself(tmp_path):
    gone = tmp_path / "clips"
    assert shelf(gone).tidy(BEGIN) == []
    shelf(gone).remove_leftovers()
    put(gone, BEGIN)
    assert len(shelf(gone).clips()) == 1


@pytest.mark.parametrize(
    "name",
    ["99999999T999999.999Z_siren_mic", "20261332T000000.000Z_siren_mic", "clip", "_", "20261118T"],
)
def test_what_is_no_time_is_no_clip_of_ours(tmp_path, name):
    (tmp_path / name).mkdir()
    fill(tmp_path / name, name)
    assert shelf(tmp_path).clips() == []


@pytest.mark.parametrize("about", ["", "[", "[]", "{}", "[" * 50_000, '{"made_by": 3}', "\udcff"])
def test_a_clip_json_of_any_content_is_read_without_harm(tmp_path, about):
    path = put(tmp_path, BEGIN)
    (path / "clip.json").write_bytes(about.encode("utf-8", "surrogateescape"))
    assert shelf(tmp_path).clips() == []


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        shelf(tmp_path / "file" / "clips").probe()
