// A recurrent layer over a whole sequence, and its gradient.
//
// Rows of a batch have nothing to do with each other, so each thread takes some of them through the
// whole sequence and never waits for another. It multiplies with a copy of the weights of its own, in
// the layout that oneDNN wants; the gradient of the weights is one product in the end.

namespace {

const npy_intp LEAST_ROWS = 8;  // of a thread: with fewer, most time goes into reading the weights

// What the primitives depend on. Compared as bytes.
struct Layer {
    npy_intp batch, units, sums, threads;  // `sums`: of a row
    npy_intp backwards;

    bool operator==(const Layer& other) const { return memcmp(this, &other, sizeof *this) == 0; }
    npy_intp first_row(npy_intp thread) const { return batch * thread / threads; }
    npy_intp rows(npy_intp thread) const { return first_row(thread + 1) - first_row(thread); }
};

// Rows of numbers times the weights or, backwards, times their transpose; by one thread.
class Product {
 public:
    Product() : from_(NULL), to_(NULL), room_(0), scratchpad_(0) {}
    ~Product() {
        if (from_ != NULL) dnnl_memory_destroy(from_);
        if (to_ != NULL) dnnl_memory_destroy(to_);
    }

    int make(npy_intp rows, const Layer& layer) {
        const npy_intp inner = layer.backwards ? layer.sums : layer.units;
        const npy_intp outer = layer.backwards ? layer.units : layer.sums;
        const dnnl_dims_t shapes[3] = {{rows, inner}, {inner, outer}, {rows, outer}};
        dnnl_memory_desc_t from, to, as_they_lie, any;
        TRY("describe rows",
            dnnl_memory_desc_init_by_tag(&from, 2, shapes[0], dnnl_f32, dnnl_ab));
        TRY("describe weights",
            dnnl_memory_desc_init_by_tag(&as_they_lie, 2, shapes[1], dnnl_f32,
                                         layer.backwards ? dnnl_ba : dnnl_ab));
        TRY("describe weights",
            dnnl_memory_desc_init_by_tag(&any, 2, shapes[1], dnnl_f32, dnnl_format_tag_any));
        TRY("describe sums", dnnl_memory_desc_init_by_tag(&to, 2, shapes[2], dnnl_f32, dnnl_ab));
        dnnl_matmul_desc_t wanted;
        TRY("describe a product", dnnl_matmul_desc_init(&wanted, &from, &any, NULL, &to));
        Attributes with;
        if (with.make() != 0) return -1;
        dnnl_primitive_desc_t described = NULL;
        TRY("choose a product",
            dnnl_primitive_desc_create(&described, &wanted, with.attributes, engine, NULL));
        const dnnl_memory_desc_t* its =
            dnnl_primitive_desc_query_md(described, dnnl_query_weights_md, 0);
        int made = primitive_.make(described);
        scratchpad_ = primitive_.scratchpad_size();
        if (made == 0)
            made = weights_.make(as_they_lie, its, Operand::READ, &room_, &scratchpad_);
        dnnl_primitive_desc_destroy(described);
        if (made != 0) return -1;
        TRY("describe rows", dnnl_memory_create(&from_, &from, engine, DNNL_MEMORY_NONE));
        TRY("describe sums", dnnl_memory_create(&to_, &to, engine, DNNL_MEMORY_NONE));
        return 0;
    }

    // Bytes that it needs, the copy of the weights among them.
    size_t room() const { return room_ + aligned(scratchpad_); }

    // To be called before the others, with so much memory.
    int take(const float* weights, char* memory) {
        memory_ = memory + room_;
        if (weights_.place(const_cast<float*>(weights), memory) != 0) return -1;
        return weights_.copy_in(memory_);
    }

    dnnl_status_t multiply(const float* from, float* to) {
        dnnl_memory_set_data_handle(from_, const_cast<float*>(from));
        dnnl_memory_set_data_handle(to_, to);
        arguments_.resize(3);
        arguments_[0].arg = DNNL_ARG_SRC;
        arguments_[0].memory = from_;
        arguments_[1].arg = DNNL_ARG_WEIGHTS;
        arguments_[1].memory = weights_.its();
        arguments_[2].arg = DNNL_ARG_DST;
        arguments_[2].memory = to_;
        return primitive_.start(arguments_, memory_);
    }

 private:
    dnnl_memory_t from_, to_;
    size_t room_, scratchpad_;
    char* memory_;
    Operand weights_;
    Primitive primitive_;
    std::vector<dnnl_exec_arg_t> arguments_;
};

// How to take a layer through sequences of any length.
class Course {
 public:
    const Layer problem;

    explicit Course(const Layer& layer) : problem(layer), products_(layer.threads) {}

    int make() {
        // Each is for one thread, whatever a primitive would do with more.
        const int most = omp_get_max_threads();
        omp_set_num_threads(1);
        int made = 0;
        for (size_t t = 0; t < products_.size() && made == 0; t++)
            made = products_[t].make(problem.rows(t), problem);
        omp_set_num_threads(most);
        return made;
    }

    // Args: `room`, floats that `work` needs for each row; `more`, that it needs besides.
    // `work(thread, its floats)` is called in each thread.
    template <class Work>
    int run(const float* weights, npy_intp room, npy_intp more, Work& work) {
        size_t total = 0;
        for (size_t t = 0; t < products_.size(); t++)
            total += products_[t].room() + own(t, room, more);
        char* memory = arena.reserve(total + 1);
        if (memory == NULL) return failed("hold a copy of the weights", dnnl_out_of_memory);
        std::vector<float*> floats;
        for (size_t t = 0; t < products_.size(); t++) {
            if (products_[t].take(weights, memory) != 0) return -1;
            memory += products_[t].room();
            floats.push_back((float*)memory);
            memory += own(t, room, more);
        }
        std::vector<dnnl_status_t> ends(products_.size(), dnnl_success);
#pragma omp parallel for num_threads((int)products_.size()) schedule(static, 1)
        for (npy_intp t = 0; t < (npy_intp)products_.size(); t++)
            ends[t] = work.of_thread(t, problem.first_row(t), problem.rows(t), products_[t],
                                     floats[t]);
        for (size_t t = 0; t < ends.size(); t++) TRY("multiply by the weights", ends[t]);
        return 0;
    }

 private:
    std::vector<Product> products_;

    size_t own(size_t thread, npy_intp room, npy_intp more) const {
        return aligned((problem.rows(thread) * room + more) * sizeof(float));
    }
};

typedef Recent<Layer, Course> Courses;

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
