/* What an authority issues, read back and verified by libcrypto itself. */
#include "common/base/pki.h"

#include <criterion/criterion.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

static X509 *read_pem(const char *text)
{
    BIO *bio = BIO_new_mem_buf(text, -1);
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free_all(bio);
    cr_assert_not_null(certificate);
    return certificate;
}

static bool verifies(const char *authority, const char *leaf, int purpose)
{
    X509 *root = read_pem(authority), *certificate = read_pem(leaf);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509_STORE_add_cert(store, root);
    X509_STORE_CTX_init(context, store, certificate, NULL);
    X509_STORE_CTX_set_purpose(context, purpose);
    bool result = X509_verify_cert(context) == 1;
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    X509_free(certificate);
    X509_free(root);
    return result;
}

static struct lat_pki_pair authority(struct lat_arena *arena)
{
    struct lat_pki_pair pair;
    struct lat_err err = {0};
    cr_assert_eq(lat_pki_authority_make(arena, "tests", &pair, &err), 0, "%s", err.message);
    return pair;
}

static struct lat_pki_pair issue(struct lat_arena *arena, const struct lat_pki_pair *from,
                                 const struct lat_pki_subject *subject)
{
    struct lat_pki_pair pair;
    struct lat_err err = {0};
    cr_assert_eq(lat_pki_issue(arena, from, subject, &pair, &err), 0, "%s", err.message);
    return pair;
}

Test(pki, a_server_certificate_verifies_and_names_its_hosts)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *hosts[] = {"localhost", "127.0.0.1", "::1"};
    struct lat_pki_pair root = authority(arena), other = authority(arena);
    struct lat_pki_subject subject = {.name = "server", .hosts = hosts, .host_count = 3};
    struct lat_pki_pair server = issue(arena, &root, &subject);
    cr_expect(verifies(root.certificate, server.certificate, X509_PURPOSE_SSL_SERVER));
    cr_expect_not(verifies(other.certificate, server.certificate, X509_PURPOSE_SSL_SERVER));
    cr_expect_not(verifies(root.certificate, server.certificate, X509_PURPOSE_SSL_CLIENT));
    X509 *certificate = read_pem(server.certificate);
    cr_expect_eq(X509_check_host(certificate, "localhost", 0, 0, NULL), 1);
    cr_expect_eq(X509_check_ip_asc(certificate, "127.0.0.1", 0), 1);
    cr_expect_eq(X509_check_ip_asc(certificate, "::1", 0), 1);
    cr_expect_eq(X509_check_host(certificate, "example.com", 0, 0, NULL), 0);
    X509_free(certificate);
}

Test(pki, a_client_certificate_says_who_it_is_and_in_which_groups)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *groups[] = {"system:masters", "team-a"};
    struct lat_pki_pair root = authority(arena);
    struct lat_pki_subject subject = {
        .name = "admin", .organizations = groups, .organization_count = 2};
    struct lat_pki_pair client = issue(arena, &root, &subject);
    cr_expect(verifies(root.certificate, client.certificate, X509_PURPOSE_SSL_CLIENT));
    X509 *certificate = read_pem(client.certificate);
    unsigned char *der = NULL;
    int length = i2d_X509(certificate, &der);
    struct lat_pki_subject read = {0};
    cr_assert_eq(lat_pki_read_subject(arena, der, (size_t)length, &read, NULL), 0);
    cr_expect_str_eq(read.name, "admin");
    cr_assert_eq(read.organization_count, 2);
    cr_expect_str_eq(read.organizations[0], "system:masters");
    cr_expect_str_eq(read.organizations[1], "team-a");
    OPENSSL_free(der);
    X509_free(certificate);
    cr_expect_eq(lat_pki_read_subject(arena, "junk", 4, &read, NULL), -1);
}

Test(pki, an_authority_needs_its_own_key)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    struct lat_pki_pair one = authority(arena), two = authority(arena), made;
    struct lat_pki_pair mixed = {.certificate = one.certificate, .key = two.key};
    struct lat_pki_subject subject = {.name = "x"};
    struct lat_err err = {0};
    cr_expect_eq(lat_pki_issue(arena, &mixed, &subject, &made, &err), -1);
    cr_expect_eq(err.kind, LAT_ERR_INPUT);
}

Test(pki, secrets_differ_and_base64_is_the_usual_one)
{
    LAT_AUTO(lat_arena_freep) struct lat_arena *arena = lat_arena_new();
    const char *one = NULL, *two = NULL;
    cr_assert_eq(lat_pki_secret(arena, &one, NULL), 0);
    cr_assert_eq(lat_pki_secret(arena, &two, NULL), 0);
    cr_expect_eq(strlen(one), 64);
    cr_expect_str_neq(one, two);
    cr_expect_str_eq(lat_pki_base64(arena, "ab", 2), "YWI=");
}
