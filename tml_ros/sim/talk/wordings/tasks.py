"""What the cell is asked to do later: in a while, again and again, at a cue. Data only."""

from __future__ import annotations

from typing import Final

from tml_ros.sim.split import Pool

REMIND: Final = Pool(
    train=(
        "Remind me in {seconds}.",
        "Set a timer for {seconds}.",
        "Tell me when {seconds} are over.",
        "Please remind me after {seconds}.",
        "Wake me in {seconds}.",
        "Let me know in {seconds}.",
        "Start a timer, {seconds}.",
    ),
    held_out=(
        "I have to be back at this part {seconds} from now, call me then.",
        "Say something once {seconds} have passed.",
        "Give us a shout when {seconds} are up.",
        "Count down {seconds} and speak up at the end.",
    ),
)

EVERY: Final = Pool(
    train=(
        "Tell me every {seconds} until I say stop.",
        "Call out the time every {seconds}.",
        "Every {seconds}, say the time.",
        "Remind me every {seconds}.",
        "Give me a signal every {seconds}.",
        "Speak up every {seconds} from now on.",
    ),
    held_out=(
        "I want to hear from you at intervals of {seconds}.",
        "Keep time for us, one call each {seconds}.",
        "Announce it whenever another {seconds} have gone by.",
    ),
)

STOP_EVERY: Final = Pool(
    train=(
        "Stop reminding me.",
        "Stop the reminders.",
        "You can stop telling me the time now.",
        "Stop the timer.",
        "No more reminders, please.",
        "Cancel the reminder.",
    ),
    held_out=(
        "I do not need those calls any longer.",
        "End the time signal.",
        "That is enough of the clock.",
        "Turn your interval off.",
    ),
)

COUNT: Final = Pool(
    train=(
        "Count the {thing}.",
        "Please count the {thing} out loud.",
        "Start counting the {thing}.",
        "Count the {thing} for me.",
        "Count every one of the {thing} as it passes.",
        "Can you count the {thing} that come by?",
    ),
    held_out=(
        "Say a number for each of the {thing} on the belt.",
        "Keep a tally of all {thing} from now on.",
        "I would like to hear how many {thing} go past, one by one.",
    ),
)

FINISH_COUNT: Final = Pool(
    train=(
        "How many were there?",
        "How many did you count?",
        "Stop counting. How many is that?",
        "What is the total?",
        "How many in all?",
        "Okay, give me the number.",
    ),
    held_out=(
        "That should do, where did we end up?",
        "Sum it up for me.",
        "So what does your tally say?",
        "Finish, and read out the result.",
    ),
)

CUE_GONE: Final = Pool(
    train=(
        "Tell me when {thing} is gone.",
        "Let me know when {thing} has left.",
        "Say something when {thing} is gone.",
        "Call me as soon as {thing} is out of sight.",
        "Tell me as soon as {thing} leaves.",
        "Give me a sign when {thing} is away.",
    ),
    held_out=(
        "I am waiting for {thing} to go, shout once that happens.",
        "Watch {thing} and report its leaving.",
        "Speak up the moment you no longer see {thing}.",
    ),
)

CUE_CLEAR: Final = Pool(
    train=(
        "Tell me when {zone} is clear.",
        "Let me know when {zone} is free.",
        "Say something when {zone} is empty.",
        "Call me as soon as {zone} is clear.",
        "Tell me as soon as I can enter {zone}.",
        "Give me a sign when nobody is in {zone}.",
    ),
    held_out=(
        "I am waiting for {zone} to empty, shout once it has.",
        "Watch {zone} and report when the last one is out.",
        "Speak up the moment I may walk into {zone}.",
    ),
)
