/* Web identity tokens; see web_identity.h. Source: RFC 7519; lattice-api reference J.1. */
#include "simulator/aws/web_identity.h"

#include "common/base/json.h"
#include "common/base/text.h"

#include <string.h>

#define TOKEN_BYTES_MIN 4
#define TOKEN_BYTES_MAX 20000 /* model: clientTokenType */

static int digit_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *found = c == '\0' ? NULL : strchr(digits, c);
    return found == NULL ? -1 : (int)(found - digits);
}

/* The object in one base64url part of a token; NULL when it is none. */
static json_t *decode_part_new(struct lat_arena *arena, const char *text, size_t length)
{
    char *out = lat_arena_alloc(arena, length + 1);
    size_t count = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < length; i++) {
        int digit = digit_of(text[i]);
        if (digit < 0)
            return NULL;
        bits = bits << 6 | (uint32_t)digit;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[count++] = (char)(bits >> held & 0xff);
        }
    }
    LAT_AUTO(lat_json_decrefp) json_t *json = lat_json_parse_new(out, count, NULL);
    return json_is_object(json) ? LAT_TAKE(json) : NULL;
}

static int refuse_token(struct sim_call *call, const char *message)
{
    return sim_refuse_plainly(call, 400, "InvalidIdentityToken", message);
}

int sim_web_identity_read(struct sim_call *call, const char *token,
                          struct sim_web_identity *ret_identity)
{
    size_t length = token == NULL ? 0 : strlen(token);
    if (length < TOKEN_BYTES_MIN || length > TOKEN_BYTES_MAX)
        return refuse_token(call, "The WebIdentityToken is missing or of a wrong length");
    const char *dot = strchrnul(token, '.');
    const char *payload = *dot == '\0' ? dot : dot + 1;
    const char *end = strchrnul(payload, '.');
    LAT_AUTO(lat_json_decrefp)
    json_t *head = decode_part_new(call->arena, token, (size_t)(dot - token));
    LAT_AUTO(lat_json_decrefp)
    json_t *claims = decode_part_new(call->arena, payload, (size_t)(end - payload));
    if (*end == '\0' || end[1] == '\0' || head == NULL || claims == NULL)
        return refuse_token(call, "The ID Token provided is not a valid JWT");
    const json_t *expires = json_object_get(claims, "exp");
    const json_t *audience = json_object_get(claims, "aud");
    const char *subject = lat_json_string_at(claims, "sub", NULL);
    const char *issuer = lat_json_string_at(claims, "iss", NULL);
    if (!json_is_number(expires) || subject == NULL || issuer == NULL)
        return refuse_token(call, "The ID Token provided must have the claims iss, sub and exp");
    if (json_number_value(expires) * 1000 <= (double)call->now_ms)
        return sim_refuse_plainly(call, 400, "ExpiredTokenException", "Token expired");
    if (json_is_array(audience))
        audience = json_array_get(audience, 0);
    *ret_identity = (struct sim_web_identity){
        .subject = lat_arena_strdup(call->arena, subject),
        .audience = lat_arena_strdup(call->arena, json_string_value(audience)),
        .issuer = lat_arena_strdup(call->arena, issuer),
    };
    return 0;
}
