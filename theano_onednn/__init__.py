"""oneDNN under Theano 1.0.5: convolution, pooling, normalisation and recurrent layers, fast.

    import theano_onednn

From then on each function that Theano compiles computes with oneDNN what that does as well as
Theano's own operations and faster. `theano.config.onednn.enabled = False`, or the same in
`.theanorc` or THEANO_FLAGS, switches it off for what is compiled afterwards. Without the library
nothing changes. Recurrent layers are asked for by name: `recurrent`, and for Lasagne `layers`.
"""

from theano.configparser import AddConfigVar, BoolParam

AddConfigVar(
    "onednn.enabled",
    "Compute convolutions, pooling and recurrences with oneDNN, where theano_onednn is imported",
    BoolParam(True),
    in_c_key=False,
)

from . import rewrites, threads  # noqa: E402
from .library import instructions, version  # noqa: E402, F401
from .normalisation import local_response_normalisation  # noqa: E402, F401
from .rewrites import why_not  # noqa: E402, F401

threads.settle()
rewrites.register()
