from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from tml_ros.training.sensing.variety import AS_RENDERED, Variety


@pytest.mark.parametrize(
    ("name", "value"), [("still", 1.5), ("new", -0.1), ("pictures", 4.0), ("sound", float("nan"))]
)
def test_what_is_no_probability_is_refused(name: str, value: float) -> None:
    wrong: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match=f"variety.{name}"):
        Variety(**wrong)


def test_as_rendered_is_without_anything() -> None:
    assert all(getattr(AS_RENDERED, one.name) == 0 for one in fields(AS_RENDERED))
