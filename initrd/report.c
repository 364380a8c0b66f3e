// SPDX-License-Identifier: MIT
/* report.c - the boot's facts as one JSON object. */
#include "console.h"
#include "file.h"
#include "report.h"

#define REPORT_MAX 32768 /* 16 mirrors, 17 layers, 24 steps */

static void put_text(struct text_out *o, const char *key, struct span s)
{
	static const char hex[] = "0123456789abcdef";

	text_put_str(o, "\"");
	text_put_str(o, key);
	text_put_str(o, "\":\"");
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];
		char u[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15], 0};

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			text_put_str(o, u);
		else
			text_put(o, (struct span){&s.p[i], 1});
	}
	text_put_str(o, "\",");
}

static void put_number(struct text_out *o, const char *key, uint64_t v,
		       const char *after)
{
	text_put_str(o, "\"");
	text_put_str(o, key);
	text_put_str(o, "\":");
	text_put_u64(o, v);
	text_put_str(o, after);
}

static void put_code(struct text_out *o, enum code code, const char *after)
{
	text_put_str(o, "\"result\":\"");
	text_put_str(o, code == CODE_NONE ? "ok" : code_name(code));
	text_put_str(o, "\"");
	text_put_str(o, after);
}

static void put_steps(struct text_out *o, const struct boot *b)
{
	text_put_str(o, "\"steps\":[");
	for (unsigned int i = 0; i < b->n_steps; i++) {
		const struct boot_step *s = &b->steps[i];

		text_put_str(o, i ? ",{" : "{");
		put_text(o, "name", text_span(s->name));
		put_number(o, "start_ms", s->start_ms, ",");
		put_number(o, "stop_ms", s->stop_ms, ",");
		put_number(o, "bytes", s->bytes, ",");
		put_number(o, "failed_tries", s->tries, ",");
		put_number(o, "memory_peak", s->memory, ",");
		put_code(o, s->code, "}");
	}
	text_put_str(o, "]}\n");
}

static void put_layers(struct text_out *o, const struct boot *b)
{
	const struct layers *s = &b->layers;
	bool more = false;

	text_put_str(o, "\"layers\":[");
	for (unsigned int i = 0; i < s->n; i++) {
		const struct fetch_layer *l = &s->l[i];

		if (!l->start_ms)
			continue;
		text_put_str(o, more ? ",{" : "{");
		more = true;
		put_text(o, "name", text_span(s->names[i]));
		put_number(o, "size", l->ix.layer_size, ",");
		put_number(o, "bytes", l->bytes, ",");
		put_number(o, "failed_tries", l->tries, ",");
		put_text(o, "mirror",
			 text_span(b->fetch.mirrors[l->mirror].url));
		put_number(o, "start_ms", l->start_ms, ",");
		put_number(o, "stop_ms", l->stop_ms, ",");
		put_number(o, "unpack_start_ms", s->unpack_ms[i][0], ",");
		put_number(o, "unpack_stop_ms", s->unpack_ms[i][1], ",");
		text_put_str(o,
			     l->done ? "\"whole\":true}" : "\"whole\":false}");
	}
	text_put_str(o, "],");
}

static void put_mirrors(struct text_out *o, const struct fetch *f)
{
	text_put_str(o, "\"mirrors\":[");
	for (unsigned int i = 0; i < f->n_mirrors; i++) {
		const struct fetch_mirror *m = &f->mirrors[i];

		text_put_str(o, i ? ",{" : "{");
		put_text(o, "url", text_span(m->url));
		put_number(o, "bytes", m->bytes, ",");
		put_number(o, "failures", m->failed, ",");
		put_number(o, "rate", m->rate, ",");
		text_put_str(o, m->bad ? "\"bad\":true}" : "\"bad\":false}");
	}
	text_put_str(o, "],");
}

static void put_result(struct text_out *o, const struct boot *b)
{
	char name[24] = "ok";

	if (b->error.code != CODE_NONE)
		fetch_error_name(&b->error, name);
	put_text(o, "result", text_span(name));
	if (b->error.code != CODE_NONE)
		put_text(o, "error", text_span(b->error.text));
}

static void put_all(struct text_out *o, const struct boot *b)
{
	const struct fetch *f = &b->fetch;

	text_put_str(o, "{");
	put_number(o, "slipway", 1, ",");
	put_result(o, b);
	put_text(o, "site", b->policy.site);
	put_text(o, "mac", text_span(b->machine.mac));
	put_text(o, "uuid", text_span(b->machine.uuid));
	put_text(o, "serial", text_span(b->machine.serial));
	if (b->role) {
		put_text(o, "role", b->role->name);
		put_number(o, "manifest", b->manifest.serial, ",");
	}
	if (f->current < f->n_mirrors)
		put_text(o, "mirror", text_span(f->mirrors[f->current].url));
	put_number(o, "bytes", f->stats.bytes, ",");
	put_number(o, "requests", f->stats.requests, ",");
	put_number(o, "retries", f->stats.retries, ",");
	put_mirrors(o, f);
	put_layers(o, b);
	put_steps(o, b);
}

void report_file(const struct boot *b)
{
	static char buf[REPORT_MAX];
	struct text_out o = {.buf = buf, .size = sizeof(buf)};
	int n;

	put_all(&o, b);
	n = text_put_end(&o);
	if (n >= 0)
		n = file_write(BOOT_FACTS "/report.json", buf, n, 0644);
	if (n < 0)
		console_say("report: %s", strerror(-n));
}

int report_write(struct boot *b)
{
	report_file(b);
	return 0;
}
