/* Loading libcurl; see client_curl.h. */
#include "common/http/client_curl.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#define LIBRARY "libcurl.so.4" /* the one interface since 2006 */

struct lat_curl lat_curl;

static void *find(void *library, const char *name)
{
    void *function = library == NULL ? NULL : dlsym(library, name);
    if (function != NULL)
        return function;
    fprintf(stderr, "%s is needed and cannot be loaded: %s\n", LIBRARY, dlerror());
    exit(2);
}

void lat_curl_load(void)
{
    if (lat_curl.easy_init != NULL)
        return;
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL); /* never closed */
#define LOAD(name) *(void **)&lat_curl.name = find(library, "curl_" #name);
    LAT_CURL_FUNCTIONS(LOAD)
#undef LOAD
}
