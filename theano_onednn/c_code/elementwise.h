// Rectifiers, their gradient, and sums of maps. All arrays are in C order.

namespace {

FOR_EVERY_PROCESSOR
void rectified_part(const float* __restrict__ x, float* __restrict__ y, npy_intp count) {
    for (npy_intp i = 0; i < count; i++) y[i] = x[i] < 0 ? 0 : x[i];
}

FOR_EVERY_PROCESSOR
void rectified_gradient_part(const float* __restrict__ x, const float* __restrict__ of_y,
                             float* __restrict__ of_x, npy_intp count) {
    for (npy_intp i = 0; i < count; i++) {
        const float half = x[i] == 0 ? 0.5f * of_y[i] : of_y[i];
        of_x[i] = x[i] < 0 ? 0 : (x[i] != x[i] ? x[i] : half);
    }
}

// y = x, and 0 where that is less.
void rectified(const float* x, float* y, npy_intp count) {
    const int threads = threads_for(count / EASY);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int t = 0; t < threads; t++) {
        const npy_intp first = count * t / threads, last = count * (t + 1) / threads;
        rectified_part(x + first, y + first, last - first);
    }
}

void rectified_gradient(const float* x, const float* of_y, float* of_x, npy_intp count) {
    const int threads = threads_for(count / EASY);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int t = 0; t < threads; t++) {
        const npy_intp first = count * t / threads, last = count * (t + 1) / threads;
        rectified_gradient_part(x + first, of_y + first, of_x + first, last - first);
    }
}

// Sixteen sums side by side, for the vector instructions; a fixed order, whatever the processor.
FOR_EVERY_PROCESSOR
double sum_of_map(const float* __restrict__ map, npy_intp size) {
    float lanes[16] = {0};
    npy_intp i = 0;
    for (; i + 16 <= size; i += 16)
        for (int lane = 0; lane < 16; lane++) lanes[lane] += map[i + lane];
    double sum = 0;
    for (int lane = 0; lane < 16; lane++) sum += lanes[lane];
    for (; i < size; i++) sum += map[i];
    return sum;
}

// The sum of each channel, over the batch and its maps.
void sums_of_channels(const float* x, const npy_intp shape[4], float* sums) {
    const npy_intp batch = shape[0], channels = shape[1], size = shape[2] * shape[3];
    const int threads = threads_for(batch * channels * size / EASY);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (npy_intp c = 0; c < channels; c++) {
        double sum = 0;
        for (npy_intp n = 0; n < batch; n++) sum += sum_of_map(x + (n * channels + c) * size, size);
        sums[c] = (float)sum;
    }
}

}  // namespace
