// SPDX-License-Identifier: MIT
/*
 * receive.c - a report from a stranger, as far as the file of reports.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/alloc.h"
#include "host/error.h"
#include "receive.h"
#include "shape.h"

#define BUCKETS 4096 /* addresses share one when there are more */

/* Reports that an address may still send, in thousandths. */
struct bucket {
	uint64_t ms;
	unsigned int left;
};

struct receive {
	struct reports *reports;
	pthread_mutex_t lock;
	struct bucket buckets[BUCKETS];
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct bucket *bucket_of(struct receive *v, const char *address)
{
	uint32_t h = 2166136261u;

	for (; *address; address++)
		h = (h ^ (unsigned char)*address) * 16777619u;
	return &v->buckets[h % BUCKETS];
}

static bool may_send(struct receive *v, const char *address)
{
	struct bucket *b = bucket_of(v, address);
	const unsigned int full = RECEIVE_BURST * 1000;
	uint64_t now = now_ms(), more;

	more = b->ms ? (now - b->ms) * RECEIVE_RATE : full;
	b->ms = now;
	b->left = more >= full - b->left ? full : b->left + (unsigned int)more;
	if (b->left < 1000)
		return false;
	b->left -= 1000;
	return true;
}

static bool local(const char *address)
{
	return !strncmp(address, "127.", 4) || !strcmp(address, "::1") ||
	       !strncmp(address, "::ffff:127.", 11);
}

/* Whom a proxy of ours speaks for, if it says so with an address. */
static const char *sender(const struct httpd_post *p)
{
	unsigned char raw[16];

	if (local(p->address) && p->real_ip &&
	    (inet_pton(AF_INET, p->real_ip, raw) == 1 ||
	     inet_pton(AF_INET6, p->real_ip, raw) == 1))
		return p->real_ip;
	return p->address;
}

static unsigned int take(struct receive *v, const struct httpd_post *p,
			 const char *from, const char **text)
{
	struct json_object *o;
	const char *why;
	int ret;

	if (!may_send(v, from)) {
		*text = "too many reports from there\n";
		return 429;
	}
	o = shape_read(p->body, p->size, &why);
	if (!o) {
		*text = "not a boot report\n";
		info("report from %s refused: %s", from, why);
		return 400;
	}
	ret = reports_add(v->reports, o, from, time(NULL), &why);
	json_object_put(o);
	if (ret) {
		*text = "not kept\n";
		warn("report from %s not kept: %s", from, why);
		return 503;
	}
	*text = "taken\n";
	return 201;
}

static unsigned int post(void *user, const struct httpd_post *p,
			 const char **text)
{
	struct receive *v = user;
	unsigned int status;

	pthread_mutex_lock(&v->lock);
	status = take(v, p, sender(p), text);
	pthread_mutex_unlock(&v->lock);
	return status;
}

struct receive *receive_start(struct httpd_conf *conf, const char *db,
			      unsigned int keep)
{
	struct receive *v = xcalloc(1, sizeof(*v));

	v->reports = reports_open(db, true, keep);
	pthread_mutex_init(&v->lock, NULL);
	conf->post_path = RECEIVE_PATH;
	conf->post_max = SHAPE_MAX;
	conf->post = post;
	conf->post_user = v;
	return v;
}

void receive_stop(struct receive *v)
{
	if (!v)
		return;
	pthread_mutex_destroy(&v->lock);
	reports_close(v->reports);
	free(v);
}
