"""The page of an evaluation: everything in it, nothing fetched, no word of a run obeyed."""

from __future__ import annotations

import base64
import io
import re
import wave
from html.parser import HTMLParser

import numpy as np
import pytest

from tml_ros.bench.evaluation import evaluate as evaluating
from tml_ros.bench.evaluation import illustration as illustrating
from tml_ros.bench.evaluation.agent_card import AgentCard, agent_card
from tml_ros.bench.evaluation.beside import BesideError, Evaluated, compared, read_beside
from tml_ros.bench.evaluation.evaluate import evaluate
from tml_ros.bench.evaluation.illustration import illustrations
from tml_ros.bench.evaluation.mistakes import mistakes
from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.page import MOST_BYTES, Shown, opinions_shown, render_page
from tml_ros.bench.evaluation.plan import EvaluationPlan
from tml_ros.bench.evaluation.results import results_of
from tml_ros.bench.evaluation.summary import Made, summary
from tml_ros.bench.evaluation.trusted import TrustedModel
from tml_ros.bench.evaluation.voice_suite import PhraseOutcome, VoiceResult
from tml_ros.cli.evaluate_run import _write
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.split import Split
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import TURN_SAMPLES
from tml_ros.turn.turn_output import Floor, TurnOutput

HOSTILE = '</title><script>alert("1")</script>'
CARD = AgentCard("parrot", "parrot & <b>co</b>", "", "1")
TONE = 0.4 * np.sin(np.arange(TURN_SAMPLES) / 16_000 * 2 * np.pi * 500).astype(np.float32)


class Parrot:
    """Says a hostile sentence in the third second; from the fifth on it believes in a siren."""

    name, trained, trusted_kinds, trusted_speech = "parrot", True, frozenset(), True

    def open_session(self, _layout=None, *, seed=0):
        del seed
        return self

    def step(self, turn):
        siren = Hazard(
            HazardKind.SIREN,
            next(iter(turn.audio)),
            0.95 if 25 <= turn.index < 45 else 0.1,
            HazardSource.MODEL,
            turn.end_ns,
        )
        if turn.index not in (13, 14):
            return TurnOutput(turn.index, hazards=(siren,))
        text = f"{HOSTILE}. " if turn.index == 13 else "Really."
        return TurnOutput(turn.index, TONE, text, (siren,), floor=Floor.SPEAK)

    def inject(self, *_, **__): ...

    def yield_floor(self): ...

    def reset(self): ...

    def close(self): ...


@pytest.fixture(scope="module")
def parrot(tmp_path_factory):
    """Its results, records and mistakes, from scenarios that were really played."""
    patch = pytest.MonkeyPatch()
    for module in (evaluating, illustrating):
        patch.setattr(module, "open_agent", lambda _: TrustedModel(Parrot()))
    plan = EvaluationPlan(
        "parrot", suites=(Suite.HAZARDS,), seeds=(0, 2), seconds=20.0, pictures=False
    )
    records = dict(evaluate(plan, tmp_path_factory.mktemp("parrot")))
    results = results_of(plan, list(records.values()))
    names = opinions_shown(CARD)
    picked = mistakes(plan, list(records.values()), judged=results.judged, names=names, most=20)
    drawn = list(
        illustrations(
            plan,
            picked,
            {task: record.conduct for task, record in records.items()},
            names=names,
            judged=results.judged,
        )
    )
    patch.undo()
    return results, records, picked, drawn


class Read(HTMLParser):
    """What a browser would take from a page: its tags, what it would fetch, the text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.fetched, self.text = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.fetched += [value for name, value in attrs if name in ("src", "href") and value]

    def handle_data(self, data):
        self.text.append(data)


def test_the_page_shows_who_judged_what_and_obeys_no_word_of_it(parrot):
    results, _, _, drawn = parrot
    made = Made("tml-ros evaluate '<script>'", "today", "2 cores", (("numpy", "<9>"),))
    page = render_page(
        Shown(results, CARD, made, drawn, unplayed={"hazards_9": "RuntimeError: <script>"})
    )
    read = Read(page)
    text = re.sub(r"\s+", " ", " ".join(read.text))
    assert "script" not in read.tags
    assert "b" not in read.tags
    assert HOSTILE in text
    assert "parrot & <b>co</b> alone" in text
    assert "not judged by guards or parrot & <b>co</b>" in text
    for heading in (
        "What was run",
        "Alarms",
        "Scores of the model",
        "Behaviour",
        "What went wrong",
    ):
        assert heading in text
    assert "hazards_9" in text
    assert all(url.startswith("data:") for url in read.fetched)
    assert "http" not in page.replace("http-equiv", "")
    assert page == render_page(
        Shown(results, CARD, made, drawn, unplayed={"hazards_9": "RuntimeError: <script>"})
    )


def test_mistakes_are_played_again_as_they_were_judged(parrot):
    _, _, picked, drawn = parrot
    assert {one.mistake for one in drawn} == set(picked)
    assert all(one.same for one in drawn)
    siren = next(one for one in drawn if one.mistake.headline.startswith("False alarm: siren"))
    assert "by parrot" in siren.mistake.sentence
    rows = {row.name: row for row in siren.chart.rows}
    assert any(bar.look == "raised" for bar in rows[f"{CARD.title}: alarms"].bars)
    assert rows["score"].curve
    raised = siren.mistake.at_s
    assert 5.0 < raised < 6.0
    assert siren.chart.mark == pytest.approx(100 * raised / (raised + 10.0), abs=0.1)
    unasked = next(one for one in drawn if one.mistake.headline == "Unprovoked speech")
    assert any(said.mine and HOSTILE in said.text for said in unasked.chart.said)
    with wave.open(io.BytesIO(unasked.wav)) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (16_000, 1, 2)
        samples = np.frombuffer(wav.readframes(wav.getnframes()), np.int16) / 32767
    # The tone of its voice begins where it spoke, 2.5 s into what can be heard.
    spectrum = np.abs(np.fft.rfft(samples[40_000:46_400]))
    assert np.argmax(spectrum) * 16_000 / 6_400 == pytest.approx(500, abs=5)


def test_what_has_no_room_is_left_out_and_the_page_stays_small(parrot):
    results, _, _, drawn = parrot
    loud = illustrating.wav_of(np.zeros(16_000 * 40, np.float32))
    big = [illustrating.Illustration(one.mistake, b"", "", loud, one.chart) for one in drawn[:6]]
    page = render_page(Shown(results, CARD, illustrations=big))
    sounds = re.findall(r'src="data:audio/wav;base64,([^"]*)"', page)
    assert 0 < len(sounds) < len(big)
    assert len(page) < MOST_BYTES + 200_000 < 5_000_000
    assert base64.b64decode(sounds[0]) == loud


def test_guards_alone_are_told_of_without_a_model(played):
    results = results_of(played.plan, list(played.records.values()))
    card = agent_card("none")
    page = render_page(Shown(results, card))
    text = " ".join(Read(page).text)
    assert "guards alone" in text
    assert "not judged by guards" in text
    for heading in ("Behaviour", "Scores of the model", "Side by side", "What a turn costs"):
        assert f">{heading}</h2>" not in page
    assert opinions_shown(card) == {Opinion.GUARDS: "guards"}


def test_a_page_of_an_unfinished_or_untrained_evaluation_says_so(played):
    some = list(played.records.values())[:1]
    results = results_of(played.plan, some)
    untrained = AgentCard("nano", "nano", "", "1", trained=False)
    text = " ".join(Read(render_page(Shown(results, untrained))).text)
    assert "2 of 3: what follows is not yet all" in text
    assert "nano are untrained" in text


@pytest.mark.parametrize("said", ["Right.", "Wrong <b>", ""])
def test_a_voice_is_shown_with_what_was_understood(played, said):
    outcome = PhraseOutcome("Right.", Split.TRAIN, said, "Right.", 0.3, 1.0)
    voice = VoiceResult((outcome,))
    results = results_of(played.plan, [])
    page = render_page(Shown(results, CARD, voice=voice, sounds={"Right.": b"RIFF"}))
    read = Read(page)
    text = " ".join(read.text)
    assert "espeak-ng" in text
    assert "b" not in read.tags
    assert ("understood as" in text) == (said == "Wrong <b>")
    assert ("1 phrase not understood" in text) == (said != "Right.")
    assert len([url for url in read.fetched if url.startswith("data:audio")]) == 1
    silent = render_page(Shown(results, CARD, voice=VoiceResult(())))
    assert "no voice" in " ".join(Read(silent).text)


def test_evaluations_stand_side_by_side_over_what_all_have_played(parrot, played):
    results, records, _, _ = parrot
    mine = Evaluated("parrot", results.plan, tuple(records.values()))
    guards = Evaluated("parrot", played.plan, tuple(played.records.values()))
    both = compared([mine, guards])
    assert both.scenarios == 2
    assert both.titles == ("parrot", "parrot (2)")
    groups = dict(both.groups)
    found = {row.name: row.cells for row in groups["Hazards found"]}
    assert set(found) == {"Siren", "All that they judge"} | set(found)
    behaviour = {row.name: row.cells for row in groups["Behaviour"]}
    assert behaviour["Unasked speech an hour"][0].scale is not None
    assert behaviour["Unasked speech an hour"][1].words == ""
    page = render_page(Shown(results, CARD, comparison=both))
    assert ">Side by side</h2>" in page
    assert "parrot (2)" in page


def test_evaluations_of_other_scenarios_do_not_stand_beside_each_other(played, tmp_path):
    results = results_of(played.plan, list(played.records.values()))
    told = summary(results, agent_card("none"), verdict="", made=Made())
    for path in played.folder.glob("hazards_*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    _write(tmp_path / "summary.json", told)
    more = EvaluationPlan("nano", seeds=(1, 9), seconds=20.0, pictures=False)
    beside = read_beside(tmp_path, more)
    assert [record.task.name for record in beside.records] == ["hazards_1", "hazards_2"]
    assert beside.title == "guards alone"
    for other, words in (
        (EvaluationPlan("nano", seconds=30.0, pictures=False), "seconds 20.0 there and 30.0"),
        (EvaluationPlan("nano", seconds=20.0), "pictures"),
        (EvaluationPlan("nano", seeds=(7, 9), seconds=20.0, pictures=False), "none of these"),
    ):
        with pytest.raises(BesideError, match=words):
            read_beside(tmp_path, other)
    with pytest.raises(BesideError, match="no evaluation"):
        read_beside(tmp_path / "nowhere", more)
    (tmp_path / "summary.json").write_text("{}")
    with pytest.raises(BesideError, match="cannot be read"):
        read_beside(tmp_path, more)
