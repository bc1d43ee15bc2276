"""The same networks in OpenCV. NETWORK is a folder with files that it reads."""

import os
from pathlib import Path

import protocol


def load(folder):
    import cv2

    cv2.setNumThreads(int(os.environ["OMP_NUM_THREADS"]))
    net = cv2.dnn.readNet(*sorted(map(str, Path(folder).iterdir())))

    def ask(batch):
        net.setInput(batch)
        return net.forward()

    return ask


protocol.serve("cv2", load)
