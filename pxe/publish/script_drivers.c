// SPDX-License-Identifier: MIT
/*
 * script_drivers.c - kernel and initrd, as boot.ipxe loads them. iPXE knows
 * the PCI id of the NIC it boots by, 01VVVVDDDD: the archive of that name and
 * the core are a tenth of the whole initrd, which a NIC that has none gets.
 */
#include "host/ipxe.h"
#include "script_drivers.h"

static bool has_core(const struct release *r)
{
	unsigned int i;

	for (i = 0; i < r->n_boots; i++)
		if (r->boots[i].core)
			return true;
	return false;
}

/* The archive first: where it lacks, nothing has been loaded in vain. */
static const char parts[] =
	"set drv ${at}/drv/${net${nic}/busid:hexraw}.img\n"
	"initrd --timeout %u --name drivers.img ${drv} || goto whole\n"
	"initrd --timeout %u --name core.img ${at}/core.img || goto next\n"
	"set initrds initrd=core.img initrd=drivers.img\n"
	"goto loaded\n"
	":whole\n"
	"clear drv\n"
	"echo slipway: no archive for NIC ${net${nic}/busid:hexraw}, "
	"loading all drivers\n";

static const char whole[] =
	"initrd --timeout %u --name initrd.img ${at}/initrd.img || goto next\n"
	"set initrds initrd=initrd.img\n";

void script_drivers_load(FILE *f, const struct release *r)
{
	fprintf(f,
		":load\n"
		"set mirror:int32 0\n"
		"set at ${dir}\n"
		":fetch\n"
		"imgfree\n"
		"kernel --timeout %u --name vmlinuz ${at}/vmlinuz || goto next\n",
		IPXE_STALL_MS);
	if (has_core(r))
		fprintf(f, parts, IPXE_STALL_MS, IPXE_STALL_MS);
	fprintf(f, whole, IPXE_STALL_MS);
	if (has_core(r))
		fputs(":loaded\n", f);
}

void script_drivers_verify(FILE *f, const struct release *r)
{
	fputs("imgverify vmlinuz ${at}/vmlinuz.sig || goto next\n", f);
	if (has_core(r))
		fputs("isset ${drv} || goto verify-whole\n"
		      "imgverify drivers.img ${drv}.sig || goto next\n"
		      "imgverify core.img ${at}/core.img.sig || goto next\n"
		      "goto go\n"
		      ":verify-whole\n",
		      f);
	fputs("imgverify initrd.img ${at}/initrd.img.sig || goto next\n"
	      "goto go\n",
	      f);
}
