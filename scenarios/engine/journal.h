/* The simulator's record of every call, as a story sees it: which calls the controller made since
 * a moment, which of them change something, and which of them touch one resource. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scn_journal_entry {
    int64_t seq;
    bool by_controller; /* recorded while the controller was the only one that ran */
    bool is_aws;
    const char *service;   /* "vpc-lattice" */
    const char *operation; /* "UpdateRule" */
    int64_t status;        /* HTTP */
    const char *error;     /* NULL: not refused */
    const char *line;      /* as recorded */
    json_t *input;         /* owned by the journal */
};

struct scn_journal {
    struct lat_arena *arena;
    struct scn_journal_entry *entries;
    size_t entry_count;
    int64_t last_seq;
};

void scn_journal_init(struct scn_journal *journal, struct lat_arena *arena);
void scn_journal_done(struct scn_journal *journal);

/* Appends the entries of an answer in JSON lines; those up to last_seq are skipped. */
int scn_journal_read(struct scn_journal *journal, const char *lines, size_t length,
                     bool by_controller, struct lat_err *reterr) LAT_MUST_USE;

/* Whether an operation of that name changes something: all but Get…, List…, Describe… and so on. */
bool scn_operation_changes(const char *operation);

/* Whether the entry addresses the resource (an id or an ARN): as a direct member of its input or
 * in a direct list of it. A target group named deep inside a rule's action is not addressed. */
bool scn_journal_addresses(const struct scn_journal_entry *entry, const char *id);
