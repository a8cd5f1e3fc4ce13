"""Right replies: short, fulfilling their own rules, and no rule of the opposite situation."""

from __future__ import annotations

import itertools

import pytest

from tml_ros.safety.warning_text import warning_text
from tml_ros.sim.talk import replies
from tml_ros.sim.talk.says_words import content_says
from tml_ros.sim.talk.warning_says import warning_says
from tml_ros.turn.hazard import HazardKind

ZONES = ("press_area", "bay_2")
SEEN_KINDS = [
    HazardKind.PERSON_IN_ZONE,
    HazardKind.PERSON_DOWN,
    HazardKind.MISSING_HELMET,
    HazardKind.VEHICLE_NEAR_PERSON,
    HazardKind.SMOKE_OR_FIRE,
]
HEARD_KINDS = [
    HazardKind.SIREN,
    HazardKind.IMPACT_SOUND,
    HazardKind.MACHINE_FAULT_SOUND,
    HazardKind.CRY_FOR_HELP,
]
OPPOSITES = [
    *(
        (replies.is_safe(zone, zones=ZONES), replies.is_not_safe(zone, kind, zones=ZONES))
        for zone in ZONES
        for kind in SEEN_KINDS
    ),
    *(
        (replies.somebody_is_in(zone, zones=ZONES), replies.nobody_is_in(zone, zones=ZONES))
        for zone in ZONES
    ),
    *((replies.alarms(()), replies.alarms(((kind, ZONES[0]),))) for kind in SEEN_KINDS),
    *((replies.alarms(()), replies.alarms(((kind, "mic"),))) for kind in HEARD_KINDS),
    (replies.free("bay_2", zones=ZONES), replies.is_not_safe("bay_2", zones=ZONES)),
    *((replies.counting(n), replies.counting(n + 1)) for n in (1, 2, 5, 12, 21)),
    *((replies.total(n, n, n, "boxes"), replies.counting(n + 1)) for n in (0, 1, 2, 10)),
    (replies.is_safe("press_area", zones=ZONES), replies.is_safe("bay_2", zones=ZONES)),
    (replies.told("Press 2 is hot."), replies.told("Press 3 is hot.")),
]
OTHERS = [
    replies.listening(),
    replies.acknowledged(),
    replies.checking("press_2"),
    replies.reminder(30),
    replies.tick(10, 40),
    replies.gone("the forklift"),
    replies.nothing_yet(),
    *(replies.warning(kind, "press_area") for kind in (*SEEN_KINDS, *HEARD_KINDS)),
    *(replies.alarms(((a, "bay_2"), (b, "bay_2"))) for a, b in itertools.pairwise(SEEN_KINDS)),
]


@pytest.mark.parametrize(("one", "other"), OPPOSITES)
def test_a_reply_fulfils_its_own_rule_and_not_that_of_the_opposite(
    one: replies.Reply, other: replies.Reply
) -> None:
    assert one.says.holds(one.text), one
    assert other.says.holds(other.text), other
    assert not one.says.holds(other.text), other.text
    assert not other.says.holds(one.text), one.text


@pytest.mark.parametrize("reply", [*itertools.chain(*OPPOSITES), *OTHERS])
def test_a_reply_is_short_and_right(reply: replies.Reply) -> None:
    assert reply.says.holds(reply.text)
    assert 1 <= len(reply.text.split()) <= 12
    assert reply.text[0].isupper() or reply.text[0].isdigit()
    assert reply.text.endswith(".")


@pytest.mark.parametrize(
    ("reply", "right", "wrong"),
    [
        (
            replies.is_safe("press_area", zones=ZONES),
            [
                "Yes.",
                "Yes, you can enter the press area.",
                "It's clear, go ahead.",
                "Nobody is in the press area.",
                "There is no danger in the press area.",
            ],
            [
                "No.",
                "It is not safe.",
                "Yes. Bay two is clear.",
                "Stay out!",
                "Somebody is in there.",
                "The press area isn't clear.",
                "Yes, there is danger in the press area.",
                "Mm-hm",
                "",
            ],
        ),
        (
            replies.is_not_safe("press_area", zones=ZONES),
            [
                "No.",
                "It is not safe to enter the press area.",
                "Stay out, there is a person in the press area.",
                "Please wait until it is clear.",
                "Somebody is in the press area!",
                "Don't go in.",
            ],
            [
                "Yes.",
                "Yes, somebody is in the press area.",
                "No problem, go ahead.",
                "No. Somebody is in bay 2.",
                "The press area is clear.",
                "You can enter.",
            ],
        ),
        (
            replies.somebody_is_in("press_area", zones=ZONES),
            ["Yes.", "There is one person in the press area.", "A worker is there."],
            ["No.", "There is no person in the press area.", "I don't see a person.", "Empty."],
        ),
        (
            replies.nobody_is_in("press_area", zones=ZONES),
            ["No.", "I do not see anybody.", "No one is in the press area.", "It is empty."],
            ["Yes.", "Somebody is in the press area.", "No, but somebody is in bay 2."],
        ),
        (
            replies.alarms(((HazardKind.PERSON_DOWN, "bay_2"), (HazardKind.SIREN, "mic"))),
            ["A person has fallen, and I hear a siren.", "Siren. Somebody is lying in bay two."],
            ["There is a siren.", "Somebody is down.", "No alarm."],
        ),
        (
            replies.gone("the forklift"),
            ["It has left.", "The forklift is out of sight now."],
            ["I will tell you when the forklift is gone.", "Okay.", "It is still there."],
        ),
        (
            replies.free("press_area", zones=ZONES),
            ["The press area is free.", "You can enter the press area now.", "Nobody is in there."],
            ["Okay, I'll tell you when the press area is clear.", "Sure.", "Bay 2 is clear."],
        ),
        (replies.counting(21), ["Twenty-one.", "21", "Box twenty one."], ["Twenty.", "One."]),
        (replies.counting(4, 5), ["Four.", "Five."], ["Three.", "Six."]),
        (replies.total(3, 4, 4, "boxes"), ["Three.", "I counted 4 boxes."], ["Five."]),
        (
            replies.told("Finding: press 2 runs hot since the filter is blocked."),
            ["Press two runs hot since its filter is blocked, I found."],
            ["Press 3 runs hot since the filter is blocked.", "I found something."],
        ),
        (
            replies.any_of(replies.is_safe("bay_2"), replies.is_not_safe("bay_2")),
            ["Yes.", "No.", "Somebody is in bay 2."],
            ["Hello."],
        ),
    ],
)
def test_other_wordings_are_judged_by_what_they_say(
    reply: replies.Reply, right: list[str], wrong: list[str]
) -> None:
    assert [text for text in right if not reply.says.holds(text)] == []
    assert [text for text in wrong if reply.says.holds(text)] == []


def test_the_first_telling_sentence_of_a_long_text_is_enough() -> None:
    text = "Finding. The bearing of press 2 is too warm. It should be greased before the break."
    says = replies.told(text).says
    assert says.holds(text)
    assert says.holds("The bearing of press two is too warm.")
    assert not says.holds("It should be greased before the break.")


@pytest.mark.parametrize("length", range(1, 12))
def test_a_text_is_said_if_most_of_its_words_are(length: int) -> None:
    words = [f"word{letter}" for letter in "abcdefghijkl"[:length]]
    says = content_says(" ".join(words))
    counted = words[:8]
    for missing in range(len(counted) + 1):
        said = len(counted) - missing >= 0.7 * len(counted)
        assert says.holds(" ".join(counted[missing:])) is said
        assert says.holds(" ".join(counted[: len(counted) - missing])) is said


@pytest.mark.parametrize("kind", HazardKind)
def test_the_fixed_warnings_say_what_a_warning_must(kind: HazardKind) -> None:
    said = warning_text(kind, "press_2")
    fulfilled = {other for other in HazardKind if warning_says(other, "press_2").holds(said)}
    # Who says that a vehicle is close to a person in press 2 says that a person is there.
    also = {HazardKind.PERSON_IN_ZONE} if kind is HazardKind.VEHICLE_NEAR_PERSON else set()
    assert fulfilled == {kind} | also


@pytest.mark.parametrize("kind", SEEN_KINDS)
def test_a_warning_for_one_zone_is_none_for_another(kind: HazardKind) -> None:
    assert not warning_says(kind, "bay_2").holds(warning_text(kind, "press_area"))
    assert warning_says(kind, "bay_2").holds(warning_text(kind, "bay_two"))
