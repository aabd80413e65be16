/* Certificates on libcrypto; see pki.h. Nothing here reads or writes files, and no private key is
 * ever part of a message. */
#include "common/base/pki.h"

#include <arpa/inet.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#define BEFORE_SECONDS (60L * 60) /* clocks of peers may be a little behind */
#define VALID_SECONDS  (10L * 365 * 24 * 3600)
#define SERIAL_BITS    127
#define SECRET_BYTES   32

#define FREEP(name, type, release)                                                                 \
    static void name(type **object)                                                                \
    {                                                                                              \
        release(*object);                                                                          \
    }
FREEP(key_freep, EVP_PKEY, EVP_PKEY_free)
FREEP(x509_freep, X509, X509_free)
FREEP(bio_freep, BIO, BIO_free_all)
FREEP(bn_freep, BIGNUM, BN_free)

static int broken(struct lat_err *reterr)
{
    return lat_err_broken(reterr, "libcrypto cannot make a certificate");
}

static const char *text_of(struct lat_arena *arena, BIO *bio)
{
    char *data = NULL;
    long length = BIO_get_mem_data(bio, &data);
    return lat_arena_strndup(arena, data, (size_t)length);
}

/* --- what a certificate says ------------------------------------------------------------------ */

static int add_name(X509_NAME *name, const char *field, const char *value)
{
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value, -1,
                                      -1, 0) == 1
               ? 0
               : -1;
}

static int set_subject(X509 *certificate, const struct lat_pki_subject *subject)
{
    X509_NAME *name = X509_get_subject_name(certificate);
    for (size_t i = 0; i < subject->organization_count; i++)
        if (add_name(name, "O", subject->organizations[i]) < 0)
            return -1;
    return add_name(name, "CN", subject->name);
}

static int add_extension(X509 *certificate, X509 *issuer, int id, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, id, value);
    int added = extension == NULL ? 0 : X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added == 1 ? 0 : -1;
}

static bool is_address(const char *host)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

static const char *hosts_text(struct lat_arena *arena, const struct lat_pki_subject *subject)
{
    const char *text = "";
    for (size_t i = 0; i < subject->host_count; i++)
        text = lat_arena_printf(arena, "%s%s%s:%s", text, i == 0 ? "" : ",",
                                is_address(subject->hosts[i]) ? "IP" : "DNS", subject->hosts[i]);
    return text;
}

static int add_extensions(struct lat_arena *arena, X509 *certificate, X509 *issuer,
                          const struct lat_pki_subject *subject, bool is_authority)
{
    if (is_authority)
        return add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE") < 0 ||
                       add_extension(certificate, issuer, NID_key_usage,
                                     "critical,keyCertSign,cRLSign") < 0 ||
                       add_extension(certificate, issuer, NID_subject_key_identifier, "hash") < 0
                   ? -1
                   : 0;
    bool is_server = subject->host_count > 0;
    if (add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") < 0 ||
        add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature") < 0 ||
        add_extension(certificate, issuer, NID_ext_key_usage,
                      is_server ? "serverAuth" : "clientAuth") < 0 ||
        add_extension(certificate, issuer, NID_authority_key_identifier, "keyid") < 0)
        return -1;
    return is_server ? add_extension(certificate, issuer, NID_subject_alt_name,
                                     hosts_text(arena, subject))
                     : 0;
}

static int set_serial(X509 *certificate)
{
    LAT_AUTO(bn_freep) BIGNUM *number = BN_new();
    if (number == NULL || BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) != 1 ||
        BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) == NULL)
        return -1;
    return 0;
}

/* --- making ----------------------------------------------------------------------------------- */

static int print_pair(struct lat_arena *arena, X509 *certificate, EVP_PKEY *key,
                      struct lat_pki_pair *ret_pair)
{
    LAT_AUTO(bio_freep) BIO *first = BIO_new(BIO_s_mem());
    LAT_AUTO(bio_freep) BIO *second = BIO_new(BIO_s_mem());
    if (first == NULL || second == NULL || PEM_write_bio_X509(first, certificate) != 1 ||
        PEM_write_bio_PrivateKey(second, key, NULL, NULL, 0, NULL, NULL) != 1)
        return -1;
    ret_pair->certificate = text_of(arena, first);
    ret_pair->key = text_of(arena, second);
    return 0;
}

/* issuer NULL signs the certificate with its own key. */
static int make(struct lat_arena *arena, const struct lat_pki_subject *subject, X509 *issuer,
                EVP_PKEY *issuer_key, struct lat_pki_pair *ret_pair)
{
    LAT_AUTO(key_freep) EVP_PKEY *key = EVP_EC_gen("P-256");
    LAT_AUTO(x509_freep) X509 *certificate = X509_new();
    if (key == NULL || certificate == NULL || X509_set_version(certificate, X509_VERSION_3) != 1 ||
        set_serial(certificate) < 0 || set_subject(certificate, subject) < 0)
        return -1;
    X509 *signer = issuer == NULL ? certificate : issuer;
    if (X509_gmtime_adj(X509_getm_notBefore(certificate), -BEFORE_SECONDS) == NULL ||
        X509_gmtime_adj(X509_getm_notAfter(certificate), VALID_SECONDS) == NULL ||
        X509_set_issuer_name(certificate, X509_get_subject_name(signer)) != 1 ||
        X509_set_pubkey(certificate, key) != 1 ||
        add_extensions(arena, certificate, signer, subject, issuer == NULL) < 0 ||
        X509_sign(certificate, issuer == NULL ? key : issuer_key, EVP_sha256()) == 0)
        return -1;
    return print_pair(arena, certificate, key, ret_pair);
}

int lat_pki_authority_make(struct lat_arena *arena, const char *name, struct lat_pki_pair *ret_pair,
                           struct lat_err *reterr)
{
    struct lat_pki_subject subject = {.name = name};
    return make(arena, &subject, NULL, NULL, ret_pair) < 0 ? broken(reterr) : 0;
}

int lat_pki_issue(struct lat_arena *arena, const struct lat_pki_pair *authority,
                  const struct lat_pki_subject *subject, struct lat_pki_pair *ret_pair,
                  struct lat_err *reterr)
{
    LAT_AUTO(bio_freep) BIO *first = BIO_new_mem_buf(authority->certificate, -1);
    LAT_AUTO(bio_freep) BIO *second = BIO_new_mem_buf(authority->key, -1);
    LAT_AUTO(x509_freep) X509 *issuer = PEM_read_bio_X509(first, NULL, NULL, NULL);
    LAT_AUTO(key_freep) EVP_PKEY *key = PEM_read_bio_PrivateKey(second, NULL, NULL, NULL);
    if (issuer == NULL || key == NULL || X509_check_private_key(issuer, key) != 1)
        return lat_err_input(reterr, "the certificate and the key of the authority do not belong "
                                     "together or cannot be read");
    return make(arena, subject, issuer, key, ret_pair) < 0 ? broken(reterr) : 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* The next value of a field behind *position; NULL when there is none that is text. */
static const char *next_value(struct lat_arena *arena, X509_NAME *name, int id, int *position)
{
    *position = X509_NAME_get_index_by_NID(name, id, *position);
    if (*position < 0)
        return NULL;
    unsigned char *utf8 = NULL;
    int length =
        ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, *position)));
    if (length < 0 || memchr(utf8, '\0', (size_t)length) != NULL) {
        OPENSSL_free(utf8);
        return NULL;
    }
    const char *text = lat_arena_strndup(arena, (const char *)utf8, (size_t)length);
    OPENSSL_free(utf8);
    return text;
}

int lat_pki_read_subject(struct lat_arena *arena, const void *der, size_t length,
                         struct lat_pki_subject *ret_subject, struct lat_err *reterr)
{
    const unsigned char *bytes = der;
    LAT_AUTO(x509_freep) X509 *certificate = d2i_X509(NULL, &bytes, (long)length);
    if (certificate == NULL)
        return lat_err_input(reterr, "the certificate cannot be read");
    X509_NAME *name = X509_get_subject_name(certificate);
    struct lat_pki_subject subject = {0};
    const char **organizations = NULL;
    int position = -1;
    subject.name = next_value(arena, name, NID_commonName, &position);
    if (subject.name == NULL)
        return lat_err_input(reterr, "the certificate has no common name");
    position = -1;
    for (const char *value;
         (value = next_value(arena, name, NID_organizationName, &position)) != NULL;)
        *LAT_ARENA_PUSH(arena, organizations, subject.organization_count) = value;
    subject.organizations = organizations;
    *ret_subject = subject;
    return 0;
}

/* --- texts ------------------------------------------------------------------------------------ */

int lat_pki_secret(struct lat_arena *arena, const char **ret_text, struct lat_err *reterr)
{
    unsigned char bytes[SECRET_BYTES];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return lat_err_broken(reterr, "libcrypto has no random bytes");
    char *text = lat_arena_alloc(arena, 2 * sizeof bytes + 1);
    for (size_t i = 0; i < sizeof bytes; i++) {
        text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    *ret_text = text;
    return 0;
}

char *lat_pki_base64(struct lat_arena *arena, const void *data, size_t length)
{
    char *text = lat_arena_alloc(arena, (length + 2) / 3 * 4 + 1);
    EVP_EncodeBlock((unsigned char *)text, data, (int)length);
    return text;
}

char *lat_pki_base64_decode(struct lat_arena *arena, const char *text)
{
    size_t length = strlen(text);
    char *data = lat_arena_alloc(arena, length / 4 * 3 + 1);
    if (length % 4 != 0 || length > INT_MAX ||
        EVP_DecodeBlock((unsigned char *)data, (const unsigned char *)text, (int)length) < 0)
        return NULL;
    return data; /* what the padding stands for are zero bytes, which end the text */
}
