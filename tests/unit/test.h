/* What every unit test includes: cmocka needs these headers before its own. */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Compares a buffer's text with a literal. */
#define assert_text(buf, literal) assert_string_equal((buf).ptr ? (buf).ptr : "", (literal))

#endif
