"""Session Manager in the accounts of a stack, from its settings."""

from components.landing_zone.ground import Archive, Ground
from components.sessions import SessionManager, SessionManagerArgs
from landfall.blueprint.stack import security, sessions
from landfall.settings import Stack
from landfall.settings.sessions import Sessions


def manage_sessions(stack: Stack, ground: Ground, archive: Archive | None) -> None:
    """Create Session Manager's preferences and roles in the accounts of this part."""
    for account, settings in sessions.of_accounts(stack).items():
        if ground.holds(account):
            args = _arguments(stack, ground, account, settings)
            if settings.logs and archive is not None:
                _log_to(args, stack, ground, archive)
            SessionManager(f"{account}-sessions", args, opts=ground.in_account(account))


def _arguments(
    stack: Stack, ground: Ground, account: str, settings: Sessions
) -> SessionManagerArgs:
    args: SessionManagerArgs = {
        "account_id": ground.accounts[account].account_id,
        "region": stack.region,
        "partition": stack.partition,
        "regions": sessions.regions(stack, settings),
        "encrypt": settings.encrypt,
        "idle_minutes": settings.idle_minutes,
        "endpoints": [
            {
                "vpc_id": each.vpc,
                "subnet_ids": list(each.subnets),
                "security_group_ids": list(each.security_groups),
                "region": each.region or stack.region,
            }
            for each in settings.endpoints
        ],
    }
    if settings.run_as is not None:
        args["run_as"] = settings.run_as
    if settings.max_minutes is not None:
        args["max_minutes"] = settings.max_minutes
    return args


def _log_to(args: SessionManagerArgs, stack: Stack, ground: Ground, archive: Archive) -> None:
    """Log to the archive's bucket, whose name is known before it exists."""
    described = security.log_archive(stack)
    logs = None if described is None else described.of_sessions
    if logs is not None:
        args["log_bucket_name"] = ground.values.output(logs.bucket)
        args["log_key_arn"] = archive.key_arn
