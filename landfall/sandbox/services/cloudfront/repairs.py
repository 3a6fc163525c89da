"""CloudFront: ids of distributions and states of invalidations are as AWS gives them."""

from __future__ import annotations

from typing import Any

from moto.cloudfront.models import Distribution, Invalidation, random_id

_init = Distribution.__init__


def _initialized(self: Distribution, *args: Any, **kwargs: Any) -> None:
    """Begin an id with E, as in EDFDVBD6EXAMPLE of the API Reference's GetDistribution."""
    _init(self, *args, **kwargs)
    emulated = self.distribution_id
    self.distribution_id = self.id = f"E{random_id()}"
    self.arn = self.arn.replace(emulated, self.distribution_id)


Distribution.__init__ = _initialized


_begin = Invalidation.__init__


def _begun(self: Invalidation, *args: Any, **kwargs: Any) -> None:
    """Name the state as the API Reference's Invalidation does, on which clients wait."""
    _begin(self, *args, **kwargs)
    self.status = "Completed"


Invalidation.__init__ = _begun
