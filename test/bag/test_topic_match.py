from __future__ import annotations

import pytest

from tml_ros.bag.bag_error import BagError
from tml_ros.bag.bag_storage import BagTopic
from tml_ros.bag.topic_match import COMPRESSED_IMAGE, IMAGE, IMAGE_TYPES, match_topic, namespace_of


def recorded(*names, msgtype=IMAGE):
    return [BagTopic(name, msgtype, 10) for name in names]


@pytest.mark.parametrize(
    ("wanted", "topics", "found"),
    [
        ("hall/image", recorded("/hall/image"), "/hall/image"),
        ("/hall/image", recorded("/hall/image"), "/hall/image"),
        ("hall/image", recorded("/line_2/hall/image"), "/line_2/hall/image"),
        ("hall/image", recorded("/line_2/hall/image", "/hall/image"), "/hall/image"),
        ("image", recorded("/cell/debug/image", "/cell/image"), "/cell/image"),
        ("hall/image", recorded("/other_hall/image"), None),
        ("hall/image", recorded("/hall/image", msgtype="std_msgs/msg/String"), None),
        (
            "hall/image",
            recorded("/a/hall/image/compressed", msgtype=COMPRESSED_IMAGE),
            "/a/hall/image/compressed",
        ),
        (
            "hall/image",
            recorded("/hall/image") + recorded("/hall/image/compressed", msgtype=COMPRESSED_IMAGE),
            "/hall/image",
        ),
        ("hall/image", [BagTopic("/hall/image", IMAGE, 0)], None),
        ("hall/image", [], None),
    ],
)
def test_a_topic_is_found_by_name_then_behind_a_namespace_then_compressed(wanted, topics, found):
    topic = match_topic(wanted, IMAGE_TYPES, topics)
    assert (topic.topic if topic else None) == found


def test_two_namespaces_are_ambiguous_and_both_are_named():
    with pytest.raises(BagError) as raised:
        match_topic("hall/image", IMAGE_TYPES, recorded("/a/hall/image", "/b/hall/image"))
    assert "/a/hall/image" in str(raised.value)
    assert "/b/hall/image" in str(raised.value)


@pytest.mark.parametrize(
    ("topic", "wanted", "namespace"),
    [
        ("/hall/image", "hall/image", ""),
        ("/a/b/hall/image", "hall/image", "/a/b"),
        ("/a/hall/image/compressed", "hall/image", "/a"),
        ("/a/hall/image", "/a/hall/image", ""),
        ("/camera", "hall/image", ""),
    ],
)
def test_the_namespace_is_what_stands_before_the_cells_own_name(topic, wanted, namespace):
    assert namespace_of(BagTopic(topic, IMAGE, 1), wanted) == namespace
