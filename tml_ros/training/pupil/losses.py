"""How wrong answers are: mean losses, float32 scalars, 0 where there is nothing to learn.

Pure functions of tensors, in float32 whatever the answers come in; no branch depends on a value,
so that every process of many makes the same calls.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor


def hazard_loss(logits: Tensor, labels: Tensor, kind: Tensor, *, there: float) -> Tensor:
    """Binary cross-entropy, first the mean of each kind of hazard, then that of the kinds.

    So a kind judged at few places, or rarely known, counts as much as any other. logits: [t, h].
    labels: int8 [t, h], -1 where unknown. kind: int64 [h], 0.. without gaps. there: how much a
    turn with the hazard counts beside one without.
    """
    loss, known = _told(logits, labels, there)
    kinds = int(kind.shape[0])
    sums = loss.new_zeros(kinds).index_add(0, kind, loss.sum(dim=0))
    counts = loss.new_zeros(kinds).index_add(0, kind, known.sum(dim=0))
    return (sums / counts.clamp(min=1)).sum() / (counts > 0).sum().clamp(min=1)


def thing_loss(logits: Tensor, labels: Tensor, *, there: float) -> Tensor:
    """Binary cross-entropy of all that is known. logits: [p, k]. labels: int8 [p, k], -1 unknown.

    there: how much what is there counts beside what is not.
    """
    loss, known = _told(logits, labels, there)
    return loss.sum() / known.sum().clamp(min=1)


def smoke_loss(logits: Tensor, share: Tensor) -> Tensor:
    """Binary cross-entropy with a share 0..1, negative where unknown. Both: [p]."""
    known = (share >= 0).float()
    loss = F.binary_cross_entropy_with_logits(
        logits.float(), share.float().clamp(0, 1), reduction="none"
    )
    return (loss * known).sum() / known.sum().clamp(min=1)


def floor_loss(logits: Tensor, right: Tensor, weight: Tensor) -> Tensor:
    """Cross-entropy, weighted turn by turn. logits: [t, 3]. right: int64 [t]. weight: [t]."""
    loss = F.cross_entropy(logits.float(), right, reduction="none")
    return (loss * weight).sum() / weight.sum().clamp(min=1)


def text_loss(logits: Tensor, right: Tensor, weight: Tensor, *, hold: int) -> Tensor:
    """Cross-entropy of the slots of a turn up to its first HOLD, which ends it; weighted by turn.

    logits: [n, k, V]. right: int64 [n, k]. weight: [n].
    """
    loss = F.cross_entropy(logits.float().flatten(0, 1), right.flatten(), reduction="none")
    counts = written(right, hold=hold).float() * weight[:, None]
    return (loss.view_as(counts) * counts).sum() / counts.sum().clamp(min=1)


def written(text: Tensor, *, hold: int) -> Tensor:
    """Slots that are really chosen: those up to the first HOLD. int64 [n, k] to bool [n, k]."""
    held = (text == hold).long()
    return held.cumsum(dim=1) - held == 0


def _told(logits: Tensor, labels: Tensor, there: float) -> tuple[Tensor, Tensor]:
    """Loss of each answer, 0 where unknown, and what is known as 0 or 1: float32."""
    known = (labels >= 0).float()
    right = (labels == 1).float()
    loss = F.binary_cross_entropy_with_logits(logits.float(), right, reduction="none")
    return loss * known * torch.where(labels == 1, there, 1.0), known
