// 2-D convolution, and its gradients, in the sense of cross-correlation: nothing is flipped.
//
// Names are Theano's: `bottom` (batch, channels, height, width) is the image, `weights` (filters,
// channels of a group, height, width), `top` (batch, filters, height, width) the response.

namespace {

enum { FORWARD = 0, GRADIENT_OF_WEIGHTS = 1, GRADIENT_OF_INPUTS = 2 };

// All that a primitive depends on. Compared as bytes, so every field is of one type.
struct Problem {
    npy_intp direction, relu, biased, threads;
    npy_intp bottom[4], weights[4], top[4];
    npy_intp groups, stride[2], dilation[2], before[2], after[2];  // padding

    bool operator==(const Problem& other) const { return memcmp(this, &other, sizeof *this) == 0; }

    bool empty() const {
        return std::count(bottom, bottom + 4, 0) || std::count(weights, weights + 4, 0) ||
               std::count(top, top + 4, 0);
    }

    // Is it a matrix product of the arrays as they lie?
    bool matrix_product() const {
        for (int i = 0; i < 2; i++)
            if (weights[2 + i] != 1 || stride[i] != 1 || before[i] != 0 || after[i] != 0)
                return false;
        return true;
    }
};

// How to solve one problem.
class Plan {
 public:
    const Problem problem;

    explicit Plan(const Problem& problem)
        : problem(problem), bias_(NULL), total_(0), scratchpad_(0) {}
    ~Plan() {
        if (bias_ != NULL) dnnl_memory_destroy(bias_);
    }

    int make() {
        // The gradient of an image of one or three colours is slow in oneDNN's own layouts.
        const bool narrow = problem.direction == GRADIENT_OF_INPUTS &&
                            problem.weights[1] < 8 && problem.groups == 1;
        const bool plain = problem.matrix_product() || narrow;
        dnnl_primitive_desc_t described = NULL;
        int made = -1;
        if (describe(&described, plain ? LIKE_OURS : ANY) == 0) made = make_from(described);
        if (described != NULL) dnnl_primitive_desc_destroy(described);
        return made;
    }

    // Args: the three arrays, and the bias, which may be missing.
    int run(void* bottom, void* weights, void* top, void* bias) {
        char* memory = arena.reserve(total_ + scratchpad_ + 1);
        if (memory == NULL) return failed("copy arrays", dnnl_out_of_memory);
        void* arrays[] = {bottom, weights, top};
        const int names[3][3] = {
            {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
            {DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST},
            {DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST},
        };
        char* scratchpad = memory + total_;
        one_core_each();
        std::vector<dnnl_exec_arg_t> arguments;
        for (int i = 0; i < 3; i++) {
            if (operands_[i].place(arrays[i], memory) != 0) return -1;
            if (i != written() && operands_[i].copy_in(scratchpad) != 0) return -1;
            const dnnl_exec_arg_t argument = {names[problem.direction][i], operands_[i].its()};
            arguments.push_back(argument);
        }
        if (bias_ != NULL) {
            TRY("place the bias", dnnl_memory_set_data_handle(bias_, bias));
            const dnnl_exec_arg_t argument = {DNNL_ARG_BIAS, bias_};
            arguments.push_back(argument);
        }
        if (primitive_.run(arguments, scratchpad) != 0) return -1;
        return operands_[written()].copy_out(scratchpad);
    }

 private:
    enum Layout { LIKE_OURS, ANY };

    Operand operands_[3];
    Primitive primitive_;
    dnnl_memory_t bias_;
    dnnl_memory_desc_t bias_layout_;
    size_t total_, scratchpad_;

    int written() const {
        const int places[] = {2, 1, 0};
        return places[problem.direction];
    }

    int layout(dnnl_memory_desc_t* result, int operand, Layout kind) {
        const npy_intp* shapes[] = {problem.bottom, problem.weights, problem.top};
        dnnl_dims_t shape;
        int dimensions = 0;
        const npy_intp* ours = shapes[operand];
        if (operand == 1 && problem.groups > 1) {
            shape[dimensions++] = problem.groups;
            shape[dimensions++] = ours[0] / problem.groups;
        } else {
            shape[dimensions++] = ours[0];
        }
        for (int i = 1; i < 4; i++) shape[dimensions++] = ours[i];
        const dnnl_format_tag_t in_order = dimensions == 5 ? dnnl_abcde : dnnl_abcd;
        TRY("describe an array",
            dnnl_memory_desc_init_by_tag(result, dimensions, shape, dnnl_f32,
                                         kind == ANY ? dnnl_format_tag_any : in_order));
        return 0;
    }

    int describe(dnnl_primitive_desc_t* described, Layout kind) {
        dnnl_memory_desc_t wanted[3];
        for (int i = 0; i < 3; i++)
            if (layout(&wanted[i], i, kind) != 0) return -1;
        dnnl_dims_t stride, dilation, before, after;
        for (int i = 0; i < 2; i++) {
            stride[i] = problem.stride[i];
            dilation[i] = problem.dilation[i] - 1;
            before[i] = problem.before[i];
            after[i] = problem.after[i];
        }
        dnnl_convolution_desc_t forward;
        const dnnl_dims_t filters = {problem.weights[0]};
        TRY("describe the bias",
            dnnl_memory_desc_init_by_tag(&bias_layout_, 1, filters, dnnl_f32, dnnl_a));
        TRY("describe a convolution",
            dnnl_dilated_convolution_forward_desc_init(
                &forward, dnnl_forward_training, dnnl_convolution_direct, &wanted[0], &wanted[1],
                problem.biased ? &bias_layout_ : NULL, &wanted[2], stride, dilation, before,
                after));
        Attributes with;
        if (with.make() != 0) return -1;
        if (problem.direction == FORWARD) {
            TRY("choose a convolution",
                dnnl_primitive_desc_create(described, &forward, with.attributes, engine, NULL));
            return 0;
        }
        dnnl_convolution_desc_t backward;
        if (problem.direction == GRADIENT_OF_WEIGHTS)
            TRY("describe a gradient",
                dnnl_dilated_convolution_backward_weights_desc_init(
                    &backward, dnnl_convolution_direct, &wanted[0], &wanted[1], NULL, &wanted[2],
                    stride, dilation, before, after));
        else
            TRY("describe a gradient",
                dnnl_dilated_convolution_backward_data_desc_init(
                    &backward, dnnl_convolution_direct, &wanted[0], &wanted[1], &wanted[2], stride,
                    dilation, before, after));
        dnnl_primitive_desc_t hint = NULL;
        TRY("choose a convolution",
            dnnl_primitive_desc_create(&hint, &forward, with.attributes, engine, NULL));
        const dnnl_status_t status =
            dnnl_primitive_desc_create(described, &backward, with.attributes, engine, hint);
        dnnl_primitive_desc_destroy(hint);
        TRY("choose a gradient", status);
        return 0;
    }

    int make_from(const_dnnl_primitive_desc_t described) {
        if (primitive_.make(described) != 0) return -1;
        scratchpad_ = primitive_.scratchpad_size();
        const dnnl_query_t queries[3][3] = {
            {dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_dst_md},
            {dnnl_query_src_md, dnnl_query_diff_weights_md, dnnl_query_diff_dst_md},
            {dnnl_query_diff_src_md, dnnl_query_weights_md, dnnl_query_diff_dst_md},
        };
        for (int i = 0; i < 3; i++) {
            dnnl_memory_desc_t ours;
            if (layout(&ours, i, LIKE_OURS) != 0) return -1;
            const dnnl_memory_desc_t* its =
                dnnl_primitive_desc_query_md(described, queries[problem.direction][i], 0);
            const Operand::Direction use = i == written() ? Operand::WRITTEN : Operand::READ;
            if (operands_[i].make(ours, its, use, &total_, &scratchpad_) != 0) return -1;
        }
        if (problem.biased)
            TRY("describe the bias",
                dnnl_memory_create(&bias_, &bias_layout_, engine, DNNL_MEMORY_NONE));
        return 0;
    }
};

typedef Recent<Problem, Plan> Plans;

const npy_intp HALF = -1, FULL = -2;  // in place of a padding: as the size of the filter says

// Fills in padding and the shape of the one array that is not known yet. `size` is that of the
// filters or the image, where the op was told it, else NULL; it may be needed.
int complete(Problem* p, const npy_intp* size) {
    if (p->direction == GRADIENT_OF_WEIGHTS) {
        p->weights[0] = p->top[1];
        p->weights[1] = p->bottom[1] / p->groups;
    } else if (p->direction == GRADIENT_OF_INPUTS) {
        p->bottom[0] = p->top[0];
        p->bottom[1] = p->weights[1] * p->groups;
    } else {
        p->top[0] = p->bottom[0];
        p->top[1] = p->weights[0];
    }
    for (int i = 0; i < 2; i++) {
        npy_intp& filter = p->weights[2 + i];
        npy_intp& image = p->bottom[2 + i];
        npy_intp& response = p->top[2 + i];
        if (p->direction == GRADIENT_OF_WEIGHTS) {
            // What the filter covers besides its first place, times (1 - 2 for full padding).
            const npy_intp padded = image + std::max(p->before[i], (npy_intp)0) +
                                    std::max(p->after[i], (npy_intp)0);
            const npy_intp rest = padded - 1 - (response - 1) * p->stride[i];
            const bool full = p->before[i] == FULL;
            filter = size != NULL ? size[i] : (full ? -rest : rest) / p->dilation[i] + 1;
        }
        const npy_intp reach = (filter - 1) * p->dilation[i];
        if (p->before[i] == HALF) p->before[i] = p->after[i] = (reach + 1) / 2;
        if (p->before[i] == FULL) p->before[i] = p->after[i] = reach;
        const npy_intp padding = p->before[i] + p->after[i];
        if (p->direction == GRADIENT_OF_INPUTS)
            image = size != NULL ? size[i] : (response - 1) * p->stride[i] + reach + 1 - padding;
        const npy_intp room = image + padding - reach - 1;
        const npy_intp fits = room < 0 ? 0 : room / p->stride[i] + 1;
        if (p->direction == FORWARD) response = fits;
        if (filter < 1 || image < 1 || fits < 1 || response != fits) return -1;
    }
    const npy_intp channels = p->weights[1] * p->groups;
    if (p->bottom[1] != channels || p->weights[0] % p->groups != 0 ||
        p->top[1] != p->weights[0] || p->top[0] != p->bottom[0])
        return -1;
    return 0;
}

int wrong_shapes(const Problem& p) {
    PyErr_Format(PyExc_ValueError,
                 "convolution: image %zd x %zd x %zd x %zd, filters %zd x %zd x %zd x %zd and "
                 "response %zd x %zd x %zd x %zd do not fit together (groups %zd, stride %zd x "
                 "%zd, dilation %zd x %zd, padding %zd, %zd x %zd, %zd)",
                 p.bottom[0], p.bottom[1], p.bottom[2], p.bottom[3], p.weights[0], p.weights[1],
                 p.weights[2], p.weights[3], p.top[0], p.top[1], p.top[2], p.top[3], p.groups,
                 p.stride[0], p.stride[1], p.dilation[0], p.dilation[1], p.before[0], p.after[0],
                 p.before[1], p.after[1]);
    return -1;
}

// Does what one node of a graph stands for. `arrays` are bottom, weights and top, of which the one
// that is computed is made; bias may be NULL. Returns 0, or -1 with an exception.
int convolve(Plans* plans, Problem* problem, const npy_intp* size, PyArrayObject** arrays[3],
             PyArrayObject* bias) {
    npy_intp* shapes[] = {problem->bottom, problem->weights, problem->top};
    const int places[] = {2, 1, 0};
    const int written = places[problem->direction];
    for (int i = 0; i < 3; i++)
        if (i == written)
            std::fill(shapes[i], shapes[i] + 4, 0);
        else
            std::copy(PyArray_DIMS(*arrays[i]), PyArray_DIMS(*arrays[i]) + 4, shapes[i]);
    problem->biased = bias != NULL;
    problem->threads = omp_get_max_threads();
    if (complete(problem, size) != 0) return wrong_shapes(*problem);
    if (bias != NULL && PyArray_DIMS(bias)[0] != problem->weights[0]) {
        PyErr_Format(PyExc_ValueError, "convolution: %zd biases for %zd filters",
                     PyArray_DIMS(bias)[0], problem->weights[0]);
        return -1;
    }
    if (prepare(arrays[written], 4, shapes[written]) != 0) return -1;
    PyArrayObject* result = *arrays[written];
    if (problem->empty() && bias == NULL) {
        memset(PyArray_DATA(result), 0, PyArray_NBYTES(result));
        return 0;
    }
    PyArrayObject* held[4] = {NULL, NULL, NULL, NULL};
    void* data[4] = {NULL, NULL, NULL, NULL};
    int done = 0;
    for (int i = 0; i < 4 && done == 0; i++) {
        if (i == written || (i == 3 && bias == NULL)) continue;
        held[i] = in_c_order(i == 3 ? bias : *arrays[i]);
        if (held[i] == NULL)
            done = -1;
        else
            data[i] = PyArray_DATA(held[i]);
    }
    data[written] = PyArray_DATA(result);
    if (done == 0 && problem->empty()) {
        spread((float*)data[written], (const float*)data[3], problem->top);
    } else if (done == 0) {
        Plan* plan = plans->get(*problem);
        done = plan == NULL ? -1 : plan->run(data[0], data[1], data[2], data[3]);
    }
    if (done == 0 && problem->relu) rectify((float*)data[written], PyArray_SIZE(result));
    for (int i = 0; i < 4; i++) Py_XDECREF(held[i]);
    return done;
}

}  // namespace
