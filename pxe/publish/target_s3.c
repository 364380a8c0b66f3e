// SPDX-License-Identifier: MIT
/*
 * target_s3.c - a tree to a bucket of S3 compatible storage, by rclone. An
 * object is there whole or not at all. Credentials come from where all AWS
 * tools look: the environment, then ~/.aws/credentials.
 */
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "targets.h"

/* Names are digests: whoever has one may keep it for ever. */
#define FOREVER "Cache-Control: public, max-age=31536000, immutable"
#define NEVER	"Cache-Control: no-cache"

static char *setting(const struct target *t, const char *key, const char *env,
		     const char *otherwise)
{
	const char *value = ini_get(t->conf, "publish", key);

	return xasprintf("%s=%s", env, value ? value : otherwise);
}

/* "verb how... TREE/NAME :s3:BUCKET/PREFIX/NAME" */
static bool run(const struct target *t, const char *verb, const char *how,
		const char *header, const char *only, const char *name)
{
	const char *endpoint = ini_get(t->conf, "publish", "s3-endpoint");
	const char *bundle = getenv("AWS_CA_BUNDLE");
	const char *at = t->to + strlen("s3://");
	size_t len = strlen(at);
	char *from = xasprintf("%s/%s", t->tree, name), *to;
	char *env[] = {
		setting(t, "s3-endpoint", "RCLONE_S3_ENDPOINT", ""),
		setting(t, "s3-provider", "RCLONE_S3_PROVIDER",
			endpoint ? "Other" : "AWS"),
		setting(t, "s3-region", "RCLONE_S3_REGION",
			endpoint ? "" : "us-east-1"),
		xstrdup("RCLONE_S3_ENV_AUTH=true"),
		xstrdup("RCLONE_S3_NO_CHECK_BUCKET=true"),
		/* which rclone cannot be given by the SDK's own variable */
		xasprintf("RCLONE_CA_CERT=%s", bundle ? bundle : ""),
		xstrdup("AWS_CA_BUNDLE="),
		NULL,
	};
	const char *argv[16] = {"rclone",
				verb,
				"--config=",
				"--quiet",
				"--retries=2",
				"--low-level-retries=3",
				"--contimeout=15s",
				how,
				"--header-upload",
				header,
				only ? "--include" : NULL};
	bool good;
	size_t i;

	while (len && at[len - 1] == '/')
		len--;
	to = xasprintf(":s3:%.*s/%s", (int)len, at, name);
	for (i = 0; argv[i]; i++)
		;
	if (only)
		argv[i++] = only;
	argv[i++] = from;
	argv[i] = to;
	good = targets_run(t, argv, (const char *const *)env);
	for (i = 0; env[i]; i++)
		free(env[i]);
	free(from);
	free(to);
	return good;
}

/* A signature that was made anew may have the size of the old one. */
static const char *compare(const char *name)
{
	return strcmp(name, "layers") ? "--checksum" : "--size-only";
}

static bool folder(const struct target *t, const char *name)
{
	return run(t, "copy", compare(name), FOREVER, NULL, name);
}

static bool file(const struct target *t, const char *name)
{
	return run(t, "copyto", "--ignore-times", NEVER, NULL, name);
}

static bool prune(const struct target *t, const char *name)
{
	if (!strcmp(name, "channels"))
		return run(t, "sync", compare(name), NEVER, "/*/manifest.cms",
			   name);
	return run(t, "sync", compare(name), FOREVER,
		   "/{{" TARGETS_HEX "{64}[./].*}}", name);
}

const struct target_way target_s3 = {folder, file, prune};
