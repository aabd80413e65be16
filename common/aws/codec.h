/* The wire format of the VPC Lattice API, generic over the generated tables: the server's side, the
 * client's side, and between them the document: one JSON object that holds all input or output
 * members of a call by name, wherever they travel. Knows shapes only, never what they mean.
 *
 *     struct  <- lat_request_decode  -  request  <- lat_request_encode  -  struct
 *     struct  -  lat_response_encode -> response -  lat_response_decode -> struct
 *
 * Results live in the arena of the call; documents that end in _new are the caller's. */
#pragma once

#include "common/aws/lattice_model.h"
#include "common/aws/refusal.h"
#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/lat_limits.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* The compiled patterns of the model; each is compiled when it is first needed, so making a codec
 * costs nothing. Not for use by two threads at once. */
struct lat_codec;
struct lat_codec *lat_codec_new(void) LAT_MUST_USE;
struct lat_codec *lat_codec_free(struct lat_codec *codec);
void lat_codec_freep(struct lat_codec **codec);

/* Whether a string shape's pattern matches the whole text; true when the shape has none. */
bool lat_codec_matches(struct lat_codec *codec, const struct lat_shape *shape, const char *text);

/* Where a request goes: the operation, and its labels decoded, in the order of the path. */
struct lat_routed {
    const struct lat_operation *operation;
    const char *labels[LAT_PATH_SEGMENTS_MAX];
    size_t label_count;
};

/* Finds the operation of a method and a path (without the query, still percent-encoded: it is
 * split on '/' first and decoded afterwards, so labels may be encoded ARNs). Returns -1 when there
 * is none; the service then answers 404 UnknownOperationException (inferred: same for a known path
 * with another method). */
int lat_route(struct lat_arena *arena, const char *method, const char *raw_path,
              struct lat_routed *ret) LAT_MUST_USE;

/* ---- server */

/* The input struct of the routed operation, checked against every constraint of the model.
 * raw_query is "" when there is none; an empty body reads as {}. Unknown members and null are
 * ignored. Returns -1 with a ValidationException: reason cannotParse, or fieldValidationFailed with
 * all violations (LAT_VIOLATIONS_MAX at most) and their member paths. */
int lat_request_decode(struct lat_codec *codec, struct lat_arena *arena,
                       const struct lat_routed *routed, const char *raw_query, const char *body,
                       size_t body_length, void **ret_input,
                       struct lat_refusal *ret_refusal) LAT_MUST_USE;

/* The body of a successful answer, whose status is operation->status: "" for 204, "{}" for an empty
 * output. Absent members are left out, but the list of an operation that answers in pages is always
 * there. output may be NULL for an operation whose output has no members. */
const char *lat_response_encode(struct lat_arena *arena, const struct lat_operation *operation,
                                const void *output) LAT_MUST_USE;

struct lat_wire_response {
    int status;
    struct lat_entry headers[2]; /* x-amzn-ErrorType, and Retry-After when there is one */
    size_t header_count;
    const char *body;
};

/* A refusal on the wire: only the members that its shape has, absent ones left out; a refusal
 * without a shape (a front-door error) carries its message only. */
void lat_refusal_encode(struct lat_arena *arena, const struct lat_refusal *refusal,
                        struct lat_wire_response *ret);

/* A ValidationException with one field, for rules that the model cannot express. reason is one of
 * LAT_VALIDATION_EXCEPTION_REASON_…; field may be NULL for none. Returns -1, like the decoders. */
int lat_refuse_validation(struct lat_arena *arena, const char *reason, const char *field,
                          const char *message, struct lat_refusal *ret_refusal);

/* ---- client */

struct lat_wire_request {
    const char *method;
    const char *path;  /* labels percent-encoded completely, ':' and '/' included */
    const char *query; /* without '?'; "" when there is none */
    const char *body;  /* NULL for none: GET and DELETE */
    size_t body_length;
};

/* The request of an input struct. Checks nothing but that every label is there (reterr names it)
 * and fills in nothing: the idempotency token is the caller's. */
int lat_request_encode(struct lat_arena *arena, const struct lat_operation *operation,
                       const void *input, struct lat_wire_request *ret,
                       struct lat_err *reterr) LAT_MUST_USE;

/* The same from a document, which may break any constraint: members that the model does not know go
 * into the body, values of a wrong type are sent as they are written in JSON. */
int lat_request_from_document(struct lat_arena *arena, const struct lat_operation *operation,
                              const json_t *document, struct lat_wire_request *ret,
                              struct lat_err *reterr) LAT_MUST_USE;

/* An answer: an output struct for 2xx, else -1 with the refusal. Tolerant: unknown members and
 * words pass and no constraint is checked, but a value of the wrong type is the refusal
 * "DeserializationError" (no shape). error_type and retry_after are the values of the headers
 * x-amzn-ErrorType and Retry-After, NULL when absent. The code comes from the header, else __type,
 * else code, else it is the status in digits (observed: official SDKs). */
int lat_response_decode(struct lat_arena *arena, const struct lat_operation *operation, int status,
                        const char *body, size_t body_length, const char *error_type,
                        const char *retry_after, void **ret_output,
                        struct lat_refusal *ret_refusal) LAT_MUST_USE;

/* An answer that is not 2xx, of this API or of another one that speaks JSON: what it refused, as
 * far as it says so. A body that is no JSON is no hindrance. */
void lat_refusal_decode(struct lat_arena *arena, int status, const char *body, size_t body_length,
                        const char *error_type, const char *retry_after,
                        struct lat_refusal *ret_refusal);

/* ---- documents */

/* The document of a value (a generated struct) of a structure shape; a new reference. Absent
 * members are left out, times are "2023-05-05T21:35:29.339Z". */
json_t *lat_document_encode_new(const struct lat_shape *shape, const void *value) LAT_MUST_USE;

/* The same as compact text in the arena, with the keys of maps sorted: equal values give equal
 * bytes. always (may be NULL) is a list member that is written even when it is absent. */
const char *lat_document_text(struct lat_arena *arena, const struct lat_shape *shape,
                              const void *value, const struct lat_member *always) LAT_MUST_USE;

/* Where the members of an input come from, by their location. */
struct lat_sources {
    const char *const *labels; /* in the order of the path */
    const json_t *query;       /* NULL: none */
    const json_t *body;        /* an object; NULL: none */
};

/* The struct of an input from its sources; else as lat_document_decode with a codec. */
size_t lat_input_decode(struct lat_codec *codec, struct lat_arena *arena,
                        const struct lat_operation *operation, const struct lat_sources *sources,
                        void **ret_value,
                        const struct lat_field_violation **ret_fields) LAT_MUST_USE;

/* The struct of a document. With a codec every constraint is checked, with NULL types alone.
 * Violations go to *ret_fields (an arena array, NULL when there are none); returns their number,
 * and writes *ret_value only when it is 0. */
size_t lat_document_decode(struct lat_codec *codec, struct lat_arena *arena,
                           const struct lat_shape *shape, const json_t *document, void **ret_value,
                           const struct lat_field_violation **ret_fields) LAT_MUST_USE;
