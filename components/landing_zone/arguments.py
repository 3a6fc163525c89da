"""Arguments of components, from what a blueprint describes.

`values` has what the symbols of the blueprint stand for.
"""

from components.artifacts import ArtifactStoreArgs
from components.cross_account_role import CrossAccountRoleArgs, FederatedPrincipalArgs
from components.delivery.secrets import SecretReferenceArgs
from components.delivery.service_key import ServiceKeyArgs
from components.delivery.variables import VariableArgs
from components.inputs import Inputs
from components.security.log_archive import LogArchiveArgs
from landfall.blueprint.artifact_stores import ArtifactStore
from landfall.blueprint.log_archives import LogArchive
from landfall.blueprint.roles import CrossAccount, Tokens
from landfall.blueprint.secrets import Reference
from landfall.blueprint.service_keys import ServiceKey
from landfall.settings import Application, naming


def variables_of(application: Application) -> dict[str, VariableArgs]:
    """Return the variables of an application's pipelines."""
    found: dict[str, VariableArgs] = {}
    for name, each in application.variables.items():
        found[name] = {"default": each.default}
        if each.description is not None:
            found[name]["description"] = each.description
    return found


def of_role(role: CrossAccount, values: Inputs) -> CrossAccountRoleArgs:
    """Return the arguments of a role; the caller adds the boundary, which must exist before."""
    args: CrossAccountRoleArgs = {
        "role_name": role.name,
        "organization_id": values.output(role.organization_id),
        "trusted_role_arns": [values.output(arn) for arn in role.trusted],
        "session_hours": role.session_hours,
        "managed_policy_arns": list(role.managed),
    }
    if role.description is not None:
        args["description"] = role.description
    if role.services:
        args["services"] = list(role.services)
        args["account_id"] = values.output(role.account_id)
    if role.saml:
        args["saml"] = [
            {"provider_arn": values.output(each.provider_arn), "audience": each.audience}
            for each in role.saml
        ]
    if role.users:
        args["user_arns"] = [values.output(arn) for arn in role.users]
    if role.path != f"/{naming.ROLE_PATH}":
        args["path"] = role.path
    if role.federated:
        args["federated"] = [of_tokens(each, values) for each in role.federated]
    if role.statements:
        args["policy"] = values.document(role.statements)
    return args


def of_tokens(tokens: Tokens, values: Inputs) -> FederatedPrincipalArgs:
    """Return the arguments of tokens that may assume a role."""
    return {
        "provider_arn": values.output(tokens.provider_arn),
        "host": tokens.host,
        "audience": tokens.audience,
        "subjects": list(tokens.subjects),
    }


def of_store(store: ArtifactStore, values: Inputs) -> ArtifactStoreArgs:
    """Return the arguments of an artifact store."""
    args: ArtifactStoreArgs = {
        "account_id": values.output(store.place.account_id),
        "region": store.place.region,
        "partition": store.place.partition,
        "organization_id": values.output(store.organization_id),
        "bucket_name": values.output(store.bucket),
        "writer_role_arns": [values.output(arn) for arn in store.writers],
        "reader_role_arns": [values.output(arn) for arn in store.readers],
        "used_through": list(store.used_through),
        "force_destroy": store.force_destroy,
        "expire_days": store.expire_days,
        "noncurrent_days": store.noncurrent_days,
    }
    if store.senders:
        args["sender_role_arns"] = [values.output(arn) for arn in store.senders]
    if store.packages:
        args["package_bucket_name"] = values.output(store.packages)
        args["package_writer_role_arns"] = [values.output(arn) for arn in store.package_writers]
        args["package_reader_role_arns"] = [values.output(arn) for arn in store.package_readers]
        args["key_writer_role_arns"] = [values.output(arn) for arn in store.key_writers]
        args["key_reader_role_arns"] = [values.output(arn) for arn in store.key_readers]
    return args


def of_service_key(key: ServiceKey, values: Inputs) -> ServiceKeyArgs:
    """Return the arguments of a key of topics, secrets and traces."""
    return {
        "account_id": values.output(key.place.account_id),
        "region": key.place.region,
        "partition": key.place.partition,
        "topics": list(key.topics),
        "alarm_account_ids": [values.output(account) for account in key.alarm_accounts],
        "secrets": key.secrets,
        "traces": key.traces,
        "repositories": key.repositories,
    }


def of_archive(archive: LogArchive, values: Inputs) -> LogArchiveArgs:
    """Return the arguments of the log archive."""
    args: LogArchiveArgs = {
        "account_id": values.output(archive.place.account_id),
        "region": archive.place.region,
        "partition": archive.place.partition,
        "organization_id": values.output(archive.organization_id),
        "management_account_id": values.output(archive.management_id),
        "bucket_name": values.output(archive.bucket),
        "config": archive.config,
        "reader_role_arns": [values.output(arn) for arn in archive.readers],
        "expire_days": archive.expire_days,
        "force_destroy": archive.force_destroy,
    }
    if archive.sessions:
        args["sessions"] = True
    if archive.trail is not None:
        args["trail_name"] = archive.trail
    if archive.archive_days is not None:
        args["archive_days"] = archive.archive_days
    if archive.lock is not None:
        args["lock_mode"], args["lock_days"] = archive.lock.mode, archive.lock.days
    return args


def of_reference(reference: Reference) -> SecretReferenceArgs:
    """Return the arguments of a secret that is read at run time."""
    return {"kind": reference.kind, "name": reference.name}
