// SPDX-License-Identifier: MIT
/*
 * console.c - the guest's serial console.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "console.h"
#include "fetch/clock.h"
#include "host/error.h"

#define CTRL_A 1
#define FAILED "slipway: E-"

/* Everything since the text seen last; cut at the front, where a text longer
 * than half of it could be missed. */
struct window {
	char text[8192];
	size_t n;
};

static int wake[2] = {-1, -1};

static void on_signal(int sig)
{
	int err = errno;

	if (write(wake[1], "", 1) < 0)
		errno = err;
	errno = err;
}

static void catch_signals(void)
{
	static const int fatal[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction sa = {.sa_handler = on_signal};
	size_t i;

	if (pipe2(wake, O_CLOEXEC | O_NONBLOCK))
		die("pipe:");
	for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		sigaction(fatal[i], &sa, NULL);
}

static void put(int fd, const char *p, size_t size)
{
	ssize_t n;

	while (size && ((n = write(fd, p, size)) > 0 || errno == EINTR)) {
		if (n < 0)
			continue;
		p += n;
		size -= n;
	}
}

static void keep(struct window *w, const char *p, size_t size)
{
	size_t drop;

	if (size > sizeof(w->text) / 2) {
		p += size - sizeof(w->text) / 2;
		size = sizeof(w->text) / 2;
	}
	drop = w->n + size > sizeof(w->text) ? w->n + size - sizeof(w->text)
					     : 0;
	memmove(w->text, w->text + drop, w->n - drop);
	w->n -= drop;
	memcpy(w->text + w->n, p, size);
	w->n += size;
}

/* Does @w hold the next texts? Moves *@next over those it does. */
static void match(struct window *w, char *const **next)
{
	char *at;
	size_t n;

	while (**next && (at = memmem(w->text, w->n, **next, strlen(**next)))) {
		n = at + strlen(**next) - w->text;
		memmove(w->text, w->text + n, w->n - n);
		w->n -= n;
		++*next;
	}
}

/* /init's last words, whole: the line must have ended, and no text that
 * names a code be waiting for it. */
static bool has_failed(const struct window *w, char *const *expect)
{
	const char *at = memmem(w->text, w->n, FAILED, strlen(FAILED));
	const char *end = at ? memchr(at, '\n', w->text + w->n - at) : NULL;

	if (!end)
		return false;
	for (; expect && *expect; expect++)
		if (strstr(*expect, "E-") &&
		    memmem(at, end - at, *expect, strlen(*expect)))
			return false;
	return true;
}

/* What was typed goes to the guest; true after Ctrl-A X. */
static bool type(int to)
{
	static bool prefix;
	char in[256], out[256];
	ssize_t i, got = read(0, in, sizeof(in));
	size_t n = 0;

	for (i = 0; i < got; i++) {
		if (prefix && (in[i] == 'x' || in[i] == 'X'))
			return true;
		if (!prefix && in[i] == CTRL_A) {
			prefix = true;
			continue;
		}
		prefix = false;
		out[n++] = in[i];
	}
	put(to, out, n);
	return got <= 0;
}

static int wait_ms(uint64_t deadline)
{
	uint64_t now = clock_ms();

	if (!deadline)
		return -1;
	return now >= deadline ? 0 : (int)(deadline - now);
}

static enum console_end pump(const struct console *c, char *const **next)
{
	struct pollfd p[4] = {{c->from, POLLIN, 0},
			      {wake[0], POLLIN, 0},
			      {c->to >= 0 ? 0 : -1, POLLIN, 0},
			      {c->done, POLLIN, 0}};
	bool content = c->done < 0;
	static struct window w;
	char buf[4096];
	ssize_t n;

	for (;;) {
		if (**next == NULL && content && c->expect)
			return CONSOLE_SEEN;
		n = poll(p, 4, wait_ms(c->deadline));
		if (!n)
			return CONSOLE_TIMEOUT;
		if (n < 0 && errno != EINTR)
			die("poll:");
		if (n < 0 || p[1].revents)
			return CONSOLE_SIGNAL;
		if (p[3].revents) {
			content = true;
			p[3].fd = -1;
		}
		if (p[2].revents && type(c->to))
			return CONSOLE_LEFT;
		if (!p[0].revents)
			continue;
		n = read(c->from, buf, sizeof(buf));
		if (n <= 0)
			return CONSOLE_CLOSED;
		put(1, buf, n);
		if (c->log >= 0)
			put(c->log, buf, n);
		if (c->to >= 0)
			continue;
		keep(&w, buf, n);
		match(&w, next);
		if (has_failed(&w, c->expect))
			return CONSOLE_FAILED;
	}
}

enum console_end console_run(const struct console *c, const char **missing)
{
	static char *none;
	char *const *next = c->expect ? c->expect : &none;
	struct termios saved, raw;
	bool tty = c->to >= 0 && !tcgetattr(0, &saved);
	enum console_end end;

	catch_signals();
	if (tty) {
		raw = saved;
		cfmakeraw(&raw);
		tcsetattr(0, TCSADRAIN, &raw);
	}
	end = pump(c, &next);
	if (tty)
		tcsetattr(0, TCSADRAIN, &saved);
	*missing = *next;
	return end;
}
