import numpy as np, theano, theano.tensor as T
from workshop.language.recurrent import Network
mode = theano.Mode("py", "fast_compile")
rng = np.random.RandomState(0)
for kind in ("rnn", "lstm"):
    network, block = Network(kind, 7, 5, seed=1), T.imatrix()
    U, count = network.weights["U"], network.loop.states
    U.set_value(2 * U.get_value())
    state = [theano.shared(rng.uniform(-1, 1, (3, 5))) for _ in range(count)]
    z = network.sums(block).astype("float64")
    def step(z, *state):
        return network.loop.step(z, U, *state)[:count]
    found, _ = theano.scan(step, sequences=z, outputs_info=state)
    ways = (found[0] if count > 1 else found), network.over_time(z, state)[0]
    ask = rng.uniform(-1, 1, (6, 3, 5))
    wanted = [network.weights["W"], U, network.weights["b"], *state]
    text = np.arange(18, dtype="int32").reshape(6, 3) ** 2 % 7
    both = [
        theano.function([block], [h, *T.grad((h * ask).sum(), wanted)], mode=mode)(text)
        for h in ways
    ]
    print(max(abs(a - b).max() / abs(a).max() for a, b in zip(*both, strict=True)))
