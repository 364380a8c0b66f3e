// SPDX-License-Identifier: MIT
/*
 * fuzz-cmdline.c - what was understood, written again, is understood the same;
 * words that would loosen a check change nothing; and a limit that stands on
 * the line is in force, by a reading of the line that knows nothing else.
 */
#include "format/bootargs.h"
#include "format/url.h"
#include "fuzz.h"

static struct text_out out;
static char line[3 * BOOTARGS_MAX];

static bool eq(struct span a, struct span b)
{
	return a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n));
}

static void put(const char *key, struct span v)
{
	text_put_str(&out, key);
	text_put(&out, v);
	text_put_str(&out, " ");
}

/*
 * A value may hold blanks and quotes, and the kernel's quotes do not nest. One
 * of three ways gives it back, unless its own quotes are too many for that.
 */
static bool put_init(struct span v)
{
	static const char *const ways[][2] = {
		{"init=\"", "\" "}, {"init=", " "}, {"init=\"", " "}};
	struct text_out was = out;
	struct bootargs b;

	for (size_t i = 0; v.n && i < ARRAY_SIZE(ways); i++) {
		out = was;
		text_put_str(&out, ways[i][0]);
		text_put(&out, v);
		text_put_str(&out, ways[i][1]);
		text_put_str(&out, "slipway.ram=7 ");
		if (out.n <= BOOTARGS_MAX &&
		    !bootargs_parse(&b, (struct span){line, out.n}) &&
		    eq(b.init, v) && b.ram_bytes == 7) {
			out.n -= strlen("slipway.ram=7 ");
			return true;
		}
	}
	return !v.n;
}

static void put_u64(const char *key, uint64_t v)
{
	text_put_str(&out, key);
	if (v <= INT64_MAX)
		text_put_u64(&out, v);
	text_put_str(&out, " ");
}

static void put_ip(const struct bootargs *b)
{
	static const char *const how[] = {"",	  "on",	   "none", "static",
					  "dhcp", "dhcp6", "auto6"};

	for (unsigned int k = 0; k < b->n_addrs; k++) {
		const struct bootargs_addr *a = &b->addrs[k];
		const struct span part[] = {a->client, {NULL, 0}, a->gw,
					    a->mask,   a->host,	  a->dev};

		text_put_str(&out, "ip=");
		for (size_t i = 0; i < ARRAY_SIZE(part); i++) {
			bool six =
				part[i].n && memchr(part[i].p, ':', part[i].n);

			text_put_str(&out, six ? "[" : "");
			text_put(&out, part[i]);
			text_put_str(&out, six ? "]:" : ":");
		}
		text_put_str(&out, how[a->ip]);
		text_put_str(&out, " ");
	}
}

static void put_panic(const struct bootargs *b)
{
	static const char *const how[] = {"", "reboot", "shell", "halt"};

	if (b->panic == PANIC_UNSET)
		return;
	text_put_str(&out, "slipway.panic=");
	text_put_str(&out, how[b->panic]);
	if (b->has_panic_sec) {
		text_put_str(&out, ",");
		text_put_u64(&out, b->panic_sec);
	}
	text_put_str(&out, " ");
}

static void put_names(const struct bootargs *b)
{
	unsigned int i;

	if (b->n_urls)
		text_put_str(&out, "slipway.url=");
	for (i = 0; i < b->n_urls; i++) {
		text_put(&out, b->urls[i]);
		text_put_str(&out, i + 1 < b->n_urls ? "," : " ");
	}
	if (b->role.n)
		put("slipway.role=", b->role);
	if (b->brk.n)
		put("slipway.break=", b->brk);
	if (b->report.n)
		put("slipway.report=", b->report);
	if (b->source.n)
		put("slipway.source=", b->source);
	if (b->syslog.n)
		put("slipway.syslog=", b->syslog);
	for (i = 0; i < b->n_ns; i++)
		put("nameserver=", b->ns[i]);
}

/* 0: cannot be written in another way than it was. */
static size_t print(const struct bootargs *b)
{
	char mac[40];

	out = (struct text_out){.buf = line, .size = sizeof(line)};
	if (!put_init(b->init))
		return 0;
	put_names(b);
	put_ip(b);
	put_panic(b);
	if (b->debug)
		text_put_str(&out, "slipway.debug ");
	if (b->ram_bytes)
		put_u64("slipway.ram=", b->ram_bytes);
	if (b->ram_percent) {
		put_u64("slipway.ram=", b->ram_percent);
		out.n--;
		text_put_str(&out, "% ");
	}
	if (b->has_serial)
		put_u64("slipway.serial=", b->serial);
	if (b->has_floor)
		put_u64("slipway.floor=", b->floor);
	if (b->has_bootif) {
		snprintf(mac, sizeof(mac),
			 "BOOTIF=01:%02x:%02x:%02x:%02x:%02x"
			 ":%02x ",
			 b->bootif[0], b->bootif[1], b->bootif[2], b->bootif[3],
			 b->bootif[4], b->bootif[5]);
		text_put_str(&out, mac);
	}
	return out.n;
}

static bool same_lists(const struct bootargs *a, const struct bootargs *b)
{
	unsigned int i;

	if (a->n_urls != b->n_urls || a->n_ns != b->n_ns)
		return false;
	for (i = 0; i < a->n_urls; i++)
		if (!eq(a->urls[i], b->urls[i]))
			return false;
	for (i = 0; i < a->n_ns; i++)
		if (!eq(a->ns[i], b->ns[i]))
			return false;
	return true;
}

static bool same_addrs(const struct bootargs *a, const struct bootargs *b)
{
	if (a->n_addrs != b->n_addrs)
		return false;
	for (unsigned int i = 0; i < a->n_addrs; i++) {
		const struct bootargs_addr *x = &a->addrs[i];
		const struct bootargs_addr *y = &b->addrs[i];

		if (x->ip != y->ip || !eq(x->client, y->client) ||
		    !eq(x->gw, y->gw) || !eq(x->mask, y->mask) ||
		    !eq(x->host, y->host) || !eq(x->dev, y->dev))
			return false;
	}
	return true;
}

static bool same(const struct bootargs *a, const struct bootargs *b)
{
	return same_lists(a, b) && eq(a->role, b->role) && eq(a->brk, b->brk) &&
	       eq(a->syslog, b->syslog) && eq(a->report, b->report) && eq(a->source, b->source) &&
	       eq(a->init, b->init) && a->panic == b->panic &&
	       a->has_panic_sec == b->has_panic_sec &&
	       (!a->has_panic_sec || a->panic_sec == b->panic_sec) &&
	       a->debug == b->debug && a->ram_bytes == b->ram_bytes &&
	       a->ram_percent == b->ram_percent &&
	       a->has_serial == b->has_serial && a->serial == b->serial &&
	       a->has_floor == b->has_floor && a->floor == b->floor &&
	       same_addrs(a, b) && a->has_bootif == b->has_bootif &&
	       !memcmp(a->bootif, b->bootif, sizeof(a->bootif));
}

static void check_values(const struct bootargs *b)
{
	unsigned int i;

	NEED(b->n_urls <= BOOTARGS_URLS_MAX && b->n_ns <= BOOTARGS_NS_MAX);
	NEED(b->n_notes <= BOOTARGS_NOTES_MAX && b->ram_percent <= 100);
	for (i = 0; i < b->n_urls; i++)
		NEED(url_template_ok(b->urls[i]));
	NEED(b->n_addrs <= BOOTARGS_ADDRS_MAX &&
	     b->n_vlans <= BOOTARGS_VLANS_MAX);
	NEED(b->n_bonds <= BOOTARGS_BONDS_MAX &&
	     b->n_routes <= BOOTARGS_ROUTES_MAX &&
	     b->n_ifnames <= BOOTARGS_IFNAMES_MAX);
	for (i = 0; i < b->n_vlans; i++)
		NEED(b->vlans[i].id && b->vlans[i].id < 4095 &&
		     b->vlans[i].name.n < 16 && b->vlans[i].parent.n < 16);
	for (i = 0; i < b->n_routes; i++)
		NEED(b->routes[i].prefix <= (b->routes[i].six ? 128u : 32u));
	for (i = 0; i < b->n_notes; i++)
		NEED(b->notes[i].why);
	NEED(!b->role.n || text_name_ok(b->role));
	NEED(!b->brk.n || text_name_ok(b->brk));
	NEED(!b->init.n || b->init.p[0] == '/');
	NEED(b->has_floor || !b->floor);
	NEED(b->has_serial || !b->serial);
}

/* The limit that the last word @key of a line without quotes sets. */
static bool last_limit(struct span s, const char *key, uint64_t shut,
		       uint64_t *v)
{
	size_t n = strlen(key), i, end;
	bool found = false;

	for (i = 0; i < s.n; i = end + 1) {
		for (end = i; end < s.n && (unsigned char)s.p[end] > ' '; end++)
			;
		if (end - i == 2 && s.p[i] == '-' && s.p[i + 1] == '-')
			break;
		if (end - i < n || memcmp(s.p + i, key, n) ||
		    (end - i > n && s.p[i + n] != '='))
			continue;
		found = true;
		*v = shut;
		if (end - i > n)
			text_u64(
				(struct span){s.p + i + n + 1, end - i - n - 1},
				v);
	}
	return found;
}

static void check_limits(const struct bootargs *b, struct span text)
{
	uint64_t v;

	if (memchr(text.p, '"', text.n))
		return;
	NEED(last_limit(text, "slipway.floor", UINT64_MAX, &v) == b->has_floor);
	NEED(!b->has_floor || b->floor == v);
	NEED(last_limit(text, "slipway.serial", 0, &v) == b->has_serial);
	NEED(!b->has_serial || b->serial == v);
}

/* Quotes around a word, or around its value, are the kernel's and go. */
static void check_quotes(const struct bootargs *b, struct span text)
{
	struct bootargs again;
	size_t n = 0, i, end;
	char *equals;

	if (memchr(text.p, '"', text.n) || text.n > BOOTARGS_MAX / 4)
		return;
	for (i = 0; i < text.n; i = end + 1) {
		for (end = i; end < text.n && (unsigned char)text.p[end] > ' ';
		     end++)
			;
		if (end == i)
			continue;
		memcpy(line + n + 1, text.p + i, end - i);
		equals = memchr(line + n + 1, '=', end - i);
		if (equals && n % 2) {
			memmove(line + n, line + n + 1, equals - line - n);
			*equals = '"';
		} else {
			line[n] = '"';
		}
		n += 1 + end - i;
		line[n++] = '"';
		line[n++] = ' ';
	}
	NEED(!bootargs_parse(&again, (struct span){line, n}));
	NEED(same(b, &again));
}

/* Who finds no URL must find out that one was given and refused. */
static void check_url(const struct bootargs *b)
{
	static const char good[] = "slipway.url=http://a/ ";
	static const char bad[] = " slipway.url=ftps://a/";
	struct bootargs again;
	bool told = false;
	size_t n = sizeof(good) - 1;

	memcpy(line, good, n);
	for (unsigned int i = 0; i < b->n_notes; i++) {
		struct span word = b->notes[i].word;

		if (n + word.n + sizeof(bad) > BOOTARGS_MAX)
			return;
		for (size_t j = 0; j < word.n; j++)
			if ((unsigned char)word.p[j] <= ' ' || word.p[j] == '"')
				return;
		memcpy(line + n, word.p, word.n);
		n += word.n;
		line[n++] = ' ';
	}
	memcpy(line + n, bad, sizeof(bad) - 1);
	n += sizeof(bad) - 1;
	NEED(!bootargs_parse(&again, (struct span){line, n}));
	NEED(!again.n_urls);
	for (unsigned int i = 0; i < again.n_notes; i++)
		told |= eq(again.notes[i].word,
			   (struct span){bad + 1, sizeof(bad) - 2});
	NEED(told);
}

static void cannot_loosen(const struct bootargs *b, struct span text)
{
	static const char more[] =
		" verify=0 insecure ca=/x rescue slipway.verify=0 "
		"slipway.insecure slipway.rescue slipway.mode=rescue "
		"slipway.ca=/x slipway.epoch=0 slipway.site=x rd.shell "
		"slipway.stale=warn ima_appraise=off";
	struct bootargs again;
	size_t quotes = 0;

	for (size_t i = 0; i < text.n; i++)
		quotes += text.p[i] == '"';
	if (quotes % 2 || text.n + sizeof(more) > BOOTARGS_MAX)
		return;
	memcpy(line, text.p, text.n);
	memcpy(line + text.n, more, sizeof(more) - 1);
	NEED(!bootargs_parse(&again,
			     (struct span){line, text.n + sizeof(more) - 1}));
	NEED(same(b, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};
	struct bootargs b, again;
	int err = bootargs_parse(&b, text);
	size_t n;

	NEED(err == (size > BOOTARGS_MAX ? -EOVERFLOW : 0));
	if (err)
		return 0;
	check_values(&b);
	check_limits(&b, text);
	check_url(&b);
	check_quotes(&b, text);
	cannot_loosen(&b, text);
	n = print(&b);
	if (!n || n > BOOTARGS_MAX)
		return 0;
	NEED(!bootargs_parse(&again, (struct span){line, n}));
	NEED(same(&b, &again));
	return 0;
}
