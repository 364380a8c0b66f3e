/* SPDX-License-Identifier: MIT */
/* shell.c - a program inside the union of what is built. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "aids.h"
#include "capture.h"
#include "check.h"
#include "child.h"
#include "mounts.h"
#include "pack.h"
#include "phase.h"
#include "run.h"
#include "shell.h"

struct shelling {
	struct build *b;
	struct shell *s;
};

/* The user's own shell may not be there; bash is nicer than sh. */
static const char *shell_inside(const struct build *b)
{
	char *bash = xasprintf("%s/bin/bash", b->root);
	bool there = !access(bash, X_OK);

	free(bash);
	return there ? "/bin/bash" : "/bin/sh";
}

static void run(struct build *b, struct shell *s)
{
	const char *const shell[] = {shell_inside(b), "-i", NULL};
	struct run r = {.root = b->root,
			.argv = s->argv[0] ? (const char *const *)s->argv
					   : shell,
			.env = phase_env(b, "shell", false)};

	s->status = run_tty(&r);
}

/* What a role must be granted to bring all of it. */
static unsigned int grants_of(const struct capture *c)
{
	unsigned int grants = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct capture_entry *e = &c->entries[i];
		mode_t m = e->st.st_mode;

		if (e->deleted)
			continue;
		if (S_ISCHR(m) || S_ISBLK(m))
			grants |= ROLE_DEVNODES;
		if (S_ISREG(m) && m & (S_ISUID | S_ISGID))
			grants |= ROLE_SETID;
		for (size_t k = 0; k < e->n_xattrs; k++)
			if (!strcmp(e->xattrs[k].name, "security.capability"))
				grants |= ROLE_CAPS;
	}
	return grants;
}

static void save(struct build *b, struct shell *s, char *const *lowers,
		 size_t n)
{
	uint8_t digest[DIGEST_SIZE];
	struct capture c;

	mounts_leave(b);
	aids_forget(b, lowers, n);
	capture_tree(&c, "upper", b->base->epoch);
	s->grants = grants_of(&c);
	check_capture(&c, (const char *const *)lowers, n, s->grants);
	if (digest_unhex(text_span(b->base->digest), digest))
		die("base %s: digest is not one", b->base->name);
	pack_write(&c, digest, &s->out, &s->info);
}

static void inside(void *user)
{
	struct shelling *g = user;
	char *lowers[BUILD_LOWERS_MAX];
	size_t n;

	mounts_work(g->b);
	n = mounts_lowers(g->b, lowers);
	aids_make(g->b, lowers, n);
	mounts_union(g->b, lowers, n);
	mounts_inside(g->b);
	run(g->b, g->s);
	/* a command that failed is not what anybody wants to keep */
	if (g->s->save && (!g->s->argv[0] || !g->s->status))
		save(g->b, g->s, lowers, n);
}

int shell_run(struct build *b, struct shell *s)
{
	struct shelling g = {b, s};
	struct child c = {.what = "the shell",
			  .work = b->work,
			  .inside = inside,
			  .user = &g,
			  .result = s,
			  .size = sizeof(*s)};

	return child_run(&c);
}
