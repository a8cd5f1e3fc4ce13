from __future__ import annotations

import shutil

import pytest
from bag_files import SECOND, STRING, write_folder, write_mcap
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_reader import open_bag
from tml_ros.bag.bag_writer import BagWriter
from tml_ros.bag.message_types import MessageTypes

TEXTS = ["one", "two", "three", "four", "five"]
EXPECTED = [("/text", STRING, SECOND + index * SECOND, text) for index, text in enumerate(TEXTS)]


def contents(path):
    with open_bag(path) as bag:
        return [(topic, kind, stamp, message.data) for topic, kind, stamp, message in bag]


@pytest.mark.parametrize(
    ("plugin", "compression"),
    [
        ("sqlite3", None),
        ("sqlite3", "FILE"),
        ("sqlite3", "MESSAGE"),
        ("mcap", None),
        ("mcap", "FILE"),
        ("mcap", "MESSAGE"),
        ("mcap", "STORAGE"),
    ],
)
def test_a_folder_is_read_whatever_its_storage_and_compression(tmp_path, plugin, compression):
    path = write_folder(tmp_path / "bag", TEXTS, plugin=plugin, compression=compression)
    assert contents(path) == EXPECTED


@pytest.mark.parametrize("plugin", ["sqlite3", "mcap"])
def test_a_single_file_taken_out_of_its_folder_is_read(tmp_path, plugin):
    folder = write_folder(tmp_path / "bag", TEXTS, plugin=plugin)
    (file,) = (f for f in folder.iterdir() if f.name != "metadata.yaml")
    alone = shutil.move(file, tmp_path / file.name)
    assert contents(alone) == EXPECTED


def test_our_own_bag_is_read_with_its_topics_and_times(tmp_path):
    with open_bag(write_mcap(tmp_path / "bag.mcap", TEXTS)) as bag:
        (topic,) = bag.connections
        assert (topic.topic, topic.msgtype, topic.messages) == ("/text", STRING, 5)
        assert (bag.start_ns, bag.end_ns) == (SECOND, 5 * SECOND)
        assert bag.notices == ()


def test_a_folder_without_metadata_is_read_file_by_file_and_says_so(tmp_path):
    folder = tmp_path / "bag"
    write_mcap(folder / "bag_0.mcap", ["one", "two"])
    write_mcap(folder / "bag_10.mcap", ["four"])
    write_mcap(folder / "bag_9.mcap", ["three"])
    with open_bag(folder) as bag:
        assert [message.data for *_, message in bag] == ["one", "two", "three", "four"]
        assert "no metadata.yaml" in bag.notices[0]


def test_an_mcap_whose_recorder_was_killed_is_read_as_far_as_it_goes(tmp_path):
    whole = write_mcap(tmp_path / "whole.mcap", [f"text {i}" for i in range(20)])
    cut = tmp_path / "cut.mcap"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with open_bag(cut) as bag:
        texts = [message.data for *_, message in bag]
        assert "not finished" in bag.notices[0]
        assert f"{len(texts)} messages" in bag.notices[0]
    assert 0 < len(texts) < 20
    assert texts == [f"text {i}" for i in range(len(texts))]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cut=st.integers(0, 3000))
def test_an_mcap_cut_anywhere_gives_a_true_beginning_or_a_named_error(tmp_path, cut):
    whole = tmp_path / "whole.mcap"
    if not whole.exists():
        write_mcap(whole, TEXTS, step_ns=3 * SECOND)
    data = whole.read_bytes()
    path = tmp_path / "cut.mcap"
    path.write_bytes(data[: min(cut, len(data))])
    try:
        with open_bag(path) as bag:
            texts = [message.data for *_, message in bag]
    except BagError:
        return
    assert texts == TEXTS[: len(texts)]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(where=st.integers(0, 6000), value=st.integers(0, 255), kind=st.sampled_from(["mcap", "db3"]))
def test_a_flipped_byte_gives_messages_or_a_named_error_and_nothing_else(
    tmp_path, where, value, kind
):
    if not (tmp_path / "bag").exists():
        write_folder(tmp_path / "bag", TEXTS)
        write_mcap(tmp_path / "good.mcap", TEXTS)
        shutil.copy(next((tmp_path / "bag").glob("*.db3")), tmp_path / "good.db3")
    data = bytearray((tmp_path / f"good.{kind}").read_bytes())
    data[where % len(data)] = value
    path = tmp_path / f"bad.{kind}"
    path.write_bytes(data)
    try:
        with open_bag(path) as bag:
            for _ in bag:
                pass
    except BagError:
        pass


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.mcap", b"", "is empty (0 bytes)"),
        ("foreign.mcap", b"hello, I am a text file", "neither MCAP nor rosbag2 SQLite"),
        ("magic.mcap", b"\x89MCAP0\r\n", "no message"),
        ("foreign.db3", b"hello, I am a text file", "neither MCAP nor rosbag2 SQLite"),
        ("empty.db3", b"", "is empty (0 bytes)"),
        ("hollow.db3", b"SQLite format 3\x00" + bytes(100), "cannot be read as a bag"),
        ("old.bag", b"#ROSBAG V2.0\n", "rosbags-convert"),
        ("part.db3.zstd", b"\x28\xb5\x2f\xfd" + bytes(20), "give the folder"),
    ],
)
def test_what_is_no_bag_is_a_named_error_that_says_what_was_found(tmp_path, name, data, words):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(BagError) as raised:
        open_bag(path)
    assert words in str(raised.value)
    assert name in str(raised.value)


def test_a_path_that_does_not_exist_is_a_named_error(tmp_path):
    with pytest.raises(BagError, match=r"nowhere\.mcap does not exist"):
        open_bag(tmp_path / "nowhere.mcap")


def test_a_folder_that_is_no_bag_says_what_lies_in_it(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(BagError, match=r"holiday\.jpg"):
        open_bag(tmp_path)


def test_a_folder_with_broken_metadata_is_a_named_error(tmp_path):
    folder = write_folder(tmp_path / "bag", TEXTS)
    (folder / "metadata.yaml").write_text("rosbag2_bagfile_information: [")
    with pytest.raises(BagError, match="cannot be read as a bag"):
        open_bag(folder)


def test_messages_of_unknown_types_are_left_out_and_others_are_not(tmp_path):
    path = tmp_path / "mixed.mcap"
    with BagWriter(path) as bag:
        bag.declare("/odd", "odd_msgs/msg/Odd", definition="no definition at all !!")
        bag.write("/odd", "odd_msgs/msg/Odd", SECOND, b"\x00\x01\x00\x00abcd")
        bag.write("/text", STRING, 2 * SECOND, bag.types.new(STRING, data="plain"))
    assert contents(path) == [("/text", STRING, 2 * SECOND, "plain")]


def test_a_type_that_only_the_bag_knows_is_read_by_its_own_definition(tmp_path):
    definition = "uint32 level\nstring name\n"
    types = MessageTypes()
    types.learn("site_msgs/msg/Tank", definition)
    path = tmp_path / "tank.mcap"
    with BagWriter(path, types=types) as bag:
        tank = types.new("site_msgs/msg/Tank", level=7, name="oil")
        bag.write("/tank", "site_msgs/msg/Tank", SECOND, tank)
    with open_bag(path) as bag:
        ((_, _, _, message),) = list(bag)
    assert (message.level, message.name) == (7, "oil")
