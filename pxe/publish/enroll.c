// SPDX-License-Identifier: MIT
/*
 * enroll.c - a site's Secure Boot keys, and how a machine gets them.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certs.h"
#include "enroll.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/roots.h"
#include "host/site.h"
#include "host/spawn.h"
#include "tree.h"

#define DAYS   (20 * 365)
#define GUID   16
#define LOADER "/usr/lib/systemd/boot/efi/systemd-bootx64.efi"
#define CODE   "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"
#define VARS   "/usr/share/OVMF/OVMF_VARS_4M.fd"

/* Each is signed by the one before it, the first by itself. */
static const char *const names[] = {"PK", "KEK", "db"};

/* EFI_CERT_X509_GUID, as it lies in memory. */
static const uint8_t x509_guid[GUID] = {0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94,
					0xa7, 0x4a, 0x87, 0xb5, 0xab, 0x15,
					0x5c, 0x2b, 0xf0, 0x72};

struct bytes {
	uint8_t *p;
	size_t n;
};

static void put(struct bytes *b, const void *p, size_t n)
{
	b->p = xrealloc(b->p, b->n + n, 1);
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static void put32(struct bytes *b, uint32_t v)
{
	v = htole32(v);
	put(b, &v, sizeof(v));
}

/* An EFI_SIGNATURE_LIST of one certificate. */
static void put_cert(struct bytes *b, const uint8_t owner[GUID],
		     const void *der, size_t n)
{
	put(b, x509_guid, GUID);
	put32(b, (uint32_t)(GUID + 12 + GUID + n));
	put32(b, 0);
	put32(b, (uint32_t)(GUID + n));
	put(b, owner, GUID);
	put(b, der, n);
}

/* Certificates stand one after another; each is a list of its own. */
static void put_certs(struct bytes *b, const uint8_t owner[GUID],
		      const char *path)
{
	size_t size;
	unsigned char *all = roots_read(path, &size);
	const unsigned char *p = all, *start;

	while (p < all + size) {
		start = p;
		X509_free(d2i_X509(NULL, &p, all + size - p));
		put_cert(b, owner, start, p - start);
	}
	free(all);
}

static void make_pair(const char *dir, const char *site, const char *name)
{
	char *key_path = xasprintf("%s/%s.key", dir, name);
	char *cert_path = xasprintf("%s/%s.crt", dir, name);
	char *what = xasprintf("Secure Boot %s", name);
	struct certs_spec spec = {.kind = CERTS_FIRMWARE,
				  .site = site,
				  .what = what,
				  .days = DAYS};
	STACK_OF(X509) *list = sk_X509_new_null();

	/* what every firmware can check, whatever else some can */
	spec.key = certs_make_key("rsa-2048", CERTS_FIRMWARE);
	sk_X509_push(list, certs_issue(&spec));
	certs_write_key(key_path, spec.key);
	certs_write(cert_path, list);
	sk_X509_pop_free(list, X509_free);
	EVP_PKEY_free(spec.key);
	free(what);
	free(cert_path);
	free(key_path);
}

/* The owner's name of these keys: made of the platform key, so it stays. */
static void owner_of(const char *dir, uint8_t owner[GUID])
{
	char *path = xasprintf("%s/PK.crt", dir);
	uint8_t digest[DIGEST_SIZE];
	size_t n;
	void *der = roots_read(path, &n);

	digest_of(der, n, digest);
	memcpy(owner, digest, GUID);
	owner[7] = (owner[7] & 0x0f) | 0x80; /* RFC 9562: version 8 */
	owner[8] = (owner[8] & 0x3f) | 0x80;
	free(der);
	free(path);
}

static char *guid_text(const uint8_t g[GUID])
{
	return xasprintf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
			 "%02x%02x%02x%02x%02x%02x",
			 g[3], g[2], g[1], g[0], g[5], g[4], g[7], g[6], g[8],
			 g[9], g[10], g[11], g[12], g[13], g[14], g[15]);
}

static void run(const char *const *argv, const char *what)
{
	int out[2], status;
	struct spawn p = {.argv = argv, .in = -1};
	char *text;

	if (pipe(out))
		die("%s: pipe:", what);
	p.out = p.err = out[1];
	status = spawn_start(&p);
	close(out[1]);
	if (status)
		die("%s: %s", what, strerror(-status));
	text = spawn_tail(out[0], -1, 1);
	close(out[0]);
	status = spawn_wait(&p);
	if (status)
		die("%s: status %d: %s", what, status, text);
	free(text);
}

/* By efitools: what sbvarsign 0.9.4 writes for PK is refused by EDK II. */
static void make_auth(const char *dir, const uint8_t owner[GUID],
		      const char *name, const char *by)
{
	char *guid = guid_text(owner);
	char *key = xasprintf("%s/%s.key", dir, by);
	char *cert = xasprintf("%s/%s.crt", dir, by);
	char *esl = xasprintf("%s/%s.esl", dir, name);
	char *auth = xasprintf("%s/%s.auth", dir, name);
	const char *const argv[] = {"sign-efi-sig-list",
				    "-g",
				    guid,
				    "-k",
				    key,
				    "-c",
				    cert,
				    name,
				    esl,
				    auth,
				    NULL};

	spawn_need("sign-efi-sig-list", "efitools");
	run(argv, "sign-efi-sig-list");
	free(auth);
	free(esl);
	free(cert);
	free(key);
	free(guid);
}

static void make_list(const char *dir, const uint8_t owner[GUID],
		      const char *name, const char *also)
{
	char *cert = xasprintf("%s/%s.crt", dir, name);
	char *cer = xasprintf("%s/%s.cer", dir, name);
	char *esl = xasprintf("%s/%s.esl", dir, name);
	char *more = also ? xstrdup(also) : NULL, *at = more, *path;
	struct bytes b = {0};
	size_t n;
	void *der = roots_read(cert, &n);

	outfile_put(cer, 0644, der, n);
	put_certs(&b, owner, cert);
	while (at && (path = strsep(&at, "\n")))
		put_certs(&b, owner, path);
	outfile_put(esl, 0644, b.p, b.n);
	free(b.p);
	free(der);
	free(more);
	free(esl);
	free(cer);
	free(cert);
}

/* systemd-boot enrolls what lies there, after it has counted down. */
static void make_folder(const char *dir)
{
	static const char conf[] = "timeout 0\nsecure-boot-enroll force\n";
	static const char *const parts[] = {"EFI/BOOT", "loader/keys/slipway"};
	char *path, *from;
	size_t i;

	if (access(LOADER, R_OK))
		die("%s: missing (Debian package systemd-boot-efi):", LOADER);
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		path = xasprintf("%s/enroll/%s", dir, parts[i]);
		site_mkdirs(path);
		free(path);
	}
	path = xasprintf("%s/enroll/EFI/BOOT/BOOTX64.EFI", dir);
	tree_link(LOADER, path);
	free(path);
	path = xasprintf("%s/enroll/loader/loader.conf", dir);
	outfile_put(path, 0644, conf, strlen(conf));
	free(path);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		from = xasprintf("%s/%s.auth", dir, names[i]);
		path = xasprintf("%s/enroll/%s/%s.auth", dir, parts[1],
				 names[i]);
		unlink(path);
		tree_link(from, path);
		free(path);
		free(from);
	}
}

void enroll_make(const char *dir, const char *site, const char *also)
{
	uint8_t owner[GUID];
	char *path;
	size_t i;

	site_mkdirs(dir);
	if (chmod(dir, 0700))
		die("%s:", dir);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		path = xasprintf("%s/%s.crt", dir, names[i]);
		if (access(path, F_OK))
			make_pair(dir, site, names[i]);
		free(path);
	}
	owner_of(dir, owner);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		make_list(dir, owner, names[i],
			  !strcmp(names[i], "db") ? also : NULL);
		make_auth(dir, owner, names[i], names[i ? i - 1 : 0]);
	}
	make_folder(dir);
}

void enroll_ovmf(const char *dir, const char *vars)
{
	char *tmp = xasprintf("%s.%d.new", vars, (int)getpid());
	char *disk = xasprintf("file=fat:%s/enroll,format=raw,if=virtio,"
			       "readonly=on",
			       dir);
	char *flash = xasprintf("if=pflash,format=raw,unit=1,file=%s", tmp);
	const char *const argv[] = {
		"timeout",
		"180",
		"qemu-system-x86_64",
		"-machine",
		"q35,smm=on,graphics=off",
		"-m",
		"256",
		"-cpu",
		"max",
		"-display",
		"none",
		"-net",
		"none",
		"-no-reboot",
		"-global",
		"driver=cfi.pflash01,property=secure,value=on",
		"-global",
		"ICH9-LPC.disable_s3=1",
		"-drive",
		"if=pflash,format=raw,unit=0,readonly=on,file=" CODE,
		"-drive",
		flash,
		"-drive",
		disk,
		NULL};
	struct tree_map m;

	if (strpbrk(dir, ",:") || strpbrk(vars, ",:"))
		die("%s: QEMU takes no ',' or ':' in a path", dir);
	spawn_need("qemu-system-x86_64", "qemu-system-x86");
	if (access(CODE, R_OK) || access(VARS, R_OK))
		die("%s: missing (Debian package ovmf):", CODE);
	tree_map(&m, VARS);
	outfile_cleanup(tmp);
	outfile_put(tmp, 0644, m.p, m.size);
	tree_unmap(&m);
	/* it restarts when it is done, which ends QEMU */
	run(argv, "qemu-system-x86_64, which enrolls the keys");
	if (rename(tmp, vars))
		die("%s: rename:", vars);
	outfile_keep(tmp);
	free(flash);
	free(disk);
	free(tmp);
}
