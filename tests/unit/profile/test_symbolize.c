#include "profile/build.h"
#include "profile/symbolize.h"
#include "profile_fixture.h"

#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- names ---------------------------------------------------------------------------------------
 */

/* Answers of github.com/ianlancetaylor/demangle, which google/pprof uses. */
static const struct {
    const char *mangled, *plain, *templates, *full;
} names[] = {
    {"_ZN3app1T2goIlEEiT_", "app::T::go", "app::T::go<long>", "int app::T::go<long>(long)"},
    {"_ZZN3app1T2goIlEEiT_ENKUliE_clEi", "app::T::go()::{lambda(int)#1}::operator()",
     "app::T::go<long>()::{lambda(int)#1}::operator()",
     "app::T::go<long>(long)::{lambda(int)#1}::operator()(int) const"},
    {"_ZZNK3foo3barEvENKUlvE_clEv", "foo::bar() const::{lambda()#1}::operator()",
     "foo::bar() const::{lambda()#1}::operator()",
     "foo::bar() const::{lambda()#1}::operator()() const"},
    {"_ZZN12_GLOBAL__N_13fooEiENKUlvE_clEv",
     "(anonymous namespace)::foo()::{lambda()#1}::operator()",
     "(anonymous namespace)::foo()::{lambda()#1}::operator()",
     "(anonymous namespace)::foo(int)::{lambda()#1}::operator()() const"},
    {"_ZNSt8functionIFvvEED1Ev", "std::function::~function", "std::function<void ()>::~function",
     "std::function<void ()>::~function()"},
    {"_ZN1AILi3EXgtLi4ELi2EEE1fEv", "A::f", "A<3, ((4)>(2))>::f", "A<3, ((4)>(2))>::f()"},
    {"_ZlsIcSt11char_traitsIcEERSt13basic_ostreamIT_T0_ES6_c", "operator<<",
     "operator<< <char, std::char_traits<char> >",
     "std::basic_ostream<char, std::char_traits<char> >& operator<< <char, "
     "std::char_traits<char> >(std::basic_ostream<char, std::char_traits<char> >&, char)"},
    {"_Z3foov.isra.0", "foo", "foo", "foo()"},
    {"_RNvCs1234_7mycrate3foo", "mycrate::foo", "mycrate::foo", "mycrate::foo"},
    {"_ZN4core3fmt9Formatter3new17h0123456789abcdefE.llvm.12", "core::fmt::Formatter::new",
     "core::fmt::Formatter::new", "core::fmt::Formatter::new"},
    {"_ZNSt14numeric_limitsIDiE17has_signaling_NaNE", "std::numeric_limits::has_signaling_NaN",
     "std::numeric_limits<char32_t>::has_signaling_NaN",
     "std::numeric_limits<char32_t>::has_signaling_NaN"},
    {"main.(*T).f", "main.(*T).f", "main.(*T).f", "main.(*T).f"},
    {"_Z", "_Z", "_Z", "_Z"},
    {"", "", "", ""},
};

static void check_name(const char *mangled, enum ak_demangle mode, const char *want)
{
    struct ak_buf b = AK_BUF_INIT;
    ak_demangle(&b, mangled, mode);
    assert_text(b, want);
    ak_buf_release(&b);
}

static void test_demangle(void **state)
{
    (void)state;
    for (size_t i = 0; i < AK_COUNT(names); i++) {
        check_name(names[i].mangled, AK_DEMANGLE_DEFAULT, names[i].plain);
        check_name(names[i].mangled, AK_DEMANGLE_TEMPLATES, names[i].templates);
        check_name(names[i].mangled, AK_DEMANGLE_FULL, names[i].full);
        check_name(names[i].mangled, AK_DEMANGLE_NONE, names[i].mangled);
    }
}

/* Each part refers to the one before twice: 2^20 times the text, were it printed. */
static void test_demangle_bomb(void **state)
{
    (void)state;
    struct ak_buf b = AK_BUF_INIT;
    ak_buf_puts(&b, "_Z1fSt4pairIiiES_IS0_S0_E");
    for (int k = 1; k < 21; k++) {
        const char digit = (char)(k < 10 ? '0' + k : 'A' + k - 10);
        ak_buf_printf(&b, "S_IS%c_S%c_E", digit, digit);
    }
    char *name = ak_buf_take(&b);
    check_name(name, AK_DEMANGLE_FULL, name);
    ak_demangle(&b, "_Z1fSt4pairIiiES_IS0_S0_E", AK_DEMANGLE_FULL);
    assert_text(b, "f(std::pair<int, int>, std::pair<std::pair<int, int>, std::pair<int, int> >)");
    ak_free(name);
    ak_buf_release(&b);
}

/* What pprof shows for names that somebody demangled already. */
static void test_demangle_profile(void **state)
{
    (void)state;
    static const char *const shown[][2] = {
        {"foo::bar(int)", "foo::bar"},
        {"std::vector<int>::push_back(int const&)", "std::vector::push_back"},
        {"main.Map[go.shape.int]", "main.Map[go.shape.int]"},
        {"main.(*T).Map[...]", "main..Map[...]"},
        {"main.(*T[...]).Map", "main.(*T[...]).Map"},
        {"java.lang.Object.<init>(x)", "java.lang.Object.<init>(x)"},
        {"a::b)c(d)", "a::b)c(d)"},
        {"__Z3foov", "foo"},
        {"malloc", "malloc"},
    };
    struct ak_build b;
    ak_build_init(&b);
    for (size_t i = 0; i < AK_COUNT(shown); i++) {
        const uint32_t s = ak_build_cstr(&b, shown[i][0]);
        ak_build_function(&b, &(struct ak_function){.name = s, .system_name = s});
    }
    const uint32_t given = ak_build_cstr(&b, "given");
    ak_build_function(
        &b, &(struct ak_function){.name = given, .system_name = ak_build_cstr(&b, "_Z3foov")});
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);
    ak_profile_demangle(p, AK_DEMANGLE_DEFAULT, false);
    for (size_t i = 0; i < AK_COUNT(shown); i++) {
        assert_string_equal(ak_profile_str(p, p->functions[i].name).ptr, shown[i][1]);
    }
    const struct ak_function *last = &p->functions[AK_COUNT(shown)];
    assert_string_equal(ak_profile_str(p, last->name).ptr, "given");
    ak_profile_demangle(p, AK_DEMANGLE_FULL, true);
    assert_string_equal(ak_profile_str(p, last->name).ptr, "foo()");
    assert_string_equal(ak_profile_str(p, p->functions[0].name).ptr, "foo::bar(int)");
    ak_profile_free(p);
}

/* --- this program itself -------------------------------------------------------------------------
 */

struct self {
    uint64_t base, start, limit, offset;
};

static int find_self(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    struct self *s = data;
    s->base = info->dlpi_addr;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        if (h->p_type == PT_LOAD && (h->p_flags & PF_X)) {
            s->start = (info->dlpi_addr + h->p_vaddr) & ~UINT64_C(0xfff);
            s->limit = info->dlpi_addr + h->p_vaddr + h->p_memsz;
            s->offset = h->p_offset & ~UINT64_C(0xfff);
        }
    }
    return 1;
}

static volatile uint64_t where;

__attribute__((always_inline)) static inline void inlined_into_caller(void)
{
#if defined(__x86_64__)
    __asm__ volatile("lea (%%rip), %0" : "=r"(where));
#elif defined(__aarch64__)
    __asm__ volatile("adr %0, ." : "=r"(where));
#else
#error "the address of an instruction is taken by assembly"
#endif
}

__attribute__((noinline)) static void caller_of_inlined(void)
{
    inlined_into_caller();
    where = where + 0;
}

static char *own_path(void)
{
    static char path[4096];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    assert_true(n > 0);
    path[n] = '\0';
    return path;
}

static void test_own_address(void **state)
{
    (void)state;
    struct self self = {0};
    struct ak_symbolizer *s = NULL;
    struct ak_error err;
    struct ak_frame f[8];
    dl_iterate_phdr(find_self, &self);
    caller_of_inlined();
    assert_int_equal(ak_symbolizer_open(own_path(), &s, &err), AK_OK);
    assert_int_equal(ak_symbolizer_find(s, where - self.base, f, 8), 2);
    assert_string_equal(f[0].function, "inlined_into_caller");
    assert_string_equal(f[1].function, "caller_of_inlined");
    assert_non_null(strstr(f[0].file, "test_symbolize.c"));
    assert_true(f[0].line > 100 && f[1].line > f[0].line);
    assert_int_equal(ak_symbolizer_find(s, where - self.base, f, 1), 2);
    assert_int_equal(ak_symbolizer_find(s, 1, f, 8), 0);
    ak_symbolizer_close(s);
}

static struct ak_profile *own_profile(const char *build_id, const char *path)
{
    struct self self = {0};
    dl_iterate_phdr(find_self, &self);
    caller_of_inlined();
    struct ak_build b;
    ak_build_init(&b);
    ak_build_sample_type(&b, "n", "count");
    const struct ak_mapping m = {.start = self.start,
                                 .limit = self.limit,
                                 .offset = self.offset,
                                 .filename = ak_build_cstr(&b, path),
                                 .build_id = ak_build_cstr(&b, build_id)};
    const uint32_t mapping = ak_build_mapping(&b, &m);
    const uint32_t at = ak_build_location(&b, where, mapping, NULL, 0);
    ak_build_sample(&b,
                    &(struct ak_build_sample){.stack = &at, .depth = 1, .values = &(int64_t){1}});
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);
    return p;
}

static void test_profile(void **state)
{
    (void)state;
    char id[129];
    struct ak_error err;
    assert_int_equal(ak_build_id(own_path(), id, &err), AK_OK);
    struct ak_profile *p = own_profile(id, own_path());
    struct ak_buf messages = AK_BUF_INIT;
    assert_int_equal(ak_profile_symbolize(p, false, &messages), 1);
    assert_text(messages, "");
    assert_int_equal(p->locations[0].line_count, 2);
    assert_int_equal(p->function_count, 2);
    const struct ak_function *f = &p->functions[p->lines[p->locations[0].first_line].function];
    assert_string_equal(ak_profile_str(p, f->name).ptr, "inlined_into_caller");
    assert_true(p->mappings[0].has_functions && p->mappings[0].has_inline_frames);
    assert_int_equal(ak_profile_validate(p, &err), AK_OK);
    assert_int_equal(ak_profile_symbolize(p, false, &messages), 0); /* has names */
    assert_int_equal(ak_profile_symbolize(p, true, &messages), 1);
    ak_profile_free(p);
    ak_buf_release(&messages);
}

static void test_wrong_build(void **state)
{
    (void)state;
    char id[129];
    assert_int_equal(ak_build_id(own_path(), id, NULL), AK_OK);
    if (id[0] == '\0') {
        skip(); /* linked without a build id */
    }
    struct ak_profile *p = own_profile("0123", own_path());
    struct ak_buf messages = AK_BUF_INIT;
    assert_int_equal(ak_profile_symbolize(p, false, &messages), 0);
    assert_non_null(strstr(messages.ptr, "build ID mismatch"));
    ak_profile_free(p);
    ak_buf_release(&messages);
}

/* --- where files are found
 * -------------------------------------------------------------------------- */

static void make_dirs(char *path)
{
    for (char *p = path + 1; *p; p++) {
        if (*p == '/') {
            *p = '\0';
            mkdir(path, 0700);
            *p = '/';
        }
    }
}

/* Puts this program at folder/relative and expects it to be found there. */
static void check_layout(const char *folder, const char *relative, const char *id)
{
    char path[5000];
    snprintf(path, sizeof path, "%s/%s", folder, relative);
    make_dirs(path);
    assert_int_equal(symlink(own_path(), path), 0);
    struct ak_profile *p = own_profile(id, "/no/such/prog");
    char search[5000];
    snprintf(search, sizeof search, "/nowhere:%s", folder);
    ak_profile_locate_binaries(p, &(struct ak_binaries_opts){.search_path = search}, NULL);
    assert_string_equal(ak_profile_str(p, p->mappings[0].filename).ptr, path);
    ak_profile_free(p);
    unlink(path);
}

static void remove_tree(const char *folder)
{
    char command[5000];
    static const char *const parts[] = {
        "usr/lib/debug/no/such", "usr/lib/debug/no", "usr/lib/debug", "usr/lib", "usr",
        "no/such/.debug",        "no/such/prog",     "no/such",       "no"};
    for (size_t i = 0; i < AK_COUNT(parts); i++) {
        snprintf(command, sizeof command, "%s/%s", folder, parts[i]);
        rmdir(command);
    }
    rmdir(folder);
}

static void test_search_path(void **state)
{
    (void)state;
    char folder[] = "/tmp/aktest-binaries-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char id[129], relative[300];
    assert_int_equal(ak_build_id(own_path(), id, NULL), AK_OK);
    check_layout(folder, "prog", id);
    check_layout(folder, "no/such/prog.debug", id);
    check_layout(folder, "no/such/.debug/prog.debug", id);
    check_layout(folder, "usr/lib/debug/no/such/prog.debug", id);
    if (id[0]) {
        snprintf(relative, sizeof relative, "no/such/prog/%s", id);
        check_layout(folder, relative, id);
        snprintf(relative, sizeof relative, "%s/anything", id);
        check_layout(folder, relative, id);
        snprintf(relative, sizeof relative, "%s/%s", folder, id);
        rmdir(relative);
        snprintf(relative, sizeof relative, "%.2s/%s.debug", id, id + 2);
        check_layout(folder, relative, id);
        snprintf(relative, sizeof relative, "%s/%.2s", folder, id);
        rmdir(relative);
    }
    remove_tree(folder);
}

static void test_overrides(void **state)
{
    (void)state;
    struct ak_build b;
    ak_build_init(&b);
    ak_build_sample_type(&b, "n", "count");
    const uint32_t at = ak_build_location(&b, 5, AK_NO_INDEX, NULL, 0);
    ak_build_sample(&b,
                    &(struct ak_build_sample){.stack = &at, .depth = 1, .values = &(int64_t){1}});
    struct ak_profile *p = ak_build_finish(&b);
    ak_build_release(&b);
    ak_profile_locate_binaries(p, &(struct ak_binaries_opts){.binary = "/bin/x", .build_id = "ab"},
                               NULL);
    assert_int_equal(p->mapping_count, 1);
    assert_int_equal(p->locations[0].mapping, 0);
    assert_string_equal(ak_profile_str(p, p->mappings[0].filename).ptr, "/bin/x");
    assert_string_equal(ak_profile_str(p, p->mappings[0].build_id).ptr, "ab");
    ak_profile_locate_binaries(p, &(struct ak_binaries_opts){.build_id = "cd"}, NULL);
    assert_string_equal(ak_profile_str(p, p->mappings[0].build_id).ptr, "ab");
    ak_profile_free(p);
}

static void test_forget_urls(void **state)
{
    (void)state;
    static const struct {
        const char *file, *build_id;
        bool kept;
    } cases[] = {{"http://host/debug/pprof", "", false},
                 {"C:\\app.exe", "", false},
                 {"a+b-1.c:x", "", false},
                 {"http://host", "ab", true},
                 {"/usr/bin/a:b", "", true},
                 {"1a:b", "", true},
                 {":b", "", true},
                 {"a\tb:c", "", true},
                 {"a:\tb", "", true},
                 {"app", "", true},
                 {"", "", true}};
    for (size_t i = 0; i < AK_COUNT(cases); i++) {
        struct ak_build b;
        ak_build_init(&b);
        ak_build_mapping(&b,
                         &(struct ak_mapping){.filename = ak_build_cstr(&b, cases[i].file),
                                              .build_id = ak_build_cstr(&b, cases[i].build_id)});
        struct ak_profile *p = ak_build_finish(&b);
        ak_build_release(&b);
        ak_profile_forget_urls(p);
        assert_string_equal(ak_profile_str(p, p->mappings[0].filename).ptr,
                            cases[i].kept ? cases[i].file : "");
        ak_profile_free(p);
    }
}

static void test_no_elf(void **state)
{
    (void)state;
    struct ak_symbolizer *s = NULL;
    struct ak_error err = {0};
    char id[129];
    assert_int_equal(ak_symbolizer_open("tests/data/README.md", &s, &err), AK_FORMAT);
    assert_int_equal(ak_symbolizer_open("no/such/file", &s, &err), AK_NOT_FOUND);
    assert_int_equal(ak_build_id("tests", id, &err), AK_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_demangle),         cmocka_unit_test(test_demangle_bomb),
        cmocka_unit_test(test_demangle_profile), cmocka_unit_test(test_own_address),
        cmocka_unit_test(test_profile),          cmocka_unit_test(test_wrong_build),
        cmocka_unit_test(test_search_path),      cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_forget_urls),      cmocka_unit_test(test_no_elf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
