// Exceptions, a library that comes and goes, children and signals of its own, under all profilers at
// once: nothing may hang or crash. Prints "thrown N" and the like. Arguments: the two files, and for
// how many seconds (1).
#include "runtime/prof.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <pthread.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

static volatile bool done;
static volatile unsigned long own_signals;

__attribute__((noinline)) static unsigned long thrower(unsigned depth)
{
    const std::string name = "depth " + std::to_string(depth); // a destructor to run
    if (depth == 0) {
        throw std::runtime_error(name);
    }
    return thrower(depth - 1) + name.size();
}

static void *throw_often(void *)
{
    unsigned long thrown = 0;
    while (!done) {
        try {
            thrower(20);
        } catch (const std::runtime_error &e) {
            thrown += e.what()[0] == 'd';
        }
    }
    return reinterpret_cast<void *>(thrown);
}

static void *open_often(void *)
{
    unsigned long opened = 0;
    while (!done) {
        void *const lib = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL);
        if (lib) {
            opened++;
            dlclose(lib);
        }
        void *const other = dlopen("libexpat.so.1", RTLD_NOW | RTLD_LOCAL);
        if (other) {
            dlclose(other);
        }
    }
    return reinterpret_cast<void *>(opened);
}

static void *fork_often(void *)
{
    unsigned long forked = 0;
    while (!done) {
        const pid_t pid = fork();
        if (pid == 0) {
            if (forked % 8 == 0) {
                execl("/bin/true", "true", static_cast<char *>(nullptr));
            }
            std::vector<std::string> work(100, std::string(100, 'x'));
            _exit(work.size() == 100 ? 0 : 1);
        }
        int status = 0;
        waitpid(pid, &status, 0);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
            forked++;
        } else {
            std::printf("child %d\n", status);
        }
    }
    return reinterpret_cast<void *>(forked);
}

static void on_own(int)
{
    own_signals = own_signals + 1;
}

int main(int argc, char **argv)
{
    struct ak_error err;
    pthread_t id[4];
    void *(*const run[4])(void *) = {throw_often, throw_often, open_often, fork_often};
    const char *const name[4] = {"thrown", "thrown", "opened", "forked"};
    if (argc < 3 || argc > 4) {
        return 2;
    }
    const int naps = 20 * (argc == 4 ? std::atoi(argv[3]) : 1);
    signal(SIGPROF, on_own); // the program's own use of the signal goes on
    if (ak_prof_cpu_start(1000, &err) != AK_OK || ak_prof_heap_start(4096, &err) != AK_OK ||
        ak_prof_contention_start(1, &err) != AK_OK) {
        std::fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    for (int i = 0; i < 4; i++) {
        pthread_create(&id[i], nullptr, run[i], nullptr);
    }
    for (int i = 0; i < naps; i++) {
        const timespec nap = {0, 50000000};
        nanosleep(&nap, nullptr);
        raise(SIGPROF);
    }
    done = true;
    for (int i = 0; i < 4; i++) {
        void *count = nullptr;
        pthread_join(id[i], &count);
        std::printf("%s %lu\n", name[i], reinterpret_cast<unsigned long>(count));
    }
    if (ak_prof_cpu_stop(argv[1], &err) != AK_OK || ak_prof_heap_write(argv[2], &err) != AK_OK) {
        std::fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    struct ak_prof_cpu_stats s;
    ak_prof_cpu_stats(&s);
    std::printf("signals %lu\ncomplete %lu\nlost %lu\nown %lu\n",
                static_cast<unsigned long>(s.signals), static_cast<unsigned long>(s.complete),
                static_cast<unsigned long>(s.lost), own_signals);
    return 0;
}
