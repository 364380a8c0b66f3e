// SPDX-License-Identifier: MIT
/* httpcage.c - questions to the cage that reads response heads. */
#include "fetch/httpcage.h"
#include "format/url.h"

#define WHY_MAX 64

/* A question is one byte of these, then its bytes. */
enum { ASK_HEAD, ASK_REDIRECT };

struct head_answer {
	int ret; /* length, 0, or -errno */
	uint64_t where;
	char why[WHY_MAX];
	struct httphead h;
	uint32_t location, type; /* offsets of its spans */
};

static void say_why(char why[WHY_MAX], const struct fault *f)
{
	const char *text = f->why ? f->why : "refused";
	size_t n = strlen(text);

	memcpy(why, text, n < WHY_MAX ? n : WHY_MAX - 1);
}

static uint32_t offset_of(struct span s, const char *buf)
{
	return s.n ? (uint32_t)(s.p - buf) : 0;
}

static int answer_head(const char *buf, size_t size, struct head_answer *a)
{
	struct fault f = {0};

	memset(a, 0, sizeof(*a));
	a->ret = httphead_end(buf, size, &f);
	if (a->ret > 0) {
		int ret = httphead_parse(&a->h, buf, (size_t)a->ret, &f);

		a->location = offset_of(a->h.location, buf);
		a->type = offset_of(a->h.type, buf);
		if (ret)
			a->ret = ret;
	}
	if (a->ret < 0)
		say_why(a->why, &f);
	a->where = f.where;
	return sizeof(*a);
}

/* "BASE\0LOCATION"; the answer is the new URL, or why it is none. */
static int answer_redirect(const char *p, size_t n, char *out, size_t max)
{
	const char *end = memchr(p, 0, n);
	struct fault f = {0};
	int ret;

	if (!end || max < URL_MAX + 1)
		return -EINVAL;
	ret = url_resolve(out, max, (struct span){p, (size_t)(end - p)},
			  (struct span){end + 1, n - (size_t)(end - p) - 1},
			  &f);
	if (ret >= 0)
		return ret;
	out[0] = 0;
	memset(out, 0, WHY_MAX + 1);
	say_why(out + 1, &f);
	return WHY_MAX + 1;
}

static int httpcage(void *in, size_t n, void *out, size_t max)
{
	const char *p = in;

	if (!n)
		return -EINVAL;
	if (p[0] == ASK_HEAD && max >= sizeof(struct head_answer))
		return answer_head(p + 1, n - 1, out);
	if (p[0] == ASK_REDIRECT)
		return answer_redirect(p + 1, n - 1, out, max);
	return -EINVAL;
}

static int lied(struct fetch *f, const char *object, struct fetch_error *e)
{
	cage_close(&f->cage);
	return fetch_fail(e, CODE_CAGE,
			  "%s: the process that reads heads answered nonsense",
			  object);
}

/* A span of the cage's into our own buffer, or false. */
static bool rebase(struct span *s, uint32_t at, const char *buf, size_t size)
{
	if (!s->n) {
		s->p = NULL;
		return true;
	}
	if (at > size || s->n > size - at)
		return false;
	s->p = buf + at;
	return true;
}

static int refused(const struct head_answer *a, struct fault *why)
{
	/* the reason is shown: it must outlive this call */
	static char text[WHY_MAX];

	memcpy(text, a->why, WHY_MAX);
	text[WHY_MAX - 1] = '\0';
	return fault_set(why, a->ret, text, a->where);
}

int httpcage_head(struct fetch *f, const char *object, const char *buf,
		  size_t size, struct httphead *h, struct fault *why,
		  struct fetch_error *e)
{
	char q[1 + HTTPHEAD_MAX] = {ASK_HEAD};
	struct head_answer a;
	int ret;

	if (size > HTTPHEAD_MAX)
		size = HTTPHEAD_MAX;
	memcpy(q + 1, buf, size);
	ret = cage_ask(&f->cage, httpcage, q, size + 1, &a, sizeof(a), object,
		       e);
	if (ret == -EPROTO)
		return ret;
	if (ret != sizeof(a) || (a.ret > 0 && (size_t)a.ret > size))
		return lied(f, object, e);
	if (a.ret < 0)
		return a.ret == -EPROTO ? lied(f, object, e) : refused(&a, why);
	*h = a.h;
	if (!rebase(&h->location, a.location, buf, size) ||
	    !rebase(&h->type, a.type, buf, size))
		return lied(f, object, e);
	return a.ret;
}

static bool is_https(const char *url)
{
	return !strncmp(url, "https://", 8);
}

int httpcage_redirect(struct fetch *f, const char *object, const char *from,
		      char url[URL_MAX + 1], struct span location,
		      struct fetch_error *e)
{
	char q[1 + URL_MAX + 1 + HTTPHEAD_MAX] = {ASK_REDIRECT};
	size_t n = strlen(url) + 1;
	char out[URL_MAX + 1] = "";
	int ret;

	if (n > URL_MAX + 1 || location.n > HTTPHEAD_MAX)
		return lied(f, object, e);
	memcpy(q + 1, url, n);
	memcpy(q + 1 + n, location.p, location.n);
	ret = cage_ask(&f->cage, httpcage, q, 1 + n + location.n, out,
		       sizeof(out), object, e);
	if (ret == -EPROTO)
		return ret;
	if (ret == WHY_MAX + 1 && !out[0]) {
		out[WHY_MAX] = '\0';
		return fetch_fail(e, CODE_REDIR,
				  "%s: redirect by %s refused: "
				  "%s",
				  object, from, out + 1);
	}
	if (ret <= 0 || (size_t)ret > URL_MAX || memchr(out, 0, (size_t)ret) ||
	    (is_https(url) && !is_https(out)))
		return lied(f, object, e);
	memcpy(url, out, (size_t)ret);
	url[ret] = '\0';
	return 0;
}
