import numpy as np
import pytest

from tml_ros.model.flow_noise import LARGEST, turn_noise


def test_noise_of_a_turn_does_not_depend_on_what_was_drawn_before():
    first = turn_noise(7, 100)
    for turn in range(20):
        turn_noise(7, turn)
    np.testing.assert_array_equal(turn_noise(7, 100), first)
    assert first.dtype == np.float32
    assert first.shape == (8, 80)


def test_every_seed_and_turn_has_noise_of_its_own():
    pairs = [(0, 0), (0, 1), (1, 0), (1, 1), (0, 2**32), (2**32, 0), (LARGEST, LARGEST - 1)]
    pairs += [(LARGEST - 1, LARGEST), (LARGEST, LARGEST), (0, LARGEST)]
    assert len({turn_noise(*pair).tobytes() for pair in pairs}) == len(pairs)


def test_noise_is_standard_normal_and_turns_are_unrelated():
    noise = np.stack([turn_noise(3, turn).ravel() for turn in range(500)]).astype(np.float64)
    count = noise.size
    assert abs(noise.mean()) < 4 / np.sqrt(count)
    assert abs(noise.var() - 1) < 4 * np.sqrt(2 / count)
    assert abs((noise**4).mean() - 3) < 4 * np.sqrt(96 / count)
    assert abs((noise[1:] * noise[:-1]).mean()) < 4 / np.sqrt(count)


@pytest.mark.parametrize(
    ("seed", "turn", "message"),
    [
        (-1, 0, "seed must be within"),
        (LARGEST + 1, 0, "seed must be within"),
        (0, -1, "turn must be within"),
        (0, LARGEST + 1, "turn must be within"),
    ],
)
def test_a_seed_or_turn_that_cannot_be_counted_is_refused(seed, turn, message):
    with pytest.raises(ValueError, match=message):
        turn_noise(seed, turn)
