// 2-D pooling of the last two dimensions, and its gradients, with Theano's meaning of each mode.
//
// oneDNN's own pooling gives the gradient of a maximum to one place of a window, Theano to each
// that is as large; and it is no faster in the layout that arrays have here. So the loops are ours.

namespace {

enum { MAXIMUM = 0, SUM = 1, AVERAGE_WITH_PADDING = 2, AVERAGE_WITHOUT_PADDING = 3 };

// What is pooled, and how: height first, then width.
struct Windows {
    npy_intp planes, in[2], out[2], size[2], stride[2], padding[2];
    int mode;
    bool border;  // windows may hang over the lower and right border

    // The rows, or columns, of the image in window i: from first() to before end().
    npy_intp first(int axis, npy_intp i) const {
        return std::max(i * stride[axis] - padding[axis], (npy_intp)0);
    }
    npy_intp end(int axis, npy_intp i) const {
        return std::min(i * stride[axis] - padding[axis] + size[axis], in[axis]);
    }

    // What the sum of each window is divided by; nothing where it is not.
    std::vector<float> divisors() const {
        std::vector<float> result;
        if (mode == MAXIMUM || mode == SUM) return result;
        const bool whole = mode == AVERAGE_WITH_PADDING && !border;
        for (npy_intp i = 0; i < out[0]; i++)
            for (npy_intp j = 0; j < out[1]; j++)
                result.push_back((float)(whole ? size[0] * size[1]
                                               : (end(0, i) - first(0, i)) *
                                                     (end(1, j) - first(1, j))));
        return result;
    }
};

// For the columns of an image: in which windows each is. Column w is in at most `depth` windows;
// which[e * width + w] is one of them, or `out` where there is none. For a larger e it lies
// farther left, so that who goes from the last e to the first adds up in Theano's order.
struct Columns {
    npy_intp depth, width, out;
    std::vector<npy_intp> which;

    explicit Columns(const Windows& w)
        : depth((w.size[1] - 1) / w.stride[1] + 1), width(w.in[1]), out(w.out[1]) {
        which.assign(depth * width, out);
        for (npy_intp e = 0; e < depth; e++)
            for (npy_intp column = 0; column < width; column++) {
                const npy_intp j = (column + w.padding[1]) / w.stride[1] - e;
                if (j >= 0 && j < out && column + w.padding[1] - j * w.stride[1] < w.size[1])
                    which[e * width + column] = j;
            }
    }

    // row[w] = values[which window], for each e; values has `out` + 1 numbers.
    INLINE void expand(const float* values, float* rows) const {
        const npy_intp* at = &which[0];
        for (npy_intp k = 0; k < depth * width; k++) rows[k] = values[at[k]];
    }
};

// As Theano's, it passes over what is no number.
struct Larger {
    static INLINE float of(float so_far, float next) { return next > so_far ? next : so_far; }
    static INLINE float start(float any) { return any; }
};
struct Total {
    static INLINE float of(float so_far, float next) { return so_far + next; }
    static INLINE float start(float) { return 0; }
};

// to[j] takes in from[j * step].
template <class Operation>
INLINE void take(float* __restrict__ to, const float* __restrict__ from, npy_intp count,
                 npy_intp step) {
    if (step == 1)
        for (npy_intp j = 0; j < count; j++) to[j] = Operation::of(to[j], from[j]);
    else if (step == 2)
        for (npy_intp j = 0; j < count; j++) to[j] = Operation::of(to[j], from[2 * j]);
    else
        for (npy_intp j = 0; j < count; j++) to[j] = Operation::of(to[j], from[step * j]);
}

template <class Operation>
INLINE void pool_row(const Windows& w, const float* x, npy_intp i, float* z, float* row) {
    // First downwards, for whole rows of the image, then along the row that remains.
    const npy_intp width = w.in[1], top = w.first(0, i), bottom = w.end(0, i);
    std::copy(x + top * width, x + (top + 1) * width, row);
    for (npy_intp m = top + 1; m < bottom; m++) take<Operation>(row, x + m * width, width, 1);
    // Without padding, the first place of each window is in the image.
    const npy_intp step = w.stride[1], padding = w.padding[1];
    for (npy_intp j = 0; j < w.out[1]; j++)
        z[j] = padding == 0 ? row[j * step] : Operation::start(row[w.first(1, j)]);
    for (npy_intp k = padding == 0 ? 1 : 0; k < w.size[1]; k++) {
        const npy_intp shift = k - padding;
        const npy_intp from = shift < 0 ? (step - 1 - shift) / step : 0;
        const npy_intp past = shift >= width ? 0 : (width - shift - 1) / step + 1;
        const npy_intp count = std::min(past, w.out[1]) - from;
        if (count > 0) take<Operation>(z + from, row + from * step + shift, count, step);
    }
}

FOR_EVERY_PROCESSOR
void pool_plane(const Windows& w, const float* divisors, const float* x, float* z, float* row) {
    for (npy_intp i = 0; i < w.out[0]; i++, z += w.out[1]) {
        if (w.mode == MAXIMUM)
            pool_row<Larger>(w, x, i, z, row);
        else
            pool_row<Total>(w, x, i, z, row);
    }
    if (divisors != NULL) {
        const npy_intp size = w.out[0] * w.out[1];
        z -= size;
        for (npy_intp j = 0; j < size; j++) z[j] /= divisors[j];
    }
}

void pool(const Windows& w, const float* x, float* z) {
    const int threads = threads_for(w.planes * w.in[0] * w.in[1]);
    std::vector<float> rows(threads * w.in[1]), divisors(w.divisors());
    const float* divided_by = divisors.empty() ? NULL : &divisors[0];
#pragma omp parallel for num_threads(threads) schedule(static)
    for (npy_intp p = 0; p < w.planes; p++)
        pool_plane(w, divided_by, x + p * w.in[0] * w.in[1], z + p * w.out[0] * w.out[1],
                   &rows[omp_get_thread_num() * w.in[1]]);
}

// Where windows meet, their maxima and gradients are laid out on a grid that has a place for each
// window that could begin at a pixel, or up to `size - 1` before the first. Pixel (m, k) is in those
// at (m, k) to (m + size - 1, k + size - 1); what has no window there is equal to nothing.
struct Grid {
    npy_intp rows, columns;
    std::vector<float> maxima, gradients;

    explicit Grid(const Windows& w)
        : rows(w.in[0] + w.size[0] - 1), columns(w.in[1] + w.size[1] - 1) {
        maxima.assign(rows * columns, std::numeric_limits<float>::quiet_NaN());
        gradients.assign(rows * columns, 0);
    }
};

INLINE void lay_out(const Windows& w, const float* values, npy_intp columns, float* grid) {
    const npy_intp down = w.size[0] - 1 - w.padding[0], right = w.size[1] - 1 - w.padding[1];
    for (npy_intp i = 0; i < w.out[0]; i++) {
        float* row = grid + (i * w.stride[0] + down) * columns + right;
        for (npy_intp j = 0; j < w.out[1]; j++) row[j * w.stride[1]] = values[i * w.out[1] + j];
    }
}

// `HEIGHT` and `WIDTH` of the windows, as constants where loops shall be unrolled.
template <int HEIGHT, int WIDTH>
INLINE void gather_row(const float* __restrict__ x, const float* __restrict__ maxima,
                       const float* __restrict__ gradients, npy_intp columns, npy_intp width,
                       float* __restrict__ of_x) {
    for (npy_intp k = 0; k < width; k++) {
        float sum = 0;
        for (int a = 0; a < HEIGHT; a++)
            for (int b = 0; b < WIDTH; b++) {
                const npy_intp at = a * columns + k + b;
                sum += x[k] == maxima[at] ? gradients[at] : 0;
            }
        of_x[k] = sum;
    }
}

INLINE void gather_row_of_any(const Windows& w, const float* __restrict__ x, const float* maxima,
                              const float* gradients, npy_intp columns, float* __restrict__ of_x) {
    std::fill(of_x, of_x + w.in[1], 0.0f);
    for (npy_intp a = 0; a < w.size[0]; a++)
        for (npy_intp b = 0; b < w.size[1]; b++) {
            const float* __restrict__ maximum = maxima + a * columns + b;
            const float* __restrict__ gradient = gradients + a * columns + b;
            for (npy_intp k = 0; k < w.in[1]; k++)
                of_x[k] += x[k] == maximum[k] ? gradient[k] : 0;
        }
}

FOR_EVERY_PROCESSOR
void maximum_gradient_of_plane(const Windows& w, Grid* grid, const float* x, const float* z,
                               const float* of_z, float* of_x) {
    lay_out(w, z, grid->columns, &grid->maxima[0]);
    lay_out(w, of_z, grid->columns, &grid->gradients[0]);
    const bool three = w.size[0] == 3 && w.size[1] == 3;
    for (npy_intp m = 0; m < w.in[0]; m++) {
        const float* maxima = &grid->maxima[m * grid->columns];
        const float* gradients = &grid->gradients[m * grid->columns];
        const npy_intp at = m * w.in[1];
        if (three)
            gather_row<3, 3>(x + at, maxima, gradients, grid->columns, w.in[1], of_x + at);
        else
            gather_row_of_any(w, x + at, maxima, gradients, grid->columns, of_x + at);
    }
}

// The same where no two windows meet: each pixel is in one, or in none.
FOR_EVERY_PROCESSOR
void maximum_gradient_apart(const Windows& w, const Columns& columns, const float* x,
                            const float* z, const float* of_z, float* of_x, float* memory) {
    const npy_intp width = w.in[1], out = w.out[1];
    float *values = memory, *gradients = values + out + 1;
    float* __restrict__ maximum = gradients + out + 1;
    float* __restrict__ of_maximum = maximum + width;
    npy_intp written = 0;  // rows
    for (npy_intp i = 0; i < w.out[0]; i++, z += out, of_z += out) {
        std::copy(z, z + out, values);
        std::copy(of_z, of_z + out, gradients);
        values[out] = std::numeric_limits<float>::quiet_NaN();  // equal to nothing
        gradients[out] = 0;
        columns.expand(values, maximum);
        columns.expand(gradients, of_maximum);
        const npy_intp top = w.first(0, i), bottom = w.end(0, i);
        std::fill(of_x + written * width, of_x + top * width, 0.0f);
        written = bottom;
        for (npy_intp m = top; m < bottom; m++) {
            const float* __restrict__ from = x + m * width;
            float* __restrict__ to = of_x + m * width;
            for (npy_intp k = 0; k < width; k++)
                to[k] = from[k] == maximum[k] ? of_maximum[k] : 0;
        }
    }
    std::fill(of_x + written * width, of_x + w.in[0] * width, 0.0f);
}

// Room for a thread: two numbers for each window of a row and one more, and for each column of the
// image in each of the windows where it is.
size_t room(const Columns& columns) {
    return 2 * (columns.out + 1) + 2 * columns.depth * columns.width;
}

void maximum_gradient(const Windows& w, const float* x, const float* z, const float* of_z,
                      float* of_x) {
    const npy_intp in = w.in[0] * w.in[1], out = w.out[0] * w.out[1];
    const int threads = threads_for(w.planes * in);
    if (w.stride[0] >= w.size[0] && w.stride[1] >= w.size[1]) {
        const Columns columns(w);
        std::vector<float> memory(threads * room(columns));
#pragma omp parallel for num_threads(threads) schedule(static)
        for (npy_intp p = 0; p < w.planes; p++)
            maximum_gradient_apart(w, columns, x + p * in, z + p * out, of_z + p * out,
                                   of_x + p * in, &memory[omp_get_thread_num() * room(columns)]);
        return;
    }
    std::vector<Grid> grids(threads, Grid(w));
#pragma omp parallel for num_threads(threads) schedule(static)
    for (npy_intp p = 0; p < w.planes; p++)
        maximum_gradient_of_plane(w, &grids[omp_get_thread_num()], x + p * in, z + p * out,
                                  of_z + p * out, of_x + p * in);
}

FOR_EVERY_PROCESSOR
void average_gradient_of_plane(const Windows& w, const Columns& columns, const float* divisors,
                               const float* of_z, float* of_x, float* memory) {
    const npy_intp width = w.in[1], out = w.out[1];
    float *gradients = memory, *spread_out = memory + out + 1;
    std::fill(of_x, of_x + w.in[0] * width, 0.0f);
    for (npy_intp i = 0; i < w.out[0]; i++) {
        for (npy_intp j = 0; j < out; j++)
            gradients[j] = of_z[i * out + j] / (divisors == NULL ? 1 : divisors[i * out + j]);
        gradients[out] = 0;
        columns.expand(gradients, spread_out);
        for (npy_intp m = w.first(0, i); m < w.end(0, i); m++)
            for (npy_intp e = columns.depth; e-- > 0;)
                take<Total>(of_x + m * width, spread_out + e * width, width, 1);
    }
}

void average_gradient(const Windows& w, const float* of_z, float* of_x) {
    const Columns columns(w);
    const npy_intp in = w.in[0] * w.in[1], out = w.out[0] * w.out[1];
    const int threads = threads_for(w.planes * in);
    std::vector<float> memory(threads * room(columns)), divisors(w.divisors());
    const float* divided_by = divisors.empty() ? NULL : &divisors[0];
#pragma omp parallel for num_threads(threads) schedule(static)
    for (npy_intp p = 0; p < w.planes; p++)
        average_gradient_of_plane(w, columns, divided_by, of_z + p * out, of_x + p * in,
                                  &memory[omp_get_thread_num() * room(columns)]);
}

// Reads size, stride and padding of the windows from three vectors of int64, and works out the
// shape of the output. Returns 0, or -1 with an exception.
int windows_over(Windows* w, PyArrayObject* x, PyArrayObject* const settings[3]) {
    npy_intp* fields[] = {w->size, w->stride, w->padding};
    for (int s = 0; s < 3; s++) {
        if (PyArray_DIMS(settings[s])[0] != 2) {
            PyErr_SetString(PyExc_ValueError,
                            "pooling: size, stride and padding must have two numbers each");
            return -1;
        }
        for (int axis = 0; axis < 2; axis++)
            fields[s][axis] = (npy_intp)*(npy_int64*)PyArray_GETPTR1(settings[s], axis);
    }
    w->planes = PyArray_DIMS(x)[0] * PyArray_DIMS(x)[1];
    for (int axis = 0; axis < 2; axis++) {
        const npy_intp size = w->size[axis], stride = w->stride[axis];
        const npy_intp padding = w->padding[axis];
        if (size < 1 || stride < 1 || padding < 0 || padding >= size ||
            (w->border && padding > 0)) {
            PyErr_Format(PyExc_ValueError,
                         "pooling: windows of %zd with stride %zd and padding %zd; sizes and "
                         "strides start at 1, a padding is smaller than its window, and 0 "
                         "where the border is not ignored",
                         size, stride, padding);
            return -1;
        }
        w->in[axis] = PyArray_DIMS(x)[2 + axis];
        const npy_intp padded = w->in[axis] + 2 * padding;
        if (!w->border)
            w->out[axis] = padded < size ? 0 : (padded - size) / stride + 1;
        else if (stride >= size)
            w->out[axis] = padded == 0 ? 0 : (padded - 1) / stride + 1;
        else
            w->out[axis] = std::max((npy_intp)0, (padded - 1 - size + stride) / stride) + 1;
    }
    return 0;
}

bool has_shape(PyArrayObject* array, const npy_intp* shape) {
    return PyArray_NDIM(array) == 4 && std::equal(shape, shape + 4, PyArray_DIMS(array));
}

// What a node stands for. `x` is pooled to `*result`; or, if there is `of_z`, the gradient by the
// output, `*result` is that by `x`, and z is the output, where maxima were taken.
int pooling(Windows* w, PyArrayObject* x, PyArrayObject* z, PyArrayObject* of_z,
            PyArrayObject* const settings[3], PyArrayObject** result) {
    if (windows_over(w, x, settings) != 0) return -1;
    const bool backwards = of_z != NULL;
    npy_intp* in = PyArray_DIMS(x);
    const npy_intp out[4] = {in[0], in[1], w->out[0], w->out[1]};
    if (backwards && (!has_shape(of_z, out) || (z != NULL && !has_shape(z, out)))) {
        PyErr_Format(PyExc_ValueError,
                     "gradient of pooling: an output of %zd x %zd x %zd x %zd was expected",
                     out[0], out[1], out[2], out[3]);
        return -1;
    }
    if (prepare(result, 4, backwards ? in : out) != 0) return -1;
    float* written = (float*)PyArray_DATA(*result);
    if (w->planes * w->out[0] * w->out[1] == 0 || w->in[0] * w->in[1] == 0) {
        memset(written, 0, PyArray_NBYTES(*result));
        return 0;
    }
    PyArrayObject* read[3] = {x, z, of_z};
    const float* data[3] = {NULL, NULL, NULL};
    int done = 0;
    for (int i = 0; i < 3; i++) {
        if (read[i] == NULL || done != 0) {
            read[i] = NULL;
            continue;
        }
        read[i] = in_c_order(read[i]);
        if (read[i] == NULL)
            done = -1;
        else
            data[i] = (const float*)PyArray_DATA(read[i]);
    }
    if (done == 0) {
        if (!backwards)
            pool(*w, data[0], written);
        else if (w->mode == MAXIMUM)
            maximum_gradient(*w, data[0], data[1], data[2], written);
        else
            average_gradient(*w, data[2], written);
    }
    for (int i = 0; i < 3; i++) Py_XDECREF(read[i]);
    return done;
}

}  // namespace
