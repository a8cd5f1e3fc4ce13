"""What a script says is right, and what is done, in talks made by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from test.training.teaching.conftest import DRAWN, talk
from test.training.teaching.played import conduct_of
from tml_ros.model.conversation import Conversation
from tml_ros.model.dialogue_tokens import DialogueTokens, TextKind
from tml_ros.model.floor_policy import FLOORS
from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import END, HOLD, TextTokenizer
from tml_ros.sim.render.facts import Facts
from tml_ros.sim.scenario.scenario import HandedOver
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.replies import BACKCHANNELS, CONFIRMATION
from tml_ros.sim.truth.truth import HazardSpan
from tml_ros.training.teaching.right_floor import OPEN, TEMPTING, TURNING
from tml_ros.training.teaching.script import OwnWords, Script
from tml_ros.training.teaching.teacher import SILENT, WRITING, teach
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.turn_output import Floor

LISTEN, SPEAK, BACKCHANNEL = range(3)
FINDING = (
    "The oil of the hydraulic unit is low. There is enough for this shift, but it has to be filled "
    "up before the night shift starts."
)
Teach = Callable[..., Script]


@pytest.fixture
def taught(preset: Preset, tokenizer: TextTokenizer) -> Teach:
    def made(facts: Facts, *, mistakes: float = 0.0, seed: int = 0) -> Script:
        return teach(facts, preset, tokenizer, np.random.default_rng(seed), mistakes=mistakes)

    return made


def heard_s(words: OwnWords) -> float:
    return (words.begin_turn + 1) * 0.2


def silent_s(words: OwnWords) -> float:
    return (words.begin_turn + words.turns + 1) * 0.2


def at(time_s: float) -> int:
    """The turn whose speech is heard from then on."""
    return round(time_s / 0.2) - 1


@pytest.mark.parametrize("lasts", [1.0, 1.05, 1.1, 1.19, 1.2, 2.33])
def test_an_answer_begins_in_the_first_turn_that_is_heard_0_2_s_after_the_question(
    lasts: float, taught: Teach
) -> None:
    (said,) = taught(talk((Act.ASK_LISTENING, 3.0, lasts))).own
    assert 0.2 - 1e-6 <= heard_s(said) - 3.0 - lasts < 0.4 - 1e-6
    assert said.text == "Yes. I am listening."


def test_what_is_right_is_told_turn_by_turn(taught: Teach, tokenizer: TextTokenizer) -> None:
    script = taught(talk((Act.ASK_LISTENING, 3.0, 1.0)))
    (said,) = script.own
    begin = said.begin_turn
    assert begin == at(4.2)
    assert (script.floor[:begin] == LISTEN).all()
    assert (script.floor[begin : begin + said.turns] == SPEAK).all()
    assert (script.floor[begin + said.turns :] == LISTEN).all()
    # At the very end of the question either is right; then it is time.
    assert script.floor_weight[begin - 2 : begin + 2].tolist() == [1.0, OPEN, TURNING, 1.0]
    assert (script.floor_weight[: begin - 1] == 1.0).all()
    written = [token for row in script.text.tolist() for token in row if token != HOLD]
    assert written == [*tokenizer.encode(said.text), END]
    last = begin + int(np.flatnonzero((script.text[begin:] == END).any(axis=1))[0])
    assert (script.text_weight[begin : last + 1] == WRITING).all()
    assert np.allclose(np.delete(script.text_weight, np.s_[begin : last + 1]), SILENT)


def test_nobody_is_answered_in_a_pause_of_thought(taught: Teach) -> None:
    script = taught(talk((Act.ASK_SAFE, 2.0, 5.0), pauses={0: (1.0, 3.0)}))
    (said,) = script.own
    assert heard_s(said) == pytest.approx(7.2)
    assert (script.floor[: said.begin_turn] == LISTEN).all()
    assert (script.floor_weight[at(3.2) : at(5.0)] == TEMPTING).all()


@pytest.mark.parametrize("act", [Act.CHATTER, Act.NEAR_MISS, Act.UH_HUH, Act.CONTINUE])
def test_what_asks_for_nothing_gets_nothing(act: Act, taught: Teach) -> None:
    script = taught(talk((act, 3.0, 2.0)))
    assert not script.own
    assert (script.floor == LISTEN).all()


@pytest.mark.parametrize("act", [Act.THANKS, Act.REMIND, Act.EVERY])
def test_thanks_and_tasks_are_confirmed(act: Act, taught: Teach) -> None:
    said = taught(talk((act, 3.0, 2.0))).own[0]
    assert said.text == CONFIRMATION
    assert heard_s(said) == pytest.approx(5.2)


@pytest.mark.parametrize(("lasts", "silent_by"), [(0.3, 0.7), (0.6, 1.0), (1.5, 1.9)])
def test_told_to_stop_it_stops_after_the_word_and_goes_on_when_told_to(
    lasts: float, silent_by: float, taught: Teach
) -> None:
    script = taught(
        talk(
            (Act.STOP, -3.0, lasts),
            (Act.CONTINUE, 14.0, 1.0),
            handed=[HandedOver(at=2.0, say=FINDING)],
        )
    )
    first, rest = script.own
    begun = script.line_starts[0]
    assert begun == pytest.approx(heard_s(first) + 3.0)
    assert begun + lasts + 0.1 - 1e-6 <= silent_s(first) <= begun + silent_by
    stop = first.begin_turn + first.turns
    assert (script.floor[stop], script.floor_weight[stop]) == (LISTEN, TURNING)
    assert script.floor_weight[stop - 1] == OPEN
    assert first.handed_over
    assert not rest.handed_over
    assert FINDING.endswith(rest.text)
    assert 20 < len(rest.text) < len(FINDING) - 20
    assert heard_s(rest) == pytest.approx(15.2)


def test_talked_over_it_gives_way_and_answers_the_other_question(taught: Teach) -> None:
    script = taught(talk((Act.ASK_ALARM, 2.0, 1.0), (Act.INSTEAD, -0.6, 2.0)))
    first, second = script.own
    begun = script.line_starts[1]
    assert begun == pytest.approx(heard_s(first) + 0.6)
    assert begun + 0.6 - 1e-6 <= silent_s(first) <= begun + 1.0
    assert 0.2 - 1e-6 <= heard_s(second) - begun - 2.0 < 0.4


@pytest.mark.parametrize("act", [Act.UH_HUH, Act.CHATTER])
def test_it_keeps_on_where_nobody_wants_it_to_stop(act: Act, taught: Teach) -> None:
    script = taught(talk((act, -2.0, 1.0), handed=[HandedOver(at=2.0, say=FINDING)]))
    (said,) = script.own
    spoken = slice(said.begin_turn, said.begin_turn + said.turns)
    assert (script.floor[spoken] == SPEAK).all()
    assert script.floor_weight[at(script.line_starts[0] + 0.6)] == TEMPTING


@pytest.mark.parametrize(
    ("given_at", "urgent", "heard_at"),
    [(2.0, False, 2.2), (1.9, False, 2.2), (5.0, False, 6.4), (5.0, True, 5.2)],
)
def test_a_finding_waits_for_a_free_floor_unless_it_is_urgent(
    given_at: float, urgent: bool, heard_at: float, taught: Teach
) -> None:
    handed = [HandedOver(at=given_at, say="The oil is low.", urgent=urgent)]
    (said,) = taught(talk((Act.CHATTER, 4.2, 2.0), handed=handed)).own
    assert (said.handed_over, said.urgent) == (True, urgent)
    assert heard_s(said) == pytest.approx(heard_at)


def test_a_long_story_gets_signs_of_listening(taught: Teach) -> None:
    script = taught(talk((Act.LONG_STORY, 2.0, 13.0)))
    assert [one.backchannel for one in script.own] == [True, True, True]
    assert all(one.text in BACKCHANNELS for one in script.own)
    times = [heard_s(one) for one in script.own]
    assert 5.0 < times[0] < 7.0
    assert np.allclose(np.diff(times), 4.0, atol=0.25)
    assert times[-1] < 15.0
    for one in script.own:
        assert script.floor[one.begin_turn] == BACKCHANNEL
        assert script.floor_weight[one.begin_turn] == TURNING


@pytest.mark.parametrize(
    ("act", "kind", "question"),
    [
        (Act.ACKNOWLEDGE, "acknowledge", "alarm"),
        (Act.ASK_WHY, "question", "Why did press 2 stop?"),
    ],
)
def test_what_is_for_others_is_asked_of_them(
    act: Act, kind: str, question: str, taught: Teach, tokenizer: TextTokenizer
) -> None:
    facts = talk((act, 3.0, 1.0))
    script = taught(facts)
    conduct = conduct_of(script, facts, tokenizer)
    assert [(one.kind, one.question) for one in conduct.requests] == [(kind, question)]
    assert conduct.requests[0].at_s <= heard_s(script.own[0]) + 1e-6 <= 5.4
    assert script.floor[at(4.2)] == SPEAK


def test_say_that_again_gets_what_was_said_last(taught: Teach) -> None:
    script = taught(
        talk((Act.REPEAT, 16.0, 1.0), handed=[HandedOver(at=2.0, say=FINDING)], seconds=40.0)
    )
    assert [one.text for one in script.own] == [FINDING, FINDING]


def test_a_reminder_is_said_to_the_second(taught: Teach) -> None:
    line = {"who": "anna", "act": "remind", "at": 2.0, "number": 10}
    facts = talk((Act.REMIND, 2.0, 1.07), lines=[line])
    assert abs(heard_s(taught(facts).own[1]) - 13.07) <= 0.1 + 1e-6


def test_the_guardian_warns_soon_and_an_answer_waits_for_it(taught: Teach) -> None:
    danger = HazardSpan(HazardKind.SIREN, "mic", 3.0, 9.0, 3.3)
    script = taught(talk((Act.ASK_LISTENING, 3.0, 1.0), hazards=[danger]))
    ((begin, _),) = script.warnings
    assert begin == pytest.approx(3.7)
    assert heard_s(script.own[0]) > 5.0
    assert script.floor[at(4.4)] == LISTEN


def test_an_answer_that_cannot_be_judged_is_open(taught: Teach) -> None:
    script = taught(talk((Act.ASK_LISTENING, 27.0, 2.0)))
    assert not script.own
    assert (script.floor_weight[at(29.2) :] == OPEN).all()


def test_a_late_start_leaves_right_what_is_right(taught: Teach) -> None:
    facts = talk((Act.ASK_LISTENING, 3.0, 1.0), seconds=20.0)
    due = at(4.2)
    lateness = set()
    for seed in range(30):
        script = taught(facts, mistakes=4.0, seed=seed)
        answers = [one for one in script.own if one.begin_turn > due and one.turns > 4]
        unasked = [one for one in script.own if one.begin_turn <= due]
        if unasked or not answers:
            continue
        begin = answers[0].begin_turn
        lateness.add(begin - due)
        assert (script.floor[due : begin + 1] == SPEAK).all()
        assert (script.floor_weight[due : begin + 1] == TURNING).all()
        assert (script.text_weight[due:begin] == OPEN).all()
    assert lateness == {1, 2, 3, 4}


def test_words_that_nobody_asked_for_are_never_right(taught: Teach) -> None:
    facts = talk(seconds=60.0)
    count = 0
    for seed in range(4):
        script = taught(facts, mistakes=4.0, seed=seed)
        assert (script.floor == LISTEN).all()
        for one in script.own:
            count += 1
            assert one.turns <= 3
            spoken = slice(one.begin_turn, one.begin_turn + one.turns)
            assert script.text_weight[one.begin_turn] == OPEN
            assert (script.text_weight[spoken] <= np.float32(SILENT)).all()
            # Nothing told it apart from any other turn until it had begun.
            assert script.floor_weight[spoken].tolist() == [1.0, *[TURNING] * (one.turns - 1)]

    assert count > 4


def test_a_wrong_word_is_said_and_the_right_one_taught(
    taught: Teach, tokenizer: TextTokenizer
) -> None:
    facts = talk((Act.ASK_LISTENING, 3.0, 1.0), seconds=20.0)
    right = [*tokenizer.encode("Yes. I am listening."), END]
    wrong = 0
    for seed in range(60):
        script = taught(facts, mistakes=4.0, seed=seed)
        rows = [
            row
            for row, weight in zip(script.text, script.text_weight, strict=True)
            if weight == WRITING
        ]
        assert [token for row in rows for token in row.tolist() if token != HOLD] == right
        said = [one.text for one in script.own if one.turns > 4]
        wrong += said != ["Yes. I am listening."]
    assert 0 < wrong < 30


def test_the_same_source_gives_the_same_script(taught: Teach) -> None:
    facts = talk((Act.ASK_ALARM, 2.0, 1.0), (Act.INSTEAD, -0.6, 2.0))
    first, second, other = (taught(facts, mistakes=2.0, seed=seed) for seed in (3, 3, 4))
    assert same(first, second)
    assert not same(first, other)


def test_a_live_session_takes_in_the_same(
    taught: Teach,
    preset: Preset,
    tokenizer: TextTokenizer,
    drawn: Callable[[Suite, int], Facts],
) -> None:
    for seed in DRAWN[Suite.DIALOGUE]:
        facts = drawn(Suite.DIALOGUE, seed)
        script = taught(facts, mistakes=2.0, seed=seed)
        live = replayed(script, facts, preset, tokenizer)
        for turn, (one, other) in enumerate(zip(script.dialogue, live, strict=True)):
            assert equal(one, other), f"{facts.scenario.scenario}, turn {turn}"


def replayed(
    script: Script, facts: Facts, preset: Preset, tokenizer: TextTokenizer
) -> list[DialogueTokens]:
    """A conversation of its own that decides and writes what the next turn shows was decided."""
    conversation = Conversation(preset, tokenizer)
    handed = list(facts.scenario.handed_over)
    taken = []
    for turn in range(len(script.dialogue)):
        while handed and handed[0].at <= turn * 0.2 + 1e-9:
            given = handed.pop(0)
            conversation.inject(given.say, how="spoken", urgent=given.urgent)
        taken.append(conversation.take_in((), turn=turn))
        if turn + 1 == len(script.dialogue):
            break
        following = script.dialogue[turn + 1]
        floor = FLOORS[int(np.argmax(following.state[: len(FLOORS)]))]
        own = following.text[following.kind == TextKind.OWN].tolist()
        # What was said in one turn alone and is over: its floor is the only trace of it.
        decision = conversation.decide(
            np.where([floor is one for one in FLOORS], 8, -8).astype(np.float32)
        )
        assert decision.floor is floor
        handed_over = decision.text.value == "none" and floor is not Floor.LISTEN
        conversation.say([] if handed_over else own)
    return taken


def equal(one: DialogueTokens, other: DialogueTokens) -> bool:
    names = ("text", "kind", "place", "order", "instruction", "state")
    return one.released == other.released and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in names
    )


def same(one: Script, other: Script) -> bool:
    names = ("floor", "floor_weight", "text", "text_weight")
    return (
        one.own == other.own
        and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)
        and all(map(equal, one.dialogue, other.dialogue))
    )
