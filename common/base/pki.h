/* Certificates and keys for TLS between local programs: an authority, what it issues, and who a
 * certificate speaks of. On libcrypto. Keys are ECDSA on P-256; everything is PEM in an arena. */
#pragma once

#include "common/base/arena.h"
#include "common/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct lat_pki_pair {
    const char *certificate; /* PEM */
    const char *key;         /* PEM, PKCS #8, not encrypted */
};

/* What a certificate is to say. */
struct lat_pki_subject {
    const char *name;                 /* CN */
    const char *const *organizations; /* O, any number */
    size_t organization_count;
    const char *const *hosts; /* names and addresses of a server; none makes a client certificate */
    size_t host_count;
};

/* Valid from one hour ago for ten years, by the machine's clock, since the peers look at theirs. */
int lat_pki_authority_make(struct lat_arena *arena, const char *name, struct lat_pki_pair *ret_pair,
                           struct lat_err *reterr) LAT_MUST_USE;
int lat_pki_issue(struct lat_arena *arena, const struct lat_pki_pair *authority,
                  const struct lat_pki_subject *subject, struct lat_pki_pair *ret_pair,
                  struct lat_err *reterr) LAT_MUST_USE;

/* CN and O of a certificate in DER, as text in the arena. Says nothing about who issued it. */
int lat_pki_read_subject(struct lat_arena *arena, const void *der, size_t length,
                         struct lat_pki_subject *ret_subject, struct lat_err *reterr) LAT_MUST_USE;

/* 64 hexadecimal digits that nobody can guess. */
int lat_pki_secret(struct lat_arena *arena, const char **ret_text,
                   struct lat_err *reterr) LAT_MUST_USE;

/* The text that base64 of one line stands for, terminated; NULL when it is none. */
char *lat_pki_base64_decode(struct lat_arena *arena, const char *text) LAT_MUST_USE;
/* Base64 of bytes, in one line. */
char *lat_pki_base64(struct lat_arena *arena, const void *data, size_t length) LAT_MUST_USE;
