/* SPDX-License-Identifier: MIT */
/* url.c - http and https URLs, narrowed to what a mirror or a redirect needs.
 */
#include "format/ip6.h"
#include "format/lease.h"
#include "format/url.h"

#define URL_HTTP	"http://"
#define URL_HTTPS	"https://"
#define URL_LABEL_MAX	63

/* Length of what comes before the host. */
static size_t url_scheme(const struct url *u)
{
	return u->tls ? strlen(URL_HTTPS) : strlen(URL_HTTP);
}

static bool url_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool url_alnum(char c)
{
	return url_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Neither ::, which is this machine, nor multicast is a server; what is IPv4
 * in disguise must be written as that, where it is judged. */
static bool url_ipv6_ok(struct span s)
{
	static const uint8_t self[IP6_SIZE] = {[IP6_SIZE - 1] = 1};
	uint8_t addr[IP6_SIZE];

	return !ip6_parse(s, addr) &&
	       (ip6_host(addr) || !memcmp(addr, self, sizeof(self)));
}

static bool url_ipv4_ok(struct span s)
{
	uint32_t addr;

	/* 0.0.0.0/8, multicast, reserved and broadcast are no servers */
	return !lease_ipv4(s, &addr) && addr >> 24 && addr >> 24 < 224;
}

static bool url_name_ok(struct span s)
{
	size_t i, label = 0;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '.') {
			if (!label)
				return false;
			label = 0;
		} else {
			if (!url_alnum(s.p[i]) && s.p[i] != '-' &&
			    s.p[i] != '_')
				return false;
			if (++label > URL_LABEL_MAX)
				return false;
		}
	}
	return label;
}

/* A host whose last label is a number can only be meant as an address. */
static bool url_looks_ipv4(struct span s)
{
	size_t i = s.n;

	while (i && url_digit(s.p[i - 1]))
		i--;
	return i < s.n && (!i || s.p[i - 1] == '.');
}

static int url_host(struct url *u, struct span s, struct fault *f)
{
	if (s.n && s.p[s.n - 1] == '.')
		s.n--;
	if (!s.n || s.n > URL_HOST_MAX)
		return fault_set(f, -EBADMSG, "host empty or too long",
				 url_scheme(u));
	u->numeric = url_looks_ipv4(s);
	if (u->numeric ? !url_ipv4_ok(s) : !url_name_ok(s))
		return fault_set(f, -EBADMSG, "not a host", url_scheme(u));
	return text_copy(u->host, sizeof(u->host), s);
}

static int url_port(struct url *u, struct span s, struct fault *f)
{
	uint64_t port;

	if (text_u64(s, &port) || !port || port > UINT16_MAX)
		return fault_set(f, -EBADMSG, "port not 1..65535",
				 url_scheme(u));
	u->port = port;
	return 0;
}

/* "host", "host:port", "[v6]", "[v6]:port" */
static int url_authority(struct url *u, struct span s, struct fault *f)
{
	struct span host, port;
	int err;

	if (!s.n || s.p[0] != '[') {
		text_cut(s, ':', &host, &port);
		err = url_host(u, host, f);
		return err || !port.p ? err : url_port(u, port, f);
	}
	text_cut((struct span){s.p + 1, s.n - 1}, ']', &host, &port);
	if (!port.p || !url_ipv6_ok(host))
		return fault_set(f, -EBADMSG, "not an IPv6 literal",
				 url_scheme(u));
	u->numeric = true;
	err = text_copy(u->host, sizeof(u->host), host);
	if (err || !port.n)
		return err;
	if (port.p[0] != ':')
		return fault_set(f, -EBADMSG, "junk after the host",
				 url_scheme(u));
	return url_port(u, (struct span){port.p + 1, port.n - 1}, f);
}

/*
 * One character of a path, percent escapes decoded. Returns the bytes used,
 * 0 for what a path may not hold: a "%2e" that hides a dot is seen as one.
 */
static size_t url_char(struct span s, size_t i, int *c)
{
	int hi, lo;

	*c = (unsigned char)s.p[i];
	if (*c <= 0x20 || *c >= 0x7f || strchr("\"#<>\\^`{|}", *c))
		return 0;
	if (*c != '%')
		return 1;
	if (s.n - i < 3)
		return 0;
	hi = text_hex(s.p[i + 1]);
	lo = text_hex(s.p[i + 2]);
	if (hi < 0 || lo < 0)
		return 0;
	*c = hi << 4 | lo;
	return *c < 0x20 || *c == 0x7f ? 0 : 3;
}

static int url_path(struct span s, size_t where, struct fault *f)
{
	size_t i = 0, used, dots = 0, len = 0;
	bool query = false;
	int c;

	while (i < s.n) {
		used = url_char(s, i, &c);
		if (!used)
			return fault_set(f, -EBADMSG, "bad character in path",
					 where + i);
		query |= used == 1 && c == '?';
		if (c == '/' || query) {
			if (len == dots && (dots == 1 || dots == 2))
				break;
			len = dots = 0;
		} else {
			len++;
			dots += c == '.';
		}
		i += used;
	}
	if (i < s.n || (len == dots && (dots == 1 || dots == 2)))
		return fault_set(f, -EBADMSG, "dot segment in path", where + i);
	return 0;
}

int url_parse(struct url *u, struct span text, struct fault *f)
{
	struct span scheme, rest = text;
	size_t end;
	int err;

	if (text.n > URL_MAX)
		return fault_set(f, -EOVERFLOW, "URL too long", URL_MAX);
	u->tls = text_strip(&rest, URL_HTTPS);
	if (!u->tls && !text_strip(&rest, URL_HTTP)) {
		text_cut(text, ':', &scheme, &rest);
		if (rest.n > 1 && text_name_ok(scheme) && rest.p[0] == '/' &&
		    rest.p[1] == '/')
			return fault_set(f, -ENOTSUP,
					 "scheme is not http or https", 0);
		return fault_set(f, -EBADMSG, "not a URL", 0);
	}
	for (end = 0; end < rest.n && rest.p[end] != '/'; end++)
		if (rest.p[end] == '@')
			return fault_set(f, -EBADMSG, "user info in URL",
					 url_scheme(u) + end);
	u->port = u->tls ? 443 : 80;
	err = url_authority(u, (struct span){rest.p, end}, f);
	if (err)
		return err;
	u->path = text_span("/");
	if (end < rest.n)
		u->path = (struct span){rest.p + end, rest.n - end};
	return url_path(u->path, url_scheme(u) + end, f);
}

int url_endpoint(struct url *u, struct span text, uint16_t port,
		 struct fault *f)
{
	memset(u, 0, sizeof(*u));
	u->port = port;
	return url_authority(u, text, f);
}

/* NUL terminate what @o holds; its buffer keeps a byte back for that. */
static int url_end(struct text_out *o)
{
	int n = text_put_end(o);

	o->buf[n < 0 ? 0 : n] = '\0';
	return n;
}

int url_join(char *buf, size_t size, struct span base, struct span rel)
{
	struct text_out o = {.buf = buf, .size = size - 1};

	if (!size)
		return -EOVERFLOW;
	while (base.n && base.p[base.n - 1] == '/')
		base.n--;
	while (rel.n && rel.p[0] == '/') {
		rel.p++;
		rel.n--;
	}
	text_put(&o, base);
	text_put_str(&o, "/");
	text_put(&o, rel);
	return url_end(&o);
}

int url_resolve(char *buf, size_t size, struct span base, struct span location,
		struct fault *f)
{
	struct text_out o = {.buf = buf, .size = size - 1};
	struct span rest = base, host, path;
	struct url u;
	bool tls;
	int err;

	if (!size)
		return -EOVERFLOW;
	buf[0] = '\0';
	err = url_parse(&u, base, f);
	if (err)
		return err;
	if (location.n > 1 && location.p[0] == '/' && location.p[1] == '/')
		return fault_set(f, -EBADMSG, "location without a scheme", 0);
	if (location.n && location.p[0] == '/') {
		rest.p += url_scheme(&u);
		rest.n -= url_scheme(&u);
		text_cut(rest, '/', &host, &path);
		text_put_str(&o, u.tls ? URL_HTTPS : URL_HTTP);
		text_put(&o, host);
	}
	text_put(&o, location);
	err = url_end(&o);
	if (err < 0)
		return fault_set(f, err, "location too long", 0);
	tls = u.tls;
	err = url_parse(&u, (struct span){buf, o.n}, f);
	if (!err && tls && !u.tls)
		return fault_set(f, -EBADMSG, "from https to http", 0);
	return err ? err : (int)o.n;
}

static void url_put_value(struct text_out *o, const char *value)
{
	static const char hex[] = "0123456789ABCDEF";

	for (; *value; value++) {
		unsigned char c = *value;
		char esc[3] = {'%', hex[c >> 4], hex[c & 15]};

		if (url_alnum(c) || strchr("._~-:", c))
			text_put(o, (struct span){value, 1});
		else
			text_put(o, (struct span){esc, 3});
	}
}

int url_expand(char *buf, size_t size, struct span text,
	       const struct url_var *vars, size_t n, struct fault *f)
{
	struct text_out o = {.buf = buf, .size = size - 1};
	struct span plain, rest, name;
	size_t i;

	if (!size)
		return -EOVERFLOW;
	for (;;) {
		text_cut(text, '{', &plain, &rest);
		text_put(&o, plain);
		if (!rest.p)
			return url_end(&o);
		text_cut(rest, '}', &name, &text);
		for (i = 0; i < n && !span_is(name, vars[i].name); i++)
			;
		if (!text.p || i == n) {
			buf[0] = '\0';
			return fault_set(f, -EBADMSG, "unknown {name} in URL",
					 0);
		}
		url_put_value(&o, vars[i].value);
	}
}

/* @text with its names filled in, as far as a stand-in can be. */
static int url_stand_in(char buf[URL_MAX + 1], struct span text)
{
	static const struct url_var vars[] = {
		{"mac", "x"}, {"uuid", "x"}, {"serial", "x"}, {"role", "x"}};

	return url_expand(buf, URL_MAX + 1, text, vars, ARRAY_SIZE(vars), NULL);
}

bool url_template_ok(struct span text)
{
	char buf[URL_MAX + 1];
	struct url u;
	int n = url_stand_in(buf, text);

	return n > 0 && !url_parse(&u, (struct span){buf, n}, NULL);
}

bool url_report_ok(struct span text)
{
	char path[URL_MAX + 1], buf[URL_MAX + 1];
	int n;

	if (span_is(text, "off"))
		return true;
	if (!text.n || text.p[0] != '/')
		return url_template_ok(text);
	n = url_stand_in(path, text);
	return n > 0 && url_resolve(buf, sizeof(buf), text_span(URL_HTTP "h"),
				    (struct span){path, n}, NULL) > 0;
}
