// SPDX-License-Identifier: MIT
/*
 * manifest.c - which mirrors, the signed manifest from one of them, and the
 * role it gives this machine.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include "boot.h"
#include "console.h"
#include "fetch/trust.h"
#include "file.h"
#include "https.h"
#include "local.h"
#include "memory.h"
#include "resolve.h"
#include "syslog.h"

static struct trust_signers signers; /* of the manifest in use */

static void note(void *user, const char *text)
{
	console_say("%s", text);
}

static void progress(void *user, const struct fetch_progress *p)
{
	if (console_progress(p))
		memory_sample(user);
}

static int add_mirror(struct boot *b, struct span url)
{
	char role[TEXT_NAME_MAX + 1], text[URL_MAX + 1];
	const struct url_var vars[] = {
		{"mac", b->machine.mac},
		{"uuid", b->machine.uuid},
		{"serial", b->machine.serial},
		{"role", role},
	};
	struct fault f = {0};
	int n;

	text_copy(role, sizeof(role), b->args.role);
	n = url_expand(text, sizeof(text), url, vars, ARRAY_SIZE(vars), &f);
	if (n >= 0)
		n = fetch_add_mirror(&b->fetch, (struct span){text, n}, &f);
	if (n < 0)
		console_say("mirror %.*s: %s", (int)url.n, url.p,
			    f.why ? f.why : "too many or too long");
	return n;
}

/* A URL that was given and refused must not turn into another one. */
static bool url_refused(const struct boot *b)
{
	for (unsigned int i = 0; i < b->args.n_notes; i++) {
		struct span key, value;

		text_cut(b->args.notes[i].word, '=', &key, &value);
		if (span_is(key, "slipway.url"))
			return true;
	}
	return false;
}

static int add_mirrors(struct boot *b)
{
	unsigned int given = b->args.n_urls;

	if (!given && url_refused(b))
		return fetch_fail(&b->error, CODE_URL,
				  "slipway.url: not a URL we accept (expected "
				  "http://... or https://...)");
	for (unsigned int i = 0; i < b->args.n_urls; i++)
		add_mirror(b, b->args.urls[i]);
	for (unsigned int i = 0; !given && i < b->policy.n_urls; i++)
		add_mirror(b, b->policy.urls[i]);
	if (b->fetch.n_mirrors)
		return 0;
	if (given || b->policy.n_urls)
		return fetch_fail(&b->error, CODE_URL,
				  "slipway.url: none of %u is a URL we accept",
				  given ? given : b->policy.n_urls);
	return fetch_fail(&b->error, CODE_URL,
			  "slipway.url: not given, and this initrd has none");
}

static struct trust trust_of(struct boot *b, struct trust_signers *signers)
{
	uint64_t now = time(NULL);

	return (struct trust){
		.root = b->root,
		.root_size = b->root_size,
		.policy = &b->policy,
		.args = &b->args,
		.now = now > b->policy.built ? now : b->policy.built,
		.signers = signers,
	};
}

/* Is this file ours? Every byte is suspect until trust_manifest says so. */
static int check(void *user, const void *p, size_t size, struct fetch_error *e)
{
	struct boot *b = user;
	char warning[160] = "";
	struct trust t = trust_of(b, &signers);
	int ret;

	ret = trust_manifest(&t, p, size, &b->manifest, &b->text, warning, e);
	if (!ret && warning[0])
		console_say("manifest: %s", warning);
	return ret;
}

/* One more signature over the text that is proven already. */
static int check_more(void *user, const void *p, size_t size,
		      struct fetch_error *e)
{
	struct boot *b = user;
	struct trust t = trust_of(b, &signers);

	return trust_cosign(&t, p, size, b->text, e);
}

static int get_more(struct boot *b, unsigned int n, void *buf, size_t max)
{
	char path[TRUST_PATH_MAX];
	size_t size;
	int ret;

	trust_cosign_path(b->text, n, path);
	if (b->tree < 0)
		return fetch_blob(&b->fetch, path, buf, max, &size, NULL,
				  check_more, b, &b->error);
	ret = local_blob(b, path, buf, max, &size, NULL);
	return ret ? ret : check_more(b, buf, size, &b->error);
}

/* The other signatures that the policy asks for; one at a time is kept. */
static int cosigned(struct boot *b)
{
	const size_t max = sizeof(b->cms);
	unsigned int n;
	void *buf;
	int ret = 0;

	if (b->policy.signers < 2)
		return 0;
	buf = mmap(NULL, max, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (buf == MAP_FAILED)
		return fetch_fail(&b->error, CODE_MEM, "signatures: %s",
				  strerror(errno));
	for (n = 2; !ret && n <= b->policy.signers; n++)
		ret = get_more(b, n, buf, max);
	munmap(buf, max);
	if (!ret)
		console_say("manifest signed by %u keys", signers.n);
	return ret;
}

static int no_role(struct boot *b, struct span name)
{
	char all[80] = "";
	struct text_out o = {.buf = all, .size = sizeof(all) - 1};

	for (unsigned int i = 0; i < b->manifest.n_roles; i++) {
		size_t room = o.size - o.n;

		if (b->manifest.roles[i].name.n + 2 > room)
			break;
		if (i)
			text_put_str(&o, " ");
		text_put(&o, b->manifest.roles[i].name);
	}
	all[o.n] = '\0';
	if (name.n)
		return fetch_fail(&b->error, CODE_ROLE,
				  "role %.*s: not in the manifest (expected "
				  "one of: %s)",
				  (int)(name.n > 40 ? 40 : name.n), name.p,
				  all);
	return fetch_fail(&b->error, CODE_ROLE,
			  "machine %s: no role for it (expected one of: %s)",
			  b->machine.mac, all);
}

/* slipway.image=, the site's pins, the draw; "-" is the role's own. */
static int choose_image(struct boot *b, unsigned int role)
{
	const struct manifest *m = &b->manifest;
	struct span name = b->args.image;
	int image = -1;

	b->role = &m->roles[role];
	if (!name.n)
		image = manifest_image_of(m, role, &b->machine);
	else if (!span_is(name, "-"))
		image = manifest_image(m, role, name);
	if (image == -ENOENT)
		return fetch_fail(
			&b->error, CODE_ROLE,
			"image %.*s: role %.*s has none of that name",
			(int)(name.n > 40 ? 40 : name.n), name.p,
			(int)(b->role->name.n > 40 ? 40 : b->role->name.n),
			b->role->name.p);
	if (image >= 0) {
		b->role = &m->images[image].is;
		b->image = m->images[image].name;
	}
	return 0;
}

/* slipway.role=, the site's rules, the initrd's default, the site's default. */
static int choose_role(struct boot *b)
{
	struct span name = b->args.role;
	struct manifest *m = &b->manifest;
	int fallback = m->default_role, role;

	if (name.n) {
		role = manifest_role(m, name);
	} else {
		m->default_role = -1;
		role = manifest_role_of(m, &b->machine);
		m->default_role = fallback;
		if (role < 0 && b->policy.role.n) {
			name = b->policy.role;
			role = manifest_role(m, name);
		} else if (role < 0 && fallback >= 0) {
			role = fallback;
		}
	}
	if (role < 0)
		return no_role(b, name);
	return choose_image(b, role);
}

static void keep_copy(struct boot *b)
{
	/* from the proven text, not from the envelope around it */
	int ret =
		file_write(BOOT_FACTS "/manifest", b->text.p, b->text.n, 0644);

	/* whoever installs or updates believes whom this boot did */
	if (!ret)
		ret = file_write(BOOT_FACTS "/root.der", b->root, b->root_size,
				 0644);
	if (!ret)
		ret = file_write(BOOT_FACTS "/policy", b->policy_text,
				 strlen(b->policy_text), 0644);
	if (ret)
		console_say("manifest: not kept: %s", strerror(-ret));
}

/* Where the manifest is: at the top of the tree, or of a channel's own. */
static const char *manifest_path(const struct boot *b)
{
	static char path[sizeof("channels//manifest.cms") + TEXT_NAME_MAX];
	struct text_out o = {.buf = path, .size = sizeof(path) - 1};

	if (!b->args.channel.n)
		return "manifest.cms";
	text_put_str(&o, "channels/");
	text_put(&o, b->args.channel);
	text_put_str(&o, "/manifest.cms");
	path[o.n] = '\0';
	return path;
}

static int get_local(struct boot *b)
{
	int ret = local_blob(b, manifest_path(b), b->cms, sizeof(b->cms),
			     &b->cms_size, NULL);

	return ret ? ret : check(b, b->cms, b->cms_size, &b->error);
}

int manifest_get(struct boot *b)
{
	const struct fetch_env env = {
		.resolve = resolve_host,
		.note = note,
		.progress = progress,
		.tls = https_setup(b),
		.user = b,
		.seed = b->seed,
		.connections = b->args.connections,
		.confine = true,
	};
	int ret;

	resolve_start(b);
	syslog_open(b);
	fetch_init(&b->fetch, &env, &b->conn);
	ret = b->tree >= 0 ? 0 : add_mirrors(b);
	if (!ret && b->tree >= 0)
		ret = get_local(b);
	else if (!ret)
		ret = fetch_blob(&b->fetch, manifest_path(b), b->cms,
				 sizeof(b->cms), &b->cms_size, NULL, check, b,
				 &b->error);
	if (!ret)
		ret = cosigned(b);
	if (!ret)
		ret = choose_role(b);
	if (ret)
		return ret;
	for (unsigned int i = 0; i < b->manifest.n_mirrors; i++)
		add_mirror(b, b->manifest.mirrors[i]);
	keep_copy(b);
	console_say("manifest serial %llu of %.*s: role %.*s%s%.*s",
		    (unsigned long long)b->manifest.serial,
		    (int)b->manifest.site.n, b->manifest.site.p,
		    (int)b->role->name.n, b->role->name.p,
		    b->image.n ? ", image " : "", (int)b->image.n, b->image.p);
	return 0;
}
