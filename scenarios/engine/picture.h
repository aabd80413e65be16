/* An estate as a compact picture: service, listener, rule, target groups with their weights, and
 * who owns what. Against an earlier picture the changed parts are marked: "+" new, "-" gone, "~"
 * changed with its former value. Pure: text only, no clock, no I/O. */
#pragma once

#include "common/base/arena.h"
#include "scenarios/engine/estate.h"

/* One line: what it is about (key: a resource id and a part), how far it is indented, and its
 * texts from left to right: what it is called, its value, what else there is to know. Each is
 * compared with its former self; value and detail may be "". */
enum scn_picture_part {
    SCN_PICTURE_LABEL,
    SCN_PICTURE_VALUE,
    SCN_PICTURE_DETAIL,
    SCN_PICTURE_PART_COUNT
};

struct scn_picture_line {
    const char *key;
    int indent;
    const char *parts[SCN_PICTURE_PART_COUNT];
};

struct scn_picture {
    const struct scn_picture_line *lines;
    size_t line_count;
};

/* The picture of one service (word: name, id or ARN), or of all of them when word is NULL. Its
 * texts live in arena. */
void scn_picture_draw(struct lat_arena *arena, const struct scn_estate *estate, const char *word,
                      struct scn_picture *ret_picture);

/* The picture as text, every line ending in a line feed; before may be NULL (nothing is marked). */
const char *scn_picture_text(struct lat_arena *arena, const struct scn_picture *before,
                             const struct scn_picture *after);

/* "path starts with /api, method GET, header x is 1", or "every request". Owned by arena. */
const char *scn_match_text(struct lat_arena *arena, const struct scn_match *match);
/* "legacy-tg 90, Service/orders-eks 10", or "answer 404". Owned by arena. */
const char *scn_action_text(struct lat_arena *arena, const struct scn_estate *estate,
                            const struct scn_action *action);
