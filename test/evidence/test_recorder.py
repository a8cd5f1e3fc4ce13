"""The whole way: pictures, sound and messages in; clips that foreign readers open, out."""

import errno
import json
import os
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from clips import BEGIN, HALL, MICROPHONE, at, box, finished, frame, hall, messages, raised, sound
from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
from rosbags.rosbag2 import Reader

from tml_ros.bag.message_types import MessageTypes
from tml_ros.evidence.clip_shelf import ClipShelf
from tml_ros.evidence.evidence_settings import EvidenceSettings, Privacy
from tml_ros.evidence.recorder import WAITING_BYTES, EvidenceRecorder
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import Frame

STRING = "std_msgs/msg/String"


@pytest.fixture
def start(tmp_path):
    """`start(**settings)`: a recorder of one camera and one microphone into tmp_path/clips."""
    recorders = []

    def begin(cameras=None, **changes):
        chosen = {"folder": tmp_path / "clips", "privacy": Privacy.ALL} | changes
        recorder = EvidenceRecorder(
            EvidenceSettings(**chosen), cameras or {"hall": HALL}, {"mic": MICROPHONE}
        )
        recorders.append(recorder)
        return recorder

    yield begin
    for recorder in recorders:
        assert recorder.close()


def text(words):
    types = MessageTypes()
    return bytes(types.serialise(types.new(STRING, data=words), STRING))


def play(recorder, begin_s, end_s, *, alarms=(), rgb=None):
    """Ten pictures and sound blocks per second of cell time, and alarms at their time."""
    waiting = list(alarms)
    for tenth in range(round(begin_s * 10), round(end_s * 10)):
        while waiting and waiting[0].stamp_ns <= at(tenth / 10):
            recorder.alarm(waiting.pop(0))
        recorder.frame(frame(tenth / 10, rgb), at(tenth / 10))
        recorder.sound(sound(tenth / 10, 1600), at(tenth / 10))
    assert not waiting


def settled(recorder, wait_until, count, folder):
    wait_until(lambda: len(finished(folder)) >= count, what=f"{count} clips")
    return finished(folder)


def test_a_clip_holds_what_came_before_and_after_its_alarm_on_the_topics_it_came_on(
    start, tmp_path, wait_until
):
    recorder = start()
    recorder.event("/cell/speech/text", STRING, text("long ago"), at(2))
    play(recorder, 0, 9.5)
    recorder.event("/cell/speech/text", STRING, text("Stop!"), at(9.5))
    recorder.event("/cell/speech/text", STRING, lambda: text("Please leave"), at(9.6))
    play(recorder, 10, 17, alarms=[raised(10, box=box())])
    (clip,) = settled(recorder, wait_until, 1, tmp_path / "clips")
    assert clip.name == "20261118T110650.000Z_person_in_zone_press"
    came = messages(clip)
    assert {topic for topic, _ in came} == {HALL, MICROPHONE, "/cell/speech/text"}
    for topic in (HALL, MICROPHONE):
        times = [seconds for name, seconds in came if name == topic]
        assert (min(times), max(times)) == (5.0, 15.0)
        assert len(times) > 90
    assert [seconds for name, seconds in came if name == "/cell/speech/text"] == [9.5, 9.6]


def test_foreign_readers_open_a_clip_as_folder_and_as_file(start, tmp_path, wait_until):
    recorder = start()
    play(recorder, 4, 17, alarms=[raised(10)])
    (clip,) = settled(recorder, wait_until, 1, tmp_path / "clips")
    with Reader(clip) as reader:
        kinds = {c.topic: (c.msgtype, c.msgcount) for c in reader.connections}
        assert reader.message_count == sum(count for _, count in kinds.values())
        assert reader.start_time == at(5)
        assert reader.end_time - reader.start_time == pytest.approx(10e9, abs=2)
    assert kinds[HALL][0] == "sensor_msgs/msg/CompressedImage"
    assert kinds[MICROPHONE][0] == "std_msgs/msg/Int16MultiArray"
    with (clip / f"{clip.name}_0.mcap").open("rb") as file:
        foreign = make_reader(file, decoder_factories=[DecoderFactory()])
        assert foreign.get_summary().statistics.message_count > 150
        decoded = {channel.topic: m for _, channel, _, m in foreign.iter_decoded_messages()}
    picture = cv2.imdecode(np.frombuffer(decoded[HALL].data, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (120, 160, 3)
    assert decoded[HALL].format == "jpeg"
    assert decoded[HALL].header.frame_id == "hall"
    assert decoded[MICROPHONE].layout.dim[0].size == 1600
    told = yaml.safe_load((clip / "metadata.yaml").read_text())["rosbag2_bagfile_information"]
    assert told["relative_file_paths"] == [f"{clip.name}_0.mcap"]
    assert told["storage_identifier"] == "mcap"


def test_beside_the_recording_lie_what_it_is_about_and_a_small_picture(start, tmp_path, wait_until):
    recorder = start()
    late = raised(12, kind=HazardKind.NODE_LOST, zone="interaction")
    play(recorder, 4, 19, alarms=[raised(10, box=box()), late], rgb=hall(480, 640))
    (clip,) = settled(recorder, wait_until, 1, tmp_path / "clips")
    about = json.loads((clip / "clip.json").read_text())
    assert [one["kind"] for one in about["alarms"]] == ["person_in_zone", "node_lost"]
    assert about["alarms"][0]["box"] == ["hall", 10, 10, 40, 90]
    assert (about["privacy"], about["cut_short"]) == ("all", 0)
    # Ten seconds come in one here, which is more than one core encodes.
    assert 0 <= about["dropped"] <= recorder.status().dropped
    preview = cv2.imdecode(np.fromfile(clip / "preview.jpg", np.uint8), cv2.IMREAD_COLOR)
    assert preview.shape == (240, 320, 3)


def test_nothing_recognisable_reaches_the_disk(start, tmp_path, wait_until):
    """The hall differs from row to row; blocks do not."""
    recorder = start(privacy=Privacy.PEOPLE)
    play(recorder, 4, 17, alarms=[raised(10)])
    (clip,) = settled(recorder, wait_until, 1, tmp_path / "clips")
    types = MessageTypes()
    with Reader(clip) as reader:
        pictures = [
            types.deserialise(data, c.msgtype).data
            for c, _, data in reader.messages()
            if c.topic == HALL
        ]
    files = [*pictures, np.fromfile(clip / "preview.jpg", np.uint8)]
    for file in files:
        rgb = cv2.imdecode(file, cv2.IMREAD_COLOR).astype(int)
        rows = np.abs(np.diff(rgb, axis=0)).mean(axis=(1, 2))
        assert np.median(rows) < 2
    assert np.abs(np.diff(hall().astype(int), axis=0)).mean() > 40


def test_privacy_off_keeps_pictures_as_they_are_and_is_said(start, tmp_path, wait_until):
    settings = EvidenceSettings(tmp_path, privacy=Privacy.OFF)
    assert "recognisable" in settings.warning
    assert settings.record()["privacy"] == "off"
    assert EvidenceSettings(tmp_path).warning == ""
    recorder = start(privacy=Privacy.OFF)
    play(recorder, 9, 17, alarms=[raised(10)])
    (clip,) = settled(recorder, wait_until, 1, tmp_path / "clips")
    assert json.loads((clip / "clip.json").read_text())["privacy"] == "off"


def test_wide_pictures_are_kept_smaller_and_fast_cameras_slower(start, tmp_path, wait_until):
    recorder = start(before_ns=0, after_ns=2_000_000_000)
    large = hall(720, 1280)
    recorder.alarm(raised(0))
    for number in range(60):
        recorder.frame(Frame("hall", at(number / 30), large), at(number / 30))
        wait_until(lambda: recorder.status().dropped or not recorder._lane.bytes("hall"))
    recorder.advance(at(3))
    (clip,) = settled(recorder, wait_until, 1, tmp_path / "clips")
    times = [seconds for topic, seconds in messages(clip) if topic == HALL]
    assert 18 <= len(times) <= 21
    with Reader(clip) as reader:
        connection, _, data = next(reader.messages())
        picture = MessageTypes().deserialise(data, connection.msgtype)
    assert cv2.imdecode(picture.data, cv2.IMREAD_COLOR).shape == (360, 640, 3)


def test_a_camera_of_fifteen_a_second_gives_ten(start, tmp_path, wait_until):
    recorder = start(before_ns=0, after_ns=4_000_000_000)
    recorder.alarm(raised(0))
    for number in range(60):
        recorder.frame(frame(number / 15), at(number / 15))
    recorder.advance(at(5))
    (clip,) = settled(recorder, wait_until, 1, tmp_path / "clips")
    assert 38 <= len(messages(clip)) <= 41


def test_a_clip_ends_although_every_camera_has_died(start, tmp_path, wait_until):
    recorder = start()
    play(recorder, 8, 10.1, alarms=[raised(10, kind=HazardKind.CAMERA_LOST, zone="hall")])
    recorder.advance(at(16))
    assert len(settled(recorder, wait_until, 1, tmp_path / "clips")) == 1


def test_an_orderly_end_finishes_the_clip_in_the_making(start, tmp_path):
    recorder = start()
    play(recorder, 8, 11, alarms=[raised(10)])
    assert recorder.close()
    (clip,) = finished(tmp_path / "clips")
    assert max(seconds for _, seconds in messages(clip)) == pytest.approx(10.9)


def test_a_clock_that_jumps_ends_the_clip_and_begins_another_memory(start, tmp_path, wait_until):
    recorder = start()
    play(recorder, 100, 111, alarms=[raised(110)])
    play(recorder, 1, 10, alarms=[raised(3)])
    first, second = settled(recorder, wait_until, 2, tmp_path / "clips")
    assert {round(min(s for _, s in messages(clip))) for clip in (first, second)} == {1, 105}


def test_a_killed_process_leaves_nothing_that_looks_like_a_clip(tmp_path, run_process, start):
    script = (
        "import os, sys\n"
        "sys.path.insert(0, 'test/evidence')\n"
        "from test_recorder import *\n"
        "folder = Path(sys.argv[1])\n"
        "recorder = EvidenceRecorder(EvidenceSettings(folder), {'hall': HALL}, {'mic': MICROPHONE})"
        "\nplay(recorder, 5, 13, alarms=[raised(10)])\n"
        "while not any(f.stat().st_size for f in folder.rglob('*.mcap')): time.sleep(0.01)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    folder = tmp_path / "clips"
    assert run_process(["python", "-c", script, str(folder)]).wait() == -9
    assert finished(folder) == []
    assert [path.name[:8] for path in folder.iterdir()] == [".making-"]
    start().close()
    assert list(folder.iterdir()) == []


def test_a_clip_folder_that_somebody_removes_meanwhile_costs_that_clip_only(
    start, tmp_path, wait_until
):
    recorder = start()
    play(recorder, 5, 11, alarms=[raised(10)])
    folder = tmp_path / "clips"
    wait_until(lambda: folder.is_dir() and any(folder.iterdir()))
    folder.rename(tmp_path / "taken")
    recorder.advance(at(16))
    wait_until(lambda: recorder.status().failures == 1)
    assert recorder.status().failing
    play(recorder, 20, 27, alarms=[raised(21)])
    settled(recorder, wait_until, 1, folder)
    wait_until(lambda: not recorder.status().failing)


def test_where_nothing_can_be_written_it_is_said_at_once_and_tried_with_the_next_alarm(
    start, tmp_path, wait_until
):
    (tmp_path / "clips").write_text("a file where the folder should be")
    recorder = start()
    wait_until(lambda: recorder.status().failing)
    assert "clips" in recorder.status().reason
    play(recorder, 9, 10.5, alarms=[raised(10)])
    wait_until(lambda: recorder.status().failures == 1)
    (tmp_path / "clips").unlink()
    play(recorder, 20, 27, alarms=[raised(21)])
    settled(recorder, wait_until, 1, tmp_path / "clips")
    wait_until(lambda: not recorder.status().failing)
    assert recorder.status().clips == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_told_leaves_no_half_clip_and_is_found_free_again(
    start, tmp_path, wait_until, monkeypatch
):
    full = threading.Event()
    full.set()
    opened = Path.open

    def refused(path, mode="r", *args, **options):
        # The kernel's own ENOSPC, at the moment at which a full disk gives it.
        if full.is_set() and path.suffix == ".mcap":
            opened(path, mode, *args, **options).close()
            return opened(Path("/dev/full"), mode, *args, **options)
        return opened(path, mode, *args, **options)

    monkeypatch.setattr(Path, "open", refused)
    recorder = start()
    play(recorder, 5, 16, alarms=[raised(10)])
    wait_until(lambda: recorder.status().failures == 1)
    assert os.strerror(errno.ENOSPC) in recorder.status().reason
    assert list((tmp_path / "clips").iterdir()) == []
    full.clear()
    play(recorder, 20, 32, alarms=[raised(21)])
    settled(recorder, wait_until, 1, tmp_path / "clips")


def test_a_disk_that_hangs_is_not_noticed_by_who_guards(start, tmp_path, monkeypatch, wait_until):
    hanging, asked = threading.Event(), threading.Event()

    def hang(shelf, now_ns):
        asked.set()
        hanging.wait(30)
        return []

    monkeypatch.setattr(ClipShelf, "tidy", hang)
    cameras = {f"camera_{i}": f"/c{i}" for i in range(4)}
    recorder = start(cameras)
    recorder.alarm(raised(0))
    wait_until(asked.is_set)
    rgb = hall(480, 640)
    began = time.monotonic()
    for number in range(400):
        recorder.frame(Frame(f"camera_{number % 4}", at(number / 40), rgb), at(number / 40))
    assert time.monotonic() - began < 1.0
    waiting = [recorder._lane.bytes(camera) for camera in cameras]
    assert sum(waiting) <= WAITING_BYTES
    assert min(waiting) > 0
    hanging.set()


def test_a_picture_that_cannot_be_kept_is_told_and_the_rest_goes_on(start, tmp_path, wait_until):
    recorder = start(privacy=Privacy.PEOPLE)
    recorder.frame(Frame("hall", at(1), np.zeros((0, 0, 3), np.uint8)), at(1))
    wait_until(lambda: recorder.status().failing)
    assert recorder.status().reason.startswith("hall: ")
    play(recorder, 5, 16, alarms=[raised(10)])
    settled(recorder, wait_until, 1, tmp_path / "clips")
    wait_until(lambda: not recorder.status().failing)


def test_messages_of_any_size_take_no_more_memory_than_there_is(start, wait_until):
    recorder = start(memory_bytes=2**20)
    for number in range(40):
        recorder.event("/hazards", STRING, bytes(10 * 2**20), at(number / 10))
        recorder.event("/hazards", STRING, lambda: bytes(10 * 2**20), at(number / 10))
        recorder.event("/hazards", STRING, bytes(100_000), at(number / 10))
    wait_until(lambda: recorder.status().dropped >= 80)
    assert recorder.status().memory_bytes <= 2**20
    assert not recorder.status().failing


def test_strangers_streams_are_not_kept(start, wait_until):
    recorder = start()
    recorder.frame(frame(1, camera="somebody"), BEGIN)
    recorder.frame(frame(1), at(1))
    wait_until(lambda: recorder.status().memory_bytes)
    assert len(recorder._keeper._ring) == 1


@pytest.mark.parametrize("changes", [{"before_ns": -1}, {"memory_bytes": 0}, {"keep_bytes": 0}])
def test_settings_that_keep_nothing_are_refused(tmp_path, changes):
    with pytest.raises(ValueError, match=next(iter(changes))):
        EvidenceSettings(tmp_path, **changes)
