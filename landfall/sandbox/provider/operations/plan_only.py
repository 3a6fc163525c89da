"""Plan-only answers, without Terraform and without AWS.

Inputs come back as outputs, every other property of the SDK's type is unknown. So a stack can be
previewed and checked by policies on a machine without an AWS provider, and with a provider whose
configuration is not known before another account exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from landfall import versions
from landfall.aws.arns import arn_of, iam_arn
from landfall.sandbox.provider.catalog import sdk
from landfall.sandbox.provider.errors import InputFault, ProviderError
from landfall.sandbox.provider.operations.assumed import MANAGEMENT_ACCOUNT as _ACCOUNT
from landfall.sandbox.provider.operations.assumed import ORGANIZATION as _ORGANIZATION
from landfall.sandbox.provider.operations.assumed import ROOT as _ROOT
from landfall.sandbox.provider.operations.resources import Difference
from landfall.sandbox.provider.rules.changes import Change
from landfall.sandbox.provider.rules.naming import Proposal, apply_autoname, autoname_of
from landfall.sandbox.provider.values.hidden import without_hidden
from landfall.sandbox.provider.values.properties import UNKNOWN, Properties, canonical

INSTALL: Final = (
    "this machine has no AWS provider, so stacks can be previewed but not applied. Install the"
    f" official one with `pulumi plugin install resource aws {versions.PULUMI_AWS}`, or a Terraform"
    " AWS provider 5.x below ~/.terraform.d/plugins, and repeat the command"
)


def check(
    token: str,
    logical_name: str,
    olds: Properties,
    news: Properties,
    seed: bytes,
    proposal: Proposal,
) -> tuple[Properties, list[InputFault]]:
    """Name the resource; reject inputs that the SDK's class does not have."""
    known = sdk.resource_inputs(token)
    rule = autoname_of(token, known)
    inputs = apply_autoname(rule, news, olds, logical_name, seed, proposal)
    faults = [
        InputFault(name, "the resource type has no such input")
        for name in inputs
        if name not in known and not name.startswith("__")
    ]
    return inputs, faults


def diff(old_inputs: Properties, news: Properties) -> Difference:
    """Compare only the inputs; whether a change requires a replacement is unknown here."""
    changes = {
        name: Change((name,), _kind(name, old_inputs, news))
        for name in sorted({*old_inputs, *news})
        if not name.startswith("__")
        and canonical(old_inputs.get(name)) != canonical(news.get(name))
    }
    return Difference(bool(changes), changes)


def preview(token: str, inputs: Properties, region: str) -> Properties:
    """The known outputs of a creation or update."""
    properties = sdk.resource_properties(token)
    outputs: Properties = {name: UNKNOWN for name in properties if name not in ("id", "urn")}
    if region and "region" in properties:
        outputs["region"] = region
    outputs |= {name: value for name, value in inputs.items() if not name.startswith("__")}
    return without_hidden(outputs)


def refuse() -> ProviderError:
    """The error for calls that need a provider."""
    return ProviderError(INSTALL)


def invoke(token: str, region: str, account: str = "") -> Properties:
    """Answer the common look-ups of programs with values in the right format.

    The engine accepts no unknown values from a function. The organization and the account
    need not exist; their ids have AWS's format, so that ARNs with them parse.
    """
    region, account = region or "us-east-1", account or _ACCOUNT
    root = arn_of("aws", "organizations", f"root/{_ORGANIZATION}/{_ROOT}", account=_ACCOUNT)
    answers: Mapping[str, Properties] = {
        "getCallerIdentity": {
            "id": account,
            "accountId": account,
            "arn": iam_arn("aws", account, "root"),
            "userId": account,
        },
        "getPartition": {
            "id": "aws",
            "partition": "aws",
            "dnsSuffix": "amazonaws.com",
            "reverseDnsPrefix": "com.amazonaws",
        },
        "getRegion": {
            "id": region,
            "region": region,
            "name": region,
            "description": region,
            "endpoint": f"ec2.{region}.amazonaws.com",
        },
        "getOrganization": {
            "id": _ORGANIZATION,
            "arn": arn_of(
                "aws", "organizations", f"organization/{_ORGANIZATION}", account=_ACCOUNT
            ),
            "featureSet": "ALL",
            "masterAccountId": _ACCOUNT,
            "masterAccountArn": (
                arn_of(
                    "aws", "organizations", f"account/{_ORGANIZATION}/{_ACCOUNT}", account=_ACCOUNT
                )
            ),
            "masterAccountEmail": "preview@example.com",
            "masterAccountName": "preview",
            "accounts": [],
            "nonMasterAccounts": [],
            "awsServiceAccessPrincipals": [],
            "enabledPolicyTypes": [],
            "roots": [{"id": _ROOT, "name": "Root", "arn": root, "policyTypes": []}],
        },
        "getOrganizationalUnits": {"id": _ROOT, "parentId": _ROOT, "childrens": []},
        "getInstances": {
            "id": region,
            "arns": ["arn:aws:sso:::instance/ssoins-0000000000000000"],
            "identityStoreIds": ["d-0000000000"],
        },
    }
    found = answers.get(token.split(":")[-1])
    if found is None:
        raise ProviderError(f"{token} cannot be answered in a preview: {INSTALL}")
    return dict(found)


def _kind(name: str, olds: Properties, news: Properties) -> str:
    if olds.get(name) is None:
        return "add"
    return "delete" if news.get(name) is None else "update"
