"""Words that a voice is taught beyond the phrases of a cell, so that it can say names it never met.

Each word of it is heard in made-up sentences and in made-up names. Data only.
"""

from __future__ import annotations

from typing import Final

from tml_ros.bench.evaluation.voice_phrases import EARS, MACHINES, ZONES
from tml_ros.sim.split import Split

_KINDS_OF_PLACE: Final = (
    "area|zone|cell|line|station|room|gate|aisle|corner|platform|hall|yard|bay|dock|shop"
)
_PLACES: Final = (
    "press|conveyor|robot|assembly|packing|storage|charging|control|inspection|test|cutting"
    "|grinding|milling|drilling|bending|casting|washing|sorting|loading|welding|paint|tool"
    "|pump|compressor|boiler|oven|turbine|battery|forklift|truck|pallet|rack|steel|plastic"
    "|wood|glass|paper|chemical|gas|oil|water|main|north|south|east|west|upper|lower|left"
    "|right|first|second|third|old|new|red|blue|green|yellow|white|black|front|back|entrance"
    "|exit|emergency|shipping|delivery|repair|quality|laser|rolling"
)
_MACHINES: Final = (
    "press|conveyor|robot|lathe|mill|pump|compressor|forklift|fan|gearbox|spindle|motor|cutter"
    "|welding robot|gripper|drill|mixer|turbine|generator|boiler|oven|palletizer|scanner"
    "|elevator|milling machine|conveyor belt|hydraulic unit|cooling system|laser|grinder"
    "|truck|cart|tractor|shuttle|hoist|chiller|dryer|washer|feeder|labeller|heater|blower"
)
_WORDS: Final = (
    "saw|crane|furnace|loading|dock|paint|shop|welding|bay|north|gate|bearing|belt|seal|filter"
    "|valve|sensor|hose|cable|fuse|switch|relay|chain|shaft|coupling|brake|clutch|nozzle|piston"
    "|cylinder|tank|pipe|screw|bolt|guard|light|curtain|door|level|coolant|grease|rotor|worn"
    "|loose|leaking|broken|hot|cold|blocked|noisy|dirty|missing|dry|failed|jammed|stuck|running"
    "|stopped|idle|ready|paused|waiting|warm|cool|fast|slow|high|low|open|closed|full|empty|clean"
    "|safe|clear|seconds|minutes|hours|days|weeks|percent|degrees|bar|volts|amperes|watts"
    "|kilowatts|hertz|metres|litres|kilograms|tonnes|revolutions|millimetres|newton|today"
    "|tomorrow|yesterday|morning|evening|night|shift|week|month|year|Monday|Tuesday|Wednesday"
    "|Thursday|Friday|Saturday|Sunday|noon|smoke|fire|steam|sparks|spill|alarm|siren|impact"
    "|machine|sound|picture|camera|microphone|helmet|vest|glasses|gloves|person|people|somebody"
    "|nobody|worker|visitor|operator|driver|technician|mechanic|cleaner|inspector|engineer"
    "|colleague|temperature|pressure|speed|current|voltage|power|vibration|charge|position|flow"
    "|humidity|oil|water|gas|air|box|boxes|part|parts|pallet|pallets|load|order|material|tool"
    "|check|look|stop|start|wait|go|come|leave|enter|step|stand|lift|move|turn|close|replace"
    "|repair|tighten|clean|fill|call|help|tell|ask|need|should|could|must|may|can|will|would"
    "|have|has|had|was|were|been|being|is|are|not|and|or|but|because|before|after|since|until"
    "|while|when|where|which|what|who|why|how|this|that|these|those|there|here|now|again|soon"
    "|still|already|never|always|often|more|less|most|least|many|few|some|any|every|other"
    "|same|last|next|near|far|under|over|between|behind|in front of|next to|left|right|above"
    "|below|inside|outside|up|down|off|out|from|with|without|about|around|through|across|please"
    "|thank you|sorry|yes|no|maybe|good|bad|normal|unusual|strange|loud|quiet|small|large|big"
    "|short|long|new|old|first|second|third|zero|one|two|three|four|five|six|seven|eight|nine"
    "|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty"
    "|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|half|quarter|point"
    "|warehouse|workshop|walkway|office|kitchen|stairs|ladder|roof|floor|wall|window|corridor"
    "|break|report|manual|schedule|limit|trend|history|reading|measurement|error|fault|damage"
    "|crack|imbalance|wear|noise|heat|dust|rain|wind|lamp|button|screen|key|lock|cover|frame"
    "|wheel|gear|arm|hand|head|foot|feet|back|face|eyes|ears|assistant|system|computer|network"
    "|message|signal|number|name|place|time|day|hour|minute|thing|way|work|job|task|plan|idea"
)


def _apart(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words.split("|")))


KINDS_OF_PLACE: Final = _apart(_KINDS_OF_PLACE)
PLACES: Final = _apart(_PLACES)
MACHINES_TAUGHT: Final = _apart(_MACHINES)
GENERAL: Final = _apart(_WORDS)

NEVER_TAUGHT: Final = tuple(
    name.replace("_", " ")
    for pool in (ZONES, MACHINES, EARS)
    for name in pool.of(Split.HELD_OUT)
    if "_" in name
)
"""Names with which the bench asks for what a voice was not taught. Their words are taught, as a
token that was never heard cannot be said; these names never."""
NEVER_NAMED: Final = MACHINES.of(Split.HELD_OUT)
"""And these words never as the name of a machine."""
