"""Two things at a time, each after those that it needs."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter

from .run import stop

#: Most steps keep one core busy; more than two want more memory than a laptop has.
LANES = 2


def in_order(needs: Mapping[str, Iterable[str]], make: Callable[[str], object]) -> None:
    """Call `make` for each name once what it needs is made.

    If one fails, what runs beside it comes to its end, nothing else begins, and the failure is
    raised. Ctrl-C ends all programs that they run.
    """
    order = TopologicalSorter(needs)
    order.prepare()
    running: dict[Future, str] = {}
    with ThreadPoolExecutor(LANES) as lanes:
        try:
            while order.is_active():
                running |= {lanes.submit(make, name): name for name in order.get_ready()}
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    future.result()
                    order.done(running.pop(future))
        except BaseException as error:
            if not isinstance(error, Exception):
                stop()
            lanes.shutdown(cancel_futures=True)
            raise
