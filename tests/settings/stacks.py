"""Stack files as text, for tests of settings."""

from __future__ import annotations

from landfall.problems import Problem, ProblemsError
from landfall.settings import Stack
from landfall.settings.source import read_yaml
from landfall.validation import parse

FILE = "Pulumi.test.yaml"

SMALL = """\
config:
  aws:region: eu-west-1
  landfall:organization:
    regions: [eu-west-1, us-east-1]
    guardrails: [deny-leaving-organization]
    units:
      Security: {}
      Workloads:
        units:
          Dev: {guardrails: [restrict-regions]}
          Prod: {}
  landfall:accounts:
    audit: {email: aws+audit@example.com, unit: Security, purpose: audit}
    delivery: {email: aws+delivery@example.com, purpose: delivery}
    orders-dev: {email: aws+orders-dev@example.com, unit: Workloads/Dev}
    orders-prod: {email: aws+orders-prod@example.com, unit: Workloads/Prod}
  landfall:access:
    roles:
      reader:
        principals: [{account: audit, role: landfall/auditor}]
        managedPolicies: [SecurityAudit]
  landfall:delivery:
    connections: {github: {provider: GitHub}}
    applications:
      orders:
        source: {connection: github, repository: example/orders}
        deploy: {lambda: orders}
        environments:
          dev: {account: orders-dev}
          prod: {account: orders-prod}
"""


def stack(text: str = SMALL) -> Stack:
    """Return the settings of a stack file's text."""
    value, locations = read_yaml(text, FILE)
    return parse(value["config"], stack="test", locations=locations)


def changed(*changes: tuple[str, str]) -> str:
    """Return the small stack with parts replaced; each must occur in it exactly once."""
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def problems(text: str) -> list[Problem]:
    """Return the problems of a stack file's text; none if it is valid."""
    try:
        stack(text)
    except ProblemsError as error:
        return list(error.problems)
    return []


def line_of(text: str, part: str) -> int:
    """Return the number of the one line that holds a part."""
    lines = [number for number, line in enumerate(text.splitlines(), 1) if part in line]
    assert len(lines) == 1, f"{part!r} stands on lines {lines}"
    return lines[0]
