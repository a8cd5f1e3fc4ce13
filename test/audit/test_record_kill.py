"""A process that is killed while it writes a record loses nothing that it has told anybody of."""

from __future__ import annotations

from pathlib import Path

VICTIM = Path(__file__).with_name("record_victim.py")
KILLS = 12


def test_what_was_published_before_a_kill_is_in_the_record_once(place, tmp_path, run_process):
    process = run_process(
        ["python", str(VICTIM), str(tmp_path), str(KILLS), "5"],
        env={"PYTHONPATH": str(Path.cwd())},
    )
    assert process.wait(60) == 0, process.output()
    published = (tmp_path / "published").read_text().splitlines()
    recalled = (tmp_path / "recalled").read_text().splitlines()
    assert len(published) > KILLS
    for kind in ("transition", "speech"):
        recorded = [body["name"] for body in place.bodies(kind)]
        assert len(recorded) == len(set(recorded))
        assert set(published) <= set(recorded)
        # At most the one that was being written when the kill came was not published.
        assert len(recorded) - len(published) <= KILLS
    transitions = [body["name"] for body in place.bodies("transition")]
    lives = [name.split()[0] for name in transitions]
    assert recalled[0] == "None"
    for life in range(1, KILLS + 1):
        of_before = [
            name for name, one in zip(transitions, lives, strict=True) if one == f"{life - 1}"
        ]
        assert recalled[life] == of_before[-1]
    (verdict,) = place.check()
    assert (verdict.intact, verdict.counts) == (True, {})
    starts = place.bodies("start")
    assert [start["clean"] for start in starts] == [True, *[False] * KILLS]
