#include "binary.h"

#include "base/io.h"

#include <elf.h>
#include <stdlib.h>

enum { MAX_BINARY_BYTES = 1 << 30 };

/* A header of `size` bytes at an offset, or NULL when the file ends before it. */
static const void *at(const struct reporter_binary *b, uint64_t offset, uint64_t size)
{
    return offset <= b->file.len && size <= b->file.len - offset ? b->file.ptr + offset : NULL;
}

static bool read_header(const struct reporter_binary *b, Elf64_Ehdr *out)
{
    const void *p = at(b, 0, sizeof *out);
    if (!p) {
        return false;
    }
    memcpy(out, p, sizeof *out);
    return memcmp(out->e_ident, ELFMAG, SELFMAG) == 0 && out->e_ident[EI_CLASS] == ELFCLASS64 &&
           out->e_ident[EI_DATA] == ELFDATA2LSB;
}

static bool read_section(const struct reporter_binary *b, const Elf64_Ehdr *eh, uint32_t i,
                         Elf64_Shdr *out)
{
    const void *p = i < eh->e_shnum && eh->e_shentsize == sizeof *out
                        ? at(b, eh->e_shoff + (uint64_t)i * sizeof *out, sizeof *out)
                        : NULL;
    if (p) {
        memcpy(out, p, sizeof *out);
    }
    return p != NULL;
}

static bool read_segment(const struct reporter_binary *b, const Elf64_Ehdr *eh, uint32_t i,
                         Elf64_Phdr *out)
{
    const void *p = i < eh->e_phnum && eh->e_phentsize == sizeof *out
                        ? at(b, eh->e_phoff + (uint64_t)i * sizeof *out, sizeof *out)
                        : NULL;
    if (p) {
        memcpy(out, p, sizeof *out);
    }
    return p != NULL;
}

static struct ak_str text_at(const struct reporter_binary *b, const Elf64_Shdr *strings,
                             uint32_t offset)
{
    const char *p = offset < strings->sh_size
                        ? at(b, strings->sh_offset + offset, strings->sh_size - offset)
                        : NULL;
    const void *end = p ? memchr(p, 0, strings->sh_size - offset) : NULL;
    return end ? (struct ak_str){p, (size_t)((const char *)end - p)} : AK_STR("");
}

static void add_symbols(struct reporter_binary *b, struct ak_arena *arena, const Elf64_Ehdr *eh,
                        const Elf64_Shdr *table)
{
    Elf64_Shdr strings;
    const uint64_t n = table->sh_size / sizeof(Elf64_Sym);
    const char *p = at(b, table->sh_offset, table->sh_size);
    if (!p || !read_section(b, eh, table->sh_link, &strings)) {
        return;
    }
    b->symbols = ak_arena_alloc(arena, n * sizeof *b->symbols);
    for (uint64_t i = 0; i < n; i++) {
        Elf64_Sym sym;
        memcpy(&sym, p + i * sizeof sym, sizeof sym);
        const struct ak_str name = text_at(b, &strings, sym.st_name);
        if (ELF64_ST_TYPE(sym.st_info) == STT_FUNC && sym.st_shndx != SHN_UNDEF && name.len) {
            b->symbols[b->count++] =
                (struct reporter_symbol){sym.st_value, sym.st_value + sym.st_size, name};
        }
    }
}

static int by_start(const void *a, const void *b)
{
    const struct reporter_symbol *x = a, *y = b;
    if (x->start != y->start) {
        return x->start < y->start ? -1 : 1;
    }
    return ak_str_cmp(x->name, y->name);
}

static void read_symbols(struct reporter_binary *b, struct ak_arena *arena, const Elf64_Ehdr *eh)
{
    static const uint32_t kinds[] = {SHT_SYMTAB, SHT_DYNSYM};
    for (size_t k = 0; k < 2 && b->count == 0; k++) {
        Elf64_Shdr sh;
        for (uint32_t i = 0; i < eh->e_shnum && read_section(b, eh, i, &sh); i++) {
            if (sh.sh_type == kinds[k]) {
                add_symbols(b, arena, eh, &sh);
            }
        }
    }
    if (b->count) {
        qsort(b->symbols, b->count, sizeof *b->symbols, by_start);
    }
    for (size_t i = 0; i + 1 < b->count; i++) { /* without a size: up to the next */
        if (b->symbols[i].end == b->symbols[i].start) {
            b->symbols[i].end = b->symbols[i + 1].start;
        }
    }
}

enum ak_status reporter_binary_open(const char *path, struct ak_arena *arena,
                                    struct reporter_binary *out, struct ak_error *err)
{
    struct reporter_binary b = {.count = 0};
    Elf64_Ehdr eh;
    const enum ak_status st = ak_file_read(path, MAX_BINARY_BYTES, &b.file, err);
    if (st != AK_OK) {
        reporter_binary_close(&b);
        return st;
    }
    const bool known =
        read_header(&b, &eh) && (eh.e_machine == EM_X86_64 || eh.e_machine == EM_AARCH64);
    if (!known) {
        reporter_binary_close(&b);
        return ak_fail(err, AK_FORMAT, "%s: no ELF file of a known machine", path);
    }
    b.arch = eh.e_machine == EM_X86_64 ? DISASM_X86_64 : DISASM_ARM64;
    b.is_dynamic = eh.e_type == ET_DYN;
    read_symbols(&b, arena, &eh);
    *out = b;
    return AK_OK;
}

void reporter_binary_close(struct reporter_binary *b)
{
    ak_buf_release(&b->file);
}

uint64_t reporter_binary_address(const struct reporter_binary *b, const struct ak_mapping *m,
                                 uint64_t address)
{
    Elf64_Ehdr eh;
    Elf64_Phdr ph;
    if (!b->is_dynamic || !read_header(b, &eh)) {
        return address;
    }
    const uint64_t offset = address - m->start + m->offset;
    for (uint32_t i = 0; i < eh.e_phnum && read_segment(b, &eh, i, &ph); i++) {
        if (ph.p_type == PT_LOAD && offset >= ph.p_offset && offset - ph.p_offset < ph.p_memsz) {
            return offset - ph.p_offset + ph.p_vaddr;
        }
    }
    return offset;
}

struct ak_str reporter_binary_bytes(const struct reporter_binary *b, uint64_t start, uint64_t end)
{
    Elf64_Ehdr eh;
    Elf64_Phdr ph;
    if (end <= start || !read_header(b, &eh)) {
        return AK_STR("");
    }
    for (uint32_t i = 0; i < eh.e_phnum && read_segment(b, &eh, i, &ph); i++) {
        if (ph.p_type != PT_LOAD || start < ph.p_vaddr || start - ph.p_vaddr >= ph.p_filesz) {
            continue;
        }
        const uint64_t skip = start - ph.p_vaddr;
        const uint64_t size = end - start < ph.p_filesz - skip ? end - start : ph.p_filesz - skip;
        const char *p = at(b, ph.p_offset + skip, size);
        return p ? (struct ak_str){p, size} : AK_STR("");
    }
    return AK_STR("");
}
