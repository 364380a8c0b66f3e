// SPDX-License-Identifier: MIT
/*
 * nodriver.c - network cards that nobody drives. A person who reads "no
 * interface" needs the PCI ids to know which driver or firmware to pack.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "console.h"
#include "file.h"
#include "format/text.h"
#include "nodriver.h"
#include "walk.h"

#define PCI	  "/sys/bus/pci/devices"
#define RECORD	  8192 /* of /dev/kmsg, as its readers must offer */
#define NAMED_MAX 8

struct list {
	char *buf;
	size_t size, n;
	int found;
	bool say;
};

static void name(struct list *l, const char *text)
{
	size_t have = strlen(text) + 2;

	if (l->found++ >= NAMED_MAX)
		return;
	if (l->say)
		console_say("network: %s", text);
	else if (have < l->size - l->n)
		l->n += snprintf(l->buf + l->n, l->size - l->n, "; %s", text);
}

/* "0x8086\n" of the device's file, its four digits; "????" when unreadable. */
static void id(int dir, const char *dev, const char *what, char out[5])
{
	char path[300], buf[32] = "";
	int fd, n = 0;

	snprintf(path, sizeof(path), "%s/%s", dev, what);
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = file_get(fd, buf, sizeof(buf) - 1);
		close(fd);
	}
	strlcpy(out, n >= 6 ? buf + 2 : "????", 5);
}

static int function(void *user, int dir, const char *dev, int type, bool left)
{
	char class[5], vendor[5], device[5], subvendor[5], subdevice[5];
	char path[300], text[64];
	struct stat st;

	if (type != DT_LNK)
		return 0;
	id(dir, dev, "class", class);
	snprintf(path, sizeof(path), "%s/driver", dev);
	if (strncmp(class, "02", 2) ||
	    !fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW))
		return 0;
	id(dir, dev, "vendor", vendor);
	id(dir, dev, "device", device);
	id(dir, dev, "subsystem_vendor", subvendor);
	id(dir, dev, "subsystem_device", subdevice);
	snprintf(text, sizeof(text), "no driver for %s:%s (%s:%s)", vendor,
		 device, subvendor, subdevice);
	name(user, text);
	return 0;
}

/* "... Direct firmware load for NAME failed with error -2" */
static void record(struct list *l, char *line)
{
	static const char key[] = "Direct firmware load for ";
	char text[128], *at = strstr(line, key), *end;

	if (!at)
		return;
	at += sizeof(key) - 1;
	end = strchr(at, ' ');
	if (!end)
		return;
	*end = '\0';
	snprintf(text, sizeof(text), "firmware %s missing", at);
	console_clean(text);
	name(l, text);
}

static void firmware(struct list *l)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	static char line[RECORD + 1];
	ssize_t n;

	if (fd < 0)
		return;
	/* one read is one record; EPIPE: some were overwritten, go on */
	while ((n = file_get(fd, line, RECORD)) > 0 || n == -EPIPE) {
		line[n > 0 ? n : 0] = '\0';
		record(l, line);
	}
	close(fd);
}

static int look(struct list *l, bool deep)
{
	walk_tree(PCI, function, l);
	if (deep || l->found)
		firmware(l);
	return l->found;
}

int nodriver_text(char *buf, size_t size)
{
	struct list l = {.buf = buf, .size = size};

	buf[0] = '\0';
	return look(&l, true);
}

void nodriver_say(void)
{
	struct list l = {.say = true};

	/* a driver that is there may still lack firmware, but the log is long:
	 * read when something is known to be wrong */
	look(&l, false);
}
