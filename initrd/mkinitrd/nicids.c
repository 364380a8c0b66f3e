// SPDX-License-Identifier: MIT
/*
 * nicids.c - which drivers a NIC needs, by its PCI id.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "drivers.h"
#include "nicids.h"

struct ids {
	size_t n;
	struct nicid *list;
};

/* NICs of virtio hang on a PCI function that is the bus's, not theirs. */
static const char *const virtio[] = {"1af41000", "1af41041"};

static bool is_nic(const struct modules *m, long i)
{
	return i >= 0 && m->list[i].selected && drivers_nic(&m->list[i]);
}

static void add(struct ids *ids, const char *hex, size_t module)
{
	struct nicid *d;

	ids->list = xrealloc(ids->list, ids->n + 1, sizeof(*ids->list));
	d = &ids->list[ids->n++];
	memcpy(d->id, "01", 2);
	for (size_t i = 0; i < 8; i++)
		d->id[2 + i] = tolower((unsigned char)hex[i]);
	d->id[NICIDS_ID_SIZE - 1] = '\0';
	d->module = module;
}

static bool four(const char *p)
{
	return !strncmp(p, "0000", 4) && strspn(p + 4, "0123456789ABCDEF") >= 4;
}

/*
 * "pci:v00008086d000010D3sv*...". One that leaves the device open says too
 * little: such a NIC gets all drivers.
 */
static bool cut(const char *pattern, char hex[8])
{
	const char *vendor = pattern + 5, *device = pattern + 14;

	if (strncmp(pattern, "pci:v", 5) || strlen(pattern) < 24 ||
	    !four(vendor) || vendor[8] != 'd' || !four(device) ||
	    device[8] != 's')
		return false;
	memcpy(hex, vendor + 4, 4);
	memcpy(hex + 4, device + 4, 4);
	return true;
}

static void add_line(struct ids *ids, const struct modules *m, char *line)
{
	char *save = NULL, *word = strtok_r(line, " ", &save), hex[8];
	char *pattern = word ? strtok_r(NULL, " ", &save) : NULL;
	char *name = pattern ? strtok_r(NULL, " ", &save) : NULL;
	long i;

	if (!name || strcmp(word, "alias") || !cut(pattern, hex))
		return;
	i = modules_find(m, name);
	if (is_nic(m, i))
		add(ids, hex, i);
}

static int by_id(const void *a, const void *b)
{
	const struct nicid *x = a, *y = b;
	int c = strcmp(x->id, y->id);

	return c ? c : x->module < y->module ? -1 : x->module > y->module;
}

static void sort_once(struct ids *ids)
{
	size_t kept = 0;

	qsort(ids->list, ids->n, sizeof(*ids->list), by_id);
	for (size_t i = 0; i < ids->n; i++)
		if (!kept || by_id(&ids->list[i], &ids->list[kept - 1]))
			ids->list[kept++] = ids->list[i];
	ids->n = kept;
}

struct nicid *nicids_read(const struct modules *m, size_t *n)
{
	char *copy = xstrdup(m->alias), *save = NULL, *line;
	long i = modules_find(m, "virtio_net");
	struct ids ids = {0};

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		add_line(&ids, m, line);
	free(copy);
	for (size_t k = 0; is_nic(m, i) && k < 2; k++)
		add(&ids, virtio[k], i);
	sort_once(&ids);
	*n = ids.n;
	return ids.list;
}
