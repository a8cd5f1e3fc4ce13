"""The examples in the documentation are what they are said to be."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tml_ros.background.contracts import Delegation, Finding
from tml_ros.background.delegation_json import read_delegation

PAGE = Path(__file__).parents[2] / "docs" / "background.md"


def test_the_examples_are_delegations_and_findings():
    page = PAGE.read_text(encoding="utf-8")
    section = page.partition("## Delegations and findings")[2]
    section = re.split(r"^## ", section, flags=re.MULTILINE)[0]
    question, cancellation, finding = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
    assert read_delegation(question).kind == "question"
    assert read_delegation(cancellation).cancels == read_delegation(question).id
    assert Finding.model_validate_json(finding).delegation == read_delegation(question).id
    assert json.loads(finding).keys() == Finding.model_fields.keys()
    assert set(re.findall(r"`(\w+)`", section)) >= Delegation.model_fields.keys()
