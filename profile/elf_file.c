#include "elf_file.h"

#include "base/buf.h"
#include "profile/symbolize.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Notes that are larger hold no build id. */
#define NOTES_MAX 65536u
#define HEADERS_MAX 256u

static bool read_at(int fd, void *to, size_t n, uint64_t offset)
{
    if (offset > INT64_MAX) {
        return false;
    }
    ssize_t got;
    do {
        got = pread(fd, to, n, (off_t)offset);
    } while (got < 0 && errno == EINTR);
    return got == (ssize_t)n;
}

static void hex(const unsigned char *bytes, size_t n, char out[129])
{
    static const char digits[] = "0123456789abcdef";
    n = n > 64 ? 64 : n;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * n] = '\0';
}

static size_t padded(size_t n)
{
    return (n + 3) & ~(size_t)3;
}

/* Looks through notes for the one named GNU of type NT_GNU_BUILD_ID. */
static bool find_build_id(const unsigned char *p, size_t left, char out[129])
{
    Elf64_Nhdr h;
    while (left >= sizeof h) {
        memcpy(&h, p, sizeof h);
        const size_t name = padded(h.n_namesz), desc = padded(h.n_descsz);
        const size_t body = left - sizeof h;
        if (name > body || h.n_descsz > body - name) {
            return false;
        }
        if (h.n_type == NT_GNU_BUILD_ID && h.n_namesz == 4 && h.n_descsz > 0 &&
            memcmp(p + sizeof h, "GNU", 4) == 0) {
            hex(p + sizeof h + name, h.n_descsz, out);
            return true;
        }
        if (desc > body - name) {
            return false;
        }
        p += sizeof h + name + desc;
        left = body - name - desc;
    }
    return false;
}

static void read_notes(int fd, uint64_t offset, uint64_t size, struct profile_elf *out)
{
    unsigned char notes[4096];
    if (out->build_id[0] != '\0' || size > NOTES_MAX) {
        return;
    }
    const size_t n = size < sizeof notes ? (size_t)size : sizeof notes;
    if (read_at(fd, notes, n, offset)) {
        (void)find_build_id(notes, n, out->build_id);
    }
}

static void read_segments(int fd, const Elf64_Ehdr *e, struct profile_elf *out)
{
    for (unsigned i = 0; i < e->e_phnum && i < HEADERS_MAX; i++) {
        Elf64_Phdr h;
        if (!read_at(fd, &h, sizeof h, e->e_phoff + (uint64_t)i * sizeof h)) {
            return;
        }
        if (h.p_type == PT_NOTE) {
            read_notes(fd, h.p_offset, h.p_filesz, out);
        } else if (h.p_type == PT_LOAD && out->segment_count < PROFILE_ELF_SEGMENTS) {
            out->segments[out->segment_count++] =
                (struct profile_elf_segment){.offset = h.p_offset,
                                             .vaddr = h.p_vaddr,
                                             .filesz = h.p_filesz,
                                             .memsz = h.p_memsz,
                                             .executable = (h.p_flags & PF_X) != 0};
        }
    }
}

/* Debug files have their notes in sections only. */
static void read_sections(int fd, const Elf64_Ehdr *e, struct profile_elf *out)
{
    for (unsigned i = 0; i < e->e_shnum && i < HEADERS_MAX; i++) {
        Elf64_Shdr h;
        if (!read_at(fd, &h, sizeof h, e->e_shoff + (uint64_t)i * sizeof h)) {
            return;
        }
        if (h.sh_type == SHT_NOTE) {
            read_notes(fd, h.sh_offset, h.sh_size, out);
        }
    }
}

static enum ak_status read_file(int fd, const char *path, struct profile_elf *out,
                                struct ak_error *err)
{
    Elf64_Ehdr e;
    if (!read_at(fd, &e, sizeof e, 0) || memcmp(e.e_ident, ELFMAG, SELFMAG) != 0) {
        return ak_fail(err, AK_FORMAT, "%s: is no ELF file", path);
    }
    const unsigned char order =
        __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
    if (e.e_ident[EI_CLASS] != ELFCLASS64 || e.e_ident[EI_DATA] != order ||
        (e.e_phnum > 0 && e.e_phentsize != sizeof(Elf64_Phdr)) ||
        (e.e_shnum > 0 && e.e_shentsize != sizeof(Elf64_Shdr))) {
        return ak_fail(err, AK_UNSUPPORTED, "%s: is no 64-bit ELF file of this byte order", path);
    }
    struct profile_elf elf = {.is_dynamic = e.e_type == ET_DYN};
    read_segments(fd, &e, &elf);
    read_sections(fd, &e, &elf);
    *out = elf;
    return AK_OK;
}

enum ak_status profile_elf_read(const char *path, struct profile_elf *out, struct ak_error *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return ak_fail_errno(err, AK_IO, errno, "%s", path);
    }
    const enum ak_status st = read_file(fd, path, out, err);
    close(fd);
    return st;
}

uint64_t profile_elf_link_address(const struct profile_elf *elf, uint64_t address, uint64_t start,
                                  uint64_t limit, uint64_t offset)
{
    if (!elf->is_dynamic || (start == 0 && limit == 0)) {
        return address;
    }
    const uint64_t in_file = address - start + offset;
    for (uint32_t i = 0; i < elf->segment_count; i++) {
        const struct profile_elf_segment *s = &elf->segments[i];
        /* A mapping begins at the page that the segment begins in. */
        if (in_file >= (s->offset & ~UINT64_C(0xfff)) && in_file < s->offset + s->filesz &&
            (s->executable || i + 1 == elf->segment_count)) {
            return in_file - s->offset + s->vaddr;
        }
    }
    return in_file;
}

enum ak_status ak_build_id(const char *path, char out[129], struct ak_error *err)
{
    struct profile_elf elf;
    const enum ak_status st = profile_elf_read(path, &elf, err);
    if (st == AK_OK) {
        memcpy(out, elf.build_id, sizeof elf.build_id);
    }
    return st;
}
