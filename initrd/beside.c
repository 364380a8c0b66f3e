// SPDX-License-Identifier: MIT
/* beside.c - processes that work on a layer and say how that went. */
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "beside.h"
#include "fetch/pair.h"
#include "file.h"

int beside_start(struct boot *b, unsigned int i,
		 int (*work)(struct boot *b, unsigned int i))
{
	struct layers *s = &b->layers;
	int fd = -1;
	pid_t pid = pair_fork(SOCK_STREAM, &fd);

	if (pid < 0)
		return fetch_fail(&b->error, CODE_SYS, "%s: no process: %s",
				  s->names[i], strerror(-pid));
	if (!pid) {
		/* or the server would see it open for as long as this takes */
		if (b->conn.fd >= 0)
			close(b->conn.fd);
		memset(&b->error, 0, sizeof(b->error));
		work(b, i);
		_exit(file_put(fd, &b->error, sizeof(b->error)) ? 1 : 0);
	}
	s->beside[i] = pid;
	s->said[i] = fd;
	return 0;
}

int beside_end(struct boot *b, unsigned int i, const char *what)
{
	struct layers *s = &b->layers;
	struct fetch_error e;
	int ret = pair_read(s->said[i], &e, sizeof(e), 0);

	close(s->said[i]);
	s->said[i] = -1;
	while (waitpid(s->beside[i], NULL, 0) < 0 && errno == EINTR)
		;
	s->beside[i] = 0;
	if (ret)
		return fetch_fail(&b->error, CODE_SYS,
				  "%s: the process that %s it died",
				  s->names[i], what);
	if (e.code == CODE_NONE)
		return 0;
	b->error = e;
	return -EPROTO;
}
