"""The tests of an application: of its sources before it is built, and of what is deployed."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from landfall.settings.base import Count, Distinct, Settings, Statement
from landfall.settings.suggestions import suggestion

SOURCE_KINDS = ("unit", "lint", "sast", "dependencies", "secrets", "iac")
"""Tests of the sources, side by side before the build."""

DEPLOYED_KINDS = ("integration", "e2e")
"""Tests of what is deployed, one after the other."""

STANDARD = "standard"
"""Stands for all tests of the sources."""

_KINDS = (*SOURCE_KINDS, *DEPLOYED_KINDS)
_CHOICES = (STANDARD, *_KINDS)


class Suite(Settings):
    """One kind of test. Every kind has commands of its own where none are written."""

    commands: tuple[str, ...] = ()
    """Commands in place of the kind's own; JUnit files below `reports/` become its report."""
    image: str = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
    """CodeBuild's image."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Plain environment variables."""
    timeout_minutes: Count = Field(default=30, ge=5, le=480)
    """CodeBuild ends the test after this time."""
    matrix: dict[str, Distinct] = Field(default_factory=dict)
    """Run it once for each combination of these variables' values, side by side."""
    shards: Count | None = Field(default=None, ge=2, le=50)
    """Split it over so many builds; each learns its `SHARD`, from 1, and the number of `SHARDS`."""


class DeployedSuite(Suite):
    """A test of what is deployed; it learns `ENVIRONMENT`, `ACCOUNT_ID` and `REGION`."""

    environments: Distinct | None = None
    """The environments it runs in; all where left out."""
    reads: tuple[Statement, ...] = ()
    """What it may read in the target account, as IAM statements."""


def _expanded(value: Any) -> Any:
    """Return the mapping that the short forms stand for: `standard`, a list, `true`, `false`."""
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list):
        for each in value:
            if not isinstance(each, str) or each not in _CHOICES:
                fix = suggestion(str(each), _CHOICES)
                raise ValueError(f"there is no test '{str(each)[:60]}'; {fix}")
        value = dict.fromkeys(value, True)
    if not isinstance(value, dict):
        return value
    kinds = dict(value)
    if kinds.pop(STANDARD, False):
        kinds = {**dict.fromkeys(SOURCE_KINDS, True), **kinds}
    return {
        kind: {} if each is True or each is None else each
        for kind, each in kinds.items()
        if each is not False
    }


class _ShortForms:
    """Describes the short forms of tests in the JSON Schema."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        choice = {"enum": list(_CHOICES), "type": "string"}
        return {"anyOf": [choice, {"items": choice, "type": "array"}, handler(core)]}


class _OrFlag:
    """Describes in the JSON Schema that `true` and `false` stand for a kind's defaults and none."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "boolean"}, handler(core)], "default": None}


SourceSuite = Annotated[Suite | None, _OrFlag()]
Deployed = Annotated[DeployedSuite | None, _OrFlag()]


def _describe_standard(schema: dict[str, Any]) -> None:
    description = "All tests of the sources; a kind's own key changes or leaves out one of them."
    schema["properties"][STANDARD] = {"description": description, "type": "boolean"}


class Kinds(Settings):
    """Tests by their kind; `standard: true` stands for all of the sources'."""

    model_config = ConfigDict(json_schema_extra=_describe_standard)

    unit: SourceSuite = None
    """Unit tests."""
    lint: SourceSuite = None
    """Style, and mistakes that the language's linter finds."""
    sast: SourceSuite = None
    """Static security analysis, by Semgrep."""
    dependencies: SourceSuite = None
    """Known vulnerabilities of the packages in use."""
    secrets: SourceSuite = None
    """Credentials in the sources, by Gitleaks."""
    iac: SourceSuite = None
    """Infrastructure as code, by Checkov."""
    integration: Deployed = None
    """Integration tests against what was just deployed."""
    e2e: Deployed = Field(default=None, alias="e2e")
    """End-to-end tests against what was just deployed, after the integration tests."""

    def of_sources(self) -> dict[str, Suite]:
        """Return the tests of the sources by kind."""
        return {kind: getattr(self, kind) for kind in SOURCE_KINDS if getattr(self, kind)}

    def of_deployment(self, environment: str) -> dict[str, DeployedSuite]:
        """Return the tests of what is deployed to an environment, in their order."""
        found: dict[str, DeployedSuite] = {}
        for kind in DEPLOYED_KINDS:
            test: DeployedSuite | None = getattr(self, kind)
            if test and (test.environments is None or environment in test.environments):
                found[kind] = test
        return found


Tests = Annotated[Kinds, BeforeValidator(_expanded), _ShortForms()]
