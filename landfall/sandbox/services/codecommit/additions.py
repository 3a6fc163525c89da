"""CodeCommit: repositories with tags and keys, approval rule templates, triggers."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.codecommit.models import CodeCommitBackend, codecommit_backends

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.gate.tags import Tags

_templates: Store[dict[str, Any]] = Store()
_associations: Store[list[str]] = Store()
_triggers: Store[tuple[str, list[dict[str, Any]]]] = Store()
_tags = Tags(pairs=None)


class RepositoryDoesNotExistError(AWSError):
    """No such repository: CodeCommit API Reference, GetRepository."""

    code = "RepositoryDoesNotExistException"


class RepositoryNameExistsError(AWSError):
    """The name is taken: CodeCommit API Reference, CreateRepository."""

    code = "RepositoryNameExistsException"


class ApprovalRuleTemplateDoesNotExistError(AWSError):
    """No such template: CodeCommit API Reference, GetApprovalRuleTemplate."""

    code = "ApprovalRuleTemplateDoesNotExistException"


class ApprovalRuleTemplateNameAlreadyExistsError(AWSError):
    """The name is taken: CodeCommit API Reference, CreateApprovalRuleTemplate."""

    code = "ApprovalRuleTemplateNameAlreadyExistsException"


class ApprovalRuleTemplateInUseError(AWSError):
    """Repositories use it: CodeCommit API Reference, DeleteApprovalRuleTemplate."""

    code = "ApprovalRuleTemplateInUseException"


def _backend(request: Request) -> CodeCommitBackend:
    return codecommit_backends[request.account][request.region]


def _repository(request: Request, name: str) -> dict[str, Any]:
    repository = _backend(request).repositories.get(name)
    if repository is None:
        raise RepositoryDoesNotExistError(f"{name} does not exist")
    metadata: dict[str, Any] = repository.repository_metadata
    return metadata


_tags.serve(
    "codecommit",
    lambda request, arn: _repository(request, arn.rpartition(":")[2]),
    arn="resourceArn",
    tags="tags",
    keys="tagKeys",
)


@addition("codecommit", "CreateRepository")
def create_repository(request: Request) -> Mapping[str, Any]:
    """Keep tags and key, which the emulator loses: CodeCommit API Reference, CreateRepository."""
    params, name = request.params, request.params["repositoryName"]
    if name in _backend(request).repositories:
        raise RepositoryNameExistsError(f"Repository named {name} already exists")
    metadata = _backend(request).create_repository(name, params.get("repositoryDescription"))
    metadata["kmsKeyId"] = params.get("kmsKeyId") or request.arn("kms", "alias/aws/codecommit")
    _tags.forget(request, metadata["Arn"])
    _tags.add(request, metadata["Arn"], params.get("tags"))
    return {"repositoryMetadata": _described(metadata)}


def _described(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in metadata.items() if value is not None}


@addition("codecommit", "GetRepository")
def get_repository(request: Request) -> Mapping[str, Any]:
    """CodeCommit API Reference, GetRepository."""
    metadata = _repository(request, request.params["repositoryName"])
    return {"repositoryMetadata": _described(metadata)}


@addition("codecommit", "ListRepositories")
def list_repositories(request: Request) -> Mapping[str, Any]:
    """CodeCommit API Reference, ListRepositories."""
    found = [
        {"repositoryName": name, "repositoryId": each.repository_metadata["repositoryId"]}
        for name, each in sorted(_backend(request).repositories.items())
    ]
    return paged("repositories", found, request.params, next_member="nextToken")


@addition("codecommit", "UpdateRepositoryDescription")
def update_repository_description(request: Request) -> None:
    """CodeCommit API Reference, UpdateRepositoryDescription."""
    metadata = _repository(request, request.params["repositoryName"])
    metadata["repositoryDescription"] = request.params.get("repositoryDescription")
    metadata["lastModifiedDate"] = datetime.now(UTC)


@addition("codecommit", "UpdateRepositoryName")
def update_repository_name(request: Request) -> None:
    """CodeCommit API Reference, UpdateRepositoryName."""
    old, new = request.params["oldName"], request.params["newName"]
    metadata = _repository(request, old)
    repositories = _backend(request).repositories
    if new in repositories:
        raise RepositoryNameExistsError(f"Repository named {new} already exists")
    repositories[new] = repositories.pop(old)
    metadata["repositoryName"] = new
    for member in ("Arn", "cloneUrlSsh", "cloneUrlHttp"):
        metadata[member] = metadata[member].removesuffix(old) + new


@addition("codecommit", "UpdateRepositoryEncryptionKey")
def update_repository_encryption_key(request: Request) -> Mapping[str, Any]:
    """CodeCommit API Reference, UpdateRepositoryEncryptionKey."""
    metadata = _repository(request, request.params["repositoryName"])
    former, metadata["kmsKeyId"] = metadata["kmsKeyId"], request.params["kmsKeyId"]
    return {
        "repositoryId": metadata["repositoryId"],
        "kmsKeyId": metadata["kmsKeyId"],
        "originalKmsKeyId": former,
    }


@addition("codecommit", "PutRepositoryTriggers")
def put_repository_triggers(request: Request) -> Mapping[str, Any]:
    """CodeCommit API Reference, PutRepositoryTriggers."""
    name = request.params["repositoryName"]
    _repository(request, name)
    _triggers.of(request)[name] = str(uuid.uuid4()), request.params["triggers"]
    return {"configurationId": _triggers.of(request)[name][0]}


@addition("codecommit", "GetRepositoryTriggers")
def get_repository_triggers(request: Request) -> Mapping[str, Any]:
    """CodeCommit API Reference, GetRepositoryTriggers."""
    name = request.params["repositoryName"]
    _repository(request, name)
    version, triggers = _triggers.of(request).get(name, (str(uuid.uuid4()), []))
    return {"configurationId": version, "triggers": triggers}


def associated(request: Request, repository: str) -> list[str]:
    """Return the names of a repository's templates."""
    return list(_associations.of(request).get(repository, []))


def _template(request: Request) -> dict[str, Any]:
    name = request.params["approvalRuleTemplateName"]
    if name not in _templates.of(request):
        raise ApprovalRuleTemplateDoesNotExistError(f"{name} does not exist")
    return _templates.of(request)[name]


@addition("codecommit", "CreateApprovalRuleTemplate")
def create_approval_rule_template(request: Request) -> Mapping[str, Any]:
    """CodeCommit API Reference, CreateApprovalRuleTemplate."""
    params, name = request.params, request.params["approvalRuleTemplateName"]
    if name in _templates.of(request):
        raise ApprovalRuleTemplateNameAlreadyExistsError(f"{name} already exists")
    now = datetime.now(UTC)
    _templates.of(request)[name] = {
        **params,
        "approvalRuleTemplateId": str(uuid.uuid4()),
        "ruleContentSha256": _digest(params["approvalRuleTemplateContent"]),
        "creationDate": now,
        "lastModifiedDate": now,
        "lastModifiedUser": request.caller.principal,
    }
    return {"approvalRuleTemplate": _templates.of(request)[name]}


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


@addition("codecommit", "GetApprovalRuleTemplate")
def get_approval_rule_template(request: Request) -> Mapping[str, Any]:
    """CodeCommit API Reference, GetApprovalRuleTemplate."""
    return {"approvalRuleTemplate": _template(request)}


@addition("codecommit", "ListApprovalRuleTemplates")
def list_approval_rule_templates(request: Request) -> Mapping[str, Any]:
    """CodeCommit API Reference, ListApprovalRuleTemplates."""
    names = sorted(_templates.of(request))
    return paged(
        "approvalRuleTemplateNames",
        names,
        request.params,
        next_member="nextToken",
        size="maxResults",
    )


@addition("codecommit", "UpdateApprovalRuleTemplateContent")
def update_approval_rule_template_content(request: Request) -> Mapping[str, Any]:
    """CodeCommit API Reference, UpdateApprovalRuleTemplateContent."""
    template, content = _template(request), request.params["newRuleContent"]
    template["approvalRuleTemplateContent"] = content
    template["ruleContentSha256"] = _digest(content)
    template["lastModifiedDate"] = datetime.now(UTC)
    return {"approvalRuleTemplate": template}


@addition("codecommit", "UpdateApprovalRuleTemplateDescription")
def update_approval_rule_template_description(request: Request) -> Mapping[str, Any]:
    """CodeCommit API Reference, UpdateApprovalRuleTemplateDescription."""
    template = _template(request)
    description = request.params["approvalRuleTemplateDescription"]
    template["approvalRuleTemplateDescription"] = description
    template["lastModifiedDate"] = datetime.now(UTC)
    return {"approvalRuleTemplate": template}


@addition("codecommit", "DeleteApprovalRuleTemplate")
def delete_approval_rule_template(request: Request) -> Mapping[str, Any]:
    """Refuse while repositories use it: CodeCommit API Reference, DeleteApprovalRuleTemplate."""
    name = request.params["approvalRuleTemplateName"]
    template = _template(request)
    if any(name in names for names in _associations.of(request).values()):
        raise ApprovalRuleTemplateInUseError(f"{name} is associated with repositories")
    del _templates.of(request)[name]
    return {"approvalRuleTemplateId": template["approvalRuleTemplateId"]}


@addition("codecommit", "AssociateApprovalRuleTemplateWithRepository")
def associate_approval_rule_template(request: Request) -> None:
    """CodeCommit API Reference, AssociateApprovalRuleTemplateWithRepository."""
    _template(request)
    name = request.params["repositoryName"]
    _repository(request, name)
    names = _associations.of(request).setdefault(name, [])
    if request.params["approvalRuleTemplateName"] not in names:
        names.append(request.params["approvalRuleTemplateName"])


@addition("codecommit", "ListAssociatedApprovalRuleTemplatesForRepository")
def list_associated_approval_rule_templates(request: Request) -> Mapping[str, Any]:
    """CodeCommit API Reference, ListAssociatedApprovalRuleTemplatesForRepository."""
    name = request.params["repositoryName"]
    _repository(request, name)
    return {"approvalRuleTemplateNames": _associations.of(request).get(name, [])}


@addition("codecommit", "ListRepositoriesForApprovalRuleTemplate")
def list_repositories_for_approval_rule_template(request: Request) -> Mapping[str, Any]:
    """CodeCommit API Reference, ListRepositoriesForApprovalRuleTemplate."""
    _template(request)
    template = request.params["approvalRuleTemplateName"]
    names = [name for name, held in _associations.of(request).items() if template in held]
    return paged(
        "repositoryNames", names, request.params, next_member="nextToken", size="maxResults"
    )


@addition("codecommit", "DisassociateApprovalRuleTemplateFromRepository")
def disassociate_approval_rule_template(request: Request) -> None:
    """CodeCommit API Reference, DisassociateApprovalRuleTemplateFromRepository."""
    _template(request)
    name = request.params["repositoryName"]
    _repository(request, name)
    names = _associations.of(request).get(name, [])
    if request.params["approvalRuleTemplateName"] in names:
        names.remove(request.params["approvalRuleTemplateName"])
