"""What operations have in common whose loops are our own. They need no library."""

from theano.tensor import as_tensor_variable

from . import library

#: Takes the inputs in C order, makes the output, does the work, gives the copies back.
CALL = """
{{
    PyArrayObject* given[] = {{{inputs}}};
    const int count = sizeof given / sizeof *given;
    PyArrayObject* held[count];
    const float* data[count];
    int done = 0;
    for (int i = 0; i < count; i++) {{
        held[i] = in_c_order(given[i]);
        if (held[i] == NULL) done = -1;
        else data[i] = (const float*)PyArray_DATA(held[i]);
        if (!PyArray_SAMESHAPE(given[0], given[i])) {{
            PyErr_SetString(PyExc_ValueError, "{op}: its inputs must have the same shape");
            done = -1;
        }}
    }}
    const npy_intp* shape = PyArray_DIMS(given[0]);
    if (done == 0) done = prepare(&{output}, {dimensions}, {output_shape});
    if (done == 0) {{
        float* result = (float*)PyArray_DATA({output});
        {work}
    }}
    for (int i = 0; i < count; i++) Py_XDECREF(held[i]);
    if (done != 0) {{
        {fail}
    }}
}}
"""


class Loops:
    """Comes before Theano's class among the bases.

    Attributes:
        FILES: of `c_code/`, where its loops are.
        CODE: of a node, before names are filled in.
    """

    FILES: tuple[str, ...]
    CODE = CALL

    def c_headers(self):
        return ["<stdio.h>"]

    def c_header_dirs(self):
        return []

    def c_libraries(self):
        return []

    def c_lib_dirs(self):
        return []

    def c_compile_args(self):
        return ["-fopenmp"]

    def c_code_cache_version(self):
        return library.code_version(*self.FILES, text=self.CODE)

    def c_support_code(self):
        return library.code(*self.FILES)

    def call(self, work, inputs, output, sub, dimensions=4, output_shape="shape"):
        """The code of a node whose inputs all have the same shape.

        Args:
            work: C++ that makes `result` of `data[0]`, `data[1]`, … and `shape`, that of the first.
            inputs, output: names of arrays.
            dimensions, output_shape: of the output.
        """
        return CALL.format(
            op=type(self).__name__,
            inputs=", ".join(inputs),
            output=output,
            dimensions=dimensions,
            output_shape=output_shape,
            work=work,
            fail=sub["fail"],
        )


def images(*arrays):
    """Variables of float32 with four dimensions.

    Raises:
        TypeError: one is something else.
    """
    variables = [as_tensor_variable(each) for each in arrays]
    for each in variables:
        if each.ndim != 4 or each.dtype != "float32":
            raise TypeError(f"float32 with 4 dimensions was expected, not {each.type}")
    return variables
