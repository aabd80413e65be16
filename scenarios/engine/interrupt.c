/* Held signals; see interrupt.h. */
#include "scenarios/engine/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#define LOOK_EVERY_MS 100

static void fill(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP);
}

void scn_interrupt_hold(void)
{
    sigset_t signals;
    fill(&signals);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

bool scn_interrupt_came(void)
{
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 ||
           sigismember(&pending, SIGHUP) == 1;
}

void scn_interrupt_await(void)
{
    sigset_t signals;
    int number = 0;
    fill(&signals);
    (void)sigwait(&signals, &number);
}

bool scn_interrupt_or_enter(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char byte = '\0';
    while (byte != '\n') {
        if (scn_interrupt_came())
            return false;
        if (poll(&input, 1, LOOK_EVERY_MS) > 0 && read(STDIN_FILENO, &byte, 1) <= 0)
            return true;
    }
    return true;
}
