// SPDX-License-Identifier: MIT
/*
 * hash.c - SHA-256 of whole files.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"

#define BLOCK (256 << 10)

int hash_file(const char *path, uint8_t out[DIGEST_SIZE], uint64_t *size)
{
	static uint8_t buf[BLOCK];
	struct digest_ctx ctx;
	uint64_t total = 0;
	int fd, err = 0;
	ssize_t n;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	digest_init(&ctx);
	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err = -errno;
			break;
		}
		digest_update(&ctx, buf, n);
		total += n;
	}
	close(fd);
	if (err)
		return err;
	digest_final(&ctx, out);
	if (size)
		*size = total;
	return 0;
}

void hash_file_hex(const char *path, char out[DIGEST_HEX + 1], uint64_t *size)
{
	uint8_t d[DIGEST_SIZE];
	int err = hash_file(path, d, size);

	if (err) {
		errno = -err;
		die("%s: cannot read:", path);
	}
	digest_hex(d, out);
}
