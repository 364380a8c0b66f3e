// SPDX-License-Identifier: MIT
/*
 * new.c - slipway new: a site's folder with its configuration, its keys and
 * an example base and role.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/url.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/outfile.h"
#include "host/site.h"
#include "keys.h"

static const char *name, *url = "http://10.0.2.2:8080",
			 *key_type = "ecdsa-p256";

static const struct opt table[] = {
	{"name", 'n', "NAME", "name of the site (default: the folder's)", NULL,
	 &name},
	{"url", 'u', "URL", "where machines find the publish tree", NULL, &url},
	{"key", 0, "TYPE", "ecdsa-p256 (default) or rsa-3072", NULL, &key_type},
	{0},
};

static const struct opts opts = {
	.prog = "slipway new",
	.usage = "[--name NAME] [--url URL] [--key TYPE] DIR",
	.about = "Make a site: configuration, keys, an example base and role.",
	.opts = table,
};

/* Files of a new site; %s of a text is the site's name or URL. */
static const struct {
	const char *path, *text;
} files[] = {
	{".gitignore", "/build/\n/keys/\n/public/\n/state/\n"},
	{"bases/debian13/base.conf",
	 "# What all machines of this kind share.\n"
	 "[base]\n"
	 "suite = trixie\n"
	 "packages = systemd systemd-sysv udev dbus kmod openssh-server\n"
	 "\tiproute2 iputils-ping linux-image-amd64\n"},
	{"roles/web/role.conf", "# A machine that serves one page.\n"
				"[role]\n"
				"base = debian13\n"
				"packages = nginx\n"},
	{"roles/web/files/var/www/html/index.html",
	 "<!doctype html>\n"
	 "<title>web</title>\n"
	 "<p>This machine has the role web.</p>\n"},
};

static bool is_empty(const char *dir)
{
	struct dirent *d;
	bool empty = true;
	DIR *dp = opendir(dir);

	if (!dp) {
		if (errno != ENOENT)
			die("%s:", dir);
		return true;
	}
	while ((d = readdir(dp)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			empty = false;
	closedir(dp);
	return empty;
}

static void put(const char *dir, const char *path, const char *text)
{
	char *full = xasprintf("%s/%s", dir, path), *slash;

	slash = strrchr(full, '/');
	*slash = '\0';
	site_mkdirs(full);
	*slash = '/';
	outfile_put(full, 0644, text, strlen(text));
	free(full);
}

static void write_site(const char *dir)
{
	char *conf = xasprintf("[site]\n"
			       "name = %s\n"
			       "# where machines find the publish tree\n"
			       "url = %s\n"
			       "# where machines report each boot: a URL, a path "
			       "on the\n# first of them, or off\n"
			       "report = /report\n"
			       "default-role = web\n",
			       name, url);
	char *keys = xasprintf("%s/keys", dir);
	size_t i;

	put(dir, "site.conf", conf);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		put(dir, files[i].path, files[i].text);
	if (mkdir(keys, 0700) && errno != EEXIST)
		die("%s: cannot create:", keys);
	keys_make(keys, name, key_type);
	free(keys);
	free(conf);
}

static const char *base_name(const char *dir)
{
	const char *slash = strrchr(dir, '/');

	return slash ? slash + 1 : dir;
}

/* "DIR" without the slashes at its end. */
static char *plain_dir(const char *arg)
{
	char *dir = xstrdup(arg);
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		dir[--n] = '\0';
	return dir;
}

static void check_url(void)
{
	char **list = words(url), **u;
	struct fault f = {0};
	struct url parsed;

	for (u = list; *u; u++)
		if (url_parse(&parsed, text_span(*u), &f))
			opts_usage(&opts, "--url %s: %s", *u,
				   f.why ? f.why : "too long");
	if (!*list)
		opts_usage(&opts, "--url is empty");
}

int main(int argc, char **argv)
{
	int at = opts_parse(&opts, argc, argv);
	char *dir, *tmp;

	if (argc - at != 1)
		opts_usage(&opts, "expected one DIR");
	dir = plain_dir(argv[at]);
	if (!name)
		name = base_name(dir);
	if (!site_name_ok(name))
		opts_usage(&opts, "name '%s' is not [A-Za-z0-9._+-]{1,128}",
			   name);
	check_url();
	if (!is_empty(dir))
		die("%s: is not empty; name a new folder", dir);
	tmp = xasprintf("%s.%d.new", dir, (int)getpid());
	outfile_mkdir(tmp, 0755);
	write_site(tmp);
	if (rename(tmp, dir))
		die("%s: rename:", dir);
	outfile_keep(tmp);
	info("made site '%s' in %s; next, in there:\n"
	     "  slipway base && slipway overlay web && slipway initrd\n"
	     "  slipway publish && slipway boot --role web\n"
	     "keys/root.key belongs offline: move it away and keep a copy",
	     name, dir);
	free(tmp);
	free(dir);
	return EXIT_DONE;
}
