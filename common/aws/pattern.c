/* The patterns of the model, compiled when first needed. The only includer of pcre2.h. */
#include "common/aws/codec.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <assert.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

/* Backtracking steps of one match; the model's patterns need a few per character, so only a text
 * made to stall them gets here, and it does not match. */
#define PATTERN_STEPS_MAX 1000000

struct lat_codec {
    pcre2_code *compiled[LAT_SHAPE_COUNT];
    pcre2_match_data *match;
    pcre2_match_context *limits;
};

struct lat_codec *lat_codec_new(void)
{
    struct lat_codec *codec = calloc(1, sizeof *codec);
    if (codec == NULL)
        abort();
    codec->match = pcre2_match_data_create(1, NULL);
    codec->limits = pcre2_match_context_create(NULL);
    if (codec->match == NULL || codec->limits == NULL)
        abort();
    pcre2_set_match_limit(codec->limits, PATTERN_STEPS_MAX);
    return codec;
}

struct lat_codec *lat_codec_free(struct lat_codec *codec)
{
    if (codec == NULL)
        return NULL;
    for (size_t i = 0; i < LAT_SHAPE_COUNT; i++)
        pcre2_code_free(codec->compiled[i]);
    pcre2_match_data_free(codec->match);
    pcre2_match_context_free(codec->limits);
    free(codec);
    return NULL;
}

void lat_codec_freep(struct lat_codec **codec)
{
    *codec = lat_codec_free(*codec);
}

/* Anchored at both ends: the service matches the whole text although the model's patterns lost
 * their anchors. A dot matches a line feed too (chosen): policies are documents of many lines. */
static pcre2_code *compile(const char *pattern)
{
    const uint32_t options =
        PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOLLAR_ENDONLY | PCRE2_DOTALL | PCRE2_UTF;
    int error;
    PCRE2_SIZE offset;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options, &error, &offset, NULL);
    if (code == NULL)
        abort(); /* a pattern of our own model file; its test compiles every one */
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* where it cannot, matching is only slower */
    return code;
}

bool lat_codec_matches(struct lat_codec *codec, const struct lat_shape *shape, const char *text)
{
    size_t index = (size_t)(shape - lat_shapes);
    assert(index < LAT_SHAPE_COUNT);
    if (shape->pattern == NULL)
        return true;
    if (codec->compiled[index] == NULL)
        codec->compiled[index] = compile(shape->pattern);
    const pcre2_code *code = codec->compiled[index];
    PCRE2_SPTR subject = (PCRE2_SPTR)text;
    size_t length = strlen(text);
    int result = pcre2_match(code, subject, length, 0, 0, codec->match, codec->limits);
    if (result == PCRE2_ERROR_JIT_STACKLIMIT) /* a long text; the interpreter has no stack */
        result = pcre2_match(code, subject, length, 0, PCRE2_NO_JIT, codec->match, codec->limits);
    return result >= 0;
}
