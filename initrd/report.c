// SPDX-License-Identifier: MIT
/* report.c - the boot's facts as one JSON object. */
#include "console.h"
#include "file.h"
#include "report.h"

#define REPORT_MAX 8192

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

static void put_steps(struct text_out *o, const struct boot *b)
{
	text_put_str(o, "\"steps\":[");
	for (unsigned int i = 0; i < b->n_steps; i++) {
		const struct boot_step *s = &b->steps[i];

		text_put_str(o, i ? ",{" : "{");
		put_text(o, "name", text_span(s->name));
		put_number(o, "start_ms", s->start_ms, ",");
		put_number(o, "stop_ms", s->stop_ms, "}");
	}
	text_put_str(o, "]}\n");
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
