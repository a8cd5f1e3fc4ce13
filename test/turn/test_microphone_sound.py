"""Sound of any rate is given out at the time it was taken."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tml_ros.turn.audio_format import AudioFormatError
from tml_ros.turn.microphone_sound import MicrophoneSound

MS = 1_000_000
START = 1_700_000_000_000 * MS


def sound_of(samples, *, rate, ms=20, arrival=lambda done_ns: START + done_ns, stamped=False):
    """The blocks of `samples`, int16, sent in messages of so many ms."""
    size = rate * ms // 1_000
    sound = MicrophoneSound("hall", rate=rate, channels=1, encoding="s16")
    blocks = []
    for first in range(0, len(samples), size):
        part = samples[first : first + size]
        arrival_ns = arrival((first + len(part)) * 1_000_000_000 // rate)
        stamp_ns = START + first * 1_000_000_000 // rate if stamped else None
        blocks.append(sound.block_of(part, arrival_ns, stamp_ns=stamp_ns))
    return blocks


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("stamped", [True, False])
def test_a_click_keeps_its_moment_whatever_the_rate(rate, stamped):
    samples = np.zeros(rate, np.int16)
    click = rate // 2 + 3
    samples[click] = 30_000
    blocks = [block for block in sound_of(samples, rate=rate, stamped=stamped) if block]
    loudest = max(blocks, key=lambda block: np.abs(block.samples).max(initial=0))
    at_ns = loudest.start_ns + int(np.abs(loudest.samples).argmax()) * 62_500
    assert at_ns - START == pytest.approx(click * 1_000_000_000 / rate, abs=0.2 * MS)


def test_nothing_is_given_out_while_the_resampler_holds_all_there_is():
    blocks = sound_of(np.zeros(4_800, np.int16), rate=48_000, ms=1)
    assert blocks[0] is None
    assert all(len(block.samples) for block in blocks if block is not None)
    given_out = [block for block in blocks if block is not None]
    for before, after in pairwise(given_out):
        end_ns = before.start_ns + len(before.samples) * 62_500
        assert after.start_ns == pytest.approx(end_ns, abs=MS)


def test_blocks_follow_each_other_whenever_they_arrive():
    jitter = iter([0, 9 * MS, 4 * MS])
    blocks = sound_of(
        np.repeat(np.int16([0, 1000, 2000]), 320),
        rate=16_000,
        arrival=lambda done_ns: START + done_ns + next(jitter),
    )
    assert {block.microphone for block in blocks} == {"hall"}
    assert np.diff([block.start_ns for block in blocks]).tolist() == [20 * MS] * 2
    np.testing.assert_allclose(blocks[2].samples, 2000 / 32768, atol=1e-4)
    assert not blocks[2].samples.flags.writeable


def test_a_block_that_cannot_be_read_leaves_the_time_of_the_next_alone():
    sound = MicrophoneSound("hall", rate=16_000, channels=2, encoding="s16")
    first = sound.block_of(np.zeros((320, 2), np.int16), START)
    with pytest.raises(AudioFormatError, match="truncated"):
        sound.block_of(b"\0\0\0", START + 20 * MS)
    second = sound.block_of(np.zeros((320, 2), np.int16), START + 20 * MS)
    assert second.start_ns - first.start_ns == 20 * MS
