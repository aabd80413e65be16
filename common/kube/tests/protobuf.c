/* Protobuf bodies: what typed clients send, and that nothing broken is read or crashes. */
#include "common/kube/protobuf.h"

#include "common/base/text.h"
#include "common/kube/openapi_protobuf.h"
#include "common/kube/tests/fixture.h"

TestSuite(protobuf, .init = set_up, .fini = tear_down);

/* A message in the making; tests stay far below its size. */
struct message {
    char bytes[512];
    size_t length;
};

static void put_varint(struct message *message, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        message->bytes[message->length++] = (char)(value | 0x80);
    message->bytes[message->length++] = (char)value;
}

static void put_number(struct message *message, unsigned field, uint64_t value)
{
    put_varint(message, field << 3);
    put_varint(message, value);
}

static void put_bytes(struct message *message, unsigned field, const void *bytes, size_t length)
{
    put_varint(message, field << 3 | 2);
    put_varint(message, length);
    memcpy(message->bytes + message->length, bytes, length);
    message->length += length;
}

static void put_text(struct message *message, unsigned field, const char *text)
{
    put_bytes(message, field, text, strlen(text));
}

static void put_message(struct message *message, unsigned field, const struct message *below)
{
    put_bytes(message, field, below->bytes, below->length);
}

static struct message body_of(const char *api_version, const char *kind,
                              const struct message *object)
{
    struct message body = {"k8s", 4}, type = {0};
    put_text(&type, 1, api_version);
    put_text(&type, 2, kind);
    put_message(&body, 1, &type);
    put_message(&body, 2, object);
    return body;
}

static json_t *read_body(const struct message *body, struct lat_err *err)
{
    return lat_kube_protobuf_read_new(arena, body->bytes, body->length, err);
}

#define EXPECT_READ(api_version, kind, object, wanted)                                             \
    do {                                                                                           \
        struct lat_err err_ = {0};                                                                 \
        struct message body_ = body_of(api_version, kind, object);                                 \
        json_t *read_ = read_body(&body_, &err_);                                                  \
        cr_assert_not_null(read_, "%s", err_.message);                                             \
        EXPECT_JSON(read_, wanted);                                                                \
    } while (0)

static void expect_refused(const struct message *body, const char *why)
{
    struct lat_err err = {0};
    json_t *read = read_body(body, &err);
    cr_expect_null(read);
    cr_expect(strstr(err.message, why) != NULL, "%s", err.message);
    json_decref(read);
}

static struct message pod_with(unsigned metadata_field, const char *bytes, size_t length)
{
    struct message metadata = {0}, pod = {0};
    put_bytes(&metadata, metadata_field, bytes, length);
    put_message(&pod, 1, &metadata);
    return body_of("v1", "Pod", &pod);
}

static struct message some_namespace(void)
{
    struct message namespace = {0}, metadata = {0}, label = {0}, empty = {0};
    put_text(&metadata, 1, "blue");
    put_text(&metadata, 2, "");
    put_number(&metadata, 7, 0);
    put_message(&metadata, 8, &empty);
    put_text(&label, 1, "a");
    put_message(&metadata, 11, &label);
    put_text(&label, 2, "c");
    put_message(&metadata, 11, &label);
    put_text(&metadata, 14, "f1");
    put_text(&metadata, 14, "");
    put_text(&metadata, 900, "a field of the future");
    put_message(&namespace, 1, &metadata);
    put_message(&namespace, 2, &empty);
    return namespace;
}

Test(protobuf, an_object_is_read_without_what_means_absent)
{
    struct message namespace = some_namespace();
    EXPECT_READ("v1", "Namespace", &namespace,
                "{'metadata':{'name':'blue','labels':{'a':'c'},'finalizers':['f1','']},'spec':{},"
                "'apiVersion':'v1','kind':'Namespace'}");
}

Test(protobuf, a_lease_keeps_its_zeros_and_microseconds)
{
    struct message lease = {0}, spec = {0}, time = {0};
    put_text(&spec, 1, "me");
    put_number(&spec, 2, 15);
    put_number(&time, 1, 1767225600);
    put_number(&time, 2, 123456);
    put_message(&spec, 4, &time);
    put_number(&spec, 5, 0);
    put_message(&lease, 2, &spec);
    EXPECT_READ("coordination.k8s.io/v1", "Lease", &lease,
                "{'spec':{'holderIdentity':'me','leaseDurationSeconds':15,"
                "'renewTime':'2026-01-01T00:00:00.000123Z','leaseTransitions':0},"
                "'apiVersion':'coordination.k8s.io/v1','kind':'Lease'}");
}

Test(protobuf, bytes_are_base64)
{
    struct message secret = {0}, entry = {0};
    put_text(&entry, 1, "a");
    put_bytes(&entry, 2,
              "b\0\xff"
              "d",
              4);
    put_message(&secret, 2, &entry);
    EXPECT_READ("v1", "Secret", &secret,
                "{'data':{'a':'YgD/ZA=='},'apiVersion':'v1','kind':'Secret'}");
}

Test(protobuf, members_of_inlined_messages_and_ports_by_name_or_number_are_as_in_json)
{
    struct message pod = {0}, spec = {0}, volume = {0}, source = {0}, empty = {0};
    put_text(&volume, 1, "v");
    put_message(&source, 2, &empty);
    put_message(&volume, 2, &source);
    put_message(&spec, 1, &volume);
    put_message(&pod, 2, &spec);
    EXPECT_READ("v1", "Pod", &pod,
                "{'spec':{'volumes':[{'name':'v','emptyDir':{}}]},'apiVersion':'v1','kind':'Pod'}");
    struct message service = {0}, service_spec = {0}, port = {0}, target = {0};
    put_number(&port, 3, 80);
    put_number(&target, 1, 1);
    put_text(&target, 3, "http");
    put_message(&port, 4, &target);
    put_message(&service_spec, 1, &port);
    put_message(&service, 2, &service_spec);
    EXPECT_READ("v1", "Service", &service,
                "{'spec':{'ports':[{'port':80,'targetPort':'http'}]},'apiVersion':'v1',"
                "'kind':'Service'}");
}

Test(protobuf, what_is_broken_is_refused)
{
    struct message body = {"{}", 2}, empty = {0}, pod = {0};
    expect_refused(&body, "magic");
    body = (struct message){"k8s", 4};
    expect_refused(&body, "no protobuf is known for");
    body = body_of("v1", "Cake", &empty);
    expect_refused(&body, "Kind=Cake; send it as JSON");
    body = (struct message){"k8s\0\x0a\x7f", 6};
    expect_refused(&body, "unexpected end");
    body = (struct message){"k8s\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 15};
    expect_refused(&body, "overflow");
    body = (struct message){"k8s\0\x0b", 5};
    expect_refused(&body, "wire type 3");
    put_number(&pod, 1, 1);
    body = body_of("v1", "Pod", &pod);
    expect_refused(&body, "metadata: wrong wire type");
    body = pod_with(1, "\xff\xfe", 2);
    expect_refused(&body, "UTF-8");
    body = pod_with(1, "a\0b", 3);
    expect_refused(&body, "UTF-8");
    body = pod_with(8, "\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10);
    expect_refused(&body, "out of range");
}

Test(protobuf, no_cut_of_a_good_body_is_read_past_its_end)
{
    struct message namespace = some_namespace(), body = body_of("v1", "Namespace", &namespace);
    for (size_t length = 0; length < body.length; length++) {
        struct lat_err err = {0};
        char *cut = malloc(length + 1); /* so that a sanitizer sees a step too far */
        memcpy(cut, body.bytes, length);
        json_decref(lat_kube_protobuf_read_new(arena, cut, length, &err));
        free(cut);
    }
}

/* Any byte changed to any of these still leaves a refusal or an object. */
Test(protobuf, no_changed_byte_of_a_good_body_crashes)
{
    static const unsigned char values[] = {0, 1, 2, 5, 7, 0x0a, 0x7f, 0x80, 0xff};
    struct message namespace = some_namespace(), good = body_of("v1", "Namespace", &namespace);
    for (size_t at = 0; at < good.length; at++)
        for (size_t i = 0; i < LAT_COUNT(values); i++) {
            struct lat_err err = {0};
            struct message body = good;
            body.bytes[at] = (char)values[i];
            json_t *read = read_body(&body, &err);
            cr_expect(read != NULL || err.message[0] != '\0');
            json_decref(read);
        }
}

/* What a document becomes, byte by byte. */
static void expect_written(const char *document, const void *wanted, size_t length)
{
    struct lat_buf buf;
    LAT_AUTO(lat_json_decrefp) json_t *json = json_of(document);
    lat_buf_init(&buf, 4096);
    lat_kube_openapi_write(&buf, json);
    cr_assert_eq(buf.length, length, "%zu bytes", buf.length);
    cr_expect_arr_eq(buf.data, wanted, length);
    lat_buf_done(&buf);
}

#define EXPECT_WRITTEN(document, wanted) expect_written(document, wanted, sizeof(wanted) - 1)

Test(protobuf, an_openapi_document_is_written_as_its_readers_expect)
{
    EXPECT_WRITTEN("{'swagger':'2.0','info':{'title':'K','unknown':1}}", "\x0a\x03"
                                                                         "2.0\x12\x03\x0a\x01K");
    /* Members of a map are messages of name and value; an extension is YAML in Any. */
    EXPECT_WRITTEN("{'definitions':{'A':{'type':'object','x-k':[1]}}}",
                   "\x4a\x21\x0a\x1f\x0a\x01"
                   "A\x12\x1a\xb2\x01\x08\x0a\x06"
                   "object\xfa\x01\x0c\x0a\x03x-k\x12\x05\x12\x03[1]");
    /* Of two forms the one that the value has; a maximum is a double, with its lowest byte first.
     */
    EXPECT_WRITTEN("{'definitions':{'A':{'additionalProperties':true,'maximum':2}}}",
                   "\x4a\x15\x0a\x13\x0a\x01"
                   "A\x12\x0e\x39\0\0\0\0\0\0\0\x40\xaa\x01\x02\x10\x01");
}
