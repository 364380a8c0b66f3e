// SPDX-License-Identifier: MIT
/*
 * drivers.c - the driver sets: wired NICs, local storage, and the buses that
 * lead to both. A pattern is a path below the kernel's module folder.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/site.h"
#include "drivers.h"

const char *const drivers_always[] = {"overlay", "squashfs", "loop",
				      "af_packet", NULL};

struct set {
	const char *name;
	const char *const *take, *const *leave;
};

static const char *const bus[] = {"kernel/drivers/virtio/virtio_pci.ko*",
				  "kernel/drivers/virtio/virtio_mmio.ko*",
				  "kernel/drivers/hv/hv_vmbus.ko*",
				  "kernel/drivers/pci/controller/*",
				  "kernel/drivers/usb/host/xhci-pci*.ko*",
				  "kernel/drivers/usb/host/ehci-pci.ko*",
				  "kernel/drivers/usb/host/ohci-pci.ko*",
				  "kernel/drivers/usb/host/uhci-hcd.ko*",
				  NULL};

/* a machine is known to hang on a VLAN or a bond by its command line alone */
static const char *const links[] = {"8021q", "bonding", NULL};

/* on top of these and of what every boot loads */
static const char *const core[] = {"virtio_pci", NULL};

static const char *const net[] = {"kernel/drivers/net/ethernet/*",
				  "kernel/drivers/net/virtio_net.ko*",
				  "kernel/drivers/net/hyperv/hv_netvsc.ko*",
				  "kernel/drivers/net/xen-netfront.ko*",
				  "kernel/drivers/net/vmxnet3/vmxnet3.ko*",
				  "kernel/drivers/net/usb/a*.ko*",
				  "kernel/drivers/net/usb/cdc_ether.ko*",
				  "kernel/drivers/net/usb/cdc_ncm.ko*",
				  "kernel/drivers/net/usb/cdc_subset.ko*",
				  "kernel/drivers/net/usb/dm9601.ko*",
				  "kernel/drivers/net/usb/lan78xx.ko*",
				  "kernel/drivers/net/usb/mcs7830.ko*",
				  "kernel/drivers/net/usb/pegasus.ko*",
				  "kernel/drivers/net/usb/r815*.ko*",
				  "kernel/drivers/net/usb/rtl8150.ko*",
				  "kernel/drivers/net/usb/smsc*.ko*",
				  "kernel/drivers/net/usb/sr9*.ko*",
				  NULL};

/* switch chips, offload engines, PC Cards: no machine boots through one */
static const char *const net_leave[] = {
	"kernel/drivers/net/ethernet/mellanox/mlxsw/*",
	"kernel/drivers/net/ethernet/chelsio/inline_crypto/*",
	"kernel/drivers/net/ethernet/broadcom/cnic.ko*",
	"kernel/drivers/net/ethernet/*_cs.ko*", NULL};

static const char *const storage[] = {
	"kernel/drivers/ata/*", "kernel/drivers/nvme/host/nvme.ko*",
	"kernel/drivers/block/virtio_blk.ko*",
	"kernel/drivers/block/xen-blkfront.ko*",
	"kernel/drivers/scsi/sd_mod.ko*", "kernel/drivers/scsi/sr_mod.ko*",
	"kernel/drivers/scsi/virtio_scsi.ko*",
	"kernel/drivers/scsi/vmw_pvscsi.ko*",
	"kernel/drivers/scsi/hv_storvsc.ko*",
	"kernel/drivers/scsi/xen-scsifront.ko*",
	"kernel/drivers/scsi/megaraid/megaraid_sas.ko*",
	"kernel/drivers/scsi/mpt3sas/mpt3sas.ko*",
	"kernel/drivers/scsi/mpi3mr/mpi3mr.ko*",
	"kernel/drivers/message/fusion/mptsas.ko*",
	"kernel/drivers/message/fusion/mptspi.ko*",
	"kernel/drivers/scsi/smartpqi/smartpqi.ko*",
	"kernel/drivers/scsi/hpsa.ko*",
	"kernel/drivers/scsi/aacraid/aacraid.ko*",
	"kernel/drivers/scsi/arcmsr/arcmsr.ko*",
	"kernel/drivers/scsi/isci/isci.ko*",
	"kernel/drivers/scsi/mvsas/mvsas.ko*",
	"kernel/drivers/scsi/pm8001/pm80xx.ko*",
	"kernel/drivers/usb/storage/usb-storage.ko*",
	"kernel/drivers/usb/storage/uas.ko*",
	"kernel/drivers/mmc/core/mmc_block.ko*",
	"kernel/drivers/mmc/host/sdhci-pci.ko*",
	"kernel/drivers/mmc/host/sdhci-acpi.ko*",
	/* and what media are written as: medium.c asks for these by name */
	"kernel/fs/isofs/isofs.ko*", "kernel/fs/fat/vfat.ko*",
	"kernel/fs/nls/nls_cp437.ko*", "kernel/fs/nls/nls_ascii.ko*",
	"kernel/fs/nls/nls_iso8859-1.ko*", "kernel/fs/nls/nls_utf8.ko*",
	"kernel/fs/ext4/ext4.ko*", NULL};

/* disks on a parallel cable */
static const char *const storage_leave[] = {"kernel/drivers/ata/pata_*", NULL};

static const char *const none[] = {NULL};

static const struct set sets[] = {
	{"net", net, net_leave},
	{"storage", storage, storage_leave},
};

static bool matches(const char *const *patterns, const char *path)
{
	for (; *patterns; patterns++)
		if (!fnmatch(*patterns, path, 0))
			return true;
	return false;
}

static void take(struct modules *m, const char *const *patterns,
		 const char *const *leave)
{
	for (size_t i = 0; i < m->n; i++)
		if (matches(patterns, m->list[i].path) &&
		    !matches(leave, m->list[i].path))
			m->list[i].chosen = true;
}

/* A group, or false when @name is none. */
static bool take_set(struct modules *m, const char *name)
{
	bool found = false;

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		if (strcmp(name, "all") && strcmp(name, sets[i].name))
			continue;
		take(m, sets[i].take, sets[i].leave);
		take(m, bus, none);
		found = true;
	}
	return found;
}

static void take_module(struct modules *m, const char *name)
{
	long i = modules_find(m, name);

	if (i >= 0)
		m->list[i].chosen = true;
	else if (!modules_builtin(m, name))
		die("--drivers: '%s' is neither net, storage, all nor a module of %s",
		    name, m->release);
}

static void take_present(struct modules *m, const char *const *names)
{
	for (; *names; names++) {
		long i = modules_find(m, *names);

		if (i >= 0)
			m->list[i].chosen = true;
	}
}

bool drivers_nic(const struct module *mod)
{
	return mod->file || strstr(mod->path, "/drivers/net/");
}

static bool any_nic(const struct modules *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->list[i].chosen && drivers_nic(&m->list[i]))
			return true;
	return false;
}

void drivers_select(struct modules *m, const char *list)
{
	char **names = words(list);

	for (char **n = names; *n; n++) {
		if (!take_set(m, *n))
			take_module(m, *n);
		free(*n);
	}
	free(names);
	if (any_nic(m))
		take_present(m, links);
	for (const char *const *a = drivers_always; *a; a++)
		take_module(m, *a);
	for (size_t i = 0; i < m->n; i++)
		m->list[i].selected = m->list[i].chosen;
}

void drivers_core(struct modules *m)
{
	take_present(m, drivers_always);
	take_present(m, links);
	take_present(m, core);
}
