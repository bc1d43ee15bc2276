// What recurrent cells compute of one step, for some rows of a batch, and the gradient of it.
//
// A row has a stream of its own. All arrays are in C order and float32; over time they are (steps,
// batch, ...). Of each unit a cell is given SUMS numbers, in blocks as long as there are units: what
// the input contributes (`sums`) and what the state of before does (`products`).

namespace {

enum { RNN = 0, GRU = 1, LSTM = 2 };

// The settings of an operation.
struct Cell {
    npy_intp kind;
    npy_intp block[4];  // LSTM: where input gate, forget gate, candidate and output gate are
    bool peepholes, masked;
    float clip;  // longest gradient of a sum; 0: any

    npy_intp sums() const { return kind == RNN ? 1 : kind == GRU ? 3 : 4; }
    npy_intp kept() const { return kind == RNN ? 0 : 4; }
    bool has_cell() const { return kind == LSTM; }
};

// A whole sequence. What a kind of cell has not is NULL.
struct Sequence {
    npy_intp steps, batch, units;
    const float *sums, *weights, *first_hidden, *first_cell;
    const float *peepholes;  // (3, units): of input, forget and output gate
    const float *mask;       // (steps, batch): 1 takes the new state, 0 keeps the one of before
    float *hidden, *cells;   // after each step
    float *kept;             // LSTM: the four, activated; GRU: reset, update, candidate, product
    const float *of_hidden, *of_cells;  // the second may be NULL: nothing depends on the cells
    float *of_sums, *of_products, *of_weights, *of_first_hidden, *of_first_cell, *of_peepholes;

    const float* hidden_before(npy_intp step, npy_intp row) const {
        return step == 0 ? first_hidden + row * units
                         : hidden + ((step - 1) * batch + row) * units;
    }
    const float* cells_before(npy_intp step, npy_intp row) const {
        return step == 0 ? first_cell + row * units : cells + ((step - 1) * batch + row) * units;
    }
};

// What flows back into the rows of a step: a part through the weights, one past them, and the
// cell's own. Each (rows, units); `peepholes` is (3, units), summed up; `nothing` is (units).
struct Flow {
    float *products, *past, *cell, *peepholes, *nothing;
};

// After S. L. Moshier, Cephes, single/expf.c: e to the x, within two units in the last place, for
// -87 to 88, where it stops to change. What is no number stays none.
INLINE float exponential(float x) {
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    const float shift = 12582912.0f;  // 1.5 times 2 to the 23: what is added to it gets rounded
    const float n = (x * 1.44269504f + shift) - shift;
    const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;  // less n times log 2
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    const unsigned bits = ((unsigned)(int)n + 127u) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}

INLINE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }

// After the same, single/tanhf.c.
INLINE float tangent(float x) {
    const float size = fabsf(x), square = x * x;
    float p = -5.70498872745e-3f;
    p = p * square + 2.06390887954e-2f;
    p = p * square - 5.37397155531e-2f;
    p = p * square + 1.33314422036e-1f;
    p = p * square - 3.33332819422e-1f;
    const float small = p * square * x + x;
    const float large = 1.0f - 2.0f / (exponential(size + size) + 1.0f);
    return size < 0.625f ? small : copysignf(large, x);
}

INLINE float clipped(float gradient, float most) {
    gradient = gradient > most ? most : gradient;
    return gradient < -most ? -most : gradient;
}

FOR_EVERY_PROCESSOR
void rnn_forward(const Sequence& s, npy_intp step, npy_intp row, npy_intp rows,
                 const float* products) {
    const npy_intp at = (step * s.batch + row) * s.units;
    const float* __restrict__ sums = s.sums + at;
    const float* __restrict__ product = products;
    float* __restrict__ hidden = s.hidden + at;
    for (npy_intp j = 0; j < rows * s.units; j++) hidden[j] = tangent(sums[j] + product[j]);
}

FOR_EVERY_PROCESSOR
void rnn_backward(const Cell& cell, const Sequence& s, npy_intp step, npy_intp row, npy_intp rows,
                  const Flow& flow) {
    const npy_intp at = (step * s.batch + row) * s.units;
    const float most = cell.clip > 0 ? cell.clip : std::numeric_limits<float>::infinity();
    const float* __restrict__ hidden = s.hidden + at;
    const float* __restrict__ of_hidden = s.of_hidden + at;
    const float* __restrict__ product = flow.products;
    float* __restrict__ of_sums = s.of_sums + at;
    for (npy_intp j = 0; j < rows * s.units; j++) {
        const float gradient = (of_hidden[j] + product[j]) * (1.0f - hidden[j] * hidden[j]);
        of_sums[j] = clipped(gradient, most);
    }
}

FOR_EVERY_PROCESSOR
void gru_forward(const Sequence& s, npy_intp step, npy_intp row, npy_intp rows,
                 const float* products) {
    const npy_intp units = s.units;
    for (npy_intp r = 0; r < rows; r++) {
        const npy_intp at = step * s.batch + row + r;
        const float mask = s.mask == NULL ? 1.0f : s.mask[at];
        const float* __restrict__ sums = s.sums + at * 3 * units;
        const float* __restrict__ product = products + r * 3 * units;
        const float* __restrict__ before = s.hidden_before(step, row + r);
        float* __restrict__ hidden = s.hidden + at * units;
        float* __restrict__ kept = s.kept + at * 4 * units;
        for (npy_intp j = 0; j < units; j++) {
            const float reset = sigmoid(sums[j] + product[j]);
            const float update = sigmoid(sums[units + j] + product[units + j]);
            const float candidate = tangent(sums[2 * units + j] + reset * product[2 * units + j]);
            const float fresh = (1.0f - update) * before[j] + update * candidate;
            hidden[j] = mask * fresh + (1.0f - mask) * before[j];
            kept[j] = reset;
            kept[units + j] = update;
            kept[2 * units + j] = candidate;
            kept[3 * units + j] = product[2 * units + j];
        }
    }
}

FOR_EVERY_PROCESSOR
void gru_backward(const Cell& cell, const Sequence& s, npy_intp step, npy_intp row, npy_intp rows,
                  const Flow& flow) {
    const npy_intp units = s.units;
    const float most = cell.clip > 0 ? cell.clip : std::numeric_limits<float>::infinity();
    for (npy_intp r = 0; r < rows; r++) {
        const npy_intp at = step * s.batch + row + r;
        const float mask = s.mask == NULL ? 1.0f : s.mask[at];
        const float* __restrict__ before = s.hidden_before(step, row + r);
        const float* __restrict__ kept = s.kept + at * 4 * units;
        const float* __restrict__ of_hidden = s.of_hidden + at * units;
        const float* __restrict__ product = flow.products + r * units;
        float* __restrict__ past = flow.past + r * units;
        float* __restrict__ of_sums = s.of_sums + at * 3 * units;
        float* __restrict__ of_products = s.of_products + at * 3 * units;
        for (npy_intp j = 0; j < units; j++) {
            const float reset = kept[j], update = kept[units + j];
            const float candidate = kept[2 * units + j], multiplied = kept[3 * units + j];
            const float all = of_hidden[j] + product[j] + past[j], fresh = mask * all;
            const float of_candidate =
                clipped(fresh * update * (1.0f - candidate * candidate), most);
            const float of_reset =
                clipped(of_candidate * multiplied * reset * (1.0f - reset), most);
            const float of_update = clipped(
                fresh * (candidate - before[j]) * update * (1.0f - update), most);
            past[j] = (1.0f - mask) * all + fresh * (1.0f - update);
            of_sums[j] = of_products[j] = of_reset;
            of_sums[units + j] = of_products[units + j] = of_update;
            of_sums[2 * units + j] = of_candidate;
            of_products[2 * units + j] = of_candidate * reset;
        }
    }
}

// `PEEPHOLES` as a constant, so that the loop without them has no branch. The output gate sees the
// cell after its sigmoid, as in Lasagne 0.1.
template <bool PEEPHOLES>
INLINE void lstm_forward_row(const npy_intp* block, npy_intp units, float mask,
                             const float* __restrict__ sums, const float* __restrict__ product,
                             const float* __restrict__ hidden_before,
                             const float* __restrict__ cell_before,
                             const float* __restrict__ peepholes, float* __restrict__ hidden,
                             float* __restrict__ cell, float* __restrict__ kept) {
    const npy_intp I = block[0] * units, F = block[1] * units;
    const npy_intp C = block[2] * units, O = block[3] * units;
    for (npy_intp j = 0; j < units; j++) {
        float in = sums[I + j] + product[I + j], keep = sums[F + j] + product[F + j];
        if (PEEPHOLES) {
            in += cell_before[j] * peepholes[j];
            keep += cell_before[j] * peepholes[units + j];
        }
        const float write = sigmoid(in), forget = sigmoid(keep);
        const float candidate = tangent(sums[C + j] + product[C + j]);
        const float out = sigmoid(sums[O + j] + product[O + j]);
        const float fresh = forget * cell_before[j] + write * candidate;
        const float shown = PEEPHOLES ? out + fresh * peepholes[2 * units + j] : out;
        cell[j] = mask * fresh + (1.0f - mask) * cell_before[j];
        hidden[j] = mask * shown * tangent(fresh) + (1.0f - mask) * hidden_before[j];
        kept[I + j] = write;
        kept[F + j] = forget;
        kept[C + j] = candidate;
        kept[O + j] = out;
    }
}

FOR_EVERY_PROCESSOR
void lstm_forward(const Cell& cell, const Sequence& s, npy_intp step, npy_intp row, npy_intp rows,
                  const float* products) {
    const npy_intp units = s.units;
    for (npy_intp r = 0; r < rows; r++) {
        const npy_intp at = step * s.batch + row + r;
        const float mask = s.mask == NULL ? 1.0f : s.mask[at];
        const float *sums = s.sums + at * 4 * units, *product = products + r * 4 * units;
        const float* hidden_before = s.hidden_before(step, row + r);
        const float* cell_before = s.cells_before(step, row + r);
        float *hidden = s.hidden + at * units, *cells = s.cells + at * units;
        float* kept = s.kept + at * 4 * units;
        if (cell.peepholes)
            lstm_forward_row<true>(cell.block, units, mask, sums, product, hidden_before,
                                   cell_before, s.peepholes, hidden, cells, kept);
        else
            lstm_forward_row<false>(cell.block, units, mask, sums, product, hidden_before,
                                    cell_before, NULL, hidden, cells, kept);
    }
}

template <bool PEEPHOLES>
INLINE void lstm_backward_row(const npy_intp* block, npy_intp units, float mask, float most,
                              const float* __restrict__ kept,
                              const float* __restrict__ cell_before,
                              const float* __restrict__ peepholes,
                              const float* __restrict__ of_hidden,
                              const float* __restrict__ of_cells,
                              const float* __restrict__ product, float* __restrict__ past,
                              float* __restrict__ of_cell, float* __restrict__ of_peepholes,
                              float* __restrict__ of_sums) {
    const npy_intp I = block[0] * units, F = block[1] * units;
    const npy_intp C = block[2] * units, O = block[3] * units;
    for (npy_intp j = 0; j < units; j++) {
        const float write = kept[I + j], forget = kept[F + j];
        const float candidate = kept[C + j], out = kept[O + j];
        const float fresh = forget * cell_before[j] + write * candidate;
        const float seen = tangent(fresh);
        const float shown = PEEPHOLES ? out + fresh * peepholes[2 * units + j] : out;
        const float all = of_hidden[j] + product[j] + past[j], gradient = mask * all;
        const float of_all = of_cell[j] + of_cells[j];
        float of_fresh = mask * of_all + gradient * shown * (1.0f - seen * seen);
        if (PEEPHOLES) of_fresh += gradient * seen * peepholes[2 * units + j];
        const float of_write = of_fresh * candidate * write * (1.0f - write);
        const float of_forget = of_fresh * cell_before[j] * forget * (1.0f - forget);
        const float of_candidate = of_fresh * write * (1.0f - candidate * candidate);
        const float of_out = gradient * seen * out * (1.0f - out);
        past[j] = (1.0f - mask) * all;
        of_cell[j] = (1.0f - mask) * of_all + of_fresh * forget;
        if (PEEPHOLES) {
            of_cell[j] += of_write * peepholes[j] + of_forget * peepholes[units + j];
            of_peepholes[j] += of_write * cell_before[j];
            of_peepholes[units + j] += of_forget * cell_before[j];
            of_peepholes[2 * units + j] += gradient * seen * fresh;
        }
        of_sums[I + j] = clipped(of_write, most);
        of_sums[F + j] = clipped(of_forget, most);
        of_sums[C + j] = clipped(of_candidate, most);
        of_sums[O + j] = clipped(of_out, most);
    }
}

FOR_EVERY_PROCESSOR
void lstm_backward(const Cell& cell, const Sequence& s, npy_intp step, npy_intp row, npy_intp rows,
                   const Flow& flow) {
    const npy_intp units = s.units;
    const float most = cell.clip > 0 ? cell.clip : std::numeric_limits<float>::infinity();
    for (npy_intp r = 0; r < rows; r++) {
        const npy_intp at = step * s.batch + row + r;
        const float mask = s.mask == NULL ? 1.0f : s.mask[at];
        const float *kept = s.kept + at * 4 * units, *before = s.cells_before(step, row + r);
        const float* of_hidden = s.of_hidden + at * units;
        const float* of_cells = s.of_cells == NULL ? flow.nothing : s.of_cells + at * units;
        const float* product = flow.products + r * units;
        float *past = flow.past + r * units, *of_cell = flow.cell + r * units;
        float* of_sums = s.of_sums + at * 4 * units;
        if (cell.peepholes)
            lstm_backward_row<true>(cell.block, units, mask, most, kept, before, s.peepholes,
                                    of_hidden, of_cells, product, past, of_cell, flow.peepholes,
                                    of_sums);
        else
            lstm_backward_row<false>(cell.block, units, mask, most, kept, before, NULL, of_hidden,
                                     of_cells, product, past, of_cell, NULL, of_sums);
    }
}

void forward(const Cell& cell, const Sequence& s, npy_intp step, npy_intp row, npy_intp rows,
             const float* products) {
    if (cell.kind == RNN)
        rnn_forward(s, step, row, rows, products);
    else if (cell.kind == GRU)
        gru_forward(s, step, row, rows, products);
    else
        lstm_forward(cell, s, step, row, rows, products);
}

void backward(const Cell& cell, const Sequence& s, npy_intp step, npy_intp row, npy_intp rows,
              const Flow& flow) {
    if (cell.kind == RNN)
        rnn_backward(cell, s, step, row, rows, flow);
    else if (cell.kind == GRU)
        gru_backward(cell, s, step, row, rows, flow);
    else
        lstm_backward(cell, s, step, row, rows, flow);
}

}  // namespace
