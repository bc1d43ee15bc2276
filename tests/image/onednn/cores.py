"""Threads that Linux has put on one core compute on two, and may go wherever they could before."""

import os
import sys
import time
from pathlib import Path

import compared
import theano
import theano.tensor as T
from theano.tensor.nnet import conv2d

TASKS = Path("/proc/self/task")
REST = 0.01  # s, after which it looks where its threads are
PROCESSOR = 36  # the number of this field in `stat`, counted from behind the name


def allow(cores):
    for task in TASKS.iterdir():
        os.sched_setaffinity(int(task.name), cores)


def fields(task):
    return (TASKS / str(task) / "stat").read_text().rsplit(")", 1)[1].split()


def work(function, arrays):
    """The threads that computed."""
    before = {task.name: fields(task.name)[11:13] for task in TASKS.iterdir()}
    for _ in range(3):
        function(*arrays)
    return {name for name, times in before.items() if fields(name)[11:13] != times}


def main():
    attempts, rng = compared.arguments()
    allowed = os.sched_getaffinity(0)
    if len(allowed) < 2:
        sys.exit("two processors are needed to see threads on two")
    image, filters = T.tensor4(), T.tensor4()
    function = theano.function([image, filters], conv2d(image, filters))
    arrays = [rng.normal(0, 1, s).astype("float32") for s in ((64, 16, 48, 48), (64, 16, 5, 5))]
    function(*arrays)
    computing = work(function, arrays)
    if len(computing) != 2:
        sys.exit(f"{len(computing)} threads compute, not 2")
    small = [arrays[0][:2], arrays[1]]
    apart = 0
    for _ in range(attempts):
        allow({min(allowed)})
        function(*small)
        allow(allowed)
        time.sleep(REST)
        function(*small)
        apart += len({fields(task)[PROCESSOR] for task in computing}) == 2
    for task in TASKS.iterdir():
        if os.sched_getaffinity(int(task.name)) != allowed:
            sys.exit("a thread may no longer go wherever it could before")
    if apart < 0.5 * attempts:
        sys.exit(f"after a rest its threads shared a core {attempts - apart} times of {attempts}")
    compared.report(attempts=attempts, apart=apart)


if __name__ == "__main__":
    main()
