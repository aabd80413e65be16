/* Makes a leak fail the test that leaked, which the test framework alone does not: it prints the
 * leak and passes. Include this once per test program and give check_leaks as .fini of every
 * TestSuite, or call it last in a .fini of your own:
 *
 *     TestSuite(yaml, .fini = check_leaks);
 *
 * Without AddressSanitizer it does nothing. */
#pragma once

#include <stdlib.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

static void check_leaks(void)
{
#ifdef __SANITIZE_ADDRESS__
    /* After the test a failed assertion does not count any more; the end of the process does. */
    if (__lsan_do_recoverable_leak_check() != 0)
        abort();
#endif
}
