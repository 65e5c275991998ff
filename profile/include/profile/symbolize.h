/* From addresses to functions, files and lines, by the debug information and symbol tables of ELF
 * files (libbacktrace), names demangled (libiberty). Two levels: one file and its link-time
 * addresses (ak_symbolizer_*), and a whole profile (ak_profile_...).
 *
 * libbacktrace never gives memory back: a symbolizer opened for a file stays as large as that
 * file's debug tables until the program ends, close or not. Open each file once. */
#ifndef PROFILE_SYMBOLIZE_H
#define PROFILE_SYMBOLIZE_H

#include "profile/profile.h"

enum ak_demangle {
    AK_DEMANGLE_DEFAULT,   /* parameters and template parameters removed */
    AK_DEMANGLE_NONE,      /* names as they are in the file */
    AK_DEMANGLE_TEMPLATES, /* parameters removed, template parameters kept */
    AK_DEMANGLE_FULL,      /* everything kept */
};

struct ak_frame {
    const char *function; /* as in the file, not demangled; NULL: unknown */
    const char *file;     /* NULL: unknown */
    int64_t line;         /* 0: unknown */
};

struct ak_symbolizer;

/* Opens an ELF file. Returns owned. AK_FORMAT when it is no ELF file. A file without debug
 * information opens fine and gives names of its symbol table. */
enum ak_status ak_symbolizer_open(const char *path, struct ak_symbolizer **out,
                                  struct ak_error *err) AK_MUST_USE;
void ak_symbolizer_close(struct ak_symbolizer *s); /* accepts NULL; see above about memory */

/* The frames at a link-time address (an address in the file's own program headers: for a running
 * position-independent program, pc - load bias; for a return address the caller subtracts 1):
 * innermost inlined call first, the real function last. Returns their number (0: unknown), at most
 * `max` are stored in out. Texts live until close. Not thread-safe for one symbolizer. */
size_t ak_symbolizer_find(struct ak_symbolizer *s, uint64_t address, struct ak_frame *out,
                          size_t max);

/* Appends `name` demangled (C++ and Rust; other names as they are). */
void ak_demangle(struct ak_buf *out, const char *name, enum ak_demangle mode);

/* The GNU build id of an ELF file as lower-case hex digits, "" when it has none. */
enum ak_status ak_build_id(const char *path, char out[129], struct ak_error *err) AK_MUST_USE;

/* Where the files of a profile's mappings are. */
struct ak_binaries_opts {
    const char *binary;      /* the main program in place of what the profile says; NULL: none */
    const char *build_id;    /* for the main mapping when it has none; NULL: none */
    const char *search_path; /* $PPROF_BINARY_PATH; NULL: none (pprof's is $HOME/pprof/binaries) */
};

/* Sets the file of each mapping to what is found below the folders of the search path: as
 * BUILDID/name, BUILDID/anything, path/BUILDID (perf), BU/ILDID.debug (llvm), name, path,
 * path.debug, folder/.debug/name.debug, usr/lib/debug/folder/name.debug (gdb). A file whose build
 * id differs is passed over. A profile without mappings gets one of all zeros, in which all
 * locations are. This is what pprof does to every profile it reads, before merging. Appends lines
 * for the user to `messages` (may be NULL). */
void ak_profile_locate_binaries(struct ak_profile *p, const struct ak_binaries_opts *opts,
                                struct ak_buf *messages);

/* Takes the file from each mapping that has no build id and whose file reads as a URL, "C:\\app"
 * among them, in place: pprof does so to the profile of which it makes a report, since it writes
 * the source of a profile there meanwhile. */
void ak_profile_forget_urls(struct ak_profile *p);

/* Gives functions, files and lines to the locations of mappings that have none (`force`: of all),
 * from the files of the mappings, in place. Names are not demangled yet: see ak_profile_demangle.
 * A file that is missing or has another build id is no error; lines for the user go to `messages`
 * (may be NULL). Returns the number of locations that got names. */
size_t ak_profile_symbolize(struct ak_profile *p, bool force, struct ak_buf *messages);

/* Sets the name of each function whose name is its system name to what pprof shows for it: C++ and
 * Rust demangled and, in the default and templates modes, parameters removed from names that look
 * like C++. pprof does this to every profile, symbolized or not, unless -symbolize=none. `force`:
 * also of functions that have another name. In place. */
void ak_profile_demangle(struct ak_profile *p, enum ak_demangle mode, bool force);

#endif
