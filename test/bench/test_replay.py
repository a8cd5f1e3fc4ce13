from __future__ import annotations

import json

import pytest

from tml_ros.bag.bag_reader import open_bag
from tml_ros.bench.looped_bag import AUDIO_TOPIC, IMAGE_TOPIC, write_looped_bag
from tml_ros.bench.replay import resident_mb
from tml_ros.cli.main import main


def test_a_looped_bag_has_pictures_and_sound_all_the_way(tmp_path):
    path = tmp_path / "looped.mcap"
    frames = write_looped_bag(path, seconds=25, video=None)
    with open_bag(path) as bag:
        counts = {topic.topic: topic.messages for topic in bag.connections}
        assert counts == {IMAGE_TOPIC: frames, AUDIO_TOPIC: pytest.approx(25 * 25, abs=2)}
        assert (bag.end_ns - bag.start_ns) / 1e9 == pytest.approx(25, abs=0.1)
        stamps = [
            message.header.stamp.sec * 1_000_000_000 + message.header.stamp.nanosec - log_ns
            for topic, _, log_ns, message in bag
            if topic == IMAGE_TOPIC
        ]
    assert set(stamps) == {0}


def test_the_bench_tells_its_figures_as_json(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["bench", "replay", "--minutes", "0.05", "--json"])
    assert not ended.value.code
    figures = json.loads(capsys.readouterr().out)
    assert figures["frames"] == 45
    assert figures["factor"] > 0
    assert figures["turns"] in (14, 15)


def test_resident_memory_is_that_of_a_python_with_numpy():
    resident = resident_mb()
    assert resident is None or 20 < resident < 4_000
