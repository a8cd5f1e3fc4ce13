"""What a cell description must fulfil beyond the types of its fields.

Knows the shape of a description but none of its classes. A rule looks at whatever of the input can
be read, so that a mistake in one place does not hide another elsewhere: `validated` runs the rules
beside pydantic's own checks and reports both. Pure functions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import TypeAdapter, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from tml_ros.devices.source_names import URL_SCHEMES
from tml_ros.safety.warning_text import UnknownLanguageError, warning_text
from tml_ros.safety.zone import MIN_AREA_FRACTION, Point, area, crossing_edges, lies_on_a_line
from tml_ros.settings.problem import RULE
from tml_ros.turn.hazard import HazardKind

Mistake = InitErrorDetails
"""One mistake: where (`loc`), what was found (`input`) and, in the error's context, `allowed`."""

MAX_DEVICES = 1000
_ALLOWED_AREA = f"an area of at least {MIN_AREA_FRACTION:.2%} of the picture"

_Read = TypeVar("_Read")
_Built = TypeVar("_Built")


def mistake(loc: tuple[str | int, ...], found: object, allowed: str) -> Mistake:
    """A mistake at `loc`, relative to the part of the description under judgement."""
    return Mistake(type=_refusal(allowed), loc=loc, input=found)


def refusal(allowed: str) -> PydanticCustomError:
    """The error for a validator of one value to raise; it says what is allowed."""
    return _refusal(allowed)


def refuse(mistakes: Sequence[Mistake]) -> None:
    """Raise pydantic's ValidationError with all the mistakes, if there are any."""
    if mistakes:
        raise ValidationError.from_exception_data("cell description", list(mistakes))


def validated(
    data: object,
    handler: Callable[[Any], _Built],
    rules: Callable[[Mapping[Any, Any]], Sequence[Mistake]],
) -> _Built:
    """Build by `handler` and apply the rules to the input; report the mistakes of both."""
    found = list(rules(data)) if isinstance(data, Mapping) else []
    try:
        built = handler(data)
    except ValidationError as error:
        refuse([*_details(error), *found])
        raise
    refuse(found)
    return built


def readable(kind: Any, given: object) -> Any:  # noqa: ANN401 - whatever `kind` stands for
    """`given` as a `kind`, or None where it is not one; pydantic says elsewhere why not."""
    try:
        return TypeAdapter(kind).validate_python(given)
    except ValidationError:
        return None


def readable_items(kind: type[_Read], given: object) -> Iterator[tuple[str, _Read]]:
    """The entries of a mapping whose key is text and whose value is a `kind`."""
    if isinstance(given, Mapping):
        for name, value in given.items():
            read = readable(kind, value)
            if isinstance(name, str) and read is not None:
                yield name, read


def camera_source(given: object) -> object:
    """Refuse what names no camera device, video file or URL that can be opened."""
    scheme, separator, _ = given.partition("://") if isinstance(given, str) else ("", "", "")
    if _names_a_device(given) and (not separator or scheme.lower() in URL_SCHEMES):
        return given
    urls = ", ".join(f"{name}://" for name in URL_SCHEMES)
    raise _refusal(f"a device index from 0, a video file, or a URL of {urls}")


def sound_device(given: object) -> object:
    """Refuse what names no sound device or wav file."""
    if _names_a_device(given) and not (isinstance(given, str) and "://" in given):
        return given
    raise _refusal("a device index from 0, a device name such as default, or a wav file")


def language(given: object) -> object:
    """Refuse a language without warnings; what is no language tag at all is pydantic's to say."""
    if isinstance(given, str):
        try:
            warning_text(HazardKind.SIREN, "", language=given)
        except UnknownLanguageError as error:
            allowed = str(error).rpartition("there are: ")[2]
            raise _refusal(allowed) from None
    return given


def timezone(name: str) -> str:
    """Refuse what names no time zone that this machine knows."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _refusal("the name of a time zone such as Europe/Berlin or UTC") from None
    return name


def warning(text: str) -> str:
    """Refuse a placeholder other than {zone}, and braces that are not a placeholder."""
    if re.search(r"[{}]", text.replace("{zone}", "")):
        raise _refusal("no braces but those of {zone}")
    return text


def polygon_mistakes(polygon: Sequence[Point], *, in_fractions: bool) -> list[Mistake]:
    """What is wrong with an outline in itself; size of picture not considered."""
    if in_fractions:
        outside = _outside(polygon, 1, 1, allowed="0..1 by 0..1 with units: fractions")
        if outside:
            return [
                mistake(("polygon", index), point, allowed) for index, point, allowed in outside
            ]
    for index, point in enumerate(polygon):
        if point == polygon[index - 1]:
            return [mistake(("polygon", index), point, "a corner other than the one before it")]
    if lies_on_a_line(polygon):
        return [mistake(("polygon",), list(polygon), "corners that do not lie on one line")]
    crossing = crossing_edges(polygon)
    if crossing is not None:
        first, second = (_edge(polygon, index) for index in crossing)
        allowed = f"an outline that does not cross itself; {first} meets {second}"
        return [mistake(("polygon",), list(polygon), allowed)]
    if in_fractions and area(polygon) < MIN_AREA_FRACTION:
        return [mistake(("polygon",), list(polygon), _ALLOWED_AREA)]
    return []


def pixel_mistakes(
    zone: str, polygon: Sequence[Point], *, size: tuple[int, int] | None, size_given: bool
) -> list[Mistake]:
    """What is wrong with a sound outline in pixels of a picture of that size."""
    place = ("zones", zone, "polygon")
    if size is None:
        if size_given:
            return []
        allowed = "[width, height] in pixels, because the zones are drawn in pixels"
        return [
            mistake(("size",), None, f"{allowed} (see zone {zone}), or fractions of 0..1 there")
        ]
    width, height = size
    outside = _outside(polygon, width, height, allowed=f"0..{width} by 0..{height}")
    if outside:
        return [mistake((*place, index), point, allowed) for index, point, allowed in outside]
    if area(polygon) < MIN_AREA_FRACTION * width * height:
        return [mistake(place, list(polygon), _ALLOWED_AREA)]
    return []


def stream_mistakes(given: Mapping[Any, Any]) -> list[Mistake]:
    """What is wrong between the cameras and microphones of a cell."""
    cameras, microphones = given.get("cameras", {}), given.get("microphones", {})
    if not (isinstance(cameras, Mapping) and isinstance(microphones, Mapping)):
        return []
    if not cameras and not microphones:
        return [mistake(("cameras",), None, "at least one camera or microphone")]
    users: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for section, name, topic in _topics(cameras, microphones):
        users[topic.removeprefix("~/")].append((section, name))
    found = []
    for topic, (first, *others) in users.items():
        for section, name in others:
            allowed = f"a topic of its own; {first[0]}.{first[1]} has this one"
            found.append(mistake((section, name, "topic"), topic, allowed))
    return found


def machine_mistakes(given: Mapping[Any, Any]) -> list[Mistake]:
    """What is wrong between the machines of a cell and its microphones and streams."""
    machines, microphones = given.get("machines", {}), given.get("microphones", {})
    cameras = given.get("cameras", {})
    if not all(isinstance(one, Mapping) for one in (machines, microphones, cameras)):
        return []
    streams = {
        topic.removeprefix("~/"): f"{section}.{name}"
        for section, name, topic in _topics(cameras, microphones)
    }
    zoned = [_part(camera, "zones") for camera in cameras.values()]
    there_are = sorted({str(zone) for one in zoned if isinstance(one, Mapping) for zone in one})
    called: dict[str, str] = {}
    types: dict[str, tuple[str, object]] = {}
    found = []
    for name, machine in machines.items():
        if not isinstance(name, str):
            continue
        place = ("machines", name)
        microphone = _part(machine, "microphone")
        if isinstance(microphone, str) and microphone not in microphones:
            there = ", ".join(map(str, microphones)) or "there is none"
            allowed = f"a microphone of the cell: {there}"
            found.append(mistake((*place, "microphone"), microphone, allowed))
        zones = _part(machine, "zones")
        for index, zone in enumerate(zones if isinstance(zones, (list, tuple)) else ()):
            if isinstance(zone, str) and zone not in there_are:
                allowed = f"a zone of a camera: {', '.join(there_are) or 'there is none'}"
                found.append(mistake((*place, "zones", index), zone, allowed))
        aliases = _part(machine, "aliases")
        for index, alias in enumerate(aliases if isinstance(aliases, Sequence) else ()):
            other = called.setdefault(str(alias).lower(), name)
            if other != name or (alias in machines and alias != name):
                allowed = f"a name of its own; {other if other != name else alias} is called so"
                found.append(mistake((*place, "aliases", index), alias, allowed))
        telemetry = _part(machine, "telemetry")
        for part, one in (telemetry if isinstance(telemetry, Mapping) else {}).items():
            topic = _part(one, "topic") or f"{name}/{part}"
            kind = _part(one, "type")
            where = (*place, "telemetry", part, "topic")
            bare = str(topic).removeprefix("~/")
            first, its_kind = types.setdefault(bare, (f"machines.{name}.telemetry.{part}", kind))
            if bare in streams:
                allowed = f"a topic of its own; {streams[bare]} has this one"
                found.append(mistake(where, topic, allowed))
            elif its_kind != kind:
                allowed = f"one type per topic; {first} has this one with {its_kind}"
                found.append(mistake(where, topic, allowed))
    return found


def default_camera_topic(name: str) -> str:
    """The topic of a camera that names none."""
    return f"{name}/image"


def default_microphone_topic(name: str, *, alone: bool) -> str:
    """The topic of a microphone that names none. alone: the cell has no other."""
    return "audio" if alone else f"{name}/audio"


def _refusal(allowed: str) -> PydanticCustomError:
    return PydanticCustomError(RULE, "allowed: {allowed}", {"allowed": allowed})


def _names_a_device(given: object) -> bool:
    if isinstance(given, str):
        return bool(given.strip())
    if isinstance(given, int) and not isinstance(given, bool):
        return 0 <= given < MAX_DEVICES
    return given is None


def _part(described: object, key: str) -> object:
    # What is built already has attributes, what comes from a file has keys.
    if isinstance(described, Mapping):
        return described.get(key)
    return getattr(described, key, None)


def _topics(
    cameras: Mapping[Any, Any], microphones: Mapping[Any, Any]
) -> Iterator[tuple[str, str, str]]:
    for section, streams in (("cameras", cameras), ("microphones", microphones)):
        for name, stream in streams.items():
            topic = _part(stream, "topic")
            if topic is None and section == "cameras":
                topic = default_camera_topic(name)
            elif topic is None:
                topic = default_microphone_topic(name, alone=len(microphones) == 1)
            if isinstance(name, str) and isinstance(topic, str):
                yield section, name, topic


def _outside(
    polygon: Sequence[Point], width: float, height: float, *, allowed: str
) -> list[tuple[int, Point, str]]:
    return [
        (index, (x, y), allowed)
        for index, (x, y) in enumerate(polygon)
        if not (0 <= x <= width and 0 <= y <= height)
    ]


def _edge(polygon: Sequence[Point], index: int) -> str:
    return f"the edge from corner {index} to {(index + 1) % len(polygon)}"


def _details(error: ValidationError) -> Iterator[Mistake]:
    """The mistakes of a ValidationError in the form in which they can be raised again."""
    for line in error.errors(include_url=False):
        context = line.get("ctx", {})
        kind: str | PydanticCustomError = line["type"]
        if kind == RULE:
            kind = PydanticCustomError(RULE, "allowed: {allowed}", context)
        yield Mistake(type=kind, loc=line["loc"], input=line["input"], ctx=context)
