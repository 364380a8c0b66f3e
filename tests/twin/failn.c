// SPDX-License-Identifier: MIT
/* failn.c - counts the calls of a boot and picks the one that fails. */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <unwind.h>
#include "failn.h"

#define MODULES_MAX 16
#define FRAMES_MAX  8 /* two are ours, one or two are CRYPTO_malloc's */

static const char *const call_names[] = {
#define X(name, kinds) #name,
	FAILN_CALLS(X)
#undef X
};

static const unsigned int call_kinds[] = {
#define X(name, kinds) kinds,
	FAILN_CALLS(X)
#undef X
};

static const char *const kind_names[] = FAILN_KIND_NAMES;
static const int kind_errors[] = {EIO, ENOSPC, ENOMEM, EINTR, 0};

extern const char __executable_start[];

static struct failn *shared;
static uint32_t turn, place; /* of the plan */
static unsigned int kind;

bool failn_on(void)
{
	return shared;
}

static bool fire(enum failn_call call, size_t *n)
{
	if (!(call_kinds[call] & 1u << kind))
		return false;
	if (kind == FAILN_SHORT && (!n || *n < 2))
		return false;
	snprintf(shared->what, sizeof(shared->what), "%s %s at %x, pid %d",
		 kind_names[kind], call_names[call], place & 0xffffff,
		 (int)getpid());
	if (kind == FAILN_SHORT) {
		*n /= 2;
		return false;
	}
	errno = kind_errors[kind];
	return true;
}

static bool hit(enum failn_call call, uint32_t site, size_t *n)
{
	uint32_t here = FAILN_PLACE(call, site), i;

	if (!shared)
		return false;
	i = __atomic_fetch_add(&shared->count, 1, __ATOMIC_SEQ_CST);
	if (i < FAILN_TRACE)
		shared->trace[i] = here;
	if (!turn || here != place)
		return false;
	i = __atomic_add_fetch(&shared->turn, 1, __ATOMIC_SEQ_CST);
	return i == turn && fire(call, n);
}

bool failn_hit(enum failn_call call, const void *site, size_t *n)
{
	return hit(call, (const char *)site - __executable_start, n);
}

/* Where objects are loaded differs each time, what is in them does not. */
static struct module {
	uintptr_t start, end;
} modules[MODULES_MAX];

static int add_module(struct dl_phdr_info *info, size_t size, void *user)
{
	unsigned int *n = user;

	for (int i = 0; i < info->dlpi_phnum && *n < MODULES_MAX; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type != PT_LOAD || !(p->p_flags & PF_X))
			continue;
		modules[*n].start = info->dlpi_addr + p->p_vaddr;
		modules[*n].end = modules[*n].start + p->p_memsz;
		++*n;
	}
	return 0;
}

struct path {
	uint32_t hash;
	unsigned int frames;
};

static _Unwind_Reason_Code add_frame(struct _Unwind_Context *c, void *user)
{
	uintptr_t at = _Unwind_GetIP(c);
	struct path *path = user;

	for (unsigned int i = 0; i < MODULES_MAX; i++)
		if (at >= modules[i].start && at < modules[i].end)
			path->hash = (path->hash ^ (at - modules[i].start)) *
				     16777619;
	return ++path->frames < FRAMES_MAX ? _URC_NO_REASON : _URC_END_OF_STACK;
}

/*
 * The place of an allocation of libcrypto is the way that led to it: nearly
 * all of them come from the same few lines. To look takes longer than all else
 * that libcrypto does, and is left out where nothing of its is to fail.
 */
static bool way(void)
{
	struct path path = {.hash = 2166136261};

	if (!shared || (turn && place >> 24 != FAILN_libcrypto))
		return false;
	_Unwind_Backtrace(add_frame, &path);
	return hit(FAILN_libcrypto, path.hash ^ path.hash >> 24, NULL);
}

static void *get(size_t n, const char *file, int line)
{
	return way() ? NULL : malloc(n);
}

static void *again(void *p, size_t n, const char *file, int line)
{
	return way() ? NULL : realloc(p, n);
}

static void put(void *p, const char *file, int line)
{
	free(p);
}

static void read_plan(void)
{
	char *p;

	turn = strtoul(shared->plan, &p, 10);
	while (*p == ' ')
		p++;
	for (kind = 0; kind < FAILN_KINDS; kind++) {
		size_t n = strlen(kind_names[kind]);

		if (!strncmp(p, kind_names[kind], n) && p[n] == ' ') {
			place = strtoul(p + n, NULL, 16);
			return;
		}
	}
	turn = 0;
}

__attribute__((constructor)) static void failn_start(void)
{
	unsigned int n = 0;
	struct failn *f;
	int fd = open(FAILN_FILE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (f == MAP_FAILED || !CRYPTO_set_mem_functions(get, again, put))
		abort();
	dl_iterate_phdr(add_module, &n);
	shared = f;
	read_plan();
}
