from __future__ import annotations

import numpy as np
import pytest
from bag_files import SECOND, STRING, write_mcap
from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
from rosbags.interfaces import QosDurability, QosReliability
from rosbags.rosbag2 import Reader

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_reader import open_bag
from tml_ros.bag.bag_writer import FLUSH_NS, BagWriter
from tml_ros.bag.offered_qos import offered_qos
from tml_ros.bag.standard_messages import StandardMessages


def test_the_same_calls_give_the_same_bytes(tmp_path):
    first = write_mcap(tmp_path / "a.mcap", ["x"] * 50).read_bytes()
    assert write_mcap(tmp_path / "b.mcap", ["x"] * 50).read_bytes() == first


def test_two_foreign_readers_read_every_kind_of_message_we_write(tmp_path):
    path = tmp_path / "all.mcap"
    rgb = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    with BagWriter(path) as bag:
        make = StandardMessages(bag.types)
        bag.write("/text", STRING, 1, make.string("hello"))
        bag.write("/image", "sensor_msgs/msg/Image", 2, make.picture(rgb, stamp_ns=2, frame_id="c"))
        sound = make.sound(np.array([0, 0.5, -2], np.float32), channels=2)
        bag.write("/audio", "std_msgs/msg/Int16MultiArray", 3, sound)
    with path.open("rb") as file:
        foreign = make_reader(file, decoder_factories=[DecoderFactory()])
        decoded = {channel.topic: m for _, channel, _, m in foreign.iter_decoded_messages()}
    assert decoded["/text"].data == "hello"
    assert bytes(decoded["/image"].data) == rgb.tobytes()
    assert (decoded["/image"].height, decoded["/image"].step) == (4, 18)
    assert list(decoded["/audio"].data) == [0, 0, 16384, 16384, -32768, -32768]
    assert [(d.label, d.size) for d in decoded["/audio"].layout.dim] == [
        ("frames", 3),
        ("channels", 2),
    ]
    with Reader(path) as reader:
        assert [c.topic for c, _, _ in reader.messages()] == ["/text", "/image", "/audio"]


def test_the_file_says_ros2_and_carries_full_definitions_qos_and_type_hash(tmp_path):
    path = tmp_path / "bag.mcap"
    with BagWriter(path) as bag:
        latched = offered_qos(transient_local=True, reliable=True, depth=1)
        bag.declare("/alarms", "diagnostic_msgs/msg/DiagnosticArray", qos=[latched])
    with path.open("rb") as file:
        reader = make_reader(file)
        summary = reader.get_summary()
        assert reader.get_header().profile == "ros2"
    (schema,) = summary.schemas.values()
    assert (schema.name, schema.encoding) == ("diagnostic_msgs/msg/DiagnosticArray", "ros2msg")
    assert b"MSG: diagnostic_msgs/KeyValue" in schema.data
    (channel,) = summary.channels.values()
    assert channel.metadata["topic_type_hash"].startswith("RIHS01_")
    with Reader(path) as foreign:
        (qos,) = foreign.connections[0].ext.offered_qos_profiles
    assert qos.durability is QosDurability.TRANSIENT_LOCAL
    assert qos.reliability is QosReliability.RELIABLE
    assert qos.depth == 1


def test_what_was_flushed_survives_a_killed_writer(tmp_path, run_process):
    path = tmp_path / "killed.mcap"
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from tml_ros.bag.bag_writer import BagWriter\n"
        "bag = BagWriter(Path(sys.argv[1]))\n"
        "for i in range(100):\n"
        "    text = bag.types.new('std_msgs/msg/String', data=str(i))\n"
        "    bag.write('/text', 'std_msgs/msg/String', i * 100_000_000, text)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    run_process(["python", "-c", script, str(path)]).wait()
    with open_bag(path) as bag:
        last_ns = [stamp for _, _, stamp, _ in bag][-1]
    assert 99 * 100_000_000 - last_ns <= FLUSH_NS


def test_bytes_are_written_as_they_are(tmp_path):
    with BagWriter(tmp_path / "bag.mcap") as bag:
        data = bytes(bag.types.serialise(bag.types.new(STRING, data="raw"), STRING))
        bag.write("/text", STRING, SECOND, data)
        bag.write("/text", STRING, SECOND, memoryview(data))
    with open_bag(tmp_path / "bag.mcap") as bag:
        assert [message.data for message in bag.messages()] == [data, data]


def test_an_existing_file_is_kept_unless_told_otherwise(tmp_path):
    path = write_mcap(tmp_path / "bag.mcap", ["old"])
    with pytest.raises(BagError, match="exists; remove it or choose another name"):
        BagWriter(path)
    write_mcap(path, ["new"], overwrite=True)
    with open_bag(path) as bag:
        assert [message.data for *_, message in bag] == ["new"]


def test_a_name_that_is_no_mcap_is_refused(tmp_path):
    with pytest.raises(BagError, match=r"must end in \.mcap"):
        BagWriter(tmp_path / "bag.db3")


def test_a_place_that_cannot_be_written_is_a_named_error(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BagError, match="cannot be written"):
        BagWriter(tmp_path / "file" / "bag.mcap")


def test_a_message_of_another_type_is_a_named_error(tmp_path):
    with BagWriter(tmp_path / "bag.mcap") as bag:
        with pytest.raises(BagError, match=r"no std_msgs/msg/Int16MultiArray"):
            bag.write("/a", "std_msgs/msg/Int16MultiArray", 0, bag.types.new(STRING, data="x"))
        with pytest.raises(BagError, match="unknown and comes without a definition"):
            bag.write("/b", "odd_msgs/msg/Odd", 0, b"")
