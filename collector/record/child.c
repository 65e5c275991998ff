#include "child.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS 500
#define TICK_NS (TICK_MS * 1000000LL)

extern char **environ;

struct running {
    const struct collector_child *child;
    struct collector_exit *exit;
    pid_t pid;
    int output, errors; /* read ends of the pipes, -1 when closed */
    int signals;        /* signalfd */
    int status;         /* of waitpid */
    bool ended;
};

static const int watched[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD};

static void watched_signals(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < AK_COUNT(watched); i++) {
        sigaddset(set, watched[i]);
    }
}

/* The mask we had, but for what we watch, which must reach the command. */
static void child_mask(sigset_t *mask)
{
    sigprocmask(SIG_BLOCK, NULL, mask);
    for (size_t i = 0; i < AK_COUNT(watched); i++) {
        sigdelset(mask, watched[i]);
    }
}

struct pipes {
    int output[2], errors[2]; /* errors: -1 when standard error is ours */
};

/* Starts the command. Returns an errno. */
static int spawn(const struct collector_child *child, const struct pipes *pipes, pid_t *out_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults, mask;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, pipes->output[1], STDOUT_FILENO);
    if (pipes->errors[1] >= 0) {
        posix_spawn_file_actions_adddup2(&actions, pipes->errors[1], STDERR_FILENO);
    }
    if (child->dir) {
        posix_spawn_file_actions_addchdir_np(&actions, child->dir);
    }
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE); /* the program ignores it, the command must not */
    child_mask(&mask);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, &mask);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    char **argv;
    _Static_assert(sizeof argv == sizeof child->argv, "one pointer");
    memcpy(&argv, &child->argv, sizeof argv); /* posix_spawnp does not change them */
    const int rc = posix_spawnp(out_pid, child->argv[0], &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

/* Reads what is there; closes the pipe at its end. */
static void read_pipe(int *fd, void (*take)(void *ctx, struct ak_str bytes), void *ctx)
{
    char bytes[1 << 16];
    for (;;) {
        const ssize_t n = read(*fd, bytes, sizeof bytes);
        if (n > 0) {
            take(ctx, (struct ak_str){bytes, (size_t)n});
        } else if (n < 0 && errno == EINTR) {
            continue;
        } else if (n < 0 && errno == EAGAIN) {
            return;
        } else {
            close(*fd);
            *fd = -1;
            return;
        }
    }
}

static void read_pipes(struct running *r)
{
    if (r->output >= 0) {
        read_pipe(&r->output, r->child->output, r->child->ctx);
    }
    if (r->errors >= 0) {
        read_pipe(&r->errors, r->child->errors, r->child->ctx);
    }
}

static void read_signals(struct running *r)
{
    struct signalfd_siginfo info;
    while (read(r->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGCHLD) {
            r->ended = r->ended || waitpid(r->pid, &r->status, WNOHANG) == r->pid;
            continue;
        }
        r->exit->interrupted = true;
        if (info.ssi_code <= 0 && !r->ended) { /* sent by a process, not by the terminal */
            kill(r->pid, (int)info.ssi_signo);
        }
    }
}

static void watch(struct running *r, int64_t start)
{
    int64_t next_tick = start + TICK_NS;
    while (!r->ended) {
        struct pollfd fds[] = {{.fd = r->signals, .events = POLLIN},
                               {.fd = r->output, .events = POLLIN},
                               {.fd = r->errors, .events = POLLIN}};
        const int n = poll(fds, 3, TICK_MS);
        if (n > 0 && (fds[1].revents || fds[2].revents)) {
            read_pipes(r);
        }
        if (n > 0 && fds[0].revents) {
            read_signals(r);
        }
        const int64_t now = ak_clock_monotonic_ns();
        if (r->child->tick && now >= next_tick) {
            r->child->tick(r->child->ctx, now - start);
            next_tick = now + TICK_NS;
        }
    }
    read_pipes(r);
}

static void close_end(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

static enum ak_status run_piped(const struct collector_child *child, const struct pipes *pipes,
                                struct collector_exit *out, struct ak_error *err)
{
    sigset_t signals, before;
    watched_signals(&signals);
    sigprocmask(SIG_BLOCK, &signals, &before);
    *out = (struct collector_exit){0};
    struct running r = {
        .child = child, .exit = out, .output = pipes->output[0], .errors = pipes->errors[0]};
    r.signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    const int64_t start = ak_clock_monotonic_ns();
    const int rc = r.signals < 0 ? errno : spawn(child, pipes, &r.pid);
    close_end(pipes->output[1]);
    close_end(pipes->errors[1]);
    if (rc == 0) {
        watch(&r, start);
        out->duration_ns = ak_clock_monotonic_ns() - start;
        out->signal = WIFSIGNALED(r.status) ? WTERMSIG(r.status) : 0;
        out->code = out->signal ? 128 + out->signal : WEXITSTATUS(r.status);
    }
    close_end(r.output);
    close_end(r.errors);
    close_end(r.signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return rc == 0 ? AK_OK
                   : ak_fail_errno(err, AK_NOT_FOUND, rc, "%s: cannot be started", child->argv[0]);
}

static bool pipe_open(int fds[2])
{
    if (pipe2(fds, O_CLOEXEC) != 0) {
        return false;
    }
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    return true;
}

enum ak_status collector_child_run(const struct collector_child *child, struct collector_exit *out,
                                   struct ak_error *err)
{
    struct pipes pipes = {{-1, -1}, {-1, -1}};
    if (!pipe_open(pipes.output) || (child->errors && !pipe_open(pipes.errors))) {
        const int rc = errno;
        close_end(pipes.output[0]);
        close_end(pipes.output[1]);
        return ak_fail_errno(err, AK_IO, rc, "%s: no pipe for its output", child->argv[0]);
    }
    return run_piped(child, &pipes, out, err);
}
