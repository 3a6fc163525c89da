"""Token buckets: how AWS's services count requests to throttle them."""

from __future__ import annotations

import time
from collections.abc import Callable


class Bucket:
    """A token bucket: `rate` tokens a second, at most `most`, at first full.

    https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
    """

    def __init__(self, rate: float, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._most, self._clock = rate, most, clock
        self._tokens, self._filled = float(most), clock()

    def take(self) -> bool:
        """Take a token; return whether there was one."""
        now = self._clock()
        self._tokens = min(self._most, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
