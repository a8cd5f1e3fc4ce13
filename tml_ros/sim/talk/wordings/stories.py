"""What takes somebody long to tell the cell: more than six seconds each. Data only."""

from __future__ import annotations

from typing import Final

from tml_ros.sim.split import Pool

LONG_STORY: Final = Pool(
    train=(
        "So listen, this morning we changed the tool on {machine}, and then the first ten parts "
        "came out with a burr on one side, so we turned it back and tried it once more, and "
        "since then it has been fine.",
        "I want to tell you what we did on the early shift. We cleaned the filter, we filled up "
        "the oil, we tightened the guard on {machine}, and then we let it run empty for an hour.",
        "Let me explain how the delivery works today. The first truck comes at nine with the "
        "sheet metal, the second one brings the crates, and everything goes to the left side of "
        "the hall.",
        "For the log, please. At half past seven {machine} was switched off for cleaning, at "
        "eight the electrician looked at the cable, and at ten we started the normal work again.",
        "Here is what the plan says for the afternoon. We finish the small order, then we move "
        "the pallets to the back wall, and after that two people from the other hall come to "
        "help us.",
        "I noticed something strange yesterday evening. When the gate was open and the wind came "
        "in, the lamps started to shake a little, and then the shadow on the floor moved about "
        "for quite a while.",
        "You should know that the new people start on Monday. They have had their training, they "
        "have their helmets and their vests, and for the first week somebody will walk with them.",
        "Just so that you know, the fork of the small truck was bent, we called the workshop, "
        "they straightened it, and now it drives again but only with light loads until Friday.",
    ),
    held_out=(
        "A note for whoever reads this later. The coolant on {machine} looked cloudy before "
        "lunch, I took a sample, wrote the date on the bottle and put it on the shelf beside the "
        "door of the office.",
        "Okay, our shift handover goes like this. Two orders are done, the third is waiting for "
        "screws, the scales were calibrated, and there is still one box of labels that nobody "
        "has signed for.",
        "I would like to describe a small accident without harm. A stack of empty trays slipped "
        "from the trolley, nobody stood near it, we swept up the pieces and ordered new ones "
        "from the store.",
        "Let me walk you through my measurements. The left bearing of {machine} was at forty "
        "degrees, the right one a bit warmer, the belt had the usual tension, and the noise was "
        "no different from last week.",
    ),
)
