/* The server against bare sockets: what peers do that HTTP libraries hide. */
#include "common/http/tests/peer.h"

#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void tear_down(void)
{
    stop_server();
    lat_http_server_freep(&server);
    check_leaks();
}

static void check_only(void)
{
    lat_http_server_freep(&server);
    check_leaks();
}

TestSuite(server, .init = start_server, .fini = tear_down, .timeout = 60);
TestSuite(listen, .fini = check_only, .timeout = 60);

#define CLOSED ((const char *)"\001") /* a mark that never comes: read up to the end */

static int connect_peer(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    cr_assert_eq(connect(fd, (struct sockaddr *)&name, sizeof name), 0);
    return fd;
}

static void send_text(int fd, const char *text)
{
    size_t length = strlen(text);
    cr_assert_eq(send(fd, text, length, MSG_NOSIGNAL), (ssize_t)length);
}

/* Reads until the text holds mark, the peer closes, or five seconds of silence. */
static const char *receive_until(int fd, const char *mark)
{
    static char text[1 << 16];
    size_t length = 0;
    text[0] = '\0';
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    while (strstr(text, mark) == NULL && length < sizeof text - 1 && poll(&ready, 1, 5000) > 0) {
        ssize_t count = recv(fd, text + length, sizeof text - 1 - length, 0);
        if (count <= 0)
            break;
        length += (size_t)count;
        text[length] = '\0';
    }
    return text;
}

/* Sends a text on a new connection, gives what came back, and closes. */
static const char *converse(const char *text, const char *mark)
{
    int fd = connect_peer();
    send_text(fd, text);
    const char *answer = receive_until(fd, mark);
    close(fd);
    return answer;
}

static void expect_alive(void)
{
    const char *answer = converse("GET /x HTTP/1.1\r\nHost: h\r\n\r\n", "/x||0|");
    cr_assert_not_null(strstr(answer, "HTTP/1.1 201"), "%s", answer);
}

static void expect_closed_streams(int count)
{
    for (int i = 0; i < 200 && atomic_load(&closed_streams) < count; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    cr_assert_eq(atomic_load(&closed_streams), count);
}

Test(server, hands_on_method_target_headers_and_body_as_they_were_sent)
{
    const char *answer = converse("FROB /a%2Fb/../%C3%A4?x=%26&y HTTP/1.1\r\nHost: h\r\n"
                                  "X-WORD:  word \r\nContent-Length: 3\r\n\r\nabc",
                                  "|abc");
    cr_expect_not_null(strstr(answer, "\r\nX-Path: /a%2Fb/../%C3%A4\r\n"), "%s", answer);
    cr_expect_not_null(strstr(answer, "\r\nX-Query: x=%26&y\r\n"), "%s", answer);
    cr_expect_not_null(strstr(answer, "\r\nx-method: FROB\r\n"), "%s", answer);
    cr_expect_not_null(strstr(answer, "\r\n\r\n/a%2Fb/../%C3%A4?x=%26&y|word|3|abc"), "%s", answer);
    cr_expect_null(strstr(answer, "X-Bad"), "%s", answer);
}

Test(server, answers_a_hundred_requests_of_one_connection_without_delay)
{
    int fd = connect_peer();
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    for (int i = 0; i < 100; i++) {
        char text[100], mark[32];
        snprintf(text, sizeof text, "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", i);
        snprintf(mark, sizeof mark, "\r\n\r\n/%d||0|", i);
        send_text(fd, text);
        cr_assert_not_null(strstr(receive_until(fd, mark), mark));
    }
    clock_gettime(CLOCK_MONOTONIC, &after);
    cr_expect_lt(after.tv_sec - before.tv_sec, 3, "40 ms each would be a delayed acknowledgement");
    close(fd);
}

Test(server, answers_pipelined_requests_in_order)
{
    const char *answer = converse("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n"
                                  "Connection: close\r\n\r\n",
                                  CLOSED);
    const char *first = strstr(answer, "\r\n\r\n/1||0|");
    cr_assert_not_null(first, "%s", answer);
    cr_expect_not_null(strstr(first, "\r\n\r\n/2||0|"), "%s", answer);
}

Test(server, sends_the_head_of_a_stream_at_once_and_each_write_when_it_comes)
{
    int fd = connect_peer();
    send_text(fd, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    cr_expect_not_null(strstr(receive_until(fd, "\r\n\r\n"), "HTTP/1.1 200 OK\r\n"));
    for (int i = 0; i < 3; i++) {
        converse("POST /push HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nevent\n", "taken");
        cr_expect_str_eq(receive_until(fd, "event\n\r\n"), "6\r\nevent\n\r\n");
    }
    const char *answer = converse("GET /finish HTTP/1.1\r\nHost: h\r\n\r\n", "closing");
    cr_expect_not_null(strstr(answer, "closing"), "%s", answer);
    cr_expect_str_eq(receive_until(fd, "0\r\n\r\n"), "0\r\n\r\n");
    expect_closed_streams(1);
    send_text(fd, "GET /again HTTP/1.1\r\nHost: h\r\n\r\n");
    cr_expect_not_null(strstr(receive_until(fd, "/again|"), "HTTP/1.1 201"));
    close(fd);
}

Test(server, notices_that_the_reader_of_a_silent_stream_has_gone)
{
    int fd = connect_peer();
    send_text(fd, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    receive_until(fd, "\r\n\r\n");
    close(fd);
    expect_closed_streams(1);
    expect_alive();
}

Test(server, refuses_writes_to_a_reader_that_is_too_slow)
{
    int fd = connect_peer();
    send_text(fd, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    receive_until(fd, "\r\n\r\n");
    const char *answer =
        converse("GET /flood HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", CLOSED);
    long taken = strtol(strstr(answer, "\r\n\r\n") + 4, NULL, 10);
    cr_expect_gt(taken, LAT_HTTP_STREAM_BYTES_MAX / 2);
    cr_expect_leq(taken, LAT_HTTP_STREAM_BYTES_MAX);
    expect_alive();
    close(fd);
    expect_closed_streams(1);
}

Test(server, refuses_a_body_that_is_too_large_before_it_is_sent)
{
    const char *answer = converse("PUT /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                                  "Content-Length: 5000000\r\n\r\n",
                                  CLOSED);
    cr_expect_eq(strncmp(answer, "HTTP/1.1 413 ", 13), 0, "%s", answer);
    answer = converse("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n", CLOSED);
    cr_expect_eq(strncmp(answer, "HTTP/1.1 413 ", 13), 0, "%s", answer);
}

/* Sends count chunks of 64 KiB each and the last one; gives up when the server closes. */
static const char *send_chunks(int count)
{
    static char chunk[8 + 65536 + 3];
    memcpy(chunk, "10000\r\n", 7);
    memset(chunk + 7, 'x', 65536);
    memcpy(chunk + 7 + 65536, "\r\n", 3);
    int fd = connect_peer();
    send_text(fd, "PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    bool closed = false;
    for (int i = 0; i < count && !closed; i++)
        for (size_t sent = 0; sent < 7 + 65536 + 2 && !closed;) {
            ssize_t put = send(fd, chunk + sent, 7 + 65536 + 2 - sent, MSG_NOSIGNAL);
            closed = put < 0;
            sent += closed ? 0 : (size_t)put;
        }
    if (!closed)
        send(fd, "0\r\n\r\n", 5, MSG_NOSIGNAL);
    const char *answer = receive_until(fd, CLOSED);
    close(fd);
    return answer;
}

Test(server, refuses_a_chunked_body_that_grows_too_large)
{
    const char *answer = send_chunks(100); /* 6.5 MB */
    cr_expect_eq(strncmp(answer, "HTTP/1.1 413 ", 13), 0, "%s", answer);
    cr_expect_str_eq(send_chunks(1000), "", "a body without end is cut");
    expect_alive();
}

Test(server, lets_a_client_continue_that_asks_first)
{
    int fd = connect_peer();
    send_text(fd,
              "PUT /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    cr_expect_eq(strncmp(receive_until(fd, "\r\n\r\n"), "HTTP/1.1 100 ", 13), 0);
    send_text(fd, "hi");
    cr_expect_not_null(strstr(receive_until(fd, "|2|hi"), "HTTP/1.1 201"));
    close(fd);
}

Test(server, refuses_too_many_and_too_large_headers)
{
    struct lat_buf text;
    lat_buf_init(&text, 1 << 20);
    lat_buf_puts(&text, "GET /x HTTP/1.1\r\nHost: h\r\n");
    for (int i = 0; i < LAT_HTTP_HEADERS_MAX; i++)
        lat_buf_printf(&text, "X-%d: 1\r\n", i);
    lat_buf_puts(&text, "\r\n");
    const char *answer = converse(text.data, CLOSED);
    cr_expect_eq(strncmp(answer, "HTTP/1.1 431 ", 13), 0, "%s", answer);
    lat_buf_clear(&text);
    lat_buf_puts(&text, "GET /x HTTP/1.1\r\nHost: h\r\nX: ");
    for (int i = 0; i < 3 * LAT_HTTP_HEADER_BYTES_MAX / 8; i++)
        lat_buf_puts(&text, "aaaaaaaa");
    lat_buf_puts(&text, "\r\n\r\n");
    int fd = connect_peer();
    send(fd, text.data, text.length, MSG_NOSIGNAL); /* may be closed before all is sent */
    close(fd);
    expect_alive();
    lat_buf_done(&text);
}

Test(server, survives_peers_that_leave_in_the_middle_of_anything)
{
    static const char *const beginnings[] = {
        "",
        "GET",
        "GET /x",
        "GET /x HTTP/1.1\r\nHos",
        "GET /x HTTP/1.1\r\nbad header\r\n\r\n",
        "GET /x HTTP/9.9\r\n\r\n",
        "\r\n\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc",
        "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
        "PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /part HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /cut HTTP/1.1\r\nHost: h\r\n\r\n",
    };
    for (int reset = 0; reset < 2; reset++)
        for (size_t i = 0; i < LAT_COUNT(beginnings); i++) {
            int fd = connect_peer();
            send_text(fd, beginnings[i]);
            struct linger hard = {.l_onoff = reset};
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
            close(fd);
        }
    expect_alive();
}

Test(server, may_answer_a_peer_that_has_gone)
{
    int fd = connect_peer();
    send_text(fd, "GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
    expect_alive(); /* the request before it has been read by now */
    close(fd);
    const char *answer = converse("GET /release HTTP/1.1\r\nHost: h\r\n\r\n", "released");
    cr_expect_not_null(strstr(answer, "released"), "%s", answer);
    expect_alive();
}

Test(server, can_be_freed_with_streams_and_waiting_requests_open)
{
    int first = connect_peer(), second = connect_peer(), third = connect_peer();
    send_text(first, "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    receive_until(first, "\r\n\r\n");
    send_text(second, "GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
    send_text(third, "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc");
    expect_alive();
    stop_server();
    lat_http_server_freep(&server);
    cr_expect_eq(atomic_load(&closed_streams), 1);
    cr_expect_str_eq(receive_until(second, CLOSED), "");
    close(first);
    close(second);
    close(third);
    start_server(); /* for the end of the test */
}

/* ---- Listening and running ---- */

static struct lat_http_server *new_server(void)
{
    lat_clock_init_real(&clock_real);
    quiet_log = (struct lat_log){stderr, &clock_real, LAT_LOG_ERROR, "test"};
    return server = lat_http_server_new(&quiet_log);
}

Test(listen, binds_the_addresses_that_people_write)
{
    new_server();
    static const char *const addresses[] = {"127.0.0.1:0", "localhost:0", "[::1]:0"};
    for (size_t i = 0; i < LAT_COUNT(addresses); i++) {
        struct lat_err err = {0};
        uint16_t bound = 0;
        cr_expect_eq(
            lat_http_server_listen(server, addresses[i], serve_test_route, NULL, &bound, &err), 0,
            "%s", err.message);
        cr_expect_neq(bound, 0, "%s", addresses[i]);
    }
}

Test(listen, refuses_wrong_addresses_and_taken_ports_with_the_remedy)
{
    new_server();
    uint16_t taken = 0, unset = 0;
    cr_assert_eq(
        lat_http_server_listen(server, "127.0.0.1:0", serve_test_route, NULL, &taken, NULL), 0);
    char again[32];
    snprintf(again, sizeof again, "127.0.0.1:%d", taken);
    const struct {
        const char *address;
        const char *part;
    } wrong[] = {
        {again, "the port is taken; choose another"},
        {"127.0.0.1", "write HOST:PORT"},
        {":80", "write HOST:PORT"},
        {"127.0.0.1:x", "write HOST:PORT"},
        {"127.0.0.1:65536", "write HOST:PORT"},
        {"::1:80", "write HOST:PORT"},
        {"[]:80", "write HOST:PORT"},
        {"192.0.2.1:0", "no such address"},
        {"no.such.host.invalid:0", "is not known"},
    };
    for (size_t i = 0; i < LAT_COUNT(wrong); i++) {
        struct lat_err err = {0};
        cr_expect_eq(
            lat_http_server_listen(server, wrong[i].address, serve_test_route, NULL, &unset, &err),
            -1, "%s", wrong[i].address);
        cr_expect_eq(err.kind, LAT_ERR_INPUT);
        cr_expect_not_null(strstr(err.message, wrong[i].part), "%s", err.message);
        cr_expect_not_null(strstr(err.message, wrong[i].address), "%s", err.message);
    }
    cr_expect_eq(unset, 0);
}

static int raise_third_time(void *context)
{
    int *calls = context;
    if (++*calls == 3)
        raise(SIGTERM);
    return 10;
}

Test(listen, ends_its_run_at_sigterm_and_leaves_the_signals_as_they_were)
{
    new_server();
    int calls = 0;
    sigset_t mask;
    for (int run = 0; run < 2; run++) {
        calls = 0;
        cr_expect_eq(lat_http_server_run(server, raise_third_time, &calls, NULL), 0);
        cr_expect_eq(calls, 3, "the tick comes again after the time it asked for");
        pthread_sigmask(SIG_BLOCK, NULL, &mask);
        cr_expect_not(sigismember(&mask, SIGTERM));
    }
}
