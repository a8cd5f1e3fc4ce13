from __future__ import annotations

import json
import shutil

import pytest
from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
from recordings import (
    CELL,
    write_bag,
    write_cell,
    write_folder,
    write_loops,
    write_video,
    write_wav,
)
from rosbags.rosbag2 import Reader, StoragePlugin

from tml_ros.bag.bag_reader import open_bag
from tml_ros.bag.bag_writer import BagWriter
from tml_ros.cell.alarm_status import parse_transition
from tml_ros.cli.main import main

KEYS = ["t", "event", "kind", "zone", "source", "priority", "state"]


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """The same twelve seconds as video, MCAP, two folders and a bare .db3, and their cell."""
    folder = tmp_path_factory.mktemp("recordings")
    write_cell(folder / "cell.yaml")
    video = write_video(folder / "hall.avi")
    write_bag(folder / "hall.mcap", video)
    write_folder(folder / "folder_mcap", video, StoragePlugin.MCAP)
    write_folder(folder / "folder_db3", video, StoragePlugin.SQLITE3)
    shutil.copy(next((folder / "folder_db3").glob("*.db3")), folder / "hall.db3")
    return folder


@pytest.fixture
def replay(capsys):
    """`replay(source, *options)`: exit code, stdout and stderr of `tml-ros replay`."""

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["replay", *map(str, arguments)])
        captured = capsys.readouterr()
        return ended.value.code or 0, captured.out, captured.err

    return run


def lines_of(text):
    return [json.loads(line) for line in text.splitlines()]


def test_json_holds_the_events_and_last_the_summary_and_nothing_else(recordings, replay):
    code, out, err = replay(recordings / "hall.avi", "--cell", recordings / "cell.yaml", "--json")
    assert code == 0
    *events, last = lines_of(out)
    assert all(list(event) == KEYS for event in events)
    assert list(last) == ["summary"]
    assert list(last["summary"]) == ["turns", "seconds", "alarms_raised", "active_at_end"]
    dark = [(event["event"], event["t"]) for event in events if event["kind"] == "camera_dark"]
    assert dark[0][0] == "raised"
    assert 4.9 <= dark[0][1] <= 6.0
    assert dark[1][0] in ("returned", "cleared")
    assert 9.5 <= dark[1][1] <= 11.9
    assert last["summary"]["alarms_raised"]["camera_dark"] == 1
    assert last["summary"]["seconds"] == pytest.approx(11.9)
    assert last["summary"]["turns"] in (59, 60)
    assert "times real time" in err


def test_two_runs_give_the_same_bytes(recordings, replay):
    arguments = (recordings / "hall.mcap", "--cell", recordings / "cell.yaml", "--json")
    assert replay(*arguments)[1] == replay(*arguments)[1]


@pytest.mark.parametrize("form", ["hall.mcap", "hall.db3", "folder_mcap", "folder_db3"])
def test_every_form_of_a_recording_gives_the_answer_of_the_video(recordings, replay, form):
    cell = ("--cell", recordings / "cell.yaml", "--json")
    assert replay(recordings / form, *cell)[1] == replay(recordings / "hall.avi", *cell)[1]


def test_without_json_people_get_a_table(recordings, replay):
    code, out, _ = replay(recordings / "hall.avi", "--cell", recordings / "cell.yaml")
    assert code == 0
    assert "camera_dark" in out
    assert "active at the end" in out
    assert "{" not in out


def test_what_is_written_out_is_read_by_two_foreign_readers(recordings, replay, tmp_path):
    written = tmp_path / "new" / "out.mcap"
    cell = ("--cell", recordings / "cell.yaml", "--json")
    code, out, _ = replay(recordings / "hall.mcap", *cell, "--out", written)
    assert code == 0
    assert out == replay(recordings / "hall.mcap", *cell)[1]
    messages: dict[str, list] = {}
    with written.open("rb") as file:
        decoding = make_reader(file, decoder_factories=[DecoderFactory()])
        for _, channel, _, message in decoding.iter_decoded_messages():
            messages.setdefault(channel.topic, []).append(message)
    with Reader(written) as foreign:
        counts = {c.topic: c.msgcount for c in foreign.connections}
    assert counts.pop("/speech/audio") == 0, "the model's, of which there is none"
    assert counts == {topic: len(found) for topic, found in messages.items()}
    events = lines_of(out)[:-1]
    transitions = [
        parse_transition({pair.key: pair.value for pair in m.status[0].values})
        for m in messages["/alarms/events"]
    ]
    assert [t.event.value for t in transitions] == [event["event"] for event in events]
    assert [round(t.stamp_ns / 1e9, 3) for t in transitions] == [event["t"] for event in events]
    assert messages["/speech/text"][0].data
    assert len(messages["/speech/warning"]) == len(messages["/speech/text"])
    raised = [m for m in messages["/alarms"] if m.status]
    assert raised[0].status[0].hardware_id == "dark_hall"


def test_inputs_are_passed_on_byte_for_byte(recordings, replay, tmp_path):
    written = tmp_path / "out.mcap"
    replay(recordings / "hall.mcap", "--cell", recordings / "cell.yaml", "--out", written)
    with open_bag(recordings / "hall.mcap") as before, open_bag(written) as after:
        passed_on = list(after.messages(["/hall/image"]))
        assert passed_on == list(before.messages())
        (topic,) = (c for c in after.connections if c.topic == "/hall/image")
        assert (topic.qos, topic.definition) == (
            before.connections[0].qos,
            before.connections[0].definition,
        )


def test_a_replay_of_what_was_written_out_gives_the_same_answer(recordings, replay, tmp_path):
    cell = ("--cell", recordings / "cell.yaml", "--json")
    first = replay(recordings / "hall.mcap", *cell, "--out", tmp_path / "a.mcap")[1]
    second = replay(tmp_path / "a.mcap", *cell, "--out", tmp_path / "b.mcap")[1]
    assert second == first
    # Its own alarms and words are not passed on beside the new ones.
    with open_bag(tmp_path / "a.mcap") as a, open_bag(tmp_path / "b.mcap") as b:
        counts = [{c.topic: c.messages for c in bag.connections} for bag in (a, b)]
    assert counts[0] == counts[1]


def test_a_bag_whose_warnings_are_among_the_speech_gives_the_same_answer(
    recordings, replay, tmp_path
):
    cell = ("--cell", recordings / "cell.yaml", "--json")
    first = replay(recordings / "hall.mcap", *cell, "--out", tmp_path / "new.mcap")[1]
    with open_bag(tmp_path / "new.mcap") as new, BagWriter(tmp_path / "old.mcap") as old:
        for message in new.messages():
            topic = message.topic.replace("speech/warning", "speech/audio")
            old.write(topic, message.msgtype, message.log_ns, message.data)
    assert replay(tmp_path / "old.mcap", *cell, "--out", tmp_path / "again.mcap")[1] == first
    with open_bag(tmp_path / "again.mcap") as again:
        counts = {connection.topic: connection.messages for connection in again.connections}
    assert (counts["/speech/audio"], counts["/speech/warning"]) == (0, counts["/speech/text"])


def test_a_video_with_sound_is_written_out_as_a_bag_that_can_be_replayed(
    recordings, replay, tmp_path
):
    text = CELL + "microphones:\n  mic: {rate: 48000, channels: 2}\n"
    cell = ("--cell", write_cell(tmp_path / "cell.yaml", text), "--json")
    wav = write_wav(tmp_path / "hall.wav", seconds=15)
    code, out, _ = replay(
        recordings / "hall.avi", *cell, "--audio", wav, "--out", tmp_path / "out.mcap"
    )
    assert code == 0
    events = [line for line in lines_of(out)[:-1] if line["kind"] == "camera_dark"]
    again = lines_of(replay(tmp_path / "out.mcap", *cell)[1])
    assert [line["event"] for line in again[:-1] if line["kind"] == "camera_dark"] == [
        line["event"] for line in events
    ]
    assert "microphone_lost" not in again[-1]["summary"]["alarms_raised"]


def test_a_report_is_one_html_file(recordings, replay, tmp_path):
    page = tmp_path / "new" / "report.html"
    code, _, _ = replay(
        recordings / "hall.avi", "--cell", recordings / "cell.yaml", "--report", page
    )
    assert code == 0
    text = page.read_text()
    assert text.lstrip().lower().startswith("<!doctype html")
    assert "dark_hall" in text


def test_without_a_speech_program_the_words_are_still_written(
    recordings, replay, tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    written = tmp_path / "out.mcap"
    code, _, err = replay(
        recordings / "hall.avi", "--cell", recordings / "cell.yaml", "--out", written
    )
    assert code == 0
    assert "espeak-ng" in err
    with open_bag(written) as bag:
        assert [m.data for topic, _, _, m in bag if topic == "/speech/text"]


@pytest.mark.parametrize(
    ("clock", "least_seconds"), [("jumps back", 20), ("was sorted", 11), ("of stamps", 20)]
)
def test_a_looped_recording_is_replayed_to_its_end(
    recordings, replay, tmp_path, clock, least_seconds
):
    path = write_loops(
        tmp_path / "loops.mcap", recordings / "hall.avi", stamps=clock == "of stamps"
    )
    if clock == "jumps back":
        # Without its index, as after a crash, a bag is read in the order it was written.
        path.write_bytes(path.read_bytes()[:-200])
    code, out, _ = replay(path, "--cell", recordings / "cell.yaml", "--json")
    assert code == 0
    *events, last = lines_of(out)
    assert last["summary"]["seconds"] >= least_seconds
    times = [event["t"] for event in events]
    assert times == sorted(times)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("nowhere.mcap", None, "does not exist"),
        ("nowhere.mp4", None, "does not exist"),
        ("empty.mp4", b"", "is not a video"),
        ("empty.mcap", b"", "is empty"),
        ("foreign.db3", b"hello", "is no bag"),
        ("magic.mcap", b"\x89MCAP0\r\n", "holds no ROS 2 message"),
        ("note.txt", b"hello", "is not a video"),
    ],
)
def test_a_source_that_is_none_is_one_message_and_exit_code_2(  # noqa: PLR0917
    recordings, replay, tmp_path, name, data, words
):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    code, out, err = replay(tmp_path / name, "--cell", recordings / "cell.yaml", "--json")
    assert code == 2
    assert out == ""
    assert words in err
    assert name in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("source", "options", "cell", "words"),
    [
        (
            "hall.mcap",
            (),
            CELL.replace("  hall:", "  gate: {}\n  hall:"),
            "has no topic 'gate/image'",
        ),
        ("hall.avi", (), CELL.replace("  hall:", "  gate: {}\n  hall:"), "--camera NAME"),
        ("hall.avi", ("--camera", "roof"), CELL, "no camera 'roof'"),
        ("hall.mcap", ("--camera", "hall"), CELL, "--camera says which camera a video is"),
        ("hall.avi", ("--audio", "nowhere.wav"), CELL, "has: none"),
        (
            "hall.avi",
            ("--audio", "nowhere.wav"),
            CELL + "microphones:\n  mic: {}\n",
            "nowhere.wav does not exist",
        ),
        ("hall.avi", (), CELL + "model: oracle\n", "'oracle' is not available"),
        ("hall.avi", (), "cell: [", "cell.yaml"),
        ("hall.avi", ("--out", "out.db3"), CELL, "must end in .mcap"),
        ("hall.avi", ("--report", "report.pdf"), CELL, "must end in .html"),
    ],
)
def test_a_mistake_in_what_was_asked_is_one_message_and_exit_code_2(  # noqa: PLR0917
    recordings, replay, tmp_path, source, options, cell, words
):
    path = write_cell(tmp_path / "cell.yaml", cell)
    code, out, err = replay(recordings / source, "--cell", path, "--json", *options)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_one_of_several_cameras_can_be_replayed_from_its_video(recordings, replay, tmp_path):
    path = write_cell(tmp_path / "cell.yaml", CELL.replace("  hall:", "  gate: {}\n  hall:"))
    code, out, err = replay(recordings / "hall.avi", "--cell", path, "--camera", "hall", "--json")
    assert code == 0
    assert "not judged: gate" in err
    assert {line["zone"] for line in lines_of(out)[:-1]} <= {"hall", "floor"}


def test_an_existing_bag_is_not_overwritten(recordings, replay, tmp_path):
    written = tmp_path / "out.mcap"
    written.write_bytes(b"precious")
    code, _, err = replay(
        recordings / "hall.avi", "--cell", recordings / "cell.yaml", "--out", written
    )
    assert code == 2
    assert "exists; remove it or choose another name" in err
    assert written.read_bytes() == b"precious"


def test_the_real_clip_raises_once_when_the_worker_has_crossed_the_line(real_data, replay):
    video = real_data / "worker_zone" / "worker_zone.mp4"
    if not video.exists():
        pytest.skip(f"{video} is not there")
    code, out, _ = replay(video, "--cell", "config/cells/worker_zone.yaml", "--json")
    assert code == 0
    *events, last = lines_of(out)
    assert [(e["event"], e["kind"], e["zone"]) for e in events] == [
        ("raised", "person_in_zone", "striped_line")
    ]
    assert 2.15 <= events[0]["t"] <= 3.25
    assert last["summary"]["active_at_end"] == [["person_in_zone", "striped_line"]]
