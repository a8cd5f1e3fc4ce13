"""The ROS 2 message types a bag needs, without ROS: Jazzy's own, and those a bag brings along.

Knows nothing of files. One instance belongs to one reader or writer and to one thread.
"""

from __future__ import annotations

from typing import Any, Literal

from rosbags.serde import SerdeError
from rosbags.typesys import Stores, get_types_from_idl, get_types_from_msg, get_typestore
from rosbags.typesys.base import TypesysError

from tml_ros.bag.bag_error import BagError

DefinitionFormat = Literal["ros2msg", "ros2idl"]


class MessageTypes:
    """Definitions by full name ("std_msgs/msg/String"), and CDR in both directions.

    Messages are plain objects with the fields of the definition; their numeric arrays are numpy
    arrays. Jazzy's definition wins over one of the same name that a bag carries.
    """

    def __init__(self) -> None:
        """Start with everything Jazzy has."""
        self._store = get_typestore(Stores.ROS2_JAZZY)

    def __contains__(self, msgtype: str) -> bool:
        """Whether the type is defined."""
        return msgtype in self._store.fielddefs

    def learn(self, msgtype: str, definition: str, *, form: DefinitionFormat = "ros2msg") -> None:
        """Add a type from the text of its definition, with all it depends on.

        Raises BagError when the text is not a definition.
        """
        if msgtype in self:
            return
        added: list[str] = []
        try:
            if form == "ros2idl":
                found = get_types_from_idl(definition)
            else:
                found = get_types_from_msg(definition, msgtype)
            new = {name: fields for name, fields in found.items() if name not in self}
            added = list(new)
            self._store.register(new)
            # Walks all types inside, so that one that is missing shows now and not in a message.
            self._store.generate_msgdef(msgtype, ros_version=2)
        except (TypesysError, KeyError) as error:
            for name in added:
                self._store.fielddefs.pop(name, None)
            raise BagError(f"the definition of {msgtype} cannot be understood: {error}") from None

    def definition(self, msgtype: str) -> str:
        """The text of the definition, followed by those of all types inside (MCAP "ros2msg")."""
        self._require(msgtype)
        return self._store.generate_msgdef(msgtype, ros_version=2)[0]

    def type_hash(self, msgtype: str) -> str:
        """The REP 2016 hash, "RIHS01_..."."""
        self._require(msgtype)
        return self._store.hash_rihs01(msgtype)

    def new(self, msgtype: str, **fields: Any) -> Any:  # noqa: ANN401 - a type known at run time
        """Build a message; every field must be given."""
        self._require(msgtype)
        return self._store.types[msgtype](**fields)

    def serialise(self, message: object, msgtype: str) -> memoryview:
        """Message to CDR. Raises BagError where its fields do not fit the definition."""
        self._require(msgtype)
        try:
            return self._store.serialize_cdr(message, msgtype)
        except (SerdeError, AttributeError, TypeError, AssertionError) as error:
            raise BagError(f"this is no {msgtype}: {error}") from error

    def deserialise(self, data: bytes | memoryview, msgtype: str) -> Any:  # noqa: ANN401
        """CDR to message; its large arrays are views of `data`, not copies.

        Raises BagError where the bytes do not fit the definition.
        """
        self._require(msgtype)
        try:
            return self._store.deserialize_cdr(memoryview(data), msgtype)
        except Exception as error:
            # Generated code meets bad bytes with whatever exception comes first.
            raise BagError(f"a message of type {msgtype} is damaged: {error}") from error

    def _require(self, msgtype: str) -> None:
        if msgtype not in self:
            raise BagError(f"message type {msgtype} is unknown and comes without a definition")
