import pytest

from tml_ros.cell.paced_choice import SpokenKind
from tml_ros.cli import main as cli
from tml_ros.cli.voice_run import exam_table
from tml_ros.training.voice.voice_exam import VoiceExam, VoiceRow


def test_a_preset_that_is_not_there_is_a_mistake(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["voice", "--out", str(tmp_path), "--preset", "tiny"])
    assert left.value.code == 2
    assert "tiny" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--steps", "0"], ["--batch", "0"], ["--rate", "1"], []])
def test_what_cannot_be_is_refused(tmp_path, wrong, capsys):
    out = ["--out", str(tmp_path)] if wrong else []
    with pytest.raises(SystemExit) as left:
        cli.main(["voice", *out, *wrong])
    assert left.value.code == 2
    assert (wrong[:1] or ["--out"])[0] in capsys.readouterr().err


def test_the_table_says_of_each_kind_whose_voice_says_it():
    exam = VoiceExam(
        (
            VoiceRow(SpokenKind.COUNT, False, 16, 16, 16, 16),
            VoiceRow(SpokenKind.FINDING, True, 12, 3, 2, 12),
        ),
        (),
    )
    table = exam_table(exam)
    rows = list(zip(*(column.cells for column in table.columns), strict=True))
    assert rows == [
        ("count", "taught", "16", "16", "16", "16", "yes"),
        ("finding", "new", "12", "3", "2", "12", "no"),
    ]
