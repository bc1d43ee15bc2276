import numpy as np
from workshop.language.corpus import SHAKESPEARE, Alphabet
from workshop.language.recurrent import Network
from workshop.language.training import Meter, Training
from workshop.language.writing import Writer
text = "Master:\nBoatswain!\n\nBoatswain:\nHere, master: what cheer?\n" * 2
alphabet = Alphabet(SHAKESPEARE)
codes = alphabet.encode(text)
for kind in ("rnn", "lstm"):
    network = Network(kind, len(alphabet), 9, seed=1)
    meter = Meter(network)
    bits = [meter.bits(codes, steps=steps) for steps in (10, 33, 1000)]
    bits.append(-np.log2(Writer(network, alphabet).trace(text).right[1:]).mean())
    training = Training(network, codes, 1, 10, rate=0, seed=5)
    start = np.random.RandomState([5, 0]).randint(len(codes))
    losses = [training.step() for _ in range(training.steps_in_pass)]
    lengths = [10] * (len(losses) - 1) + [(len(codes) - 1) % 10 or 10]
    read = np.average(losses, weights=lengths), meter.bits(np.roll(codes, -start))
    print(max(bits) - min(bits), abs(read[0] - read[1]))
