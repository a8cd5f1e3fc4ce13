from __future__ import annotations

import sys

import pytest

from tml_ros.bag.bag_error import BagError
from tml_ros.cli import main as program
from tml_ros.cli.main import COMMANDS, main
from tml_ros.cli.mistake import MistakeError, as_mistake


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    captured = capsys.readouterr()
    return ended.value.code or 0, captured.out, captured.err


def test_help_names_every_command_and_what_it_is_not(capsys):
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert all(name in out for name in COMMANDS)
    assert "not a safety component" in out


def test_help_imports_no_subcommand(run_process):
    script = (
        "import sys\n"
        "from tml_ros.cli.main import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'cv2', 'numpy', 'rclpy', 'rosbags', 'tml_ros.cli.replay'} & set(sys.modules)\n"
        "print('imported:', sorted(heavy))\n"
    )
    process = run_process(["python", "-c", script])
    assert process.wait() == 0
    assert "imported: []" in process.output()


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["replay"], ["replay", "--bad"], ["bench", "x"]]
)
def test_a_wrong_command_line_is_exit_code_2(capsys, arguments):
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (BagError("the bag is torn"), "the bag is torn"),
        (MistakeError("not like this"), "not like this"),
        (FileNotFoundError(2, "No such file or directory", "a.yaml"), "a.yaml: no such file"),
        (PermissionError(13, "Permission denied", "b"), "b: permission denied"),
        (OSError(28, "No space left on device"), "the disk is full"),
        (ValueError("ours"), None),
        (OSError("without a name"), None),
        (KeyError("defect"), None),
    ],
)
def test_named_errors_are_the_users_and_all_others_are_defects(error, message):
    told = as_mistake(error)
    assert told is None if message is None else told.startswith(message)


@pytest.mark.parametrize(
    ("error", "code"), [(MistakeError("not like this"), 2), (KeyboardInterrupt(), 130)]
)
def test_how_a_command_ends_is_its_exit_code(capsys, monkeypatch, error, code):
    def broken(_wanted):
        def app(**_options):
            raise error

        return app

    monkeypatch.setattr(program, "build_app", broken)
    ended, _, err = run(capsys, "check")
    assert ended == code
    assert ("tml-ros: not like this\n" in err) == (code == 2)


def test_a_defect_keeps_its_traceback(monkeypatch):
    def broken(_wanted):
        raise KeyError("defect")

    monkeypatch.setattr(program, "build_app", lambda wanted: lambda **_: broken(wanted))
    with pytest.raises(KeyError, match="defect"):
        main(["check"])


def test_the_arguments_of_the_process_are_used_where_none_are_given(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["tml-ros", "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    assert "replay" in capsys.readouterr().out
