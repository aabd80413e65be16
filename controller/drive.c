/* The rehearsal mode; see drive.h. */
#include "controller/drive.h"

#include "common/base/arena.h"
#include "common/base/json.h"
#include "common/base/text.h"

#include <jansson.h>
#include <string.h>

#define ADVANCE_MS_MAX INT64_C(31536000000) /* a year at once */

struct drive {
    struct gwc_manager *manager;
    struct lat_clock *clock;
    FILE *out;
};

static void answer(struct drive *drive, json_t *new_line)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    fprintf(drive->out, "%s\n", lat_json_text(arena, new_line));
    fflush(drive->out);
    json_decref(new_line);
}

static void answer_error(struct drive *drive, const char *message)
{
    answer(drive, json_pack("{s:s}", "error", message));
}

/* {"idle":true,"reconciles":N,"next_due_ms":M or null,"gc_due_ms":M,"time":"…"}: due times count
 * from now. */
static void answer_idle(struct drive *drive, size_t passes)
{
    char time_text[LAT_TIME_TEXT_BYTES];
    int64_t now_ms = lat_clock_now_ms(drive->clock);
    int64_t next_ms = gwc_manager_next_due_ms(drive->manager);
    json_t *line = json_pack("{s:b, s:I}", "idle", 1, "reconciles", (json_int_t)passes);
    json_object_set_new(line, "next_due_ms",
                        next_ms < 0 ? json_null() : json_integer(next_ms - now_ms));
    json_object_set_new(line, "gc_due_ms",
                        json_integer(gwc_manager_gc_due_ms(drive->manager) - now_ms));
    lat_json_set_string(line, "time", lat_time_format_ms(now_ms, time_text));
    answer(drive, line);
}

/* Moves the clock from one due time to the next, doing what is due on the way. */
static int advance(struct drive *drive, int64_t step_ms, size_t *passes, struct lat_err *reterr)
{
    int64_t end_ms = lat_clock_now_ms(drive->clock) + step_ms;
    for (;;) {
        int64_t now_ms = lat_clock_now_ms(drive->clock);
        int64_t next_ms = gwc_manager_next_due_ms(drive->manager);
        int64_t gc_ms = gwc_manager_gc_due_ms(drive->manager);
        if (next_ms < 0 || gc_ms < next_ms)
            next_ms = gc_ms;
        if (next_ms >= end_ms || now_ms >= end_ms)
            break;
        if (next_ms > now_ms)
            lat_clock_advance(drive->clock, next_ms - now_ms);
        if (gwc_manager_drain(drive->manager, passes, reterr) < 0)
            return -1;
    }
    int64_t now_ms = lat_clock_now_ms(drive->clock);
    if (now_ms < end_ms)
        lat_clock_advance(drive->clock, end_ms - now_ms);
    return gwc_manager_drain(drive->manager, passes, reterr);
}

static void run_command(struct drive *drive, const char *command)
{
    struct lat_err err = {0};
    size_t passes = 0;
    int64_t step_ms = 0;
    int result = 0;
    if (lat_text_eq(command, "drain")) {
        result = gwc_manager_drain(drive->manager, &passes, &err);
    } else if (lat_text_has_prefix(command, "advance ") &&
               lat_text_to_int64(command + strlen("advance "), &step_ms) == 0 && step_ms >= 0 &&
               step_ms <= ADVANCE_MS_MAX) {
        result = advance(drive, step_ms, &passes, &err);
    } else {
        answer_error(drive, "the commands are: drain, advance MILLISECONDS, quit");
        return;
    }
    if (result < 0)
        answer_error(drive, err.message);
    else
        answer_idle(drive, passes);
}

int gwc_drive(struct gwc_manager *manager, struct lat_clock *clock, FILE *in, FILE *out,
              struct lat_err *reterr)
{
    struct drive drive = {.manager = manager, .clock = clock, .out = out};
    char line[GWC_DRIVE_LINE_MAX];
    answer(&drive, json_pack("{s:b}", "ready", 1));
    while (fgets(line, sizeof line, in) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (lat_text_eq(line, "quit"))
            return 0;
        if (line[0] != '\0')
            run_command(&drive, line);
    }
    if (ferror(out))
        return lat_err_broken(reterr, "standard output cannot be written");
    return 0;
}
