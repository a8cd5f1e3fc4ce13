"""Whatever a user gets wrong is one message that says what to do, and exit code 2."""

from __future__ import annotations

import pytest
from recordings import write_video, write_wav

from tml_ros.cli.main import main

ZONE = "{units: fractions, polygon: [[0, 0.5], [1, 0.5], [1, 1]]}"
FILES = {
    "good.yaml": f"cell: press\ncameras: {{gate: {{zones: {{line: {ZONE}}}}}}}\n",
    "two.yaml": "cell: press\ncameras: {gate: {}, rear: {}}\nmicrophones: {hall: {}}\n",
    "heard.yaml": "cell: press\ncameras: {gate: {}}\nmicrophones: {hall: {}}\n",
    "broken.yaml": "cell: [\n",
    "empty.yaml": "",
    "misspelt.yaml": "cell: press\ncamera: {gate: {}}\n",
    "film.yaml": "cell: press\ncameras: {gate: {source: nowhere.mp4}}\n",
    "note_as_film.yaml": "cell: press\ncameras: {gate: {source: note.txt}}\n",
    "note_as_sound.yaml": "cell: press\nmicrophones: {hall: {source: note.wav}}\n",
    "model.yaml": "cell: press\ncameras: {gate: {}}\nmodel: oracle\n",
    "note.txt": "hello",
    "note.wav": "hello",
    "note.mcap": "hello",
}
CLIP = "replay clip.avi --cell good.yaml"
DEMO = "demo --video clip.avi --cell good.yaml"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "folder").mkdir()
    (tmp_path / "utf16.yaml").write_bytes("cell: press\n".encode("utf-16"))
    write_video(tmp_path / "clip.avi")
    write_wav(tmp_path / "hall.wav", seconds=1)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("rewind", "No such command 'rewind'"),
        ("--loud", "No such option: --loud"),
        ("replay", "Missing argument"),
        ("replay clip.avi", "Missing option '--cell'"),
        ("replay nowhere.avi --cell good.yaml", "nowhere.avi does not exist; SOURCE is"),
        ("replay note.txt --cell good.yaml", "note.txt is not a video"),
        ("replay note.mcap --cell good.yaml", "note.mcap is no bag"),
        ("replay folder --cell good.yaml", "folder is no bag"),
        ("replay clip.avi --cell nowhere.yaml", "nowhere.yaml: no such file; expected the path"),
        ("replay clip.avi --cell folder", "folder: a folder; expected the path"),
        ("replay clip.avi --cell broken.yaml", "line 2: found broken YAML"),
        ("replay clip.avi --cell utf16.yaml", "allowed: text in UTF-8"),
        ("replay clip.avi --cell empty.yaml", "begins with `cell: <name>`"),
        ("replay clip.avi --cell misspelt.yaml", "cameras (did you mean that?)"),
        ("replay clip.avi --cell two.yaml", "gate, rear. Say which by --camera NAME"),
        ("replay clip.avi --cell model.yaml", "there are: none"),
        (f"{CLIP} --camera attic", "no camera 'attic'; it has: gate"),
        (f"{CLIP} --audio hall.wav", "one microphone of a cell; cell 'press' has: none"),
        ("replay clip.avi --cell heard.yaml --audio nowhere.wav", "nowhere.wav does not exist"),
        ("replay clip.avi --cell heard.yaml --audio note.wav", "note.wav is not a wav file"),
        ("replay clip.avi --cell heard.yaml --audio clip.avi", "clip.avi is not a wav file"),
        ("replay clip.avi --cell heard.yaml --audio folder", "folder cannot be read"),
        (f"{CLIP} --out judged.db3", "must end in .mcap"),
        (f"{CLIP} --out note.mcap", "exists; remove it or choose another name"),
        (f"{CLIP} --out note.txt/judged.mcap", "note.txt"),
        (f"{CLIP} --report report.pdf", "must end in .html"),
        (f"{CLIP} --report note.txt/report.html", "note.txt"),
        ("check", "Missing argument"),
        ("check nowhere.yaml", "nowhere.yaml: no such file; expected the path"),
        ("check folder", "folder: a folder; expected the path"),
        ("check good.yaml --picture gate", "give CAMERA=FILE; cameras here: gate"),
        ("check good.yaml --picture attic=clip.avi", "cameras here: gate"),
        ("check good.yaml --picture gate=nowhere.png", "nowhere.png: no such file"),
        ("check good.yaml --picture gate=note.txt", "note.txt is not a video"),
        ("check good.yaml --out zones.pdf", "must end in .png"),
        ("check good.yaml --out note.txt/zones.png", "note.txt"),
        ("demo --video clip.avi", "--video needs --cell CELL.yaml"),
        ("demo --video nowhere.avi --cell good.yaml", "nowhere.avi does not exist"),
        ("demo --video note.txt --cell good.yaml", "note.txt is not a video"),
        ("demo --video ftp://host/a --cell good.yaml", "a URL of rtsp://"),
        ("demo --video clip.avi --cell nowhere.yaml", "nowhere.yaml: no such file"),
        ("demo --video clip.avi --cell broken.yaml", "line 2: found broken YAML"),
        ("demo --cell good.yaml", "no camera of cell 'press' has a source; give --video"),
        ("demo --cell film.yaml", "cameras.gate.source: found"),
        ("demo --cell note_as_film.yaml", "note.txt is not a video"),
        (f"{DEMO} --audio nowhere.wav", "nowhere.wav does not exist"),
        (f"{DEMO} --audio note.wav", "note.wav is not a wav file"),
        (f"{DEMO} --seconds -1", "Invalid value for '--seconds'"),
        (f"{DEMO} --seconds soon", "Invalid value for '--seconds'"),
        (f"{DEMO} --out note.txt", "note.txt"),
        ("up", "Missing option '--cell'"),
        ("up --cell nowhere.yaml", "nowhere.yaml: no such file; expected the path"),
        ("up --cell broken.yaml", "line 2: found broken YAML"),
        ("up --cell film.yaml", "nowhere.mp4 does not exist"),
        ("up --cell note_as_sound.yaml", "note.wav is not a wav file"),
        ("up --cell good.yaml --log-dir note.txt", "note.txt"),
        ("bench rewind", "No such command 'rewind'"),
        ("bench replay --minutes 0", "Invalid value for '--minutes'"),
        ("bench replay --minutes 0.05 --video nowhere.avi", "nowhere.avi does not exist"),
        ("bench replay --minutes 0.05 --video note.txt", "note.txt is not a video"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(line, words, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit) as ended:
        main(line.split())
    out, err = capsys.readouterr()
    assert ended.value.code == 2
    assert words.lower() in err.lower()
    assert "Traceback" not in err
    assert out == ""


@pytest.mark.parametrize("line", ["demo --cell film.yaml", f"{DEMO} --audio note.wav"])
def test_a_mistake_costs_no_results_of_an_earlier_demo(line, folder, capsys):
    report = folder / "out" / "demo" / "report.html"
    report.parent.mkdir(parents=True)
    report.write_text("precious")
    with pytest.raises(SystemExit):
        main(line.split())
    assert report.read_text() == "precious"


@pytest.mark.parametrize(
    ("cell", "place"),
    [
        ("film.yaml", "cameras.gate.source"),
        ("note_as_sound.yaml", "microphones.hall.source"),
        ("model.yaml", "model"),
    ],
)
def test_what_a_cell_names_and_is_not_there_is_found_by_the_check(cell, place, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["check", cell])
    out, _ = capsys.readouterr()
    assert ended.value.code == 1
    assert place in out
    assert f"{cell}: 1 mistake" in out
