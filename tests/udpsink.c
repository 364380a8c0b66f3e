// SPDX-License-Identifier: MIT
/*
 * udpsink.c - udpsink ADDRESS PORT: print "SYSLOG " and each datagram as a
 * line; on SIGTERM what is there already, and end.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void end(int sig)
{
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	struct sigaction act = {.sa_handler = end};
	int s = socket(AF_INET, SOCK_DGRAM, 0), flags = 0;
	char buf[2048];

	if (argc != 3 || inet_pton(AF_INET, argv[1], &a.sin_addr) != 1)
		return 2;
	a.sin_port = htons(atoi(argv[2]));
	if (bind(s, (void *)&a, sizeof(a))) {
		perror("udpsink");
		return 1;
	}
	sigaction(SIGTERM, &act, NULL);
	for (;;) {
		ssize_t n = recv(s, buf, sizeof(buf), flags);

		if (n < 0 && flags)
			return 0;
		if (n < 0)
			flags = MSG_DONTWAIT;
		else
			printf("SYSLOG %.*s\n", (int)n, buf);
		fflush(stdout);
	}
}
