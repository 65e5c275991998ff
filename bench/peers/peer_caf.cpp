// Spawn, round trips and stop of actors in CAF, as Go benchmark lines.
#include <caf/all.hpp>

#include <chrono>
#include <cstdio>
#include <vector>

using namespace caf;
using clock_type = std::chrono::steady_clock;

static double ns_since(clock_type::time_point begin)
{
    return std::chrono::duration<double, std::nano>(clock_type::now() - begin).count();
}

static behavior echo(event_based_actor *)
{
    return {[](int x) { return x; }};
}

void caf_main(actor_system &sys)
{
    const int n = 10000;
    std::vector<actor> actors;
    actors.reserve(n);
    auto begin = clock_type::now();
    for (int i = 0; i < n; i++) {
        actors.push_back(sys.spawn(echo));
    }
    std::printf("BenchmarkCafSpawn %d %.1f ns/op\n", n, ns_since(begin) / n);
    scoped_actor self{sys};
    const int rounds = 20000;
    begin = clock_type::now();
    for (int i = 0; i < rounds; i++) {
        self->request(actors[0], infinite, i).receive([](int) {}, [](error &) {});
    }
    std::printf("BenchmarkCafAsk %d %.1f ns/op\n", rounds, ns_since(begin) / rounds);
    begin = clock_type::now();
    for (auto &a : actors) {
        self->send_exit(a, exit_reason::user_shutdown);
    }
    self->wait_for(actors);
    std::printf("BenchmarkCafStop10000 1 %.0f ns/op %.3f ms/shutdown\n", ns_since(begin),
                ns_since(begin) / 1e6);
}

CAF_MAIN()
