/* Command lines by table; see args.h. */
#include "common/base/args.h"

#include "common/base/text.h"

#include <stdio.h>
#include <string.h>

static const struct lat_flag *find(const struct lat_flag *flags, size_t count, const char *word,
                                   size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(flags[i].name) == length && memcmp(flags[i].name, word, length) == 0)
            return &flags[i];
    return NULL;
}

/* Whether text is one of "a|b|c". */
static bool is_one_of(const char *text, const char *alternatives)
{
    size_t length = strlen(text);
    for (const char *p = alternatives; *p != '\0'; p += strspn(p, "|")) {
        size_t width = strcspn(p, "|");
        if (width == length && memcmp(p, text, width) == 0)
            return true;
        p += width;
    }
    return false;
}

static int store(const struct lat_flag *flag, const char *value, struct lat_err *reterr)
{
    int64_t number = 0;
    switch (flag->kind) {
    case LAT_FLAG_TEXT:
        if (flag->one_of != NULL && !is_one_of(value, flag->one_of))
            return lat_err_input(reterr, "--%s takes one of %s, not \"%s\"", flag->name,
                                 flag->one_of, value);
        *(const char **)flag->target = value;
        return 0;
    case LAT_FLAG_TEXTS: {
        struct lat_flag_texts *texts = flag->target;
        if (texts->count == LAT_FLAG_TEXTS_MAX)
            return lat_err_input(reterr, "--%s can be given %d times at most", flag->name,
                                 LAT_FLAG_TEXTS_MAX);
        texts->items[texts->count++] = value;
        return 0;
    }
    case LAT_FLAG_NUMBER:
        if (lat_text_to_int64(value, &number) < 0 || number < 0)
            return lat_err_input(reterr, "--%s takes a whole number, not \"%s\"", flag->name,
                                 value);
        *(int64_t *)flag->target = number;
        return 0;
    case LAT_FLAG_SWITCH:
    case LAT_FLAG_KIND_COUNT:
        break;
    }
    return lat_err_input(reterr, "--%s takes no value", flag->name);
}

/* Handles the flag at argv[*index], moving *index past a value of its own. */
static int parse_flag(int argc, char **argv, int *index, const struct lat_flag *flags, size_t count,
                      struct lat_err *reterr)
{
    const char *word = argv[*index] + 2;
    size_t length = strcspn(word, "=");
    const struct lat_flag *flag = find(flags, count, word, length);
    if (flag == NULL)
        return lat_err_input(reterr, "unknown flag --%.*s; try --help", (int)length, word);
    if (word[length] == '=')
        return store(flag, word + length + 1, reterr);
    if (flag->kind == LAT_FLAG_SWITCH) {
        *(bool *)flag->target = true;
        return 0;
    }
    if (*index + 1 >= argc)
        return lat_err_input(reterr, "--%s needs a value: --%s %s", flag->name, flag->name,
                             flag->value);
    return store(flag, argv[++*index], reterr);
}

int lat_args_parse(int argc, char **argv, const struct lat_flag *flags, size_t flag_count,
                   int *ret_words, struct lat_err *reterr)
{
    int words = 0;
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        if (only_words || !lat_text_has_prefix(argv[i], "-") || lat_text_eq(argv[i], "-")) {
            argv[1 + words++] = argv[i];
        } else if (lat_text_eq(argv[i], "--")) {
            only_words = true;
        } else if (!lat_text_has_prefix(argv[i], "--")) {
            return lat_err_input(reterr, "unknown flag %s; try --help", argv[i]);
        } else if (parse_flag(argc, argv, &i, flags, flag_count, reterr) < 0) {
            return -1;
        }
    }
    *ret_words = words;
    return 0;
}

void lat_args_print_help(const struct lat_flag *flags, size_t flag_count)
{
    for (size_t i = 0; i < flag_count; i++) {
        char left[64];
        snprintf(left, sizeof left, "--%s %s", flags[i].name, lat_text_or_empty(flags[i].value));
        printf("  %-34s %s\n", left, flags[i].help);
    }
}
