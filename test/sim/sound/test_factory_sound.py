from __future__ import annotations

import shutil
from typing import Any

import numpy as np
import pytest

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.sound.factory_sound import FactorySound
from tml_ros.sim.sound.heard_hazards import heard_hazards
from tml_ros.sim.sound.spoken import SPEECH_DB, speak
from tml_ros.sim.sound.voices import voice_of
from tml_ros.sim.truth.truth import Doubt, HazardSpan
from tml_ros.turn.hazard import HazardKind

pytestmark = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is missing")
WORDS = ("Is it safe ... to enter the press area?", "I see.")
LINES = (
    {"who": "anna", "act": "ask_safe", "at": 2.0},
    {"who": "ben", "act": "uh_huh", "into": 1.0},
)


def scenario(seed: int = 1, **more: Any) -> Scenario:
    parts = {
        "scenario": "hall",
        "seconds": 10,
        "seed": seed,
        "noise_db": -20,
        "machines": {"press": {"kind": "press", "at": (2, 2)}},
        "microphones": {"near": {"at": (0, 4, 2.5)}, "far": {"at": (-5, -4, 2.5)}},
        "people": {"anna": {"at": (1, 1), "stays": True}},
        **more,
    }
    return Scenario.model_validate(parts)


def level_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(samples.astype(np.float64) ** 2)))


def loud_db(samples: np.ndarray) -> float:
    """Of the parts that are heard."""
    steps = samples[: len(samples) // 160 * 160].reshape(-1, 160).astype(np.float64)
    powers = np.mean(steps**2, axis=1)
    return float(10 * np.log10(powers[powers > powers.max() / 316].mean()))


def hazards(made: Scenario, words: tuple[str, ...] = ()) -> tuple[list[HazardSpan], list[Doubt]]:
    spans, doubts = heard_hazards(made, FactorySound(made, words))
    return list(spans), list(doubts)


def test_the_same_scenario_is_heard_the_same_and_another_seed_is_not() -> None:
    made = [
        FactorySound(scenario(seed, lines=LINES), WORDS).microphone("near") for seed in (1, 1, 2)
    ]
    assert (made[0].dtype, made[0].shape) == (np.float32, (160_000,))
    assert np.array_equal(made[0], made[1])
    assert not np.allclose(made[0], made[2], atol=0.01)


def test_the_order_in_which_it_is_asked_changes_nothing() -> None:
    parts = scenario(lines=LINES, events=[{"kind": "siren", "at": 5}])
    one, other = FactorySound(parts, WORDS), FactorySound(parts, WORDS)
    far, line = one.microphone("far"), one.line(1, "near")
    assert np.array_equal(other.line(1, "near"), line)
    near = other.microphone("near")
    assert np.array_equal(one.microphone("near"), near)
    assert np.array_equal(other.microphone("far"), far)


@pytest.mark.parametrize("noise_db", [-40.0, -20.0, 0.0])
def test_hall_and_machines_are_as_loud_as_the_scenario_says(noise_db: float) -> None:
    sounds = FactorySound(scenario(noise_db=noise_db), ())
    powers = [10 ** (level_db(sounds.microphone(name)) / 10) for name in ("near", "far")]
    assert 10 * np.log10(np.mean(powers)) == pytest.approx(SPEECH_DB + noise_db, abs=0.3)


@pytest.mark.parametrize("line_db", [-10.0, 0.0, 6.0])
def test_a_line_arrives_at_its_level_at_the_nearest_microphone(line_db: float) -> None:
    lines = ({**LINES[0], "level_db": line_db},)
    quiet = {"noise_db": -60, "machines": {}, "hall": {"echo": 0.2}}
    sounds = FactorySound(scenario(lines=lines, **quiet), WORDS[:1])
    heard = {name: loud_db(sounds.microphone(name)[32_000:80_000]) for name in ("near", "far")}
    assert heard["near"] == pytest.approx(SPEECH_DB + line_db, abs=1.5)
    assert heard["far"] < heard["near"] - 1


def test_lines_are_told_as_they_are_spoken() -> None:
    parts = scenario(lines=LINES, noise_db=-15)
    said, waiting = FactorySound(parts, WORDS).lines
    spoken = speak(WORDS[0], voice_of(parts, "anna"))
    assert (said.start_s, said.into_s, said.text) == (2.0, None, WORDS[0])
    assert (said.seconds, said.pauses) == (spoken.seconds, spoken.pauses)
    assert (waiting.start_s, waiting.into_s) == (None, 1.0)
    assert said.snr_db is not None
    assert waiting.snr_db is not None
    # The noise is what it is on average over two microphones.
    assert said.snr_db["near"] == pytest.approx(15, abs=3)
    assert waiting.snr_db["far"] < waiting.snr_db["near"] or waiting.snr_db["far"] > 5


def test_a_line_that_waits_for_the_cell_is_not_in_the_microphone_but_by_itself() -> None:
    parts = scenario(lines=LINES)
    sounds = FactorySound(parts, WORDS)
    without = FactorySound(scenario(lines=LINES[:1]), WORDS[:1])
    assert np.array_equal(sounds.microphone("near"), without.microphone("near"))
    heard = sounds.line(1, "near")
    assert heard.dtype == np.float32
    assert len(heard) > sounds.lines[1].seconds * 16_000
    assert np.abs(heard[:1600]).max() > 0.01


def test_a_noise_above_a_line_is_in_its_ratio() -> None:
    radio = [{"kind": "siren", "at": 1, "lasts": 6}]
    quiet, loud = (
        FactorySound(scenario(lines=LINES[:1], events=events), WORDS[:1]).lines[0].snr_db
        for events in ([], radio)
    )
    assert quiet is not None
    assert loud is not None
    assert loud["near"] < quiet["near"] - 15


def test_what_is_too_loud_is_clipped_softly() -> None:
    parts = scenario(events=[{"kind": "impact", "at": 4, "strength": 1.0}])
    heard = FactorySound(parts, ()).microphone("near")
    assert 0.95 < np.abs(heard).max() <= 1.0


def test_a_microphone_that_is_not_there_is_refused_and_so_are_words_for_other_lines() -> None:
    with pytest.raises(KeyError, match="near, far"):
        FactorySound(scenario(), ()).microphone("nowhere")
    with pytest.raises(ValueError, match="1 texts for 2 lines"):
        FactorySound(scenario(lines=LINES), WORDS[:1])


@pytest.mark.parametrize(
    ("event", "kind", "start_s", "seconds"),
    [
        ({"kind": "siren", "at": 3, "lasts": 4}, HazardKind.SIREN, 3.0, 4.0),
        ({"kind": "impact", "at": 3}, HazardKind.IMPACT_SOUND, 3.0, 0.5),
        ({"kind": "cry", "at": 3, "lasts": 2}, HazardKind.CRY_FOR_HELP, 3.0, None),
    ],
)
def test_a_loud_hazard_is_heard_at_both_microphones_from_its_beginning(
    event: dict[str, Any], kind: HazardKind, start_s: float, seconds: float | None
) -> None:
    spans, doubts = hazards(scenario(events=[event]))
    assert [(span.kind, span.start_s) for span in spans] == [(kind, start_s)] * 2
    assert {span.zone for span in spans} == {"near", "far"}
    for span in spans:
        assert span.evident_s is not None
        assert start_s <= span.evident_s <= start_s + 0.6
        assert seconds is None or span.end_s - span.start_s == pytest.approx(seconds)
        echo = [one for one in doubts if one.zone == span.zone and one.start_s == span.end_s]
        assert len(echo) == 1


@pytest.mark.parametrize("kind", ["radio", "fan", "clatter", "beeps"])
def test_what_is_there_to_fool_the_ear_is_no_hazard(kind: str) -> None:
    parts = scenario(events=[{"kind": kind, "at": 2, "strength": 1.0}])
    assert hazards(parts) == ([], [])
    plain, heard = (FactorySound(one, ()).microphone("near") for one in (scenario(), parts))
    added = heard - plain
    assert not added[:32_000].any()
    assert level_db(added[40_000:90_000]) > level_db(plain[40_000:90_000]) - 10


@pytest.mark.parametrize("kind", ["siren", "cry", "impact"])
def test_nobody_is_blamed_for_missing_what_is_drowned(kind: str) -> None:
    parts = scenario(noise_db=20, events=[{"kind": kind, "at": 3, "strength": 0.0}])
    spans, _ = hazards(parts)
    assert [span.evident_s for span in spans] == [None, None]


def test_a_faulty_machine_is_a_hazard_while_it_runs() -> None:
    press = {"kind": "press", "at": (2, 2), "fault": "bearing", "faulty": 2, "stops": [(5, 7)]}
    spans, doubts = hazards(scenario(machines={"press": press}))
    near = [span for span in spans if span.zone == "near"]
    assert [(span.start_s, span.end_s) for span in near] == [(2.0, 5.0), (7.0, 10.0)]
    assert near[0].evident_s is not None
    assert 2.5 <= near[0].evident_s <= 4.5
    assert any(doubt.start_s == 2.0 for doubt in doubts)


def test_a_line_that_calls_for_help_is_a_hazard_and_sirens_that_overlap_are_one() -> None:
    cry = ({"who": "anna", "act": "cry_for_help", "at": 6.0},)
    sirens = [{"kind": "siren", "at": 1, "lasts": 2}, {"kind": "siren", "at": 2, "lasts": 2}]
    made = scenario(lines=cry, events=sirens)
    spans, _ = hazards(made, ("Help! Somebody help me!",))
    near = [span for span in spans if span.zone == "near"]
    assert [(span.kind, span.start_s) for span in near] == [
        (HazardKind.SIREN, 1.0),
        (HazardKind.CRY_FOR_HELP, 6.0),
    ]
    assert near[0].end_s == pytest.approx(4.0)
