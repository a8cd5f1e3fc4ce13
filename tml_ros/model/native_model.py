"""The interaction model of this package: its weights, and many sessions on them in one tick.

One thread opens, steps and closes the sessions of a model. The weights may be shared by several
models, each with a thread of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tml_ros.model.checkpoint import CheckpointError, load_checkpoint
from tml_ros.model.conversation import Said, TextChoice
from tml_ros.model.fixed_tick import FixedTicker
from tml_ros.model.interaction_net import InteractionNet, fresh_net
from tml_ros.model.interface import CHECKPOINT_SUFFIX, ModelUnavailableError, Session
from tml_ros.model.layout import SessionLayout
from tml_ros.model.model_figures import figures
from tml_ros.model.native_session import NativeSession, SessionClosedError
from tml_ros.model.preset import Preset
from tml_ros.model.preset_file import PresetFileError, load_preset, names_preset_file
from tml_ros.model.shipped_weights import shipped_weights
from tml_ros.model.ticker import Stepping, Ticker
from tml_ros.model.tokenizer import TextTokenizer, TokenizerFileError, load_tokenizer
from tml_ros.model.unfilled_net import PresetSizeError
from tml_ros.model.voice_context import VoiceContext
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import MicroTurn
from tml_ros.turn.turn_output import TurnOutput

_MOST_UNTRAINED = 8_000_000_000
"""Parameters: more than this is not made up at random, it would fill a machine's memory."""


class NativeModel:
    """Weights and the means to open sessions on them.

    facts: what the file of its weights says of them, as of JSON.
    rows: sessions that share one allocation and so one pass; opened beyond that, a second
        allocation of the same size is made. sparse: leave out patches that have not changed.
        fixed: tick all rows at one fixed size, as a recorded graph of a GPU needs it; unless given,
        that is done on a GPU.
    """

    def __init__(
        self,
        net: InteractionNet,
        tokenizer: TextTokenizer,
        *,
        name: str,
        trained: bool = False,
        trusted_kinds: frozenset[HazardKind] = frozenset(),
        trusted_speech: bool = False,
        facts: Mapping[str, Any] = MappingProxyType({}),
        rows: int = 1,
        sparse: bool = True,
        fixed: bool | None = None,
    ) -> None:
        if rows < 1:
            raise ValueError(f"a model has room for at least one session, not {rows}")
        self.net = net.eval()
        self.tokenizer = tokenizer
        self.name = name
        self.trained = trained
        self.trusted_kinds = trusted_kinds
        self.trusted_speech = trusted_speech
        self.facts = facts
        self.sparse = sparse
        self._rows = rows
        on_gpu = net.hazards.weight.device.type == "cuda"
        self._ticker = FixedTicker if (on_gpu if fixed is None else fixed) else Ticker
        self._tickers: list[Ticker] = []
        self._free: list[tuple[int, int]] = []
        self._masks = torch.tensor(tokenizer.masks, device=net.hazards.weight.device)

    @cached_property
    def weights_print(self) -> str:
        """SHA-256 of all weights; a saved session goes on with the same ones only."""
        digest = sha256()
        for name, weight in sorted(self.net.state_dict().items()):
            digest.update(name.encode())
            digest.update(weight.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes())
        return digest.hexdigest()

    @property
    def preset(self) -> Preset:
        """The shape of the model."""
        return self.net.preset

    def open_session(self, layout: SessionLayout | None = None, *, seed: int = 0) -> NativeSession:
        """A fresh session. Raises SessionLayoutError where the layout has no room in the model."""
        if not self._free:
            self._tickers.append(self._ticker(self.net, self._rows))
            place = len(self._tickers) - 1
            self._free = [(place, row) for row in range(self._rows)]
        place, row = self._free[0]
        session = NativeSession(self, self._tickers[place], row, layout=layout, seed=seed)
        self._free.pop(0)
        return session

    def give_back(self, session: NativeSession) -> None:
        """A session was closed: its row is free."""
        self._free.append((self._tickers.index(session.ticker), session.row))
        self._free.sort()

    def step_batch(self, pairs: Sequence[tuple[Session, MicroTurn]]) -> list[TurnOutput]:
        """Step many sessions in one tick; equal to stepping each alone.

        Raises ValueError for a session of another model or one that is there twice,
        SessionClosedError for a closed one; then none has been stepped.
        """
        sessions = [_mine(session, self) for session, _ in pairs]
        if len(set(map(id, sessions))) < len(sessions):
            raise ValueError("a session can take one turn at a time, and one is there twice")
        order = sorted(range(len(pairs)), key=lambda at: self._place(sessions[at]))
        outputs: dict[int, TurnOutput] = {}
        for _, together in groupby(order, key=lambda at: self._run(sessions, order, at)):
            ats = list(together)
            turns = [pairs[at][1] for at in ats]
            outputs.update(zip(ats, self._tick([sessions[at] for at in ats], turns), strict=True))
        return [outputs[at] for at in range(len(pairs))]

    @torch.inference_mode()
    def _tick(
        self, sessions: Sequence[NativeSession], turns: Sequence[MicroTurn]
    ) -> list[TurnOutput]:
        both = list(zip(sessions, turns, strict=True))
        stepping: list[Stepping] = [session.take_in(turn) for session, turn in both]
        judged = sessions[0].ticker.step(stepping)
        hazards, floor = (part.float().cpu().numpy() for part in (judged.hazards, judged.floor))
        decided = [
            session.judge(hazards[at], floor[at], turn) for at, (session, turn) in enumerate(both)
        ]
        writing = [at for at, (_, one) in enumerate(decided) if one.text is not TextChoice.NONE]
        written = self._write(judged.act, [sessions[at] for at in writing], writing)
        said = [session.say(written.get(at, ())) for at, session in enumerate(sessions)]
        lent = [session.lent(one) for session, one in zip(sessions, said, strict=True)]
        speaking = [at for at, one in enumerate(said) if one.voice is not None and lent[at] is None]
        mels = self._voice(judged.act, sessions, said, speaking)
        return [
            TurnOutput(
                index=turn.index,
                speech=session.sound(mels.get(at), lent[at]),
                text=said[at].text,
                hazards=decided[at][0],
                delegations=said[at].delegations,
                floor=said[at].floor,
            )
            for at, (session, turn) in enumerate(both)
        ]

    def _write(
        self, act: Tensor, sessions: Sequence[NativeSession], rows: Sequence[int]
    ) -> dict[int, list[int]]:
        """The tokens that the text head writes for these rows."""
        if not rows:
            return {}

        def allowed(prefixes: list[list[int]]) -> Tensor:
            each = zip(sessions, prefixes, strict=True)
            return self._masks[[one.conversation.allowed(prefix) for one, prefix in each]]

        written = self.net.text.generate(act[list(rows)], allowed)
        return dict(zip(rows, written.tolist(), strict=True))

    def _voice(
        self,
        act: Tensor,
        sessions: Sequence[NativeSession],
        said: Sequence[Said],
        speaking: Sequence[int],
    ) -> dict[int, np.ndarray[Any, np.dtype[np.float32]]]:
        """Mel float32 [8, 80] of these rows; those that take as many steps go together."""
        most = self.preset.voice.steps
        by_steps: dict[int, list[int]] = {}
        for at in speaking:
            by_steps.setdefault(sessions[at].effort.voice_steps(most), []).append(at)
        mels: dict[int, np.ndarray[Any, np.dtype[np.float32]]] = {}
        for steps, rows in by_steps.items():
            condition = self._condition(act[rows], [said[at].voice for at in rows])
            noise = torch.from_numpy(np.stack([sessions[at].noise() for at in rows]))
            mel = self.net.voice.sample(condition, noise.to(act.device, act.dtype), steps)
            mels.update(zip(rows, mel.float().cpu().numpy(), strict=True))
        return mels

    def _condition(self, act: Tensor, contexts: Sequence[VoiceContext | None]) -> Tensor:
        """What the voice is told of each of these turns: [n, 8, width]."""

        def stacked(name: str) -> Tensor:
            parts = np.stack([getattr(context, name) for context in contexts])
            return torch.from_numpy(parts).to(act.device)

        condition: Tensor = self.net.voice_text(
            stacked("text"), stacked("seconds").to(act.dtype), stacked("valid"), act
        )
        return condition

    def _place(self, session: NativeSession) -> tuple[int, int]:
        return self._tickers.index(session.ticker), session.row

    def _run(
        self, sessions: Sequence[NativeSession], order: Sequence[int], at: int
    ) -> tuple[int, int]:
        """Sessions with the same one share a pass: their rows follow each other, or the pass takes
        all rows anyway.
        """
        place, row = self._place(sessions[at])
        return place, 0 if self._ticker is FixedTicker else row - order.index(at)


def open_native(
    name_or_path: str,
    *,
    sessions: int = 1,
    device: str = "cpu",
    dtype: torch.dtype = torch.float32,
) -> NativeModel:
    """A preset's model by name, a preset file, or a checkpoint (.safetensors).

    sessions: how many share a pass. A preset without weights of its own gives untrained ones,
    always the same; `trained` then is false. Raises ModelUnavailableError.
    """
    try:
        net, facts = _weights(name_or_path, device, dtype)
        tokenizer = load_tokenizer(vocabulary=net.preset.text.vocabulary)
        trusted = frozenset(HazardKind(kind) for kind in facts.get("trusted_kinds", ()))
    except (CheckpointError, PresetFileError, PresetSizeError, TokenizerFileError) as error:
        raise ModelUnavailableError(str(error)) from error
    except ValueError as error:
        raise ModelUnavailableError(f"{name_or_path}: in its trusted_kinds, {error}") from error
    return NativeModel(
        net,
        tokenizer,
        name=name_or_path,
        trained=bool(facts.get("trained", False)),
        trusted_kinds=trusted,
        trusted_speech=bool(facts.get("trusted_speech", False)),
        facts=facts,
        rows=sessions,
    )


def _weights(
    name_or_path: str, device: str, dtype: torch.dtype
) -> tuple[InteractionNet, Mapping[str, Any]]:
    path = Path(name_or_path)
    if path.suffix != CHECKPOINT_SUFFIX:
        preset = load_preset(name_or_path)
        shipped = None if names_preset_file(name_or_path) else shipped_weights(name_or_path)
        if shipped is None:
            return _untrained(preset).to(device, dtype), {}
        path = shipped
    net, header = load_checkpoint(path, dtype=dtype, device=device)
    digest = load_tokenizer(vocabulary=header.preset.text.vocabulary).digest
    if header.tokenizer != digest:
        raise CheckpointError(
            path,
            f"it was trained with another tokenizer ({header.tokenizer[:12]}, here {digest[:12]})",
            "use the version of tml_ros it was made with",
        )
    return net, header.facts


def _untrained(preset: Preset) -> InteractionNet:
    parameters = figures(preset).parameters_total
    if parameters > _MOST_UNTRAINED:
        raise PresetSizeError(
            f"{preset.name} has {parameters / 1e9:.0f} billion parameters and no weights here; "
            "untrained weights are made up to "
            f"{_MOST_UNTRAINED / 1e9:.0f} billion"
        )
    return fresh_net(preset)


def _mine(session: Session, model: NativeModel) -> NativeSession:
    if not isinstance(session, NativeSession) or session.model is not model:
        raise ValueError("the session was opened on another model")
    if session.closed:
        raise SessionClosedError("the session is closed; open another one")
    return session
