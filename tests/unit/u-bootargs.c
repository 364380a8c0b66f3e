/* SPDX-License-Identifier: MIT */
/* u-bootargs.c - command lines: what they set, and what they cannot. */
#include "bootcase.h"

static void bootcase_show(struct text_out *o)
{
	static const char *const panics[] = {"", "reboot", "shell", "halt"};
	unsigned int i;

	for (i = 0; i < b.n_urls; i++)
		show(o, "url=", b.urls[i]);
	show(o, "role=", b.role);
	show(o, "image=", b.image);
	show(o, "channel=", b.channel);
	show(o, "break=", b.brk);
	show(o, "panic=", text_span(panics[b.panic]));
	show_u64(o, "sec=", b.has_panic_sec, b.panic_sec);
	show(o, "report=", b.report);
	show(o, "syslog=", b.syslog);
	show_u64(o, "debug=", b.debug, 1);
	show(o, "source=", b.source);
	show(o, "upper=", b.upper);
	show_u64(o, "upper?=", b.upper_optional, 1);
	show_u64(o, "ram=", b.ram_bytes, b.ram_bytes);
	show_u64(o, "ram%=", b.ram_percent, b.ram_percent);
	show_u64(o, "connections=", b.connections, b.connections);
	show_u64(o, "serial=", b.has_serial, b.serial);
	show_u64(o, "floor=", b.has_floor, b.floor);
	show_u64(o, "fallback=", b.fallback, b.fallback);
	show(o, "init=", b.init);
}

static void own_keys(void)
{
	static const struct bootcase_row rows[] = {
		{"", ""},
		{"quiet console=ttyS0,115200 ro", ""},
		{"slipway.url=http://a/,http://b/{mac}",
		 "url=http://a/ url=http://b/{mac}"},
		{"slipway.url=http://a/ slipway.url=http://b/",
		 "url=http://b/"},
		{"slipway.url=https://a/", "url=https://a/"},
		{"slipway.url=ftp://a/", "!slipway.url=ftp://a/"},
		{"slipway.url=http://a/,x",
		 "url=http://a/ !slipway.url=http://a/,x"},
		{"slipway.url", "!slipway.url"},
		{"slipway.role=web slipway.role=rescue", "role=rescue"},
		{"slipway.role=../x", "!slipway.role=../x"},
		{"slipway.image=r9 slipway.channel=beta",
		 "image=r9 channel=beta"},
		{"slipway.image=-", "image=-"},
		{"slipway.channel=../x", "!slipway.channel=../x"},
		{"slipway.break=layers", "break=layers"},
		{"slipway.panic=reboot", "panic=reboot"},
		{"slipway.panic=shell,30", "panic=shell sec=30"},
		{"slipway.panic=halt,0", "panic=halt sec=0"},
		{"slipway.panic=explode", "!slipway.panic=explode"},
		{"slipway.panic=reboot,x", "!slipway.panic=reboot,x"},
		{"slipway.panic=shell,junk", "!slipway.panic=shell,junk"},
		{"slipway.panic=halt slipway.panic=shell,",
		 "panic=halt !slipway.panic=shell,"},
		{"slipway.syslog=10.0.0.1", "syslog=10.0.0.1"},
		{"slipway.syslog=[fd00::1]:99", "syslog=[fd00::1]:99"},
		{"slipway.syslog=log.example:514", "syslog=log.example:514"},
		{"slipway.syslog=fd00::1", "!slipway.syslog=fd00::1"},
		{"slipway.syslog=a:0", "!slipway.syslog=a:0"},
		{"slipway.syslog=a/b", "!slipway.syslog=a/b"},
		{"slipway.syslog=", "!slipway.syslog="},
		{"slipway.report=off", "report=off"},
		{"slipway.report=http://a/r", "report=http://a/r"},
		{"slipway.report=/r/{role}", "report=/r/{role}"},
		{"slipway.report=mailto:x", "!slipway.report=mailto:x"},
		{"slipway.report=//h/r", "!slipway.report=//h/r"},
		{"slipway.debug", "debug=1"},
		{"slipway.debug=1 slipway.debug=0", ""},
		{"slipway.source=net", "source=net"},
		{"slipway.source=LABEL=SLIPWAY", "source=LABEL=SLIPWAY"},
		{"slipway.source=LABEL=", "!slipway.source=LABEL="},
		{"slipway.source=LABEL=B:/r/7", "source=LABEL=B:/r/7"},
		{"slipway.source=LABEL=B:", "!slipway.source=LABEL=B:"},
		{"slipway.source=LABEL=B:r", "!slipway.source=LABEL=B:r"},
		{"slipway.source=/dev/sda", "!slipway.source=/dev/sda"},
		{"slipway.install slipway.install.disk=/dev/sda", ""},
		{"slipway.upper=LABEL=P", "upper=P"},
		{"slipway.upper=LABEL=P? slipway.upper=LABEL=Q", "upper=Q"},
		{"slipway.upper=LABEL=P?", "upper=P upper?=1"},
		{"slipway.upper=LABEL=?", "!slipway.upper=LABEL=?"},
		{"slipway.upper=/dev/sda", "!slipway.upper=/dev/sda"},
		{"slipway.ram=512M", "ram=536870912"},
		{"slipway.ram=60%", "ram%=60"},
		{"slipway.ram=1G slipway.ram=100%", "ram%=100"},
		{"slipway.ram=101%", "!slipway.ram=101%"},
		{"slipway.ram=0", "!slipway.ram=0"},
		{"slipway.connections=2", "connections=2"},
		{"slipway.connections=0", "!slipway.connections=0"},
		{"slipway.connections=-1", "!slipway.connections=-1"},
		{"slipway.connections=4294967296",
		 "!slipway.connections=4294967296"},
		{"slipway.ram=%", "!slipway.ram=%"},
		{"slipway.ram=99999999999T", "!slipway.ram=99999999999T"},
		{"slipway.serial=412 slipway.floor=400",
		 "serial=412 floor=400"},
		{"slipway.fallback=12", "fallback=12"},
		{"slipway.fallback=12x", "!slipway.fallback=12x"},
	};

	bootcase_check(rows, ARRAY_SIZE(rows));
}

/* Weakening is said and ignored; a broken limit lets nothing pass. */
static void weakening(void)
{
	static const struct bootcase_row rows[] = {
		{"slipway.verify=0", "!slipway.verify=0"},
		{"slipway.insecure", "!slipway.insecure"},
		{"slipway.key=http://evil/k", "!slipway.key=http://evil/k"},
		{"slipway.ca=x slipway.rescue",
		 "!slipway.ca=x !slipway.rescue"},
		{"slipway.", "!slipway."},
		{"SLIPWAY.URL=http://a/", ""},
		{"verify=0 insecure ca=x rescue", ""},
		{"rd.shell", "!rd.shell"},
		{"slipway.serial=0x5", "serial=0 !slipway.serial=0x5"},
		{"slipway.serial", "serial=0 !slipway.serial"},
		{"slipway.floor=-1", "floor=18446744073709551615 "
				     "!slipway.floor=-1"},
		{"slipway.floor=\x80", "floor=18446744073709551615 "
				       "!slipway.floor=\x80"},
	};

	bootcase_check(rows, ARRAY_SIZE(rows));
	bootcase_parse("slipway.verify=0");
	CHECK_STR(b.notes[0].why,
		  "unknown key ignored; nothing turns verification off");
}

static void known_spellings(void)
{
	static const struct bootcase_row rows[] = {
		{"root=live:http://a/x", "url=http://a/x"},
		{"root=http://a/x", "url=http://a/x"},
		{"root=https://a/x", "url=https://a/x"},
		{"root=/dev/sda1", ""},
		{"root=live:LABEL=x", "!root=live:LABEL=x"},
		{"slipway.url=http://a/ root=http://b/", "url=http://a/"},
		{"root=http://b/ slipway.url=http://a/", "url=http://a/"},
		{"rd.break", "break=switchroot"},
		{"rd.break=mount rd.debug", "break=mount debug=1"},
		{"panic=30", "panic=reboot sec=30"},
		{"panic=0", "panic=halt sec=0"},
		{"panic=-1", "panic=reboot sec=0"},
		{"panic=never", "!panic=never"},
		{"panic=5 slipway.panic=halt", "panic=halt"},
		{"slipway.panic=halt panic=5", "panic=halt"},
		{"init=/bin/sh", "init=/bin/sh"},
		{"init=sh", "!init=sh"},
	};

	bootcase_check(rows, ARRAY_SIZE(rows));
}

static void words(void)
{
	static const struct bootcase_row rows[] = {
		{"  \tslipway.role=a\n", "role=a"},
		{"slipway.role=\"a\"", "role=a"},
		{"\"slipway.role=a\"", "role=a"},
		{"slipway.role=a -- slipway.role=b", "role=a"},
		{"x=\"y slipway.role=a z\"", ""},
		{"x=\"y slipway.role=a", ""},
		{"slipway.role=\"a b\"", "!slipway.role=\"a b\""},
		{"slipway.role=\"a", "role=a"},
		{"\"", ""},
		{"=", ""},
		{"=slipway.role=a", ""},
		{"slipway.role=a=b", "!slipway.role=a=b"},
	};

	bootcase_check(rows, ARRAY_SIZE(rows));
}

static void limits(void)
{
	static char line[BOOTARGS_MAX + 1];
	size_t i;

	memset(line, 'x', sizeof(line));
	CHECK_INT(bootargs_parse(&b, (struct span){line, BOOTARGS_MAX}), 0);
	CHECK_INT(bootargs_parse(&b, (struct span){line, BOOTARGS_MAX + 1}),
		  -EOVERFLOW);
	for (i = 0; i < 300; i++)
		memcpy(line + 10 * i, "slipway.x ", 10);
	CHECK_INT(bootargs_parse(&b, (struct span){line, 3000}), 0);
	CHECK_INT(b.n_notes, BOOTARGS_NOTES_MAX);
	memcpy(line, "slipway.url=", 12);
	for (i = 0; i < 12; i++)
		memcpy(line + 12 + 9 * i, "http://a,", 9);
	CHECK_INT(bootargs_parse(&b, (struct span){line, 12 + 9 * 12 - 1}), 0);
	CHECK_INT(b.n_urls, BOOTARGS_URLS_MAX);
	CHECK_INT(b.n_notes, 1);
}

/* A URL that was refused is told of, behind any number of other notes. */
static void url_note_of(const char *url)
{
	static char line[BOOTARGS_MAX];
	size_t others, i, n;

	for (others = 0; others < 20; others++) {
		for (n = 0, i = 0; i < others; i++, n += 10)
			memcpy(line + n, "slipway.x ", 10);
		memcpy(line + n, url, strlen(url));
		n += strlen(url);
		for (i = 0; i < 9; i++, n += 10)
			memcpy(line + n, " slipway.y", 10);
		CHECK_INT(bootargs_parse(&b, (struct span){line, n}), 0);
		CHECK_INT(b.n_urls, 0);
		for (i = 0; i < b.n_notes; i++)
			if (span_is(b.notes[i].word, url))
				break;
		CHECK(i < b.n_notes);
	}
}

static void url_note(void)
{
	url_note_of("slipway.url=ftp://a/");
	url_note_of("slipway.url");
}

/* In its own allocation, so that a sanitizer sees a byte read too far. */
static void every_cut_and_byte(void)
{
	static const char line[] =
		"slipway.url=http://a/,http://b ip=1.2.3.4::1.2.3.5:24:n:e:off:"
		"9.9.9.9 BOOTIF=01-52-54-00-12-34-56 slipway.ram=50% panic=-1 "
		"slipway.role=\"web\" slipway.panic=halt,5 init=/i";
	size_t n = sizeof(line) - 1, i;
	int c;

	for (i = 0; i < n; i++) {
		char *copy = malloc(i + !i);

		CHECK(copy);
		memcpy(copy, line, i);
		CHECK_INT(bootargs_parse(&b, (struct span){copy, i}), 0);
		free(copy);
		copy = malloc(n);
		CHECK(copy);
		memcpy(copy, line, n);
		for (c = 0; c < 256; c++) {
			copy[i] = c;
			CHECK_INT(bootargs_parse(&b, (struct span){copy, n}),
				  0);
			CHECK(b.n_urls <= 2 && b.n_ns <= 1);
		}
		free(copy);
	}
}

UNIT_MAIN(UNIT_CASE(own_keys), UNIT_CASE(weakening), UNIT_CASE(known_spellings),
	  UNIT_CASE(words), UNIT_CASE(limits), UNIT_CASE(url_note),
	  UNIT_CASE(every_cut_and_byte))
