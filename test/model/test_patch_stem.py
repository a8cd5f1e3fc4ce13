"""The patch stem against plain convolutions, and what must not depend on what."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - the usual name
from torch import Tensor

from tml_ros.model.patch_stem import PatchStem
from tml_ros.model.preset import SightPreset

SIGHT = SightPreset(zones=3, stem=(8, 12))
WIDTH = 20


@pytest.fixture
def stem() -> PatchStem:
    torch.manual_seed(0)
    return PatchStem(SIGHT, WIDTH).eval()


def patches(count: int, seed: int = 1) -> tuple[Tensor, Tensor, Tensor]:
    dice = torch.Generator().manual_seed(seed)
    shape = (count, 40, 40)
    rgb = torch.randint(0, 256, (*shape, 3), generator=dice, dtype=torch.uint8)
    masks = torch.randint(0, 2, (*shape, SIGHT.zones), generator=dice, dtype=torch.uint8)
    difference = torch.randint(-127, 128, (*shape, 3), generator=dice, dtype=torch.int8)
    return rgb, masks, difference


def kernels(weight: Tensor, side: int) -> Tensor:
    """Rows of (row, column, channel) as [out, in, side, side], written out entry by entry."""
    channels = weight.shape[1] // side**2
    found = torch.zeros(weight.shape[0], channels, side, side, dtype=weight.dtype)
    for row in range(side):
        for column in range(side):
            first = (row * side + column) * channels
            found[:, :, row, column] = weight[:, first : first + channels]
    return found


def plainly(stem: PatchStem, rgb: Tensor, masks: Tensor, difference: Tensor) -> Tensor:
    """The same by three convolutions over all channels at once, in float64."""
    stem = stem.double()
    channels = ((rgb.double() - 128) / 64, masks.double(), difference.double() / 32)
    x = torch.cat(channels, dim=3).permute(0, 3, 1, 2)
    first = [kernels(part.weight, 5) for part in (stem.colour, stem.zones, stem.difference)]
    x = F.conv2d(x, torch.cat(first, dim=1), stem.colour.bias, stride=5)
    x = F.gelu(stem.first_norm(x.permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
    x = F.conv2d(x, kernels(stem.second.weight, 4), stem.second.bias, stride=4)
    x = F.gelu(stem.second_norm(x.permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
    x = F.conv2d(x, kernels(stem.third.weight, 2), stem.third.bias, stride=2)
    return x.flatten(1)


@torch.no_grad()
def test_it_is_three_convolutions_with_norm_and_gelu_between(stem: PatchStem) -> None:
    seen = patches(5)
    given = stem(*seen)
    assert given.dtype == torch.float32
    torch.testing.assert_close(given.double(), plainly(stem, *seen), atol=2e-5, rtol=0)


@torch.no_grad()
def test_half_precision_is_the_same_but_for_rounding(stem: PatchStem) -> None:
    seen = patches(5)
    exact = stem(*seen)
    rounded = stem.bfloat16()(*seen)
    assert rounded.dtype == torch.bfloat16
    assert (rounded.float() - exact).abs().max() < 0.05 * exact.abs().max()


@torch.no_grad()
def test_no_patch_depends_on_another(stem: PatchStem) -> None:
    seen = patches(7)
    whole = stem(*seen)
    order = torch.tensor([4, 0, 6, 2])
    torch.testing.assert_close(stem(*(part[order] for part in seen)), whole[order])
    other = [part.clone() for part in seen]
    other[0][3] = 255 - other[0][3]
    changed = stem(*other)
    same = torch.arange(7) != 3
    assert torch.equal(changed[same], whole[same])
    assert not torch.allclose(changed[3], whole[3], atol=1e-3)


@torch.no_grad()
@pytest.mark.parametrize("part", [0, 1, 2], ids=["colour", "mask", "difference"])
def test_every_channel_matters(stem: PatchStem, part: int) -> None:
    seen = [torch.zeros_like(each) for each in patches(1)]
    dark = stem(*seen)
    vectors = [dark]
    for channel in range(seen[part].shape[-1]):
        other = [each.clone() for each in seen]
        other[part][0, 13, 27, channel] = 1 if part == 1 else 100
        vectors.append(stem(*other))
    distances = torch.cdist(torch.cat(vectors), torch.cat(vectors))
    assert (distances + torch.eye(len(vectors)) > 1e-3).all()


@torch.no_grad()
def test_no_patches_make_no_vectors(stem: PatchStem) -> None:
    assert stem(*patches(0)).shape == (0, WIDTH)


@torch.no_grad()
def test_it_compiles_as_one_graph(stem: PatchStem) -> None:
    compiled = torch.compile(stem, fullgraph=True, backend="eager")
    for count in (3, 6):
        torch.testing.assert_close(compiled(*patches(count)), stem(*patches(count)))


def test_every_weight_learns(stem: PatchStem) -> None:
    stem(*patches(2)).square().sum().backward()
    assert all(weight.grad.abs().sum() > 0 for weight in stem.parameters())
