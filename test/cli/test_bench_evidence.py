import json

import pytest
from typer.testing import CliRunner

from tml_ros.cli import bench


@pytest.mark.parametrize("seeds", ["5", "a:b", "1:2:3", "-1:2", ":", "9" * 30 + ":1"])
def test_seeds_that_are_no_range_are_refused_before_anything_is_drawn(seeds):
    result = CliRunner().invoke(bench.app, ["privacy", "--seeds", seeds])
    assert result.exit_code != 0
    assert "expected two numbers" in str(result.exception) + result.output


def test_of_no_scenarios_the_table_is_empty_and_the_json_whole():
    none = ["privacy", "--seeds", "0:0", "--standing", "0:0", "--json"]
    figures = json.loads(CliRunner().invoke(bench.app, none).stdout)
    assert (figures["rows"], figures["pictures"]) == ([], 0)
