"""How often one computer may post: a bucket that fills slowly and empties by a post."""

import time
from collections.abc import Callable

BURST = 90  # posts at once: a whole room may stand behind one address
PER_SECOND = 1.0
MOST_COMPUTERS = 1000


class Rate:
    """Counts by address.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.buckets: dict[str, tuple[float, float]] = {}  # what is left, and when that was so

    def allows(self, address: str) -> bool:
        """Whether there is one more for this address; if so, it is taken."""
        now = self.clock()
        left, then = self.buckets.pop(address, (float(BURST), now))
        left = min(BURST, left + (now - then) * PER_SECOND)
        self.buckets[address] = (left - 1 if left >= 1 else left, now)
        if len(self.buckets) > MOST_COMPUTERS:
            del self.buckets[next(iter(self.buckets))]  # that was not heard of for longest
        return left >= 1
