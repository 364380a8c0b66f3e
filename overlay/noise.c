/* SPDX-License-Identifier: MIT */
/*
 * noise.c - the list of what is left out. An entry that only the upper has
 * is gone; of one that the base has too, the base's stays.
 */
#include <string.h>
#include <sys/stat.h>
#include "format/text.h"
#include "noise.h"

/*
 * Patterns of whole paths; '*' does not cross a '/'. A directory that matches
 * is left out with all that it holds.
 */
static const char *const patterns[] = {
	/* mounted over while hooks run, and on the machine again */
	"dev/*",
	"proc/*",
	"run/*",
	"sys/*",
	"tmp/*",
	"var/tmp/*",
	/* what apt and dpkg can make again, and their diaries */
	"var/cache/apt/*",
	"var/cache/debconf/*-old",
	"var/lib/apt/lists/*",
	"var/lib/apt/daily_lock",
	"var/lib/apt/periodic/*",
	"var/lib/dpkg/*-old",
	"var/lib/dpkg/lock*",
	"var/lib/dpkg/triggers/Lock",
	"var/log/alternatives.log",
	"var/log/apt/*",
	"var/log/bootstrap.log",
	"var/log/dpkg.log",
	"var/backups/*",
	/* backups of conffiles and of the account files */
	"etc/*.dpkg-old",
	"etc/*/*.dpkg-old",
	"etc/*/*/*.dpkg-old",
	"etc/passwd-",
	"etc/group-",
	"etc/shadow-",
	"etc/gshadow-",
	"etc/subuid-",
	"etc/subgid-",
	"etc/.pwd.lock",
	/* caches that differ from build to build */
	"var/cache/fontconfig/*",
	"var/cache/ldconfig/aux-cache",
	"var/cache/man/*",
	"var/lib/systemd/catalog/database",
	/* what must be a machine's own */
	"etc/machine-id",
	"etc/ssh/ssh_host_*",
	"etc/iscsi/initiatorname.iscsi",
	"etc/nvme/hostid",
	"etc/nvme/hostnqn",
	"var/lib/dbus/machine-id",
	"var/lib/systemd/credential.secret",
	"var/lib/systemd/random-seed",
	/* traces of who was there */
	"root/.bash_history",
	"root/.cache",
	"root/.lesshst",
	"root/.wget-hsts",
	"var/log/btmp",
	"var/log/faillog",
	"var/log/journal/*",
	"var/log/lastlog",
	"var/log/wtmp",
};

static size_t slashes(const char *s)
{
	size_t n = 0;

	while ((s = strchr(s, '/'))) {
		n++;
		s++;
	}
	return n;
}

bool noise_is(const char *path, mode_t mode, bool deleted)
{
	/*
	 * Python makes its byte code again. A deletion of old byte code
	 * stays: the base's would belong to other source.
	 */
	if (S_ISREG(mode) && !deleted && strstr(path, "/__pycache__/"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if (slashes(path) == slashes(patterns[i]) &&
		    text_glob(text_span(patterns[i]), text_span(path)))
			return true;
	return false;
}
