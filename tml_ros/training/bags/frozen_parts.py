"""Which parts of a network learn, when it is to learn something new and forget nothing.

A few labelled minutes cannot teach nine million weights; they can teach the last layers, and the
last layers alone have little room to forget in. Knows nothing of lessons.
"""

from __future__ import annotations

from torch import nn

from tml_ros.model.interaction_net import InteractionNet

HEAD = "hazards."


class FrozenPartsError(ValueError):
    """The network has not so many layers; the message says how many it has."""


def let_learn(learner: nn.Module, net: InteractionNet, *, layers: int) -> tuple[str, ...]:
    """Freeze all but the last layers and the hazard head; the names in `net` of what still learns.

    What is said is read off the last layers by heads that stay: lessons of talk beside the new ones
    keep the layers such that they still fit.

    learner: the network, or what has it as a part; its other parts are frozen too. layers: 0 lets
    the hazard head alone learn: then not one word that is said can change.
    Raises FrozenPartsError for more layers than there are.
    """
    count = len(net.blocks)
    if not 0 <= layers <= count:
        raise FrozenPartsError(
            f"{net.preset.name} has {count} layers; {layers} of them cannot learn"
        )
    begins = (HEAD, *(f"blocks.{number}." for number in range(count - layers, count)))
    learner.requires_grad_(False)
    chosen = [(name, one) for name, one in net.named_parameters() if name.startswith(begins)]
    for _, weight in chosen:
        weight.requires_grad_(True)
    return tuple(name for name, _ in chosen)
