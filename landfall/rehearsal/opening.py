"""The running sandbox of a stack, and the account of its pipelines."""

from __future__ import annotations

from typing import Any

from landfall.problems import refuse
from landfall.rehearsal.sandbox import Sandbox
from landfall.sandbox.server_process import Server
from landfall.settings import Stack, naming


def of_stack(stack: Stack, server: Server) -> Sandbox:
    """Return a stack's sandbox."""
    partition = naming.partition(stack.region)
    return Sandbox(server.url, server.account, partition, stack.account_roles)


def account_names(stack: Stack, sandbox: Sandbox) -> dict[str, str]:
    """Return the names of the sandbox's accounts, as the stack names them, by id."""
    by_email = {account.email.lower(): name for name, account in stack.accounts.items()}
    return {
        account["Id"]: by_email.get(account["Email"].lower(), account["Name"])
        for account in _accounts(stack, sandbox)
    }


def delivery_account(stack: Stack, sandbox: Sandbox) -> str:
    """Return the id of the account with the pipelines.

    Raises:
        ProblemsError: the stack has no applications, or is not built in the sandbox.

    """
    hub = stack.delivery_account
    delivered = stack.provisioning is not None and stack.provisioning.source is not None
    if hub is None or not (stack.delivery.applications or delivered):
        fix = "add landfall:delivery to its stack file"
        raise refuse(f"stack {stack.name} has no applications", fix)
    settings = stack.accounts[hub]
    if settings.id:
        return settings.id
    for account in _accounts(stack, sandbox):
        if account["Email"].lower() == settings.email.lower():
            return str(account["Id"])
    raise refuse(
        f"the sandbox of stack {stack.name} has no account {hub}",
        f"build the stack there: landfall up -s {stack.name}",
    )


def _accounts(stack: Stack, sandbox: Sandbox) -> list[dict[str, Any]]:
    """Return the accounts of the organization; none if there is no organization yet."""
    client: Any = sandbox.client("organizations", stack.region)
    try:
        pages = client.get_paginator("list_accounts").paginate()
        return [account for page in pages for account in page["Accounts"]]
    except client.exceptions.AWSOrganizationsNotInUseException:
        return []
