/* The journal: every call on either fake API, with caller, input, answer and the rows that it
 * changed. Kept in memory, bounded: the oldest entries go first. Scenario checks and explain read
 * it. */
#pragma once

#include "simulator/engine/metrics.h"
#include "simulator/engine/sim.h"

#include <jansson.h>

#define SIM_JOURNAL_ENTRIES_MAX     100000
#define SIM_JOURNAL_BYTES_MAX       (64 << 20) /* of all entries together, in memory */
#define SIM_JOURNAL_LINES_BYTES_MAX (64 << 20) /* of one reading; the rest follows by since */
#define SIM_JOURNAL_TEXT_MAX        (64 << 10) /* of one text; longer ones are cut */

struct sim_journal_entry {
    int64_t at_ms;
    const char *api;       /* "aws" or "kubernetes" */
    const char *service;   /* "vpc-lattice"; the resource for Kubernetes: "httproutes" */
    const char *operation; /* "CreateService"; "create", "patch" … for Kubernetes */
    const char *caller;    /* ARN or user */
    const char *target;    /* method and path as sent */
    const char *input;     /* text, may be "" */
    int status;            /* HTTP status of the answer */
    const char *error;     /* exception or reason; NULL for success */
    const char *rule;      /* which rule refused; NULL when none */
    const char *rule_source;
    const char *output;
    const char *request_id; /* as the answer's header has it; NULL for Kubernetes */
    const char *message;    /* of the refusal; NULL for success */
    const struct sim_change *changes;
    size_t change_count;
    const struct sim_change *seen; /* of a refused call: the rows that it looked at (explain.h) */
    size_t seen_count;
};

struct sim_journal *sim_journal_new(void) LAT_MUST_USE;
struct sim_journal *sim_journal_free(struct sim_journal *journal);

/* Forgets all entries; the next one is number 1. */
void sim_journal_clear(struct sim_journal *journal);

/* Copies an entry and numbers it, from 1 on. Nothing is formatted here: that is for readers. */
void sim_journal_add(struct sim_journal *journal, const struct sim_journal_entry *entry);

/* The numbers of the oldest kept and of the newest entry; first is last + 1 when there is none. */
int64_t sim_journal_first(const struct sim_journal *journal);
int64_t sim_journal_last(const struct sim_journal *journal);

/* The memory of all kept entries. */
size_t sim_journal_bytes(const struct sim_journal *journal);

/* The entry of this number, or NULL when it is not kept. Borrowed until the next add. */
const struct sim_journal_entry *sim_journal_at(const struct sim_journal *journal, int64_t number);

/* An entry as the object that a journal line shows; the caller owns the reference. */
json_t *sim_journal_entry_json_new(int64_t number,
                                   const struct sim_journal_entry *entry) LAT_MUST_USE;

/* How often each operation was answered with each status since the start or the last clear. */
const struct sim_metrics *sim_journal_metrics(const struct sim_journal *journal);

/* The lines with a number above since, one JSON object each with a line feed, oldest first, in the
 * arena. Whole lines only; a reader goes on behind the last one it got. */
const char *sim_journal_lines(const struct sim_journal *journal, struct lat_arena *arena,
                              int64_t since) LAT_MUST_USE;
