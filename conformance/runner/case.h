/* A conformance case: steps (call → expected answer) read from a YAML file and checked whole before
 * anything is sent. The format is described in docs/conformance.md. */
#pragma once

#include "common/aws/model.h"
#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/yaml.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CFT_REPEAT_MAX        2000         /* repetitions of one step */
#define CFT_WAIT_DEFAULT_MS   (10 * 60000) /* how long an until tries when it does not say */
#define CFT_WAIT_EVERY_MS     1000         /* time between two tries when it does not say */
#define CFT_FIXTURE_DEPTH_MAX 8            /* fixtures that use fixtures */

enum cft_step_kind {
    CFT_STEP_CALL,    /* an operation of the model */
    CFT_STEP_HTTP,    /* a request spelled out */
    CFT_STEP_USE,     /* the steps of a fixture */
    CFT_STEP_ADVANCE, /* the virtual clock moves */
    CFT_STEP_KIND_COUNT
};

/* What an answer must be. Everything is borrowed from the YAML document, before expansion. */
struct cft_expect {
    const json_t *status;  /* a number or pattern; NULL for the model's status */
    const json_t *error;   /* the exception's name, or an object with its code and members */
    const json_t *body;    /* pattern of the JSON body */
    const json_t *headers; /* pattern by lower-case header name */
    const char *text;      /* pattern of the body as text */
};

struct cft_http {
    const char *service; /* SigV4 service name; NULL for vpc-lattice */
    const char *method;
    const char *path;      /* with its query, already percent-encoded */
    const json_t *headers; /* name: text */
    const char *body;      /* exactly these bytes */
    const json_t *json;    /* a JSON body */
    const json_t *form;    /* a form body: name: text */
    bool is_unsigned;
};

struct cft_step {
    enum cft_step_kind kind;
    int line;
    const char *title; /* for messages; never NULL */

    const struct lat_operation *operation; /* CALL */
    const json_t *input;                   /* members by name; may break any rule */
    const json_t *extra;                   /* body members that the model does not know */
    bool all_pages;                        /* follow nextToken and join the items */

    struct cft_http http; /* HTTP */

    const char *use;                /* USE: a fixture's file, as seen from the case's */
    const struct cft_case *fixture; /* what stands there */
    const json_t *with;             /* its variables */
    const char *as;                 /* the variable that takes what it gives */

    int64_t advance_ms; /* ADVANCE */

    const json_t *times; /* NULL for once; ${n} counts from 1 */
    const json_t *each;  /* or one repetition for each element, ${each}; a list, or a variable */
    struct cft_expect expect;
    bool is_until; /* try until the expectation holds */
    int64_t limit_ms;
    int64_t every_ms;
    const json_t *capture; /* a name for the whole body, or names with paths into it */
    const json_t *gather;  /* names with paths: each repetition appends to the list of that name */
    struct cft_step *cleanup;
    size_t cleanup_count;
};

struct cft_case {
    const char *file;
    int line;
    const char *name;       /* a sentence */
    const char *confidence; /* model, documented, observed or chosen */
    const char *source;     /* where the rule is written down */
    const char *const *requirements;
    size_t requirement_count;
    const char *known_failure; /* why it is expected to fail for now; NULL */
    const json_t *vars;        /* of a fixture: its defaults */
    const json_t *gives;       /* of a fixture: what the variable named by "as" takes */
    bool is_fixture;
    struct cft_step *steps;
    size_t step_count;
};

/* All cases of a run, and the documents they point into. */
struct cft_library;

struct cft_library *cft_library_new(void) LAT_MUST_USE;
void cft_library_freep(struct cft_library **library);

/* Adds the cases of a file, or of all *.yaml files below a folder (folders named "fixtures" hold no
 * cases). A wrong file is one line "file:line: what; remedy". */
int cft_library_load(struct cft_library *library, const char *path,
                     struct lat_err *reterr) LAT_MUST_USE;

size_t cft_library_count(const struct cft_library *library);
const struct cft_case *cft_library_case(const struct cft_library *library, size_t index);

/* Calls visit for every step of a case, those of its fixtures and cleanups included. */
typedef void cft_step_visit(void *context, const struct cft_step *step);
void cft_case_walk(const struct cft_case *item, cft_step_visit *visit, void *context);
