// A recurrent layer over a whole sequence, and its gradient: course.h takes the rows through it,
// cells.h has each step.

namespace {

struct Forwards {
    const Cell& cell;
    const Sequence& sequence;

    dnnl_status_t of_thread(npy_intp, npy_intp row, npy_intp rows, Product& product,
                            float* products) {
        for (npy_intp step = 0; step < sequence.steps; step++) {
            const dnnl_status_t done =
                product.multiply(sequence.hidden_before(step, row), products);
            if (done != dnnl_success) return done;
            forward(cell, sequence, step, row, rows, products);
        }
        return dnnl_success;
    }
};

struct Backwards {
    const Cell& cell;
    const Sequence& sequence;
    std::vector<float*> peepholes;  // of each thread

    dnnl_status_t of_thread(npy_intp thread, npy_intp row, npy_intp rows, Product& product,
                            float* memory) {
        const npy_intp units = sequence.units, size = rows * units;
        Flow flow = {memory, memory + size, memory + 2 * size, memory + 3 * size,
                     memory + 3 * size + 3 * units};
        peepholes[thread] = flow.peepholes;
        std::fill(memory, flow.nothing + units, 0.0f);
        for (npy_intp step = sequence.steps; step-- > 0;) {
            backward(cell, sequence, step, row, rows, flow);
            const float* of_products = sequence.of_products + (step * sequence.batch + row) *
                                                                  cell.sums() * units;
            const dnnl_status_t done = product.multiply(of_products, flow.products);
            if (done != dnnl_success) return done;
        }
        for (npy_intp j = 0; j < size; j++)
            sequence.of_first_hidden[row * units + j] = flow.products[j] + flow.past[j];
        if (cell.has_cell())
            std::copy(flow.cell, flow.cell + size, sequence.of_first_cell + row * units);
        return dnnl_success;
    }
};

// The gradient of the weights: the states before each step times the gradients of products.
int multiply_states(const Cell& cell, const Sequence& s) {
    const npy_intp width = cell.sums() * s.units, first = s.batch;
    const npy_intp rest = s.batch * (s.steps - 1);
    TRY("multiply states",
        dnnl_sgemm('T', 'N', s.units, width, first, 1.0f, s.first_hidden, s.units, s.of_products,
                   width, 0.0f, s.of_weights, width));
    if (rest > 0)
        TRY("multiply states",
            dnnl_sgemm('T', 'N', s.units, width, rest, 1.0f, s.hidden, s.units,
                       s.of_products + first * width, width, 1.0f, s.of_weights, width));
    return 0;
}

Layer layer_of(const Cell& cell, const Sequence& s, bool backwards) {
    const npy_intp most = (s.batch + LEAST_ROWS - 1) / LEAST_ROWS;
    Layer layer;
    layer.batch = s.batch;
    layer.units = s.units;
    layer.sums = cell.sums() * s.units;
    layer.threads = std::min((npy_intp)omp_get_max_threads(), most);
    layer.backwards = backwards;
    return layer;
}

int run_forwards(Courses* courses, const Cell& cell, const Sequence& s) {
    if (s.steps * s.batch * s.units == 0) return 0;
    Course* course = courses->get(layer_of(cell, s, false));
    Forwards work = {cell, s};
    return course == NULL ? -1 : course->run(s.weights, cell.sums() * s.units, 0, work);
}

int run_backwards(Courses* courses, const Cell& cell, Sequence& s) {
    const npy_intp width = cell.sums() * s.units;
    if (s.steps * s.batch * s.units == 0) {
        std::fill(s.of_weights, s.of_weights + s.units * width, 0.0f);
        std::fill(s.of_first_hidden, s.of_first_hidden + s.batch * s.units, 0.0f);
        if (cell.has_cell())
            std::fill(s.of_first_cell, s.of_first_cell + s.batch * s.units, 0.0f);
        if (cell.peepholes) std::fill(s.of_peepholes, s.of_peepholes + 3 * s.units, 0.0f);
        return 0;
    }
    // Of a GRU's candidate, the gradient of the product is not that of the sum.
    std::vector<float> of_products(cell.kind == GRU ? s.steps * s.batch * width : 0);
    s.of_products = cell.kind == GRU ? &of_products[0] : s.of_sums;
    Course* course = courses->get(layer_of(cell, s, true));
    if (course == NULL) return -1;
    Backwards work = {cell, s, std::vector<float*>(course->problem.threads)};
    if (course->run(s.weights, 3 * s.units, 4 * s.units, work) != 0) return -1;
    for (npy_intp j = 0; cell.peepholes && j < 3 * s.units; j++) {
        s.of_peepholes[j] = 0;
        for (size_t t = 0; t < work.peepholes.size(); t++)
            s.of_peepholes[j] += work.peepholes[t][j];
    }
    return multiply_states(cell, s);
}

// The inputs of a node in C order, until it goes out of scope.
class Held {
 public:
    ~Held() {
        for (size_t i = 0; i < arrays_.size(); i++) Py_XDECREF(arrays_[i]);
    }

    // The numbers of an array; NULL with an exception where its shape is another. `what` it is.
    const float* get(PyArrayObject* array, const char* what, int dimensions, const npy_intp* shape) {
        for (int i = 0; i < dimensions; i++)
            if (PyArray_DIMS(array)[i] != shape[i]) {
                PyErr_Format(PyExc_ValueError,
                             "recurrent layer: axis %d of the %s is %zd long, and must be %zd", i,
                             what, PyArray_DIMS(array)[i], shape[i]);
                return NULL;
            }
        arrays_.push_back(in_c_order(array));
        return arrays_.back() == NULL ? NULL : (const float*)PyArray_DATA(arrays_.back());
    }

 private:
    std::vector<PyArrayObject*> arrays_;
};

// Shapes of all arrays of a sequence.
struct Shapes {
    npy_intp sums[3], weights[2], state[2], states[3], kept[3], peepholes[2], mask[2];

    Shapes(const Cell& cell, npy_intp steps, npy_intp batch, npy_intp units) {
        sums[0] = states[0] = kept[0] = mask[0] = steps;
        sums[1] = states[1] = kept[1] = mask[1] = state[0] = batch;
        weights[0] = state[1] = states[2] = peepholes[1] = units;
        sums[2] = weights[1] = cell.sums() * units;
        kept[2] = cell.kept() * units;
        peepholes[0] = 3;
    }
};

#define HOLD(field, what, shape)                                                       \
    do {                                                                               \
        const int dimensions = sizeof shape / sizeof *shape;                           \
        s.field = const_cast<float*>(held.get(*inputs++, what, dimensions, shape));    \
        if (s.field == NULL) return -1;                                                \
    } while (0)

#define MAKE(field, shape)                                                             \
    do {                                                                               \
        if (prepare(*outputs, sizeof shape / sizeof *shape, shape) != 0) return -1;    \
        s.field = (float*)PyArray_DATA(**outputs++);                                   \
    } while (0)

// What a node stands for. Inputs: sums, weights, the first states, peepholes and mask if the cell
// has them. Outputs: the states after each step, and what is kept. Returns 0, or -1 with an exception.
int over_time(Courses* courses, const Cell& cell, PyArrayObject* const* inputs,
              PyArrayObject** const* outputs) {
    const npy_intp* given = PyArray_DIMS(inputs[0]);
    const Shapes shapes(cell, given[0], given[1], PyArray_DIMS(inputs[1])[0]);
    Sequence s = Sequence();
    s.steps = given[0];
    s.batch = given[1];
    s.units = shapes.state[1];
    Held held;
    HOLD(sums, "sums", shapes.sums);
    HOLD(weights, "weights", shapes.weights);
    HOLD(first_hidden, "first state", shapes.state);
    if (cell.has_cell()) HOLD(first_cell, "first cell", shapes.state);
    if (cell.peepholes) HOLD(peepholes, "peepholes", shapes.peepholes);
    if (cell.masked) HOLD(mask, "mask", shapes.mask);
    MAKE(hidden, shapes.states);
    if (cell.has_cell()) MAKE(cells, shapes.states);
    if (cell.kept()) MAKE(kept, shapes.kept);
    return run_forwards(courses, cell, s);
}

// The same for the gradient. Inputs: weights, the first states, peepholes and mask, all outputs, the
// gradient by the states, and by the cells if anything depends on them. Outputs: the gradients by
// the sums, the weights, the first states and the peepholes.
int back_in_time(Courses* courses, const Cell& cell, bool by_cells, PyArrayObject* const* inputs,
                 PyArrayObject** const* outputs) {
    PyArrayObject* hidden = inputs[2 + cell.has_cell() + cell.peepholes + cell.masked];
    const npy_intp* given = PyArray_DIMS(hidden);
    const Shapes shapes(cell, given[0], given[1], given[2]);
    Sequence s = Sequence();
    s.steps = given[0];
    s.batch = given[1];
    s.units = given[2];
    Held held;
    HOLD(weights, "weights", shapes.weights);
    HOLD(first_hidden, "first state", shapes.state);
    if (cell.has_cell()) HOLD(first_cell, "first cell", shapes.state);
    if (cell.peepholes) HOLD(peepholes, "peepholes", shapes.peepholes);
    if (cell.masked) HOLD(mask, "mask", shapes.mask);
    HOLD(hidden, "states", shapes.states);
    if (cell.has_cell()) HOLD(cells, "cells", shapes.states);
    if (cell.kept()) HOLD(kept, "gates", shapes.kept);
    HOLD(of_hidden, "gradient by the states", shapes.states);
    if (by_cells) HOLD(of_cells, "gradient by the cells", shapes.states);
    MAKE(of_sums, shapes.sums);
    MAKE(of_weights, shapes.weights);
    MAKE(of_first_hidden, shapes.state);
    if (cell.has_cell()) MAKE(of_first_cell, shapes.state);
    if (cell.peepholes) MAKE(of_peepholes, shapes.peepholes);
    return run_backwards(courses, cell, s);
}

}  // namespace
