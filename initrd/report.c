// SPDX-License-Identifier: MIT
/* report.c - the boot's facts as one JSON object (format/README.md). */
#include <sys/utsname.h>
#include "console.h"
#include "file.h"
#include "fetch/clock.h"
#include "format/json.h"
#include "outbox.h"
#include "report.h"

static void put_steps(struct text_out *o, const struct boot *b)
{
	json_open(o, "steps", "[");
	for (unsigned int i = 0; i < b->n_steps; i++) {
		const struct boot_step *s = &b->steps[i];

		json_open(o, NULL, "{");
		json_text(o, "name", text_span(s->name));
		json_u64(o, "start_ms", s->start_ms);
		json_u64(o, "stop_ms", s->stop_ms);
		json_u64(o, "bytes", s->bytes);
		json_u64(o, "failed_tries", s->tries);
		json_u64(o, "memory_peak", s->memory);
		json_text(o, "result",
			  text_span(s->code == CODE_NONE ? "ok"
							 : code_name(s->code)));
		json_close(o, "}");
	}
	json_close(o, "]");
}

static void put_layers(struct text_out *o, const struct boot *b)
{
	const struct layers *s = &b->layers;

	json_open(o, "layers", "[");
	for (unsigned int i = 0; i < s->n; i++) {
		const struct fetch_layer *l = &s->l[i];

		if (!l->start_ms)
			continue;
		json_open(o, NULL, "{");
		json_text(o, "name", text_span(s->names[i]));
		json_u64(o, "size", l->ix.layer_size);
		json_u64(o, "bytes", l->bytes);
		json_u64(o, "failed_tries", l->tries);
		json_text(o, "mirror",
			  text_span(b->fetch.mirrors[l->mirror].url));
		json_u64(o, "start_ms", l->start_ms);
		json_u64(o, "stop_ms", l->stop_ms);
		json_u64(o, "unpack_start_ms", s->unpack_ms[i][0]);
		json_u64(o, "unpack_stop_ms", s->unpack_ms[i][1]);
		json_bool(o, "whole", l->done);
		json_close(o, "}");
	}
	json_close(o, "]");
}

static void put_mirrors(struct text_out *o, const struct fetch *f)
{
	json_open(o, "mirrors", "[");
	for (unsigned int i = 0; i < f->n_mirrors; i++) {
		const struct fetch_mirror *m = &f->mirrors[i];

		json_open(o, NULL, "{");
		json_text(o, "url", text_span(m->url));
		json_u64(o, "bytes", m->bytes);
		json_u64(o, "failures", m->failed);
		json_u64(o, "rate", m->rate);
		json_bool(o, "bad", m->bad);
		json_close(o, "}");
	}
	json_close(o, "]");
}

static void put_result(struct text_out *o, const struct boot *b)
{
	char name[24] = "ok";

	if (b->error.code != CODE_NONE)
		fetch_error_name(&b->error, name);
	json_text(o, "result", text_span(name));
	if (b->error.code != CODE_NONE)
		json_text(o, "error", text_span(b->error.text));
}

/* The kernel's own number of this boot, which the journal of it has too. */
static void put_kernel(struct text_out *o)
{
	char id[64];
	int n = file_read_line("/proc/sys/kernel/random/boot_id", id,
			       sizeof(id));
	struct utsname u;

	if (n > 0)
		json_text(o, "boot_id", text_span(id));
	if (uname(&u))
		return;
	json_text(o, "kernel", text_span(u.release));
	if (strcmp(u.nodename, "(none)") && strcmp(u.nodename, "localhost"))
		json_text(o, "hostname", text_span(u.nodename));
}

static void put_machine(struct text_out *o, const struct boot *b)
{
	json_text(o, "site", b->policy.site);
	json_text(o, "mac", text_span(b->machine.mac));
	json_text(o, "uuid", text_span(b->machine.uuid));
	json_text(o, "serial", text_span(b->machine.serial));
	put_kernel(o);
	json_u64(o, "init", MANIFEST_INIT_VERSION);
	json_u64(o, "built", b->policy.built);
	if (b->role) {
		json_text(o, "role", b->role->name);
		if (b->image.n)
			json_text(o, "image", b->image);
		json_u64(o, "manifest", b->manifest.serial);
		if (b->args.fallback)
			json_u64(o, "fallback", b->args.fallback);
	} else if (b->args.role.n) {
		json_text(o, "role", b->args.role);
	}
}

static void put_all(struct text_out *o, const struct boot *b)
{
	const struct fetch *f = &b->fetch;

	json_open(o, NULL, "{");
	json_u64(o, "slipway", REPORT_VERSION);
	json_text(o, "boot", text_span(outbox_boot(b)));
	put_result(o, b);
	put_machine(o, b);
	json_u64(o, "uptime_ms", clock_ms());
	if (f->current < f->n_mirrors)
		json_text(o, "mirror", text_span(f->mirrors[f->current].url));
	json_u64(o, "bytes", f->stats.bytes);
	json_u64(o, "requests", f->stats.requests);
	json_u64(o, "retries", f->stats.retries);
	put_mirrors(o, f);
	put_layers(o, b);
	put_steps(o, b);
	json_close(o, "}\n");
}

struct span report_file(const struct boot *b)
{
	static char buf[REPORT_MAX];
	struct text_out o = {.buf = buf, .size = sizeof(buf)};
	int n, ret;

	put_all(&o, b);
	n = text_put_end(&o);
	ret = n < 0 ? n : file_write(BOOT_FACTS "/report.json", buf, n, 0644);
	if (ret < 0)
		console_say("report: %s", strerror(-ret));
	return (struct span){buf, n < 0 ? 0 : (size_t)n};
}

int report_write(struct boot *b)
{
	outbox_send(b, report_file(b), OUTBOX_BOOT_SEC);
	return 0;
}
