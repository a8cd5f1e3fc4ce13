"""The shape of an interaction model: every number that its weights and its sessions follow from.

A preset is written as YAML (`config/models/`), travels inside a checkpoint, and is frozen. Knows
nothing of files or tensors.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_NS

PATCH = 40
"""Pixels along a patch's side."""
MELS = 80
"""Mel channels of a frame of sound."""
MEL_FRAMES = 8
"""Frames of 25 ms in a turn."""
TURNS_PER_SECOND = 1_000_000_000 // TURN_NS

Count = Annotated[int, Field(ge=1, strict=True)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class HearingPreset(_Strict):
    """Sound as dMel: each mel channel of each frame becomes one of `bins` levels.

    microphones: how many a session can have. frames_per_token: mel frames in one token.
    low, high: range of log10 magnitude over which the bins are spread evenly.
    """

    microphones: Annotated[int, Field(ge=1, le=8, strict=True)] = 1
    bins: Annotated[int, Field(ge=2, le=256, strict=True)] = 16
    low: float = -2.5
    high: float = 2.0
    frames_per_token: Annotated[int, Field(ge=1, le=MEL_FRAMES, strict=True)] = 2

    @property
    def tokens(self) -> int:
        """Tokens of one microphone's turn."""
        return MEL_FRAMES // self.frames_per_token

    @model_validator(mode="after")
    def _whole(self) -> HearingPreset:
        if MEL_FRAMES % self.frames_per_token:
            raise ValueError(f"frames_per_token must divide {MEL_FRAMES}")
        if self.high <= self.low:
            raise ValueError("high must be above low")
        return self


class SightPreset(_Strict):
    """Pictures as 40x40 patches: RGB, a mask per zone, signed difference to a slow background.

    cameras, zones: how many a session can have. columns, rows: patches of one picture.
    patches_per_turn: most patches sent in one turn, over all cameras.
    refresh_turns: every patch is sent at least once in so many turns.
    changed_levels: mean change of an 8x8 block (0..255) from which a patch counts as changed.
    background_seconds: time constant of the background. difference_gain: of the difference channel.
    stem: channels of the stem's first two convolutions; the third has the model's width.
    """

    cameras: Annotated[int, Field(ge=1, le=32, strict=True)] = 1
    zones: Annotated[int, Field(ge=1, le=64, strict=True)] = 4
    columns: Annotated[int, Field(ge=1, le=64, strict=True)] = 6
    rows: Annotated[int, Field(ge=1, le=64, strict=True)] = 4
    patches_per_turn: Count = 24
    refresh_turns: Count = 8
    changed_levels: Positive = 6.0
    background_seconds: Positive = 30.0
    difference_gain: Positive = 2.0
    stem: tuple[Count, Count] = (48, 96)

    @property
    def channels(self) -> int:
        """Channels of a patch: RGB, masks, signed difference."""
        return 3 + self.zones + 3


class TextPreset(_Strict):
    """Text in and out. in_per_turn, out_per_turn: most tokens taken in and given out in a turn.

    characters_per_second: pace at which text that was handed over is said.
    """

    vocabulary: Annotated[int, Field(ge=260, strict=True)] = 2048
    in_per_turn: Annotated[int, Field(ge=1, le=64, strict=True)] = 16
    out_per_turn: Annotated[int, Field(ge=1, le=16, strict=True)] = 4
    characters_per_second: Positive = 14.0


class MemoryPreset(_Strict):
    """What a session remembers, token by token.

    seconds: sliding window of turns and text. sensor_seconds: of sound and patches themselves.
    text_tokens, instruction_tokens: most tokens of text in the window, of standing instructions.
    sinks: learned tokens that are always there, of each half.
    """

    seconds: Positive = 60.0
    sensor_seconds: Positive = 2.0
    text_tokens: Count = 512
    instruction_tokens: Count = 128
    sinks: Annotated[int, Field(ge=1, le=64, strict=True)] = 4

    @property
    def turns(self) -> int:
        """The window in turns."""
        return max(1, round(self.seconds * TURNS_PER_SECOND))

    @property
    def sensor_turns(self) -> int:
        """The window of sound and patches in turns."""
        return max(1, round(self.sensor_seconds * TURNS_PER_SECOND))


class ExpertsPreset(_Strict):
    """Mixture of experts. chosen: routed experts per token. shared: experts that all tokens take.

    hidden: width inside one expert. dense_layers: first layers without experts.
    """

    count: Count
    chosen: Count
    shared: Annotated[int, Field(ge=0, strict=True)] = 1
    hidden: Count
    dense_layers: Annotated[int, Field(ge=0, strict=True)] = 1

    @model_validator(mode="after")
    def _enough(self) -> ExpertsPreset:
        if self.chosen > self.count:
            raise ValueError("chosen must not exceed count")
        return self


class TransformerPreset(_Strict):
    """The transformer. hidden: width inside a dense feed-forward block.

    head_width: of one head; half of it is rotated by position, half knows no position.
    """

    width: Count = 256
    layers: Count = 6
    heads: Count = 8
    kv_heads: Count = 2
    head_width: Count = 32
    hidden: Count = 768
    rope_base: Positive = 10_000.0
    experts: ExpertsPreset | None = None

    @model_validator(mode="after")
    def _fits(self) -> TransformerPreset:
        if self.heads % self.kv_heads:
            raise ValueError("heads must be a multiple of kv_heads")
        if self.head_width % 4:
            raise ValueError("head_width must be a multiple of 4")
        return self


class VoicePreset(_Strict):
    """The voice. text_width: of the small text head; text_layers: its layers.

    width, layers: of the flow head. steps: Euler steps. context_tokens: tokens of text it sees
    around the place being said. reply_patience: seconds that handed-over text waits for the floor.
    """

    text_width: Count = 192
    text_layers: Count = 1
    width: Count = 192
    layers: Count = 3
    steps: Annotated[int, Field(ge=1, le=8, strict=True)] = 2
    context_tokens: Count = 24
    reply_patience: Positive = 5.0


class Preset(_Strict):
    """One model: its name, a line about it, and the parts."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9\-]*$", max_length=64)]
    about: Annotated[str, Field(max_length=300)] = ""
    hearing: HearingPreset = HearingPreset()
    sight: SightPreset = SightPreset()
    text: TextPreset = TextPreset()
    memory: MemoryPreset = MemoryPreset()
    transformer: TransformerPreset = TransformerPreset()
    voice: VoicePreset = VoicePreset()

    @property
    def sensor_tokens_per_turn(self) -> int:
        """Most tokens of sound and patches, and the boundary, in one turn."""
        heard = self.hearing.microphones * self.hearing.tokens
        return heard + self.sight.patches_per_turn + 1

    @property
    def tokens_per_turn(self) -> int:
        """Most tokens in one turn."""
        return self.sensor_tokens_per_turn + self.text.in_per_turn + self.text.out_per_turn + 1

    @model_validator(mode="after")
    def _agrees(self) -> Preset:
        memory, sight = self.memory, self.sight
        if memory.sensor_turns > memory.turns:
            raise ValueError("memory.sensor_seconds must not exceed memory.seconds")
        if sight.refresh_turns > memory.sensor_turns:
            raise ValueError(
                f"sight.refresh_turns must not exceed memory.sensor_seconds, which are "
                f"{memory.sensor_turns} turns: an unchanged patch would be forgotten"
            )
        whole = sight.cameras * sight.columns * sight.rows
        if whole > sight.patches_per_turn * sight.refresh_turns:
            raise ValueError(
                f"sight.patches_per_turn is too small to refresh {whole} patches in "
                f"{sight.refresh_turns} turns"
            )
        if memory.text_tokens < self.text.in_per_turn + self.text.out_per_turn:
            raise ValueError("memory.text_tokens must hold at least the text of one turn")
        return self

    def changed(self, **parts: Any) -> Preset:  # noqa: ANN401 - any field of any part
        """A checked copy with fields of parts replaced: `changed(sight={"columns": 12})`."""
        data = self.model_dump()
        for part, fields in parts.items():
            data[part] = {**data[part], **fields} if isinstance(fields, dict) else fields
        return Preset.model_validate(data)


SAMPLES_PER_FRAME = SAMPLE_RATE * TURN_NS // 1_000_000_000 // MEL_FRAMES
"""Samples from one frame of sound to the next: 400."""
