// What all ops on oneDNN share. One copy of it is in each compiled module.
//
// All of it runs while Python's lock is held, so that it needs no lock of its own.

#include <oneapi/dnnl/dnnl.h>

namespace {

dnnl_engine_t engine = NULL;
dnnl_stream_t stream = NULL;

// Memory for copies in a layout of oneDNN's. Every call may overwrite it: what an op leaves there
// is of no use to the next. It grows to what the largest call needs, and stays.
class Arena {
 public:
    Arena() : memory_(NULL), size_(0) {}

    // At least so many bytes, aligned for every vector instruction; NULL if there are not so many.
    char* reserve(size_t size) {
        if (size > size_) {
            free(memory_);
            memory_ = NULL;
            size_ = 0;
            void* fresh = NULL;
            if (posix_memalign(&fresh, 4096, size) != 0) return NULL;
            memory_ = fresh;
            size_ = size;
        }
        return (char*)memory_;
    }

 private:
    void* memory_;
    size_t size_;
};

Arena arena;

const size_t ALIGNMENT = 4096;

size_t aligned(size_t size) { return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

// Python's exception for a call that failed. Returns -1.
int failed(const char* what, dnnl_status_t status) {
    if (status == dnnl_out_of_memory)
        PyErr_Format(PyExc_MemoryError, "oneDNN: no memory to %s", what);
    else
        PyErr_Format(PyExc_RuntimeError, "oneDNN: cannot %s (status %d)", what, (int)status);
    return -1;
}

#define TRY(what, call)                                              \
    do {                                                             \
        const dnnl_status_t status_ = (call);                        \
        if (status_ != dnnl_success) return failed((what), status_); \
    } while (0)

int start_engine() {
    if (engine == NULL) TRY("start its engine", dnnl_engine_create(&engine, dnnl_cpu, 0));
    if (stream == NULL)
        TRY("start its stream", dnnl_stream_create(&stream, engine, dnnl_stream_default_flags));
    return 0;
}

// Attributes of every primitive: it computes in memory that we give it. That of oneDNN's belongs
// to the thread that made the primitive, and Python may run it in another one.
class Attributes {
 public:
    dnnl_primitive_attr_t attributes;

    Attributes() : attributes(NULL) {}
    ~Attributes() {
        if (attributes != NULL) dnnl_primitive_attr_destroy(attributes);
    }
    int make() {
        TRY("make attributes", dnnl_primitive_attr_create(&attributes));
        TRY("choose its scratchpad",
            dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user));
        return 0;
    }
};

// A primitive, with the memory that it computes in.
class Primitive {
 public:
    Primitive() : primitive_(NULL), scratchpad_(NULL), scratchpad_size_(0) {}
    ~Primitive() {
        if (scratchpad_ != NULL) dnnl_memory_destroy(scratchpad_);
        if (primitive_ != NULL) dnnl_primitive_destroy(primitive_);
    }

    int make(const_dnnl_primitive_desc_t described) {
        TRY("make a primitive", dnnl_primitive_create(&primitive_, described));
        const dnnl_memory_desc_t* scratchpad =
            dnnl_primitive_desc_query_md(described, dnnl_query_scratchpad_md, 0);
        scratchpad_size_ = dnnl_memory_desc_get_size(scratchpad);
        TRY("describe its scratchpad",
            dnnl_memory_create(&scratchpad_, scratchpad, engine, DNNL_MEMORY_NONE));
        return 0;
    }

    size_t scratchpad_size() const { return scratchpad_size_; }

    // Compute; the scratchpad lies at the end of the arguments.
    int run(std::vector<dnnl_exec_arg_t>& arguments, char* scratchpad) {
        TRY("compute", start(arguments, scratchpad));
        return 0;
    }

    // The same, without an exception: for threads that Python does not know.
    dnnl_status_t start(std::vector<dnnl_exec_arg_t>& arguments, char* scratchpad) {
        const dnnl_status_t placed = dnnl_memory_set_data_handle(scratchpad_, scratchpad);
        if (placed != dnnl_success) return placed;
        const dnnl_exec_arg_t last = {DNNL_ARG_SCRATCHPAD, scratchpad_};
        arguments.push_back(last);
        return dnnl_primitive_execute(primitive_, stream, (int)arguments.size(), &arguments[0]);
    }

 private:
    dnnl_primitive_t primitive_;
    dnnl_memory_t scratchpad_;
    size_t scratchpad_size_;
};

// An array of Theano's, and its copy in the layout that a primitive wants, if that is another.
class Operand {
 public:
    enum Direction { READ, WRITTEN };

    Operand() : outer_(NULL), inner_(NULL), place_(0) {}
    ~Operand() {
        if (inner_ != NULL) dnnl_memory_destroy(inner_);
        if (outer_ != NULL) dnnl_memory_destroy(outer_);
    }

    // Args: the layout of the array, that of the primitive, and what the primitive does with it.
    // `total` grows by the room that the copy needs in the arena, `scratchpad` to that of copying.
    int make(const dnnl_memory_desc_t& ours, const dnnl_memory_desc_t* its, Direction direction,
             size_t* total, size_t* scratchpad) {
        TRY("describe an array", dnnl_memory_create(&outer_, &ours, engine, DNNL_MEMORY_NONE));
        if (dnnl_memory_desc_equal(&ours, its)) return 0;
        TRY("describe a copy", dnnl_memory_create(&inner_, its, engine, DNNL_MEMORY_NONE));
        place_ = *total;
        *total += aligned(dnnl_memory_desc_get_size(its));
        const bool read = direction == READ;
        Attributes with;
        if (with.make() != 0) return -1;
        dnnl_primitive_desc_t described = NULL;
        TRY("describe copying",
            dnnl_reorder_primitive_desc_create(&described, read ? &ours : its, engine,
                                               read ? its : &ours, engine, with.attributes));
        const int made = copying_.make(described);
        dnnl_primitive_desc_destroy(described);
        *scratchpad = std::max(*scratchpad, copying_.scratchpad_size());
        return made;
    }

    int place(void* array, char* memory) {
        TRY("place an array", dnnl_memory_set_data_handle(outer_, array));
        if (inner_ != NULL)
            TRY("place a copy", dnnl_memory_set_data_handle_v2(inner_, memory + place_, stream));
        return 0;
    }

    // What the primitive gets.
    dnnl_memory_t its() const { return inner_ != NULL ? inner_ : outer_; }

    // Before the primitive, for what it reads.
    int copy_in(char* scratchpad) { return copy(outer_, inner_, scratchpad); }

    // After the primitive, for what it writes.
    int copy_out(char* scratchpad) { return copy(inner_, outer_, scratchpad); }

 private:
    int copy(dnnl_memory_t from, dnnl_memory_t to, char* scratchpad) {
        if (inner_ == NULL) return 0;
        std::vector<dnnl_exec_arg_t> arguments(2);
        arguments[0].arg = DNNL_ARG_FROM;
        arguments[0].memory = from;
        arguments[1].arg = DNNL_ARG_TO;
        arguments[1].memory = to;
        return copying_.run(arguments, scratchpad);
    }

    dnnl_memory_t outer_, inner_;
    size_t place_;
    Primitive copying_;
};

// What one node of a graph has made for its last problems, the newest last.
//
// A `Plan` is made of a `Problem`, keeps it as `problem`, and has `make()`, which returns 0 or -1
// with an exception.
template <class Problem, class Plan>
class Recent {
 public:
    ~Recent() {
        for (size_t i = 0; i < plans_.size(); i++) delete plans_[i];
    }

    // The plan for a problem, made if it is a new one; NULL with an exception if it cannot be.
    Plan* get(const Problem& problem) {
        for (size_t i = plans_.size(); i-- > 0;) {
            if (!(plans_[i]->problem == problem)) continue;
            std::rotate(plans_.begin() + i, plans_.begin() + i + 1, plans_.end());
            return plans_.back();
        }
        if (start_engine() != 0) return NULL;
        Plan* plan = new Plan(problem);
        if (plan->make() != 0) {
            delete plan;
            return NULL;
        }
        if (plans_.size() == MOST) {
            delete plans_.front();
            plans_.erase(plans_.begin());
        }
        plans_.push_back(plan);
        return plan;
    }

 private:
    static const size_t MOST = 16;  // octaves of a dream, last batches of an epoch

    std::vector<Plan*> plans_;
};

}  // namespace
