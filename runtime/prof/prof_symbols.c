#include "prof_symbols.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "profile/symbolize.h"

#include <pthread.h>
#include <string.h>

/* A file that was opened; kept for the life of the process (see profile/symbolize.h). */
struct file {
    const char *path; /* the module's, which lives as long */
    uint64_t identity;
    struct ak_symbolizer *symbolizer; /* NULL: no names to be had */
    struct file *next;
};

struct runtime_symbols {
    pthread_mutex_t lock;
    struct file *files;
    struct ak_arena *names; /* demangled, until close */
    struct ak_buf name;
};

static struct runtime_symbols shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct runtime_symbols *runtime_symbols_open(void)
{
    pthread_mutex_lock(&shared.lock);
    shared.names = ak_arena_new();
    return &shared;
}

void runtime_symbols_close(struct runtime_symbols *s)
{
    ak_arena_free(s->names);
    ak_buf_release(&s->name);
    s->names = NULL;
    pthread_mutex_unlock(&s->lock);
}

/* Not when the file was replaced since it was loaded: its names would be wrong. */
static struct ak_symbolizer *open_file(const struct runtime_module *m)
{
    struct ak_symbolizer *symbolizer = NULL;
    struct ak_error err;
    char build_id[129];
    if (m->path[0] != '/' || ak_build_id(m->path, build_id, &err) != AK_OK ||
        strncmp(build_id, m->build_id, strlen(m->build_id)) != 0 ||
        ak_symbolizer_open(m->path, &symbolizer, &err) != AK_OK) {
        return NULL;
    }
    return symbolizer;
}

static struct file *file_of(struct runtime_symbols *s, const struct runtime_module *m)
{
    struct file *f = s->files;
    while (f && (f->identity != m->identity || strcmp(f->path, m->path) != 0)) {
        f = f->next;
    }
    if (!f) {
        f = ak_malloc(sizeof *f);
        *f = (struct file){m->path, m->identity, open_file(m), s->files};
        s->files = f;
    }
    return f;
}

size_t runtime_symbols_find(struct runtime_symbols *s, const struct runtime_module *m, uint64_t pc,
                            struct runtime_symbol out[RUNTIME_INLINED_MAX])
{
    struct ak_frame frame[RUNTIME_INLINED_MAX];
    const struct file *const f = file_of(s, m);
    if (!f->symbolizer) {
        return 0;
    }
    size_t count = ak_symbolizer_find(f->symbolizer, pc - m->bias, frame, RUNTIME_INLINED_MAX);
    count = count > RUNTIME_INLINED_MAX ? RUNTIME_INLINED_MAX : count;
    for (size_t i = 0; i < count; i++) {
        if (!frame[i].function) { /* a file and line without a function say too little */
            return i;
        }
        ak_buf_reset(&s->name);
        ak_demangle(&s->name, frame[i].function, AK_DEMANGLE_DEFAULT);
        out[i] = (struct runtime_symbol){ak_arena_strndup(s->names, s->name.ptr, s->name.len),
                                         frame[i].function, frame[i].file ? frame[i].file : "",
                                         frame[i].line};
    }
    return count;
}

bool runtime_symbol_is_allocator(const char *name)
{
    static const char *const names[] = {
        "malloc", "calloc",         "realloc",      "reallocarray",  "aligned_alloc", "memalign",
        "valloc", "posix_memalign", "ak_mem_alloc", "ak_mem_zalloc", "ak_mem_aligned"};
    for (size_t i = 0; i < AK_COUNT(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}
