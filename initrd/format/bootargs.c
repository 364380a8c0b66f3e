/* SPDX-License-Identifier: MIT */
/* bootargs.c - the kernel command line: own keys and well-known spellings. */
#include "format/bootargs.h"
#include "format/url.h"

#define BOOTARGS_PANIC_MAX 86400

struct bootargs_state {
	struct bootargs *b;
	bool own_urls;	/* slipway.url= was seen: root=live: yields */
	bool own_panic; /* slipway.panic= was seen: panic= yields */
};

/* Each key's handler returns why its value is not taken, or NULL. */
struct bootargs_key {
	const char *name;
	const char *(*set)(struct bootargs_state *s, struct span v);
};

static const char *bootargs_urls(struct bootargs *b, struct span v)
{
	const char *why = NULL;
	struct span url;

	b->n_urls = 0;
	do {
		text_cut(v, ',', &url, &v);
		if (!url_template_ok(url))
			why = "not a URL for /init";
		else if (b->n_urls == BOOTARGS_URLS_MAX)
			why = "too many URLs";
		else
			b->urls[b->n_urls++] = url;
	} while (v.p);
	return why;
}

static const char *bootargs_url(struct bootargs_state *s, struct span v)
{
	s->own_urls = true;
	return bootargs_urls(s->b, v);
}

/* root= of any other kind is meant for another init. */
static const char *bootargs_root(struct bootargs_state *s, struct span v)
{
	struct span http = v;

	if (!text_strip(&v, "live:") && !text_strip(&http, "http://") &&
	    !text_strip(&http, "https://"))
		return NULL;
	return s->own_urls ? NULL : bootargs_urls(s->b, v);
}

static const char *bootargs_name(struct span *out, struct span v)
{
	if (!text_name_ok(v))
		return "not a name";
	*out = v;
	return NULL;
}

static const char *bootargs_role(struct bootargs_state *s, struct span v)
{
	return bootargs_name(&s->b->role, v);
}

static const char *bootargs_image(struct bootargs_state *s, struct span v)
{
	return bootargs_name(&s->b->image, v);
}

static const char *bootargs_channel(struct bootargs_state *s, struct span v)
{
	return bootargs_name(&s->b->channel, v);
}

static const char *bootargs_break(struct bootargs_state *s, struct span v)
{
	return bootargs_name(&s->b->brk, v);
}

/* dracut's bare rd.break stops before the switch to the new root. */
static const char *bootargs_rd_break(struct bootargs_state *s, struct span v)
{
	return bootargs_name(&s->b->brk, v.n ? v : text_span("switchroot"));
}

static const char *bootargs_rd_shell(struct bootargs_state *s, struct span v)
{
	return "only an initrd packed for rescue opens a shell";
}

static const char *bootargs_debug(struct bootargs_state *s, struct span v)
{
	if (v.n && !span_is(v, "1") && !span_is(v, "0"))
		return "not 0 or 1";
	s->b->debug = !span_is(v, "0");
	return NULL;
}

static const char *bootargs_panic_sec(struct span v, uint64_t *sec)
{
	if (text_u64(v, sec) || *sec > BOOTARGS_PANIC_MAX)
		return "not 0 to 86400 seconds";
	return NULL;
}

static const char *bootargs_own_panic(struct bootargs_state *s, struct span v)
{
	struct bootargs *b = s->b;
	enum bootargs_panic how;
	const char *why = NULL;
	struct span word, rest;
	uint64_t sec = 0;

	text_cut(v, ',', &word, &rest);
	if (span_is(word, "reboot"))
		how = PANIC_REBOOT;
	else if (span_is(word, "shell"))
		how = PANIC_SHELL;
	else if (span_is(word, "halt"))
		how = PANIC_HALT;
	else
		return "not reboot, shell or halt";
	/* a shell above all is not to be had by half a word */
	if (rest.p)
		why = bootargs_panic_sec(rest, &sec);
	if (why)
		return why;
	b->panic = how;
	b->has_panic_sec = rest.p;
	b->panic_sec = sec;
	s->own_panic = true;
	return NULL;
}

/* The kernel's: N reboots after N seconds, 0 never does, below 0 at once. */
static const char *bootargs_panic(struct bootargs_state *s, struct span v)
{
	struct bootargs *b = s->b;
	bool at_once = text_strip(&v, "-");
	const char *why;
	uint64_t sec;

	if (s->own_panic)
		return NULL;
	why = bootargs_panic_sec(v, &sec);
	if (why)
		return why;
	b->panic = at_once || sec ? PANIC_REBOOT : PANIC_HALT;
	b->has_panic_sec = true;
	b->panic_sec = at_once ? 0 : sec;
	return NULL;
}

static const char *bootargs_report(struct bootargs_state *s, struct span v)
{
	if (!url_report_ok(v))
		return "not off, a URL for /init or a path";
	s->b->report = v;
	return NULL;
}

static const char *bootargs_syslog(struct bootargs_state *s, struct span v)
{
	struct url u;

	if (url_endpoint(&u, v, 514, NULL))
		return "not HOST or HOST:PORT";
	s->b->syslog = v;
	return NULL;
}

static const char *bootargs_source(struct bootargs_state *s, struct span v)
{
	struct span rest = v, label, path;

	if (!span_is(v, "net") && !span_is(v, "disk")) {
		if (!text_strip(&rest, "LABEL="))
			return "not net, disk or LABEL=name[:/path]";
		text_cut(rest, ':', &label, &path);
		if (!text_name_ok(label) ||
		    (path.p && (!path.n || *path.p != '/')))
			return "not net, disk or LABEL=name[:/path]";
	}
	s->b->source = v;
	return NULL;
}

static const char *bootargs_upper(struct bootargs_state *s, struct span v)
{
	bool optional;

	if (!text_strip(&v, "LABEL="))
		return "not LABEL=name[?]";
	optional = v.n && v.p[v.n - 1] == '?';
	v.n -= optional;
	if (!text_name_ok(v))
		return "not LABEL=name[?]";
	s->b->upper = v;
	s->b->upper_optional = optional;
	return NULL;
}

static const char *bootargs_ram(struct bootargs_state *s, struct span v)
{
	bool percent = v.n && v.p[v.n - 1] == '%';
	uint64_t n;

	if (percent)
		v.n--;
	if ((percent ? text_u64(v, &n) : text_size(v, &n)) || !n ||
	    (percent && n > 100))
		return "not a size or a percentage";
	s->b->ram_percent = percent ? n : 0;
	s->b->ram_bytes = percent ? 0 : n;
	return NULL;
}

static const char *bootargs_connections(struct bootargs_state *s, struct span v)
{
	uint64_t n;

	if (text_u64(v, &n) || !n || n > UINT32_MAX)
		return "not a number above 0";
	s->b->connections = (unsigned int)n;
	return NULL;
}

/* A limit that cannot be read must not fall away: nothing passes it then. */
static const char *bootargs_serial(struct bootargs_state *s, struct span v)
{
	s->b->has_serial = true;
	s->b->serial = 0;
	return text_u64(v, &s->b->serial) ? "not a number: no serial passes"
					  : NULL;
}

static const char *bootargs_floor(struct bootargs_state *s, struct span v)
{
	s->b->has_floor = true;
	s->b->floor = UINT64_MAX;
	return text_u64(v, &s->b->floor) ? "not a number: no serial passes"
					 : NULL;
}

static const char *bootargs_fallback(struct bootargs_state *s, struct span v)
{
	s->b->fallback = 0;
	return text_u64(v, &s->b->fallback) ? "not a number" : NULL;
}

static const char *bootargs_init(struct bootargs_state *s, struct span v)
{
	if (!v.n || v.p[0] != '/' || !text_printable(v))
		return "not an absolute path";
	s->b->init = v;
	return NULL;
}

#define BOOTARGS_NET(key)                                                      \
	static const char *bootargs_##key(struct bootargs_state *s,            \
					  struct span v)                       \
	{                                                                      \
		return bootnet_##key(s->b, v);                                 \
	}

BOOTARGS_NET(ip)
BOOTARGS_NET(ns)
BOOTARGS_NET(bootif)
BOOTARGS_NET(vlan)
BOOTARGS_NET(bond)
BOOTARGS_NET(ifname)
BOOTARGS_NET(route)
BOOTARGS_NET(lease)

static const struct bootargs_key bootargs_keys[] = {
	{"slipway.url", bootargs_url},
	{"slipway.role", bootargs_role},
	{"slipway.image", bootargs_image},
	{"slipway.channel", bootargs_channel},
	{"slipway.break", bootargs_break},
	{"slipway.panic", bootargs_own_panic},
	{"slipway.report", bootargs_report},
	{"slipway.syslog", bootargs_syslog},
	{"slipway.debug", bootargs_debug},
	{"slipway.source", bootargs_source},
	{"slipway.ram", bootargs_ram},
	{"slipway.upper", bootargs_upper},
	{"slipway.connections", bootargs_connections},
	{"slipway.serial", bootargs_serial},
	{"slipway.floor", bootargs_floor},
	{"slipway.fallback", bootargs_fallback},
	{"root", bootargs_root},
	{"rd.break", bootargs_rd_break},
	{"rd.shell", bootargs_rd_shell},
	{"rd.debug", bootargs_debug},
	{"panic", bootargs_panic},
	{"ip", bootargs_ip},
	{"nameserver", bootargs_ns},
	{"BOOTIF", bootargs_bootif},
	{"init", bootargs_init},
	{"vlan", bootargs_vlan},
	{"bond", bootargs_bond},
	{"ifname", bootargs_ifname},
	{"rd.route", bootargs_route},
	{"slipway.lease", bootargs_lease},
};

/* A refused slipway.url= is noted however many notes there are: a URL that was
 * given must not silently turn into the initrd's own. */
static void bootargs_note(struct bootargs *b, struct span word, const char *why)
{
	struct span key, value;

	if (!why)
		return;
	if (b->n_notes == BOOTARGS_NOTES_MAX) {
		text_cut(word, '=', &key, &value);
		if (!span_is(key, "slipway.url"))
			return;
		b->n_notes--;
	}
	b->notes[b->n_notes].word = word;
	b->notes[b->n_notes++].why = why;
}

/* The kernel drops a quote that opens a word or a value, and its closing one.
 */
static struct span bootargs_unquote(struct span s)
{
	if (!text_strip(&s, "\""))
		return s;
	if (s.n && s.p[s.n - 1] == '"')
		s.n--;
	return s;
}

static void bootargs_word(struct bootargs_state *s, struct span word)
{
	struct span key, value, own = word;
	size_t i;

	text_cut(word, '=', &key, &value);
	value = bootargs_unquote(value);
	for (i = 0; i < ARRAY_SIZE(bootargs_keys); i++) {
		if (!span_is(key, bootargs_keys[i].name))
			continue;
		bootargs_note(s->b, word, bootargs_keys[i].set(s, value));
		return;
	}
	if (text_strip(&own, "slipway.") && !text_strip(&own, "install"))
		bootargs_note(s->b, word,
			      "unknown key ignored; nothing turns verification "
			      "off");
}

/* Cut the next word off *@rest: up to a space that no quotes hold. */
static bool bootargs_next(struct span *rest, struct span *word)
{
	bool quoted = false;
	size_t i = 0;

	while (rest->n && (unsigned char)rest->p[0] <= ' ') {
		rest->p++;
		rest->n--;
	}
	for (; i < rest->n; i++) {
		if (rest->p[i] == '"')
			quoted = !quoted;
		if ((unsigned char)rest->p[i] <= ' ' && !quoted)
			break;
	}
	*word = (struct span){rest->p, i};
	rest->p += i;
	rest->n -= i;
	return i;
}

int bootargs_parse(struct bootargs *b, struct span line)
{
	struct bootargs_state s = {.b = b};
	struct span word;

	memset(b, 0, sizeof(*b));
	if (line.n > BOOTARGS_MAX)
		return -EOVERFLOW;
	while (bootargs_next(&line, &word)) {
		word = bootargs_unquote(word);
		if (span_is(word, "--"))
			break;
		bootargs_word(&s, word);
	}
	return 0;
}
