/* Cleanup by scope: LAT_AUTO(f) frees a variable when it goes out of scope, LAT_TAKE hands it on.
 * Every f takes a pointer to the variable and accepts a NULL inside. */
#pragma once

#include <stdlib.h>

#define LAT_AUTO(function)       __attribute__((cleanup(function)))
#define LAT_MUST_USE             __attribute__((warn_unused_result))
#define LAT_PRINTF(index, first) __attribute__((format(printf, index, first)))

/* The value of a pointer variable, which is NULL afterwards: ownership leaves here, visibly. */
#define LAT_TAKE(pointer)                                                                          \
    __extension__({                                                                                \
        __auto_type taken_ = (pointer);                                                            \
        (pointer) = NULL;                                                                          \
        taken_;                                                                                    \
    })

#define LAT_COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline void lat_free_charp(char **text)
{
    free(*text);
    *text = NULL;
}
