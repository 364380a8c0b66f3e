// SPDX-License-Identifier: MIT
/*
 * customize.c - slipway iso customize: what a finished medium boots, and from
 * where, set in place. Power that fails meanwhile leaves a medium that is as
 * it was built.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "custom.h"
#include "customize.h"
#include "extra.h"
#include "format/url.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "media.h"
#include "tool.h"

#define ANSWER_MAX 65536 /* of initrd/medium.c */
#define GRUB_CFG   "/boot/grub/grub.cfg"

static struct custom c;
static bool reset;

static const struct opt table[] = {
	{"url", 0, "URL,...", "boot from these servers, not from the medium",
	 NULL, &c.url},
	{"role", 0, "ROLE", "the menu's default", NULL, &c.role},
	{"append", 'a', "TEXT", "more kernel arguments", NULL, &c.append},
	{"answer", 0, "FILE", "data for the role, at /run/slipway/answer", NULL,
	 &c.answer},
	{"overlay", 0, "TREE", "a publish tree: its manifest and overlays",
	 NULL, &c.overlay},
	{"reset", 0, NULL, "as it was built", &reset, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway iso customize",
	.usage = "FILE [--url URL,...] [--role ROLE] [--append TEXT] "
		 "[--answer FILE] [--overlay TREE] [--reset]",
	.about =
		"Set what a finished ISO or stick boots; replaces what was set.",
	.opts = table,
};

static const struct where_file *find_env(const struct where *w)
{
	const struct where_file *f = where_find(w, CUSTOM_ENV);

	if (!f || f->size != CUSTOM_ENV_SIZE)
		die("%s: not a medium that slipway made (no %s in it)",
		    w->image, CUSTOM_ENV);
	return f;
}

/* As the menu has it: "... --id role-NAME ... { slipway BASE NAME }". */
static char *base_in_menu(const struct where *w, const char *role)
{
	char *text = where_slurp(w, GRUB_CFG, NULL), *end, *at, *base = NULL;
	char *want = xasprintf(" %s }\n", role);

	end = text && site_name_ok(role) ? strstr(text, want) : NULL;
	if (end) {
		*end = '\0';
		at = strrchr(text, ' ');
		base = at ? xstrdup(at + 1) : NULL;
	}
	free(want);
	free(text);
	return base;
}

/* Into a file of our own, that must fit into the one on the medium. */
static char *make_archive(const struct where *w, const struct extra *x,
			  uint64_t *size)
{
	char *dir = tool_scratch(), *path = xasprintf("%s/extra", dir);
	struct outfile o;
	struct archive a = {.out = &o};
	size_t n;
	char *p;

	outfile_open(&o, path, 0600);
	if (c.answer) {
		p = outfile_slurp(c.answer, ANSWER_MAX, &n);
		if (!p)
			die("%s: expected a file of at most %d bytes:",
			    c.answer, ANSWER_MAX);
		archive_data(&a, "answer", p, n);
		free(p);
	}
	if (x)
		extra_add(&a, x, w);
	archive_end(&a);
	*size = lseek(o.fd, 0, SEEK_CUR);
	outfile_commit(&o);
	free(dir);
	return path;
}

static void put_at(const char *image, int fd, const void *p, size_t size,
		   uint64_t at)
{
	const char *from = p;
	ssize_t n;

	while (size) {
		n = pwrite(fd, from, size, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			die("%s: write at %llu:", image,
			    (unsigned long long)at);
		from += n;
		at += n;
		size -= n;
	}
}

static void sync_it(const char *image, int fd)
{
	if (fsync(fd))
		die("%s: sync:", image);
}

/* The archive, or none, and zeros behind it, which the kernel skips. */
static void put_archive(const struct where_file *to, const char *image, int fd,
			const char *path)
{
	static char buf[1 << 16];
	uint64_t at = to->at, left = to->size;
	int from = open(path ? path : "/dev/null", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (from < 0)
		die("%s:", path);
	while ((n = read(from, buf, sizeof(buf))) > 0) {
		if ((uint64_t)n > left)
			die("%s: changed while it was read", path);
		put_at(image, fd, buf, n, at);
		at += n;
		left -= n;
	}
	if (n < 0)
		die("%s:", path);
	close(from);
	memset(buf, 0, sizeof(buf));
	for (; left; left -= n, at += n) {
		n = left < sizeof(buf) ? left : sizeof(buf);
		put_at(image, fd, buf, n, at);
	}
}

/* First nothing is set, then the archive changes, then all is set. */
static void write_all(const struct where *w, const char *block,
		      const char *archive)
{
	const struct where_file *env = find_env(w);
	const struct where_file *img = where_find(w, CUSTOM_IMG);
	char blank[CUSTOM_ENV_SIZE];
	int fd = open(w->image, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("%s:", w->image);
	custom_blank(blank);
	put_at(w->image, fd, blank, sizeof(blank), env->at);
	sync_it(w->image, fd);
	if (img) {
		put_archive(img, w->image, fd, archive);
		sync_it(w->image, fd);
	}
	put_at(w->image, fd, block, CUSTOM_ENV_SIZE, env->at);
	sync_it(w->image, fd);
	close(fd);
}

static void show(const struct where *w)
{
	static const char *const names[] = {"url", "role", "base", "append",
					    "extra"};
	char *block = where_slurp(w, CUSTOM_ENV, NULL), *value;
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = custom_value(block, names[i]);
		if (value)
			printf("%s = %s\n", names[i], value);
		free(value);
	}
	free(block);
}

static void check(void)
{
	char **urls = words(c.url ? c.url : ""), **u;

	if (c.overlay && !c.role)
		opts_usage(&opts, "--overlay: which --role of its manifest?");
	if (c.overlay && c.url)
		opts_usage(&opts, "--overlay or --url: the layers come from "
				  "the medium or from servers");
	if (reset && (c.url || c.role || c.append || c.answer || c.overlay))
		opts_usage(&opts, "--reset goes alone");
	for (u = urls; *u; u++) {
		if (!url_template_ok(text_span(*u)))
			opts_usage(&opts, "--url %s: not a URL for /init", *u);
		free(*u);
	}
	free(urls);
}

/* The base whose kernel the role is booted with. */
static char *find_base(const struct where *w, const struct extra *x)
{
	struct span name;
	char *base;

	if (!c.role)
		return NULL;
	if (c.overlay) {
		name = x->m.layers[x->role->base].name;
		return xasprintf("%.*s", (int)name.n, name.p);
	}
	base = base_in_menu(w, c.role);
	if (!base)
		die("role %s: not on %s", c.role, w->image);
	return base;
}

static void set(struct where *w)
{
	const struct where_file *img = where_find(w, CUSTOM_IMG);
	char block[CUSTOM_ENV_SIZE], *archive = NULL;
	static struct extra x;
	uint64_t size = 0;

	if (c.overlay)
		extra_open(&x, c.overlay, c.role, w);
	c.base = find_base(w, &x);
	if (c.answer || c.overlay)
		archive = make_archive(w, c.overlay ? &x : NULL, &size);
	if (archive && (!img || size > img->size))
		die("%s: no room (needs %llu bytes, %llu are reserved); build it with a larger --reserve",
		    w->image, (unsigned long long)size,
		    (unsigned long long)(img ? img->size : 0));
	custom_block(block, &c, archive != NULL);
	write_all(w, block, archive);
	if (c.overlay)
		extra_close(&x);
	free((char *)c.base);
	free(archive);
}

int customize_main(int argc, char **argv)
{
	int at = opts_parse(&opts, argc, argv);
	struct where w;

	if (argc - at != 1)
		opts_usage(&opts, "expected one ISO or stick");
	check();
	where_read(&w, argv[at]);
	find_env(&w);
	if (reset || c.url || c.role || c.append || c.answer || c.overlay)
		set(&w);
	else
		show(&w);
	where_free(&w);
	return EXIT_DONE;
}
