/* libcurl, loaded when the first client is made. It brings thirty libraries with it, which cost a
 * program that never asks anybody a quarter of its memory and of the time until it is ready. */
#pragma once

#define CURL_DISABLE_TYPECHECK /* its macros call functions by name */
#include <curl/curl.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo

/* Every function that the client uses; see curl/curl.h. */
#define LAT_CURL_FUNCTIONS(use)                                                                    \
    use(easy_cleanup) use(easy_getinfo) use(easy_init) use(easy_perform) use(easy_reset)           \
        use(easy_setopt) use(easy_strerror) use(free) use(global_cleanup) use(global_init)         \
            use(multi_add_handle) use(multi_cleanup) use(multi_info_read) use(multi_init)          \
                use(multi_perform) use(multi_poll) use(multi_remove_handle) use(slist_append)      \
                    use(slist_free_all) use(url) use(url_cleanup) use(url_get) use(url_set)

#define LAT_CURL_MEMBER(name) __typeof__(curl_##name) *name;
struct lat_curl {
    LAT_CURL_FUNCTIONS(LAT_CURL_MEMBER)
};
#undef LAT_CURL_MEMBER

/* What the loader would have linked; filled by the first lat_curl_load. */
extern struct lat_curl lat_curl;

/* Ends the process where the library is not installed, as the loader would have. */
void lat_curl_load(void);
