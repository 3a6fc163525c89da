"""Import ids are written into a stack file that a user edits; the rest of the text stays."""

from __future__ import annotations

import pytest
import yaml

from landfall.adoption.editing import with_existing
from landfall.problems import ProblemsError

KIND = "aws:guardduty/detector:Detector"
EXISTING = {KIND: {"detectors-eu-west-1": "abc", "detectors-us-east-1": "def@us-east-1"}}
HEAD = "# A comment.\nconfig:\n  aws:region: eu-west-1  # home\n"


def existing_of(text: str) -> object:
    return yaml.safe_load(text)["config"]["landfall:adopted"]["existing"]


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "# The end.\n",
        "  landfall:tags: {a: b}  # flow\n\n# The end.\n",
        "  landfall:tags:\n    a: |\n      text\n\n# The end.\n",
        "  landfall:tags:\n    a: &a b\n    c: *a\n",
        "encryptionsalt: v1:abc\n",
    ],
)
def test_ids_are_added_at_the_end_of_the_config(rest: str) -> None:
    text = HEAD + rest
    written = with_existing(text, EXISTING, "Pulumi.live.yaml")
    assert existing_of(written) == EXISTING
    for line in text.splitlines():
        assert line in written.splitlines()
    assert with_existing(written, EXISTING, "Pulumi.live.yaml") == written


def test_ids_replace_earlier_ones_and_keep_other_adopted_resources() -> None:
    adopted = "  landfall:adopted:\n    roles: {reader: ['111111111111']}\n    existing: {}\n"
    text = f"{HEAD}{adopted}  # About tags.\n  landfall:tags: {{a: b}}\n"
    written = with_existing(text, EXISTING, "Pulumi.live.yaml")
    config = yaml.safe_load(written)["config"]
    assert config["landfall:adopted"] == {
        "roles": {"reader": ["111111111111"]},
        "existing": EXISTING,
    }
    assert written.endswith("  # About tags.\n  landfall:tags: {a: b}\n")


def test_file_without_a_last_line_break_is_edited() -> None:
    written = with_existing(HEAD.rstrip("\n"), EXISTING, "Pulumi.live.yaml")
    assert existing_of(written) == EXISTING


def test_config_in_one_line_is_refused_with_the_text_to_insert() -> None:
    with pytest.raises(ProblemsError) as caught:
        with_existing("config: {aws:region: eu-west-1}\n", EXISTING, "Pulumi.live.yaml")
    assert caught.value.exit_status == 2
    assert "detectors-us-east-1: def@us-east-1" in str(caught.value)
