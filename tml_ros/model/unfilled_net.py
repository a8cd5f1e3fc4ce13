"""A network without memory behind its weights: names, shapes and nothing in them.

What it is good for: counting, and being filled from a file. However large, it costs a second.
Any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from tml_ros.model.interaction_net import InteractionNet
from tml_ros.model.preset import Preset

_DRAWS = (nn.init.normal_, nn.init.uniform_, nn.init.kaiming_uniform_, nn.init.xavier_uniform_)


class PresetSizeError(ValueError):
    """No network can be built of the preset: its numbers are beyond what a tensor can have."""


def unfilled_net(preset: Preset) -> InteractionNet:
    """The network of a preset on PyTorch's meta device, float32. Raises PresetSizeError."""
    try:
        with torch.device("meta"), _NothingDrawn():
            return InteractionNet(preset).eval()
    except (RuntimeError, OverflowError, TypeError) as error:
        # Torch has no narrower error for a shape that is too large; which one depends on by how
        # much. On the meta device there is nothing else to go wrong.
        reason = str(error).partition("\n")[0]
        raise PresetSizeError(
            f"preset {preset.name} cannot be built ({reason}); give it smaller numbers"
        ) from error


class _NothingDrawn(TorchFunctionMode):
    """Leaves random numbers undrawn: where there is no memory they would only cost the import of
    PyTorch's compiler, which is 3 s.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever func returns
        del types
        kwargs = kwargs or {}
        if func in _DRAWS:
            tensor: Tensor = kwargs["tensor"] if "tensor" in kwargs else args[0]
            return tensor
        return func(*args, **kwargs)
