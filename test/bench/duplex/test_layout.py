"""The public layout: what is written is read again, others' data are understood, faults named."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.bench.duplex.layout import (
    column_of,
    read_outputs,
    read_sample,
    sample_folders,
    write_sample,
)
from tml_ros.bench.duplex.layout_json import SampleFileError, words_of_json
from tml_ros.bench.duplex.layout_sound import read_sound, write_sound
from tml_ros.bench.duplex.output_words import Word
from tml_ros.bench.duplex.run import score_recorded
from tml_ros.bench.duplex.score import score
from tml_ros.bench.duplex.synthetic import AGENTS, perfect
from tml_ros.bench.duplex.tally import Tally
from tml_ros.bench.duplex.task import Task

MARKS = {
    Task.PAUSE_HANDLING: ["pause.json"],
    Task.BACKCHANNEL: [],
    Task.TURN_TAKING: ["turn_taking.json"],
    Task.INTERRUPTION: ["context.wav", "interrupt.json", "interrupt.wav"],
    Task.OVERLAP_BACKCHANNEL: [
        *("backchannel.wav", "clean_input.wav", "clean_output.json", "clean_output.wav"),
        *("context.wav", "metadata.json"),
    ],
    Task.CUE: [],
}
ALWAYS = ["input.wav", "output.json", "output.wav", "tml_sample.json", "transcription.json"]


@pytest.mark.parametrize("task", MARKS)
def test_the_files_are_those_of_the_readme(make, tmp_path: Path, task: Task) -> None:
    sample = make(task)
    folder = write_sample(tmp_path, sample, perfect(sample))
    assert folder == tmp_path / task.folder / "1"
    assert sorted(path.name for path in folder.iterdir()) == sorted([*ALWAYS, *MARKS[task]])


def test_the_json_has_the_public_shapes(make, tmp_path: Path) -> None:
    def read(task: Task, name: str) -> object:
        sample = make(task)
        folder = write_sample(tmp_path, sample, perfect(sample))
        return json.loads((folder / name).read_text())

    pause = make(Task.PAUSE_HANDLING).pauses[0]
    assert read(Task.PAUSE_HANDLING, "pause.json") == [
        {"text": "[PAUSE]", "timestamp": [round(time_s, 3) for time_s in pause]}
    ]
    (turn,) = read(Task.TURN_TAKING, "turn_taking.json")
    assert turn["text"] == "[TURN-TAKING]"
    assert turn["timestamp"][0] == round(make(Task.TURN_TAKING).turn_end_s, 3)
    (interrupt,) = read(Task.INTERRUPTION, "interrupt.json")
    assert set(interrupt) == {"context", "interrupt", "timestamp"}
    assert interrupt["interrupt"] == make(Task.INTERRUPTION).parts[-1].text
    overlap = read(Task.OVERLAP_SIDE_TALK, "metadata.json")
    assert set(overlap) == {"context_text", "current_turn_text", "timestamps"}
    words = read(Task.TURN_TAKING, "output.json")
    assert set(words) == {"text", "chunks"}
    assert set(words["chunks"][0]) == {"text", "timestamp"}
    assert words["text"].split() == [chunk["text"] for chunk in words["chunks"]]
    heard = read(Task.TURN_TAKING, "transcription.json")
    assert " ".join(chunk["text"] for chunk in heard) == make(Task.TURN_TAKING).text


@pytest.mark.parametrize("task", Task)
@pytest.mark.parametrize("agent", ["perfect", "mute"])
def test_what_is_written_is_read_again_and_measures_the_same(
    make, tmp_path: Path, task: Task, agent: str
) -> None:
    sample = make(task, 1)
    outputs = AGENTS[agent](sample)
    folder = write_sample(tmp_path / agent, sample, outputs)
    again = read_sample(folder)
    assert np.abs(again.samples - sample.samples).max() < 1e-4
    for name in ("id", "task", "parts", "pauses", "overlap", "wanted", "handed_over", "number"):
        assert getattr(again, name) == getattr(sample, name)
    back = read_outputs(folder, again)
    before = score(sample, outputs.noisy.speech, outputs.clean and outputs.clean.speech)
    after = score(again, back.noisy.speech, back.clean and back.clean.speech)
    assert dict(after) == pytest.approx(dict(before), abs=0.011)
    assert column_of(tmp_path, folder) == agent


def test_without_our_own_file_the_public_marks_measure_the_same_times(make, tmp_path) -> None:
    for task in (Task.PAUSE_HANDLING, Task.TURN_TAKING, Task.INTERRUPTION, Task.OVERLAP_SIDE_TALK):
        sample = make(task, 1)
        outputs = perfect(sample)
        folder = write_sample(tmp_path, sample, outputs)
        (folder / "tml_sample.json").unlink()
        again = read_sample(folder)
        assert again.task is task
        timed = score(again, read_outputs(folder, again).noisy.speech)
        whole = score(sample, outputs.noisy.speech)
        for name in ("tor", "latency_s", "stop_s", "response_s", "speaking"):
            assert timed.get(name) == pytest.approx(whole.get(name), abs=0.011)
        assert timed.get("right") is None or task is Task.OVERLAP_SIDE_TALK


@pytest.mark.parametrize(
    ("folder", "name", "content", "task"),
    [
        ("candor_turn_taking", "turn_taking.json", [{"timestamp": [1.5, 1.7]}], Task.TURN_TAKING),
        ("icc_backchannel", "x.txt", [], Task.BACKCHANNEL),
        ("synthetic_pause_handling", "x.txt", [], Task.PAUSE_HANDLING),
        ("mine", "interrupt.json", [{"timestamp": [1.0, 1.5]}], Task.INTERRUPTION),
        ("user_interruption", "interrupt.json", [{"timestamp": [1, 1.5]}], Task.INTERRUPTION),
        (
            "user_interruption",
            "metadata.json",
            {"timestamps": [1.0, 1.5]},
            Task.OVERLAP_INTERRUPTION,
        ),
    ],
)
def test_public_folders_are_known(tmp_path: Path, folder, name, content, task) -> None:
    place = tmp_path / folder / "7"
    write_sound(place / "input.wav", np.zeros(32_000, np.float32))
    (place / name).write_text(json.dumps(content))
    assert read_sample(place).task is task


def broken(place: Path, name: str, content: str | bytes | None) -> None:
    if content is None:
        (place / name).unlink()
    else:
        (place / name).write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("input.wav", None, "input.wav is missing"),
        ("input.wav", b"RIFFnothing", "input.wav"),
        ("input.wav", b"", "input.wav"),
        ("interrupt.json", "{", "interrupt.json cannot be read"),
        ("interrupt.json", "[]", "interrupt.json: a list is wanted"),
        ("interrupt.json", '[{"timestamp": [3, 1]}]', "interrupt.json: 3 to 1 s"),
        ("interrupt.json", '[{"timestamp": [1, 900]}]', "is not within a sound"),
        ("interrupt.json", '[{"timestamp": ["a", 2]}]', "a time in seconds is wanted"),
        ("interrupt.json", '[{"timestamp": [NaN, 2]}]', "a time in seconds is wanted"),
        ("interrupt.json", None, "interrupt.json is missing"),
        ("output.json", '{"chunks": [{"text": 3}]}', "output.json: a word"),
        ("output.json", '{"text": "hello"}', "output.json: a list is wanted"),
        ("transcription.json", "7", "transcription.json: a list is wanted"),
    ],
)
def test_a_broken_file_is_named_and_the_others_are_measured(
    make, tmp_path: Path, name: str, content, told: str
) -> None:
    for number in (0, 1):
        sample = make(Task.INTERRUPTION, number)
        write_sample(tmp_path, sample, perfect(sample))
        (tmp_path / Task.INTERRUPTION.folder / str(number + 1) / "tml_sample.json").unlink()
    broken(tmp_path / Task.INTERRUPTION.folder / "1", name, content)
    tally = Tally()
    score_recorded(tmp_path, tally)
    (problem,) = tally.problems
    assert problem.place == f"{Task.INTERRUPTION.folder}/1"
    assert told in problem.what
    assert len(tally.result("recorded", Task.INTERRUPTION).ids) == 1


@pytest.mark.parametrize("content", ["[]", "{}", '{"id": 1}', "null"])
def test_our_own_file_is_checked_too(make, tmp_path: Path, content: str) -> None:
    sample = make(Task.CUE)
    folder = write_sample(tmp_path, sample, perfect(sample))
    (folder / "tml_sample.json").write_text(content)
    with pytest.raises(SampleFileError, match="tml_sample"):
        read_sample(folder)


def test_outputs_without_words_are_measured_by_their_times_alone(make, tmp_path: Path) -> None:
    sample = make(Task.OVERLAP_INTERRUPTION)
    folder = write_sample(tmp_path, sample, perfect(sample))
    (folder / "output.json").unlink()
    tally = Tally()
    score_recorded(tmp_path, tally)
    result = tally.result("recorded", Task.OVERLAP_INTERRUPTION)
    known = {one.kind.name for one in result.figures if one.estimate is not None}
    assert result.wordless == 1
    assert known == {"speaking", "stopped", "stop_s", "response_s"}
    shutil.rmtree(folder)
    with pytest.raises(SampleFileError, match="holds no sample"):
        score_recorded(tmp_path, tally)
    with pytest.raises(SampleFileError, match="no folder"):
        score_recorded(tmp_path / "nowhere", tally)


def test_sound_of_other_rates_channels_and_encodings_is_read(tmp_path: Path) -> None:
    tone = np.sin(np.arange(48_000) * 2 * np.pi * 440 / 48_000).astype(np.float32)
    stereo = np.stack([tone, np.zeros_like(tone)], axis=1)
    data = stereo.tobytes()
    form = struct.pack("<HHIIHH", 3, 2, 48_000, 48_000 * 8, 8, 32)
    chunks = b"fmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data)) + data
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
    found = read_sound(path)
    assert len(found) == 16_000
    assert np.std(found) == pytest.approx(0.5 / np.sqrt(2), rel=0.02)
    path.write_bytes(path.read_bytes()[:-4000])
    with pytest.raises(SampleFileError, match="cut off"):
        read_sound(path)


def test_folders_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for number in (10, 2, 1):
        write_sound(tmp_path / "v1.0/backchannel" / str(number) / "input.wav", np.zeros(160))
    assert [folder.name for folder in sample_folders(tmp_path)] == ["1", "2", "10"]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["text", "timestamp", "chunks"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_json_is_words_or_a_named_error(data: object) -> None:
    try:
        words = words_of_json(data, "output.json")
    except SampleFileError as problem:
        assert "output.json" in str(problem)
    else:
        assert all(isinstance(word, Word) and 0 <= word.start_s <= word.end_s for word in words)


@given(
    st.lists(
        st.tuples(st.text("ab c", min_size=1, max_size=4), st.floats(0, 100), st.floats(0, 5)),
        max_size=6,
    )
)
def test_words_are_read_as_they_were_written(spoken) -> None:
    from tml_ros.bench.duplex.layout_json import words_json  # noqa: PLC0415 - beside its reverse

    words = [Word(text.strip(), at, at + lasts) for text, at, lasts in spoken if text.strip()]
    back = words_of_json(json.loads(json.dumps(words_json(words))), "output.json")
    assert sorted(word.text for word in back) == sorted(word.text for word in words)
