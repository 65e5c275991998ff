/* The little that symbolizing needs of an ELF file itself: its kind, its segments, its build id. */
#ifndef PROFILE_ELF_FILE_H
#define PROFILE_ELF_FILE_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

#define PROFILE_ELF_SEGMENTS 16u

struct profile_elf_segment {
    uint64_t offset, vaddr, filesz, memsz;
    bool executable;
};

struct profile_elf {
    bool is_dynamic;        /* ET_DYN: loaded anywhere */
    uint32_t segment_count; /* PT_LOAD, in file order; more than fit are left out */
    struct profile_elf_segment segments[PROFILE_ELF_SEGMENTS];
    char build_id[129]; /* hex, "" when there is none */
};

/* Reads the headers of a 64-bit ELF file of this byte order. */
enum ak_status profile_elf_read(const char *path, struct profile_elf *out,
                                struct ak_error *err) AK_MUST_USE;

/* The link-time address of `address` in a mapping [start, limit) of file offset `offset`; the
 * address itself where the file is not position-independent. */
uint64_t profile_elf_link_address(const struct profile_elf *elf, uint64_t address, uint64_t start,
                                  uint64_t limit, uint64_t offset);

#endif
