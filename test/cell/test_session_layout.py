from __future__ import annotations

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.session_layout import session_layout


def test_zones_are_fractions_and_everything_keeps_the_order_of_the_file() -> None:
    cell = CellDescription.model_validate(
        {
            "cell": "hall",
            "cameras": {
                "rear": {
                    "size": [200, 100],
                    "zones": {
                        "press": {"polygon": [[0, 0], [100, 0], [100, 50]]},
                        "cage": {"polygon": [[0, 0], [0.5, 0], [0.5, 0.5]]},
                    },
                },
                "gate": {"zones": {"press": {"polygon": [[0, 0], [1, 0], [1, 1]]}}},
                "bare": {},
            },
            "microphones": {"right": {}, "left": {}},
        }
    )
    layout = session_layout(cell)
    half = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5))
    assert layout.cameras == {
        "rear": {"press": half, "cage": half},
        "gate": {"press": ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))},
        "bare": {},
    }
    assert list(layout.cameras) == ["rear", "gate", "bare"]
    assert layout.zones == ("press", "cage")
    assert layout.microphones == ("right", "left")
