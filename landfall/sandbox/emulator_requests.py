"""Leave out work of the emulator for each request whose result no client reads."""

from __future__ import annotations

import inspect
import uuid
from typing import Any


def lighten() -> None:
    """Make requests cheaper; before the emulator's server is imported."""
    import moto.core.responses
    import moto.settings

    # Clients of AWS are no browsers with pages of another origin.
    vars(moto.settings)["DISABLE_GLOBAL_CORS"] = True
    responses = vars(moto.core.responses)
    responses["method_names_from_class"] = _Methods
    responses["gen_amzn_requestid_long"] = _request_id
    _find_backends_without_lock()


def _find_backends_without_lock() -> None:
    """Take the lock only to create the state of an account, not to read it.

    State that exists is on the list of what a reset empties: both are written under the lock.
    """
    from moto.core.base_backend import BackendDict

    create = BackendDict.__getitem__

    def find(self: dict[str, Any], account: str) -> Any:
        found = self.get(account)
        return create(self, account) if found is None else found

    if create.__module__ != __name__:
        BackendDict.__getitem__ = find


class _Methods:
    """The names of a class's methods, without a list of all for one of them."""

    def __init__(self, kind: type) -> None:
        self._kind = kind

    def __contains__(self, name: str) -> bool:
        return inspect.isfunction(getattr(self._kind, name, None))


def _request_id(headers: dict[str, Any] | None = None) -> str:
    """Return an id of a request, as AWS's are, and set its header."""
    made = str(uuid.uuid4())
    if headers is not None:
        headers["x-amzn-requestid"] = made
    return made
