"""Tests of an application: of its sources before the build, and of its deployment."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from landfall.settings.base import Count, Distinct, Flag, ListOf, Settings, Statement
from landfall.settings.computing import Computing
from landfall.settings.suggestions import suggestion

SOURCE_KINDS = ("unit", "lint", "sast", "dependencies", "secrets", "iac")
"""Source tests, in parallel before the build."""

DEPLOYED_KINDS = ("integration", "e2e")
"""Deployment tests, one after the other."""

STANDARD = "standard"
"""Stands for all source tests."""

_KINDS = (*SOURCE_KINDS, *DEPLOYED_KINDS)
_CHOICES = (STANDARD, *_KINDS)


class Coverage(Settings):
    """The coverage that a test measures, for a report."""

    files: ListOf[str] = Field(min_length=1)
    """Its files, as paths or patterns."""
    format: Literal["clover", "cobertura", "jacoco", "lcov", "simplecov"] = "cobertura"
    """Their format."""


class Suite(Computing):
    """One kind of test. Every kind has default commands."""

    commands: ListOf[str] = ()
    """Commands instead of the kind's default; JUnit files below `reports/` become its report."""
    timeout_minutes: Count = Field(default=30, ge=5, le=480)
    """CodeBuild stops the test after this time; Lambda compute after 15 minutes."""
    coverage: Coverage | None = None
    """Files of code coverage, which become a report of their own."""
    matrix: dict[str, Distinct] = Field(default_factory=dict)
    """Run it in parallel, once for each combination of these variables' values."""
    shards: Count | None = Field(default=None, ge=2, le=50)
    """Split it over this many builds; each gets its `SHARD`, from 1, and the number of `SHARDS`."""


class DeployedSuite(Suite):
    """A deployment test; it gets `ENVIRONMENT`, `ACCOUNT_ID` and `REGION`."""

    environments: Distinct | None = None
    """The environments to test. Default: all."""
    reads: ListOf[Statement] = ()
    """Its read permissions in the target account, as IAM statements."""


def _expanded(value: Any) -> Any:
    """Return the mapping for a short form: `standard`, a list, `true`, `false`."""
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
        kind: {} if (each is True or each is None) and kind in _KINDS else each
        for kind, each in kinds.items()
        if each is not False
    }


class _ShortForms:
    """Describe the short forms of tests in the JSON Schema."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        choice = {"enum": list(_CHOICES), "type": "string"}
        return {"anyOf": [choice, {"items": choice, "type": "array"}, handler(core)]}


class _OrFlag:
    """Describe in the JSON Schema that `true` means a kind's defaults and `false` means none."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "boolean"}, handler(core)], "default": None}


SourceSuite = Annotated[Suite | None, _OrFlag()]
Deployed = Annotated[DeployedSuite | None, _OrFlag()]


def _describe_standard(schema: dict[str, Any]) -> None:
    description = "All source tests; a kind's own key changes or disables one of them."
    schema["properties"][STANDARD] = {"description": description, "type": "boolean"}


class Kinds(Settings):
    """Tests by kind; `standard: true` stands for all source tests."""

    model_config = ConfigDict(json_schema_extra=_describe_standard)

    retry: Flag = False
    """Run failed source tests once more, before the execution fails."""
    unit: SourceSuite = None
    """Unit tests."""
    lint: SourceSuite = None
    """Linting with the language's linter."""
    sast: SourceSuite = None
    """Static security analysis with Semgrep."""
    dependencies: SourceSuite = None
    """Known vulnerabilities of dependencies."""
    secrets: SourceSuite = None
    """Credentials in the sources, with Gitleaks."""
    iac: SourceSuite = None
    """Checks of infrastructure as code, with Checkov."""
    integration: Deployed = None
    """Integration tests of the new deployment."""
    e2e: Deployed = Field(default=None, alias="e2e")
    """End-to-end tests of the new deployment, after the integration tests."""

    def of_sources(self) -> dict[str, Suite]:
        """Return the source tests by kind."""
        return {kind: getattr(self, kind) for kind in SOURCE_KINDS if getattr(self, kind)}

    def of_deployment(self, environment: str) -> dict[str, DeployedSuite]:
        """Return the deployment tests of an environment, in order."""
        found: dict[str, DeployedSuite] = {}
        for kind in DEPLOYED_KINDS:
            test: DeployedSuite | None = getattr(self, kind)
            if test and (test.environments is None or environment in test.environments):
                found[kind] = test
        return found


Tests = Annotated[Kinds, BeforeValidator(_expanded), _ShortForms()]
