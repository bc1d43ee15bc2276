// A core for each thread of OpenMP.
//
// After a rest Linux often wakes a thread on the core of the one that wakes it, though another core
// has nothing to do. The two then take turns, for some 70 ms: a picture that needs 13 ms on two
// cores takes 47.

#include <omp.h>
#include <sched.h>
#include <time.h>

#include <algorithm>
#include <vector>

namespace {

const double OFTEN = 0.003;  // s; looking takes some millionths

double seconds() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + 1e-9 * now.tv_nsec;
}

// Move this thread to a core, and leave it free to go wherever it was free to go before.
void move_to(int core) {
    cpu_set_t before, only;
    CPU_ZERO(&only);
    CPU_SET(core, &only);
    if (sched_getaffinity(0, sizeof before, &before) == 0 &&
        sched_setaffinity(0, sizeof only, &only) == 0)
        sched_setaffinity(0, sizeof before, &before);
}

// To be called before long work on all threads: who shares a core gets one that none is on.
void one_core_each() {
    static double looked = 0;
    const int threads = omp_get_max_threads();
    if (threads == 1 || seconds() - looked < OFTEN) return;
    std::vector<int> cores(threads, 0);
#pragma omp parallel
    cores[omp_get_thread_num()] = sched_getcpu();
    cpu_set_t free;
    if (sched_getaffinity(0, sizeof free, &free) != 0) return;
    for (int t = 0; t < threads; t++) CPU_CLR(cores[t], &free);
    bool shared = false;
    for (int t = 1, core = 0; t < threads; t++) {
        if (std::count(&cores[0], &cores[t], cores[t]) == 0) continue;
        while (core < CPU_SETSIZE && !CPU_ISSET(core, &free)) core++;
        if (core == CPU_SETSIZE) break;
        cores[t] = core++;
        shared = true;
    }
    if (shared) {
#pragma omp parallel
        move_to(cores[omp_get_thread_num()]);
    }
    looked = seconds();
}

}  // namespace
