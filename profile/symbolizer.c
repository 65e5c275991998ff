#include "base/mem.h"
#include "elf_file.h"
#include "profile/symbolize.h"

#include <backtrace.h>
#include <link.h>
#include <string.h>

struct ak_symbolizer {
    struct backtrace_state *state;
    char *path; /* the state keeps the pointer */
    uint64_t shift;
};

/* libbacktrace takes a position-independent file that it is told to open for the running program
 * and places it where that was loaded: link-time addresses are shifted by as much. */
static int first_base(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    *(uint64_t *)data = info->dlpi_addr;
    return 1; /* the first entry is the program itself */
}

static void ignore_error(void *data, const char *message, int number)
{
    (void)data;
    (void)message;
    (void)number;
}

enum ak_status ak_symbolizer_open(const char *path, struct ak_symbolizer **out,
                                  struct ak_error *err)
{
    struct profile_elf elf;
    const enum ak_status st = profile_elf_read(path, &elf, err);
    if (st != AK_OK) {
        return st;
    }
    struct ak_symbolizer *s = ak_calloc(1, sizeof *s);
    s->path = ak_strdup(path);
    if (elf.is_dynamic) {
        dl_iterate_phdr(first_base, &s->shift);
    }
    s->state = backtrace_create_state(s->path, 0, ignore_error, NULL);
    if (!s->state) {
        ak_free(s->path);
        ak_free(s);
        return ak_fail(err, AK_IO, "%s: libbacktrace does not start", path);
    }
    *out = s;
    return AK_OK;
}

void ak_symbolizer_close(struct ak_symbolizer *s)
{
    if (s) {
        ak_free(s->path); /* the state, which cannot be freed, is not used again */
        ak_free(s);
    }
}

struct found {
    struct ak_frame *out;
    size_t count, max;
};

static int add_frame(void *data, uintptr_t pc, const char *file, int line, const char *function)
{
    struct found *f = data;
    (void)pc;
    if (!file && !function) {
        return 0;
    }
    if (f->count < f->max) {
        f->out[f->count] = (struct ak_frame){function, file, line > 0 ? line : 0};
    }
    f->count++;
    return 0;
}

static void take_symbol(void *data, uintptr_t pc, const char *name, uintptr_t value, uintptr_t size)
{
    (void)pc;
    (void)value;
    (void)size;
    *(const char **)data = name;
}

size_t ak_symbolizer_find(struct ak_symbolizer *s, uint64_t address, struct ak_frame *out,
                          size_t max)
{
    struct found found = {.out = out, .max = max};
    const uintptr_t pc = (uintptr_t)(address + s->shift);
    backtrace_pcinfo(s->state, pc, add_frame, ignore_error, &found);
    const bool named = found.count > 0 && (found.count > max || out[found.count - 1].function);
    if (named || max == 0) {
        return found.count;
    }
    /* No debug information: the symbol table knows the function at least. */
    const char *symbol = NULL;
    backtrace_syminfo(s->state, pc, take_symbol, ignore_error, (void *)&symbol);
    if (symbol && found.count == 0) {
        out[found.count++] = (struct ak_frame){.function = symbol};
    } else if (symbol) {
        out[found.count - 1].function = symbol;
    }
    return found.count;
}
