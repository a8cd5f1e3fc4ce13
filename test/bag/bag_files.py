"""Small bags for the tests of what reads them."""

from __future__ import annotations

from pathlib import Path

from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin
from rosbags.rosbag2 import Writer as FolderWriter
from rosbags.typesys import Stores, get_typestore

from tml_ros.bag.bag_writer import BagWriter

STRING = "std_msgs/msg/String"
SECOND = 1_000_000_000


def write_mcap(path, texts, *, topic="/text", step_ns=SECOND, **options):
    """A bag of one String per second from 1 s on."""
    with BagWriter(path, **options) as bag:
        for index, text in enumerate(texts):
            message = bag.types.new(STRING, data=text)
            bag.write(topic, STRING, SECOND + index * step_ns, message)
    return path


def write_folder(path: Path, texts, *, plugin="sqlite3", compression=None, topic="/text"):
    """The same as rosbag2 would write it into a folder, by another implementation than ours."""
    store = get_typestore(Stores.ROS2_JAZZY)
    storage = StoragePlugin.SQLITE3 if plugin == "sqlite3" else StoragePlugin.MCAP
    writer = FolderWriter(path, version=9, storage_plugin=storage)
    if compression is not None:
        writer.set_compression(CompressionMode[compression], CompressionFormat.ZSTD)
    with writer:
        connection = writer.add_connection(topic, STRING, typestore=store)
        for index, text in enumerate(texts):
            data = store.serialize_cdr(store.types[STRING](data=text), STRING)
            writer.write(connection, SECOND + index * SECOND, data)
    return path
