"""What people say in this bench that nobody says in a scenario. Data only.

Slots: {sound} takes a sound with its article ("a beep"), {sounds} its plural ("beeps"). `FINDING`
is what the model is given to say; its words are none of an answer's, so that going on with it and
answering can be told apart.
"""

from __future__ import annotations

from typing import Final

from tml_ros.sim.split import Pool

TELL_WHEN_HEARD: Final = Pool(
    train=(
        "Tell me when you hear {sound}.",
        "Let me know as soon as there is {sound}.",
        "Call me when {sound} sounds.",
        "Give me a sign when you hear {sound}.",
    ),
    held_out=(
        "I am waiting for {sound}, shout once it comes.",
        "Keep an ear open for {sound} and speak up then.",
        "Report {sound} the moment it reaches you.",
    ),
)
TELL_WHEN_OVER: Final = Pool(
    train=(
        "Tell me when {sound} stops.",
        "Let me know as soon as {sound} is over.",
        "Call me when {sound} has stopped.",
        "Give me a sign when {sound} ends.",
    ),
    held_out=(
        "I am waiting for {sound} to fall silent, shout once it has.",
        "Listen to {sound} and speak up at its end.",
        "Report the end of {sound} the moment it comes.",
    ),
)
COUNT_SOUNDS: Final = Pool(
    train=(
        "Count the {sounds}.",
        "Please count the {sounds} that you hear.",
        "Listen and count the {sounds} for me.",
    ),
    held_out=(
        "Keep a tally of all {sounds} from now on.",
        "I want to know later how many {sounds} there were.",
    ),
)
HOW_LONG_AGO: Final = Pool(
    train=(
        "How long ago was {sound}?",
        "How many seconds ago did you hear {sound}?",
        "When was {sound}? Tell me in seconds.",
    ),
    held_out=(
        "What time has gone by since {sound}, in seconds?",
        "Count back for me, {sound} was how many seconds ago?",
    ),
)
FINDING: Final = Pool(
    train=(
        "Press one was halted at twenty to ten because the light curtain on its left was "
        "touched. The operator pulled a bent sheet out of the tool, wiped the curtain with a "
        "cloth, and started the press again four minutes later. Since then the strokes have "
        "been even, and the motor draws its usual current.",
        "The bearing of the conveyor has become louder since Tuesday, by about six decibels at "
        "its outer ring. That is still below the limit for a repair, but the trend points "
        "upward, so the workshop planned a visit for Friday morning, together with the change "
        "of the belt and the oil of the gear box.",
        "The oil of the hydraulic unit reached seventy degrees this morning, ten more than on "
        "other days. The cooler was covered with dust and a plastic sheet hung in front of its "
        "fan. After the sheet was taken away the temperature went back within half an hour, and "
        "the pump has sounded even since then.",
    ),
    held_out=(
        "A sensor behind the guard door reported an open latch eleven times during the early "
        "shift. Its cable rubs against the frame each time the door is closed, and the copper "
        "shows at one point. An electrician brings a new cable after lunch, until then the "
        "machine runs at half of its speed.",
        "The robot lost its grip on three parts in a row around half past eight. The vacuum "
        "fell because one suction cup had a small tear at its edge. Two cups were replaced from "
        "the drawer beside the controller, the gripper was tested with ten parts, and "
        "production went on at nine.",
        "Vibration of the fan rose in steps during the night, each time when the outer gate was "
        "opened and cold air came in. Ice on the blades makes them uneven for a while. Heating "
        "of the intake was switched on at five, and the level came back to the one of last week "
        "before the shift began.",
    ),
)
"""Fifteen seconds and more."""
