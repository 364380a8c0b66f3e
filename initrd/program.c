// SPDX-License-Identifier: MIT
/*
 * program.c - looks at a program before the way back is gone. Symbolic links
 * resolve inside the new root, whatever they say.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "file.h"
#include "program.h"
#include "sys.h"

#define HEAD_MAX 4096

#if defined(__x86_64__)
#define MACHINE 62 /* EM_X86_64 */
#else
#define MACHINE 183 /* EM_AARCH64 */
#endif

static int open_program(int root, const char *path, const char **why)
{
	int fd = sys_openat2_in_root(root, path,
				     O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0) {
		*why = fd == -ENOENT ? "not there" : "cannot be opened";
		return fd;
	}
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		*why = "not a regular file";
	} else if (!(st.st_mode & 0111)) {
		*why = "not executable";
	} else {
		return fd;
	}
	close(fd);
	return -EACCES;
}

/* A script's interpreter, or an ELF file's loader, into @out; "" for none. */
static const char *script(const char *head, size_t n, char *out)
{
	size_t from = 2, len = 0;

	while (from < n && (head[from] == ' ' || head[from] == '\t'))
		from++;
	while (from + len < n && !strchr(" \t\n", head[from + len]))
		len++;
	if (!len || len >= PROGRAM_PATH_MAX || from + len == n)
		return "a script without a usable first line";
	memcpy(out, head + from, len);
	out[len] = '\0';
	return NULL;
}

static const char *loader(int fd, const Elf64_Phdr *p, char *out)
{
	if (p->p_filesz < 2 || p->p_filesz > PROGRAM_PATH_MAX ||
	    file_get_at(fd, out, p->p_filesz, p->p_offset) !=
		    (ssize_t)p->p_filesz ||
	    out[p->p_filesz - 1])
		return "ELF with a broken loader name";
	return NULL;
}

static const char *elf(int fd, const char *head, size_t n, char *out)
{
	Elf64_Ehdr e;
	Elf64_Phdr p;

	if (n < sizeof(e))
		return "ELF cut short";
	memcpy(&e, head, sizeof(e));
	if (e.e_ident[EI_CLASS] != ELFCLASS64 || e.e_machine != MACHINE)
		return "ELF of another machine";
	if (e.e_phentsize != sizeof(p) || e.e_phnum > 256)
		return "ELF with broken headers";
	for (unsigned int i = 0; i < e.e_phnum; i++) {
		uint64_t at;

		if (__builtin_add_overflow(e.e_phoff, i * sizeof(p), &at) ||
		    file_get_at(fd, &p, sizeof(p), at) != sizeof(p))
			return "ELF cut short";
		if (p.p_type == PT_INTERP)
			return loader(fd, &p, out);
	}
	return NULL;
}

static const char *needs(int fd, char *out)
{
	char head[HEAD_MAX];
	ssize_t n = file_get_at(fd, head, sizeof(head), 0);

	out[0] = '\0';
	if (n >= 4 && !memcmp(head, "\177ELF", 4))
		return elf(fd, head, n, out);
	if (n >= 2 && !memcmp(head, "#!", 2))
		return script(head, n, out);
	return "neither ELF nor a script";
}

const char *program_check(int root, const char *path)
{
	char next[PROGRAM_PATH_MAX + 1];
	const char *why = NULL;
	int fd = open_program(root, path, &why);

	if (fd < 0)
		return why;
	why = needs(fd, next);
	close(fd);
	if (why || !next[0])
		return why;
	fd = open_program(root, next, &why);
	if (fd < 0)
		return "its interpreter or loader is missing";
	close(fd);
	return NULL;
}
