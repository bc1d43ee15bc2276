import numpy as np
from workshop.language.corpus import Alphabet
from workshop.language.recurrent import Network
from workshop.language.training import Training
from workshop.language.writing import Writer
text = "a quick fox; " * 200
alphabet = Alphabet.of(text)
for kind in ("rnn", "lstm"):
    runs = []
    for _ in range(2):
        network = Network(kind, len(alphabet), 24, seed=1)
        training = Training(network, alphabet.encode(text), 8, 16, 0.02, last_pass=10, seed=2)
        while training.passes < 9 or len(training.losses) < 10 * training.steps_in_pass:
            training.step()
        runs.append(training.losses)
    writer = Writer(network, alphabet)
    print(runs[0] == runs[1], runs[0][0] > 2.5, np.mean(runs[0][-5:]) < 0.2,
          writer.write(20, "a qu", temperature=0.1) == "ick fox; a quick fox")
