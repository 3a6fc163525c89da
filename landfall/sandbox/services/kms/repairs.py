"""KMS: the private key of a key is made when it is first used.

The emulator makes an RSA key of 2,048 bits for each key, symmetric ones too, at 50 ms of CPU. Only
signing, verifying and reading the public key need it.
"""

from __future__ import annotations

import threading
from typing import Any

from moto.kms import models
from moto.kms.utils import generate_private_key

_making = threading.Lock()


class _Later:
    """A private key that is not made yet."""

    def __init__(self, key_spec: str) -> None:
        self._key_spec = key_spec
        self._made: Any = None

    def __getattr__(self, name: str) -> Any:
        with _making:
            if self._made is None:
                self._made = generate_private_key(self._key_spec)
        return getattr(self._made, name)


models.generate_private_key = _Later
