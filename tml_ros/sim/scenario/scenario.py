"""A scenario: one simulated cell and what happens in it, as its YAML file says it.

Validated once, frozen ever after. What it leaves open (clothes, colours, voices, exact wording,
noise) follows from `seed`, and from `looks` what may be drawn. Knows nothing of pictures or sound.

The hall: metres, the middle of the floor is (0, 0), x to the right along the back wall, y towards
it, z up. Angles: degrees, 0 along x, counterclockwise seen from above. Times: seconds since the
beginning.
"""

from __future__ import annotations

import math
from enum import Enum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tml_ros.sim.scenario import scenario_rules
from tml_ros.sim.split import Split
from tml_ros.sim.talk.act import Act

Metre = Annotated[float, Field(ge=-50, le=50)]
Place = tuple[Metre, Metre]
Point = tuple[Metre, Metre, Metre]
Second = Annotated[float, Field(ge=0, le=3600)]
Length = Annotated[float, Field(gt=0, le=3600)]
Degrees = Annotated[float, Field(ge=-360, le=360)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class HallDescription(_Strict):
    """The room. size: along x and y. lamp: brightness of the lamps, daylight: of the windows."""

    size: tuple[Annotated[float, Field(ge=6, le=40)], Annotated[float, Field(ge=6, le=40)]] = (
        12.0,
        10.0,
    )
    lamp: Share = 0.6
    daylight: Share = 0.5
    columns: Annotated[tuple[Place, ...], Field(max_length=8)] = ()
    clutter: Share = 0.3
    """How much stands about: pallets, boxes, bins, racks."""
    echo: Share = 0.4
    """How long the hall rings: 0.2 s at 0, 1.5 s at 1."""


class MachineKind(str, Enum):
    """What stands there and moves by itself."""

    PRESS = "press"
    CONVEYOR = "conveyor"
    """Carries a box past every `period` seconds."""
    ROBOT_ARM = "robot_arm"


class MachineFault(str, Enum):
    """What can be wrong with a machine, for the ear."""

    BEARING = "bearing"
    GEAR = "gear"


class MachinePart(_Strict):
    """A machine. at: the middle of its foot. facing: where its operator stands, seen from it.

    period: of its strokes, boxes or moves. stops: from when to when it stands still. faulty: from
    when on it sounds of `fault`.
    """

    kind: MachineKind
    at: Place
    facing: Degrees = -90.0
    period: Annotated[float, Field(ge=1, le=60)] = 3.2
    stops: Annotated[tuple[tuple[Second, Second], ...], Field(max_length=20)] = ()
    fault: MachineFault | None = None
    faulty: Second = 0.0


class ZonePart(_Strict):
    """A keep-out area on the floor, painted around with a striped line unless `painted` is not."""

    polygon: Annotated[tuple[Place, ...], Field(min_length=3, max_length=16)]
    painted: bool = True


class CameraPart(_Strict):
    """A camera on a wall or mast. to: what it looks at. fovy: vertical field of view, degrees.

    noise, blur, compression, flicker, shake, exposure: how badly each spoils the picture, 0..1;
    exposure: how strongly its gain hunts.
    """

    at: Point
    to: Point
    fovy: Annotated[float, Field(ge=20, le=110)] = 50.0
    size: tuple[Annotated[int, Field(ge=80, le=1280)], Annotated[int, Field(ge=80, le=960)]] = (
        240,
        160,
    )
    rate: Annotated[float, Field(ge=1, le=30)] = 10.0
    noise: Share = 0.2
    blur: Share = 0.1
    compression: Share = 0.2
    flicker: Share = 0.0
    shake: Share = 0.0
    exposure: Share = 0.0
    distortion: Share = 0.0
    """Of the lens: straight lines bend outwards by up to 10 % of the picture's half width."""


class MicrophonePart(_Strict):
    """A microphone in the hall. The loudspeaker hangs beside it: `echo_db` is how loud its sound
    comes back relative to how it was sent, after `echo_ms`.
    """

    at: Point
    echo_db: Annotated[float, Field(ge=-60, le=6)] = -20.0
    echo_ms: Annotated[float, Field(ge=5, le=500)] = 60.0


class Step(_Strict):
    """One thing somebody or something does, after what was before it. Exactly one of:

    walk: along these places (also for vehicles: drive). stand, crouch: so many seconds. fall: fall
    and lie for so many seconds; getting up begins the next step. facing: while standing.
    """

    walk: Annotated[tuple[Place, ...], Field(min_length=1, max_length=40)] | None = None
    stand: Length | None = None
    crouch: Length | None = None
    fall: Length | None = None
    facing: Degrees | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Step:
        scenario_rules.exactly_one(self, ("walk", "stand", "crouch", "fall"))
        return self


class PersonPart(_Strict):
    """Somebody. at: where they first are, from `enters` on; gone after their last step unless
    `stays`. Someone with `enters` 0 is there from the first picture on.
    """

    at: Place
    enters: Second = 0.0
    helmet: bool = True
    vest: bool = True
    speed: Annotated[float, Field(ge=0.3, le=3.0)] = 1.2
    steps: Annotated[tuple[Step, ...], Field(max_length=40)] = ()
    stays: bool = False


class VehicleKind(str, Enum):
    """What drives about."""

    FORKLIFT = "forklift"
    CART = "cart"
    """Drives by itself; nobody sits in it."""


class VehiclePart(_Strict):
    """A vehicle; its steps are `walk` and `stand` only."""

    kind: VehicleKind = VehicleKind.FORKLIFT
    at: Place
    enters: Second = 0.0
    facing: Degrees = 0.0
    speed: Annotated[float, Field(ge=0.3, le=5.0)] = 1.8
    driver: bool = True
    steps: Annotated[tuple[Step, ...], Field(max_length=40)] = ()
    stays: bool = True

    @model_validator(mode="after")
    def _it_drives(self) -> VehiclePart:
        scenario_rules.only_drives(self.steps)
        return self


class EventKind(str, Enum):
    """Things that happen. The second half are there to fool an eye or an ear."""

    SMOKE = "smoke"
    SPILL = "spill"
    SIREN = "siren"
    IMPACT = "impact"
    CRY = "cry"
    """Somebody out of the picture calls for help."""
    DOOR = "door"
    """A gate in the right wall opens, light falls in, and it closes again."""
    LAMP_OFF = "lamp_off"
    BLINKING = "blinking"
    """A warning lamp turns on the wall."""
    SWINGING = "swinging"
    """A load on a crane's hook swings."""
    SHADOW = "shadow"
    """The shadow of somebody or something outside of the picture moves over the floor."""
    REFLECTION = "reflection"
    """A patch of sun wanders over the floor."""
    RADIO = "radio"
    """Speech and music that are meant for nobody."""
    FAN = "fan"
    CLATTER = "clatter"
    """Tools and boxes: loud, and no impact."""
    BEEPS = "beeps"
    """A reversing vehicle or a machine's signal: tones, and no siren."""


class EventPart(_Strict):
    """Something that happens at `at` for `lasts` seconds. place: where. strength: how much of it.

    place is needed for smoke and spill; for the others it is drawn where it is not said.
    """

    kind: EventKind
    at: Second
    lasts: Length = 5.0
    place: Place | None = None
    strength: Share = 0.5

    @model_validator(mode="after")
    def _has_its_place(self) -> EventPart:
        scenario_rules.needs_place(self.kind.value, self.place, {"smoke", "spill"})
        return self


class LinePart(_Strict):
    """Something said. who: a person of the scenario, or any other name for a voice out of sight.

    at: when it begins; or `into`: so long after the cell itself began to speak. What counts is what
    it says after the line before this one, and from `after` on where that is given; if it stays
    silent for 6 s then, the line is never said.
    act: what is meant by it; the words are drawn unless `say` gives them, "..." standing for a
    pause in thought of about a second. about: a zone, machine or thing. number: of seconds or
    things, where the act has one. level_db: to ordinary speech at the microphone.
    """

    who: Name
    act: Act
    at: Second | None = None
    into: Annotated[float, Field(ge=0.1, le=30)] | None = None
    after: Second | None = None
    say: Annotated[str, Field(max_length=300)] | None = None
    about: Annotated[str, Field(max_length=32)] = ""
    number: Annotated[int, Field(ge=0, le=3600)] | None = None
    level_db: Annotated[float, Field(ge=-40, le=20)] = 0.0

    @model_validator(mode="after")
    def _begins_somewhen(self) -> LinePart:
        scenario_rules.exactly_one(self, ("at", "into"))
        return self


class HandedOver(_Strict):
    """A finding or message that the cell is given to say at `at`, as the background would."""

    at: Second
    say: Annotated[str, Field(min_length=1, max_length=300)]
    urgent: bool = False


class Scenario(_Strict):
    """One simulated cell for so many seconds."""

    scenario: Name
    seconds: Annotated[float, Field(gt=0, le=3600)]
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    looks: Split = Split.TRAIN
    hall: HallDescription = HallDescription()
    machines: Annotated[dict[Name, MachinePart], Field(max_length=8)] = Field(default_factory=dict)
    zones: Annotated[dict[Name, ZonePart], Field(max_length=8)] = Field(default_factory=dict)
    cameras: Annotated[dict[Name, CameraPart], Field(max_length=4)] = Field(default_factory=dict)
    microphones: Annotated[dict[Name, MicrophonePart], Field(max_length=4)] = Field(
        default_factory=dict
    )
    people: Annotated[dict[Name, PersonPart], Field(max_length=8)] = Field(default_factory=dict)
    vehicles: Annotated[dict[Name, VehiclePart], Field(max_length=4)] = Field(default_factory=dict)
    events: Annotated[tuple[EventPart, ...], Field(max_length=100)] = ()
    lines: Annotated[tuple[LinePart, ...], Field(max_length=200)] = ()
    handed_over: Annotated[tuple[HandedOver, ...], Field(max_length=50)] = ()
    noise_db: Annotated[float, Field(ge=-60, le=20)] = -20.0
    """Of hall and machines at the microphone, to ordinary speech."""
    language: Literal["en"] = "en"

    @model_validator(mode="after")
    def _fits_together(self) -> Scenario:
        scenario_rules.fits_together(self)
        return self

    @property
    def turns(self) -> int:
        """How many whole turns of 200 ms it has."""
        return math.floor(self.seconds / 0.2 + 1e-6)
