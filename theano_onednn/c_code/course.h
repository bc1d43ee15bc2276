// The matrix products of a recurrent layer, and its rows shared out among threads.
//
// Rows of a batch have nothing to do with each other, so each thread takes some of them through the
// whole sequence and never waits for another. It multiplies with a copy of the weights of its own, in
// the layout that oneDNN wants.

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
        if (products_.size() > 1) one_core_each();
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

}  // namespace
