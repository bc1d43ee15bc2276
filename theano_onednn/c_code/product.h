// BLAS's product of matrices for float32, as oneDNN has it.

#include <oneapi/dnnl/dnnl.h>

namespace {

// Up to so many multiplications OpenBLAS takes one thread, and is as fast.
const double ONE_THREAD = 262144;

// The arguments are those of `sgemm_`, to which it leaves what oneDNN does not take.
void onednn_sgemm(char* left, char* right, const int* rows, const int* columns, const int* inner,
                  const float* alpha, const float* a, const int* stride_a, const float* b,
                  const int* stride_b, const float* beta, float* c, const int* stride_c) {
    const bool large = (double)*rows * *columns * *inner > ONE_THREAD;
    if (large) one_core_each();
    // BLAS goes by columns, oneDNN by rows: the transposed product is that of the other order.
    if (!large ||
        dnnl_sgemm(*right, *left, *columns, *rows, *inner, *alpha, b, *stride_b, a, *stride_a,
                   *beta, c, *stride_c) != dnnl_success)
        sgemm_(left, right, rows, columns, inner, alpha, a, stride_a, b, stride_b, beta, c,
               stride_c);
}

}  // namespace

#define sgemm_ onednn_sgemm
