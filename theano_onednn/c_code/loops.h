// Arrays, and loops of our own, in vector instructions of the processor that they run on.

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__)
// One machine code for each kind of processor; the loader takes the one that fits.
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#define INLINE inline __attribute__((always_inline))
#else
#define INLINE inline
#define FOR_EVERY_PROCESSOR
#endif

namespace {

// So much work is worth a second thread, in the time that it takes to pool one number; a sum or a
// comparison takes an EASY part of that.
const npy_intp WORTH_A_THREAD = 16384;
const npy_intp EASY = 8;

int threads_for(npy_intp work) {
    const npy_intp most = work / WORTH_A_THREAD + 1;
    return (int)std::min((npy_intp)omp_get_max_threads(), most);
}

FOR_EVERY_PROCESSOR
void rectify_part(float* numbers, npy_intp count) {
    for (npy_intp i = 0; i < count; i++)  // what is no number stays none
        numbers[i] = numbers[i] < 0 ? 0 : numbers[i];
}

// The larger of each number and 0, in place.
void rectify(float* numbers, npy_intp count) {
    const int threads = threads_for(count / EASY);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int t = 0; t < threads; t++) {
        const npy_intp first = count * t / threads, last = count * (t + 1) / threads;
        rectify_part(numbers + first, last - first);
    }
}

// Fills each map of a batch with the number of its channel.
void spread(float* maps, const float* of_channel, const npy_intp shape[4]) {
    const npy_intp size = shape[2] * shape[3];
    for (npy_intp map = 0; map < shape[0] * shape[1]; map++)
        std::fill(maps + map * size, maps + (map + 1) * size, of_channel[map % shape[1]]);
}

// An array as oneDNN and our loops want it; NULL with an exception if there is no memory for a copy.
PyArrayObject* in_c_order(PyArrayObject* array) {
    return (PyArrayObject*)PyArray_FROM_OF((PyObject*)array, NPY_ARRAY_CARRAY_RO);
}

// Makes *array one of this shape in C order, its numbers undefined, and takes it as it is if it
// is one already.
int prepare(PyArrayObject** array, int dimensions, const npy_intp* shape) {
    if (*array != NULL && PyArray_NDIM(*array) == dimensions && PyArray_ISCARRAY(*array) &&
        std::equal(shape, shape + dimensions, PyArray_DIMS(*array)))
        return 0;
    Py_XDECREF(*array);
    *array = (PyArrayObject*)PyArray_EMPTY(dimensions, const_cast<npy_intp*>(shape), NPY_FLOAT32, 0);
    return *array == NULL ? -1 : 0;
}

}  // namespace
