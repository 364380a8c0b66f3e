/* SPDX-License-Identifier: MIT */
/* release.c - what a mirror has today. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/spawn.h"
#include "release.h"

#define HELPER	    "/usr/lib/apt/apt-helper"
#define RELEASE_MAX (16u << 20)

/* RFC 2822 in UTC, as Debian writes it. */
static int parse_date(struct span s, uint32_t *date)
{
	struct tm tm = {0};
	char text[64];
	time_t t;

	if (text_copy(text, sizeof(text), s) ||
	    !strptime(text, " %a, %d %b %Y %H:%M:%S UTC", &tm))
		return -EBADMSG;
	t = timegm(&tm);
	if (t < 0 || t > UINT32_MAX)
		return -EBADMSG;
	*date = t;
	return 0;
}

int release_parse(struct release *r, const char *text)
{
	struct span rest = text_span(text), line, value;
	struct digest_ctx d;
	bool whole, dated = false;
	size_t listed = 0;

	digest_init(&d);
	while (text_line(&rest, &line, &whole)) {
		value = line;
		if (text_strip(&value, "-----BEGIN PGP SIGNATURE-----"))
			break;
		if (text_strip(&value, "Date:")) {
			if (parse_date(value, &r->date))
				return -EBADMSG;
			dated = true;
		} else if (text_strip(&value, " ")) {
			/* without dates: same packages, same base */
			digest_update(&d, line.p, line.n + 1);
			listed++;
		}
	}
	digest_final(&d, r->digest);
	return dated && listed ? 0 : -EBADMSG;
}

/* "E: Failed to fetch URL  REASON" is what a person wants to know. */
static char *reason(const char *said)
{
	const char *at = strstr(said, "E: Failed to fetch ");

	at = at ? strstr(at, "  ") : NULL;
	at = at ? at + 2 : said;
	return xasprintf("%.*s", (int)strcspn(at, "\n"), at);
}

/* apt's downloader knows the machine's proxies and certificates. */
static int download(const char *url, const char *path, char **why)
{
	const char *const argv[] = {HELPER,
				    "-oAcquire::Retries=2",
				    "-oAcquire::http::Timeout=20",
				    "-oAcquire::https::Timeout=20",
				    "-oAPT::Sandbox::User=root",
				    "download-file",
				    url,
				    path,
				    NULL};
	int p[2], err;
	struct spawn s = {.argv = argv, .in = -1};
	char *said;

	if (pipe2(p, O_CLOEXEC))
		die("pipe:");
	s.out = s.err = p[1];
	err = spawn_start(&s);
	close(p[1]);
	if (err) {
		*why = xasprintf("%s: %s", HELPER, strerror(-err));
	} else {
		said = spawn_tail(p[0], -1, 8);
		*why = reason(said);
		free(said);
		err = spawn_wait(&s) ? -EIO : 0;
	}
	close(p[0]);
	return err;
}

int release_fetch(struct release *r, const char *uri, const char *suite,
		  const char *work, char **why)
{
	char *url = xasprintf("%s/dists/%s/InRelease", uri, suite);
	char *path = xasprintf("%s/InRelease", work), *text = NULL, *said;
	int err = download(url, path, &said);

	if (err) {
		*why = xasprintf("%s: cannot fetch: %s", url, said);
	} else {
		text = outfile_slurp(path, RELEASE_MAX, NULL);
		err = text ? release_parse(r, text) : -errno;
		if (err)
			*why = xasprintf("%s: not a Release file", url);
	}
	unlink(path);
	free(text);
	free(said);
	free(path);
	free(url);
	return err;
}
