"""Short commands and signs to the cell. Data only."""

from __future__ import annotations

from typing import Final

from tml_ros.sim.split import Pool

ACKNOWLEDGE: Final = Pool(
    train=(
        "I have seen it.",
        "I got it, thanks.",
        "Acknowledge the alarm.",
        "Alarm acknowledged.",
        "Yes, I know about the alarm.",
        "I am taking care of it.",
        "Okay, I saw the alarm.",
        "We are on it.",
    ),
    held_out=(
        "Noted, somebody is already on the way.",
        "Understood, I will handle this one.",
        "You can mark that warning as seen.",
        "Confirm the message, please.",
    ),
)

STOP: Final = Pool(
    train=(
        "Stop.",
        "Stop talking.",
        "Be quiet.",
        "Quiet, please.",
        "Okay, stop.",
        "Enough.",
        "Silence.",
        "Please be quiet now.",
        "Stop it.",
    ),
    held_out=(
        "Say no more.",
        "Hush now.",
        "That will do.",
        "Cut it out.",
        "Not another word.",
    ),
)

CONTINUE: Final = Pool(
    train=(
        "Go on.",
        "Continue.",
        "Please continue.",
        "Okay, go ahead.",
        "You can go on now.",
        "Keep going.",
        "Finish what you were saying.",
    ),
    held_out=(
        "Carry on.",
        "What was the rest of it?",
        "I interrupted you, please proceed.",
        "Tell me the remainder.",
    ),
)

REPEAT: Final = Pool(
    train=(
        "Say that again.",
        "Repeat that, please.",
        "What did you say?",
        "Please say it again.",
        "Can you repeat that?",
        "Sorry, I did not hear that.",
        "Come again?",
        "Once more, please.",
    ),
    held_out=(
        "I missed your last message, what was it?",
        "Pardon me?",
        "It was too loud, give it to me another time.",
        "Could I hear this a second time?",
    ),
)

THANKS: Final = Pool(
    train=(
        "Thank you.",
        "Thanks.",
        "Thanks a lot.",
        "Okay, thank you.",
        "Great, thanks.",
        "Perfect, thank you very much.",
        "Good job.",
    ),
    held_out=(
        "Cheers, mate.",
        "Much appreciated.",
        "Well done, that helped.",
        "Nice work.",
    ),
)

UH_HUH: Final = Pool(
    train=(
        "Uh huh.",
        "Um hum.",
        "Okay.",
        "Right.",
        "Yeah.",
        "I see.",
        "Yes.",
        "Ah, okay.",
    ),
    held_out=(
        "Sure.",
        "Got you.",
        "Aha.",
        "Makes sense.",
    ),
)

CRY_FOR_HELP: Final = Pool(
    train=(
        "Help! Help me!",
        "Help! Somebody help!",
        "Please help me!",
        "Help! I am stuck!",
        "Help! My arm! Help!",
        "Somebody help me, please!",
        "I need help, quick!",
    ),
    held_out=(
        "Emergency! Get me out of here!",
        "Ah! My leg! Call a doctor!",
        "Over here, I am hurt! Hurry!",
        "Save me, I cannot get out!",
    ),
)
