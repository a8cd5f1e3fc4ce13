"""Questions to the cell. Data only; slots as in `phrasebook`.

Whoever asks about safety asks so that "yes" means safe; about people, that "yes" means somebody.
"""

from __future__ import annotations

from typing import Final

from tml_ros.sim.split import Pool

ASK_SAFE: Final = Pool(
    train=(
        "Is it safe to enter {zone}?",
        "Can I go into {zone}?",
        "Is {zone} clear?",
        "May I step into {zone} now?",
        "Can we enter {zone}?",
        "Tell me if {zone} is safe.",
        "I need to get into {zone}, is it clear?",
        "Is it okay to walk into {zone}?",
        "Am I allowed to enter {zone}?",
        "Is it all right to go inside {zone} now?",
    ),
    held_out=(
        "Has {zone} become free yet?",
        "Are we good for going to {zone}?",
        "I want to pick something up in {zone}. Does it look good to you?",
        "Could I safely cross {zone}?",
        "Would you let somebody walk through {zone} right now?",
    ),
)

ASK_WHO: Final = Pool(
    train=(
        "Is somebody in {zone}?",
        "Is anyone in {zone}?",
        "Do you see anybody in {zone}?",
        "Is there a person in {zone}?",
        "Who is in {zone}?",
        "Check if somebody is standing in {zone}.",
        "Is there still someone in {zone}?",
        "Can you see people in {zone}?",
    ),
    held_out=(
        "Has anybody walked into {zone} just now?",
        "Which of us might be standing around in {zone}?",
        "Any of our people left inside {zone}?",
        "Tell me whether a worker stands in {zone}.",
    ),
)

ASK_ALARM: Final = Pool(
    train=(
        "What is the alarm?",
        "What alarm is that?",
        "Why is there an alarm?",
        "Tell me what is wrong.",
        "What happened?",
        "Which alarms are active?",
        "Is there any alarm at the moment?",
        "What are you warning about?",
    ),
    held_out=(
        "Give me a status of all hazards.",
        "What is going on in here?",
        "Do we have a problem right now?",
        "Report everything dangerous that you notice.",
    ),
)

ASK_LISTENING: Final = Pool(
    train=(
        "Are you there?",
        "Are you listening?",
        "Can you hear me?",
        "Do you hear me?",
        "Hello, are you awake?",
        "Hey assistant, are you with me?",
        "Is the assistant on?",
    ),
    held_out=(
        "Microphone check, does my voice reach you?",
        "Say something if this thing works.",
        "Assistant, still online?",
        "Anyone home in that loudspeaker?",
    ),
)

ASK_WHY: Final = Pool(
    train=(
        "Why did {machine} stop?",
        "What is wrong with {machine}?",
        "Why is {machine} not running?",
        "Why is {machine} so loud?",
        "What happened to {machine}?",
        "Find out why {machine} stopped.",
        "How is {machine} doing today?",
        "Does {machine} need maintenance?",
    ),
    held_out=(
        "What made {machine} come to a halt?",
        "Can you explain the standstill of {machine}?",
        "When should we service {machine} next?",
        "I do not like the sound of {machine}. Any idea what it could be?",
    ),
)

INSTEAD: Final = Pool(
    train=(
        "No, wait. Is {zone} clear?",
        "Never mind that. Is it safe to enter {zone}?",
        "Wait, can I go into {zone}?",
        "Sorry, I meant {zone}. Is it safe?",
        "Forget it. Is {zone} safe?",
        "No, not that one. What about {zone}, is it clear?",
        "Hold on. May I enter {zone} instead?",
    ),
    held_out=(
        "Wrong place. I am asking if I may walk into {zone}.",
        "Let us talk about {zone}. Could people work there without danger?",
        "Actually, tell me about {zone}. Could I cross it safely?",
        "Leave that. Would {zone} be free for us?",
    ),
)
