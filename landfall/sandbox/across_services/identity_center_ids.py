"""The ids of the organization's instance of IAM Identity Center, which AWS chooses.

They follow from the account's id unless the stack file names them.
"""

from __future__ import annotations

from moto.core import DEFAULT_ACCOUNT_ID
from moto.identitystore.models import identitystore_backends
from moto.ssoadmin.models import Instance, SSOAdminBackend, ssoadmin_backends
from moto.utilities.utils import get_partition

from landfall.aws.arns import arn_of

_given: dict[str, tuple[str, str]] = {}


def ids(account_id: str) -> tuple[str, str]:
    """Return the ids of an account's instance and of its identity store."""
    number = int(account_id) if account_id.isdigit() else 0
    return _given.get(account_id, (f"ssoins-{number:016x}", f"d-{number:010x}"))


def name(instance: Instance, region: str) -> None:
    """Give an instance its ids."""
    found, store = ids(instance.account_id)
    instance.instance_arn = arn_of(get_partition(region), "sso", f"instance/{found}")
    instance.identity_store_id = store


def give(instance: str, store: str) -> str:
    """Give the management account's instance these ids; return why not, empty if it has them."""
    account = DEFAULT_ACCOUNT_ID
    if ids(account) == (instance, store):
        return ""
    backends = ssoadmin_backends[account]
    if any(_is_used(backend) for backend in backends.values()):
        used, its_store = ids(account)
        return f"Identity Center is in use in the sandbox as {used} with {its_store}"
    _given[account] = (instance, store)
    for region, backend in backends.items():
        for each in backend.instances:
            name(each, region)
    return ""


def _is_used(backend: SSOAdminBackend) -> bool:
    stores = identitystore_backends[backend.account_id][backend.region_name].identity_stores
    return bool(backend.permission_sets) or any(
        store.groups or store.users for store in stores.values()
    )
