import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.devices.sample_queue import SampleQueue

STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "take", "clear"]), st.integers(0, 70)), max_size=40
)


@given(STEPS)
def test_a_queue_behaves_like_a_list_that_forgets_its_oldest(steps):
    queue, model, sent = SampleQueue(100), [], 0
    for action, count in steps:
        if action == "put":
            block = np.arange(sent, sent + count, dtype=np.float32)
            sent += count
            model += block.tolist()
            assert queue.put(block) == max(0, len(model) - 100)
            model = model[-100:]
        elif action == "take":
            assert queue.take(count).tolist() == model[:count]
            model = model[count:]
        else:
            assert queue.clear() == len(model)
            model = []
        assert len(queue) == len(model)


def test_what_waits_does_not_change_with_the_callers_array():
    queue, block = SampleQueue(10), np.ones(4, np.float32)
    queue.put(block)
    block[:] = 0
    assert queue.take(10).tolist() == [1, 1, 1, 1]
