// CAF (libcaf-dev): akbench's rows as Go benchmark lines. Actors have no names. Allocations are those of
// operator new. Arguments: a divisor of the amounts of work, and "footprint" for that row alone.
#include <caf/all.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace caf;
using work = atom_constant<atom("work")>;
using other = atom_constant<atom("other")>;

static std::atomic<unsigned long> bytes, mallocs, stopped, handled;

void *operator new(std::size_t n)
{
    bytes.fetch_add(n, std::memory_order_relaxed);
    mallocs.fetch_add(1, std::memory_order_relaxed);
    void *const p = std::malloc(n);
    return p != nullptr ? p : throw std::bad_alloc();
}
void operator delete(void *p) noexcept
{
    std::free(p);
}
void operator delete(void *p, std::size_t) noexcept
{
    std::free(p);
}

static long resident()
{
    long size = 0, pages = 0;
    FILE *const f = std::fopen("/proc/self/statm", "r");
    if (f != nullptr) {
        if (std::fscanf(f, "%ld %ld", &size, &pages) != 2) {
            pages = 0;
        }
        std::fclose(f);
    }
    return pages * sysconf(_SC_PAGESIZE);
}

static double cpu_ns()
{
    rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e9 +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e3;
}

struct row {
    unsigned long bytes0 = bytes, mallocs0 = mallocs;
    double cpu0 = cpu_ns();
    std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
    double wall() const
    {
        return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin)
            .count();
    }
    void flow(const char *name, unsigned long n) const
    {
        const double w = wall(), c = cpu_ns() - cpu0;
        std::printf("Benchmark%s %lu %.1f ns/op %.1f cpu-ns/op\n", name, n, w / (double)n,
                    c / (double)n);
    }
    void stop(unsigned long n) const
    {
        const double w = wall(), c = cpu_ns() - cpu0;
        std::printf("BenchmarkShutdownLatency_%luActors 1 %.0f ns/op %.4f ms/shutdown %.1f "
                    "cpu-ns/entity %lu bytes/alloc %lu count/alloc\n",
                    n, w, w / 1e6, c / (double)n, bytes - bytes0, mallocs - mallocs0);
    }
};

class sink : public event_based_actor {
public:
    sink(actor_config &cfg, unsigned long share) : event_based_actor(cfg), share_(share) {}
    behavior make_behavior() override
    {
        return {[this](work) {
            if (++count_ == share_) {
                handled += share_;
            }
        }};
    }
    void on_exit() override { stopped++; }

private:
    unsigned long count_ = 0, share_;
};

class source : public event_based_actor {
public:
    source(actor_config &cfg, unsigned long left, std::vector<actor> to)
        : event_based_actor(cfg), left_(left), to_(std::move(to))
    {
    }
    behavior make_behavior() override
    {
        return {[this](work) {
            for (int i = 0; i < 1000 && left_ > 0; i++, left_--) {
                send(to_[next_], work::value);
                next_ = (next_ + 1) % to_.size();
            }
            if (left_ > 0) {
                send(this, work::value);
            }
        }};
    }

private:
    unsigned long left_, next_ = 0;
    std::vector<actor> to_;
};

class ping : public event_based_actor {
public:
    ping(actor_config &cfg, unsigned long left) : event_based_actor(cfg), left_(left) {}
    behavior make_behavior() override
    {
        return {[this](other, const actor &a) { other_ = a; },
                [this](work) {
                    if (left_-- == 0) {
                        handled++;
                    } else {
                        send(other_, work::value);
                    }
                }};
    }

private:
    unsigned long left_;
    actor other_;
};

static void await(const std::atomic<unsigned long> &counter, unsigned long n)
{
    while (counter < n) {
        std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
}

static std::vector<actor> sinks(actor_system &sys, unsigned long n, unsigned long share)
{
    std::vector<actor> all;
    all.reserve(n);
    for (unsigned long i = 0; i < n; i++) {
        all.push_back(sys.spawn<sink>(share));
    }
    return all;
}

static void quit(const std::vector<actor> &all)
{
    for (const auto &a : all) {
        anon_send_exit(a, exit_reason::user_shutdown);
    }
}

static void flood(actor_system &sys, const char *name, unsigned long n, unsigned long sources,
                  unsigned long count)
{
    handled = 0;
    const auto to = sinks(sys, count, n / count);
    std::vector<actor> from;
    for (unsigned long i = 0; i < sources; i++) {
        from.push_back(sys.spawn<source>(n / sources, to));
    }
    const row r;
    for (const auto &f : from) {
        anon_send(f, work::value);
    }
    await(handled, n);
    r.flow(name, n);
    quit(to);
    quit(from);
}

static void stop(actor_system &sys, unsigned long n)
{
    const auto all = sinks(sys, n, ~0ul);
    stopped = 0;
    const row r;
    quit(all);
    await(stopped, n);
    r.stop(n);
}

static unsigned long divisor = 1;
static bool only_footprint;

static void caf_rows(actor_system &sys)
{
    const unsigned long n = 1000000 / divisor;
    if (only_footprint) {
        const long before = resident();
        const auto all = sinks(sys, 100000 / divisor, ~0ul);
        std::printf("BenchmarkActorMemoryFootprint 1 %ld rss-bytes/actor\n",
                    (resident() - before) / (long)all.size());
        std::fflush(stdout);
        std::_Exit(0);
    }
    const row r;
    const auto all = sinks(sys, 10000, ~0ul);
    r.flow("Spawn", 10000);
    quit(all);
    await(stopped, 10000);
    stop(sys, 1000);
    stop(sys, 10000);
    flood(sys, "Tell1to1", n, 1, 1);
    flood(sys, "Tell4to1", n, 4, 1);
    flood(sys, "FanOut1000", n, 1, 1000);
    handled = 0;
    const auto a = sys.spawn<ping>(n / 5);
    const auto b = sys.spawn<ping>(n / 5);
    anon_send(a, other::value, b);
    anon_send(b, other::value, a);
    const row p;
    anon_send(a, work::value);
    await(handled, 1);
    p.flow("PingPong", n / 5);
    std::fflush(stdout);
    std::_Exit(0); // the pair holds each other
}

int main(int argc, char **argv)
{
    divisor = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1;
    only_footprint = argc > 2;
    actor_system_config cfg;
    actor_system sys{cfg};
    caf_rows(sys);
}
