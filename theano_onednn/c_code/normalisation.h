// Local response normalisation across channels, and its gradient. All arrays are in C order.
//
// y = x * s ** -beta, where s = k + alpha * (the sum of the squares of n neighbouring channels).

namespace {

struct Norm {
    npy_intp batch, channels, size;  // size of a map
    npy_intp reach;                  // so many channels to each side
    float alpha, beta, k;
};

const npy_intp STRIP = 256;  // pixels of a map that are worked on together, for all channels

// Room that a strip needs: two numbers for each pixel and channel, two rows more.
size_t strip_room(const Norm& norm) { return (2 * norm.channels + 2) * STRIP; }

INLINE void powers(const Norm& norm, const float* __restrict__ s, float* __restrict__ result,
                   npy_intp count) {
    if (norm.beta == 0.75f) {
        for (npy_intp i = 0; i < count; i++) {
            const float root = sqrtf(s[i]);
            result[i] = 1 / (root * sqrtf(root));
        }
    } else {
        for (npy_intp i = 0; i < count; i++) result[i] = powf(s[i], -norm.beta);
    }
}

// sum[i] of `values` of the channels around c.
INLINE void sum_around(const Norm& norm, const float* values, npy_intp c,
                       float* __restrict__ sum, npy_intp count) {
    std::fill(sum, sum + count, 0.0f);
    const npy_intp first = std::max(c - norm.reach, (npy_intp)0);
    const npy_intp end = std::min(c + norm.reach + 1, norm.channels);
    for (npy_intp other = first; other < end; other++) {
        const float* __restrict__ from = values + other * STRIP;
        for (npy_intp i = 0; i < count; i++) sum[i] += from[i];
    }
}

INLINE void squares_of_strip(const Norm& norm, const float* x, float* squares, npy_intp count) {
    for (npy_intp c = 0; c < norm.channels; c++) {
        const float* __restrict__ from = x + c * norm.size;
        float* __restrict__ to = squares + c * STRIP;
        for (npy_intp i = 0; i < count; i++) to[i] = from[i] * from[i];
    }
}

FOR_EVERY_PROCESSOR
void normalise_strip(const Norm& norm, const float* x, float* y, npy_intp count, float* memory) {
    float *squares = memory, *__restrict__ s = squares + norm.channels * STRIP;
    float* __restrict__ power = s + STRIP;
    squares_of_strip(norm, x, squares, count);
    for (npy_intp c = 0; c < norm.channels; c++) {
        sum_around(norm, squares, c, s, count);
        for (npy_intp i = 0; i < count; i++) s[i] = norm.k + norm.alpha * s[i];
        powers(norm, s, power, count);
        const float* __restrict__ from = x + c * norm.size;
        float* __restrict__ to = y + c * norm.size;
        for (npy_intp i = 0; i < count; i++) to[i] = from[i] * power[i];
    }
}

FOR_EVERY_PROCESSOR
void normalisation_gradient_strip(const Norm& norm, const float* x, const float* of_y, float* of_x,
                                  npy_intp count, float* memory) {
    float *squares = memory, *ratios = squares + norm.channels * STRIP;
    float *__restrict__ s = ratios + norm.channels * STRIP, *__restrict__ power = s + STRIP;
    squares_of_strip(norm, x, squares, count);
    for (npy_intp c = 0; c < norm.channels; c++) {
        sum_around(norm, squares, c, s, count);
        for (npy_intp i = 0; i < count; i++) s[i] = norm.k + norm.alpha * s[i];
        powers(norm, s, power, count);
        const float *__restrict__ from = x + c * norm.size, *__restrict__ g = of_y + c * norm.size;
        float *__restrict__ to = of_x + c * norm.size, *__restrict__ ratio = ratios + c * STRIP;
        for (npy_intp i = 0; i < count; i++) {
            to[i] = g[i] * power[i];
            ratio[i] = to[i] * from[i] / s[i];
        }
    }
    const float factor = 2 * norm.alpha * norm.beta;
    for (npy_intp c = 0; c < norm.channels; c++) {
        sum_around(norm, ratios, c, s, count);
        const float* __restrict__ from = x + c * norm.size;
        float* __restrict__ to = of_x + c * norm.size;
        for (npy_intp i = 0; i < count; i++) to[i] -= factor * from[i] * s[i];
    }
}

// Normalises x to `result`; or, if there is `of_y`, `result` is the gradient by x.
void normalise(const Norm& norm, const float* x, const float* of_y, float* result) {
    const npy_intp strips = (norm.size + STRIP - 1) / STRIP;
    const int threads = threads_for(norm.batch * norm.channels * norm.size);
    std::vector<float> memory(threads * strip_room(norm));
#pragma omp parallel for num_threads(threads) schedule(static)
    for (npy_intp job = 0; job < norm.batch * strips; job++) {
        float* own = &memory[omp_get_thread_num() * strip_room(norm)];
        const npy_intp pixel = job % strips * STRIP;
        const npy_intp at = job / strips * norm.channels * norm.size + pixel;
        const npy_intp count = std::min(STRIP, norm.size - pixel);
        if (of_y == NULL)
            normalise_strip(norm, x + at, result + at, count, own);
        else
            normalisation_gradient_strip(norm, x + at, of_y + at, result + at, count, own);
    }
}

}  // namespace
