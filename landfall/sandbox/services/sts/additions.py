"""STS: who calls, and the roles that callers assume."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.iam.models import Role, iam_backends
from moto.sts.models import sts_backends

from landfall.aws.arns import iam_arn
from landfall.iam import documents
from landfall.sandbox.across_services.trust import Applicant, applicant_of, require_trust
from landfall.sandbox.gate.callers import callers
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Caller, Request

_CHAINED_SECONDS = 3600


class ValidationError(AWSError):
    """A parameter that STS refuses: STS API Reference, 'Common Errors'."""

    code = "ValidationError"
    status = 400


class MalformedPolicyDocumentError(AWSError):
    """A session policy that is no policy: STS API Reference, AssumeRole."""

    code = "MalformedPolicyDocument"
    status = 400


class InvalidIdentityTokenError(AWSError):
    """No token of a known provider: STS API Reference, AssumeRoleWithWebIdentity."""

    code = "InvalidIdentityToken"
    status = 400


@addition("sts", "GetCallerIdentity")
def get_caller_identity(request: Request) -> Mapping[str, Any]:
    """Answer with the caller that the gate knows: STS API Reference, GetCallerIdentity."""
    caller = request.caller
    return {"UserId": caller.principal_id, "Account": caller.account, "Arn": caller.principal}


@addition("sts", "AssumeRole")
def assume_role(request: Request) -> Mapping[str, Any]:
    """Give the credentials of a role that trusts the caller: STS API Reference, AssumeRole.

    A role that does not exist, stands in a suspended account or does not trust the caller is
    AccessDenied; a session longer than the role's maximum, or than an hour where a role assumes
    another, is ValidationError.
    """
    params = request.params
    context = {"sts:rolesessionname": [params["RoleSessionName"]]}
    if "ExternalId" in params:
        context["sts:externalid"] = [params["ExternalId"]]
    if "SourceIdentity" in params:
        context["sts:sourceidentity"] = [params["SourceIdentity"]]
    if _has_code(request):
        context |= {"aws:multifactorauthpresent": ["true"], "aws:multifactorauthage": ["0"]}
    for tag in params.get("Tags", ()):
        context[f"aws:requesttag/{tag['Key'].lower()}"] = [tag["Value"]]
    applicant = applicant_of(request, context)
    role = require_trust(request, params["RoleArn"], applicant, "sts:AssumeRole")
    duration = int(params.get("DurationSeconds", 3600))
    if duration > int(role.max_session_duration or 3600):
        raise ValidationError(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    if request.caller.role and duration > _CHAINED_SECONDS:
        raise ValidationError(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed "
            "by role chaining"
        )
    return issue(request, role, duration)


@addition("sts", "AssumeRoleWithWebIdentity")
def assume_role_with_web_identity(request: Request) -> Mapping[str, Any]:
    """Give a role to the bearer of an OIDC token: STS API Reference, AssumeRoleWithWebIdentity.

    The token's claims are held against the trust policy; its signature is not checked, because the
    sandbox reaches no issuer. The issuer must be an OIDC provider of the role's account.
    """
    params = request.params
    claims = _claims(params["WebIdentityToken"])
    issuer = str(claims.get("iss", "")).removeprefix("https://")
    account = params["RoleArn"].split(":")[4]
    provider = iam_arn(request.partition, account, f"oidc-provider/{issuer}")
    known = iam_backends[account][request.partition] if account in list(iam_backends) else None
    if known is None or provider not in known.open_id_providers:
        raise InvalidIdentityTokenError("No OpenIDConnect provider found in your account.")
    context = {
        f"{issuer}:{name}".lower(): [
            str(each) for each in (value if isinstance(value, list) else [value])
        ]
        for name, value in claims.items()
    }
    applicant = Applicant("Federated", provider, context=context)
    action = "sts:AssumeRoleWithWebIdentity"
    role = require_trust(request, params["RoleArn"], applicant, action)
    answer = dict(issue(request, role, int(params.get("DurationSeconds", 3600)), provider))
    answer["SubjectFromWebIdentityToken"] = str(claims.get("sub", ""))
    answer["Provider"] = provider
    return answer


def _claims(token: str) -> dict[str, Any]:
    parts = token.split(".")
    try:
        text = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        claims = json.loads(text)
    except (IndexError, ValueError) as error:
        raise InvalidIdentityTokenError(
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an "
            "Access Token)"
        ) from error
    return claims if isinstance(claims, dict) else {}


def _require_session_policies(request: Request, role: Role) -> None:
    """STS API Reference, AssumeRole, `Policy` and `PolicyArns`: they exist, and can be read."""
    document = request.params.get("Policy")
    if document is not None:
        try:
            documents.parse(document, "identity")
        except documents.DocumentError as error:
            raise MalformedPolicyDocumentError(
                "The policy is not in the valid JSON format."
            ) from error
    known = iam_backends[role.account_id][request.partition].managed_policies
    for one in request.params.get("PolicyArns", ()):
        if one.get("arn") not in known:
            raise MalformedPolicyDocumentError(f"Policy {one.get('arn')} does not exist.")


def _has_code(request: Request) -> bool:
    """STS API Reference, AssumeRole, `SerialNumber`: the device is that of a user who calls."""
    given = "SerialNumber" in request.params and "TokenCode" in request.params
    return given and not request.caller.role


def issue(
    request: Request, role: Role, duration: int, provider: str = "", function: str = ""
) -> Mapping[str, Any]:
    """Issue the credentials of a session of a role, whose trust is checked before."""
    _require_session_policies(request, role)
    session = sts_backends[request.account][request.partition].assume_role(
        region_name=request.region,
        role_session_name=request.params["RoleSessionName"],
        role_arn=role.arn,
        policy=request.params.get("Policy"),
        duration=duration,
        external_id=request.params.get("ExternalId"),
    )
    params = request.params
    caller = Caller(
        role.account_id,
        session.arn,
        session.user_id,
        role=role.arn,
        session_policies=tuple(filter(None, [params.get("Policy")])),
        session_policy_arns=tuple(one["arn"] for one in params.get("PolicyArns", ())),
        session_tags=tuple((tag["Key"], tag["Value"]) for tag in params.get("Tags", ())),
        source_identity=params.get("SourceIdentity", "") or request.caller.source_identity,
        issued=datetime.now(UTC),
        provider=provider,
        function=function,
    )
    callers.issue(session.access_key_id, caller)
    return {
        "Credentials": {
            "AccessKeyId": session.access_key_id,
            "SecretAccessKey": session.secret_access_key,
            "SessionToken": session.session_token,
            "Expiration": session.expiration,
        },
        "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn},
    }
