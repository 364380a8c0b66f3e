/* SPDX-License-Identifier: MIT */
/* nic.h - wired network interfaces of this network namespace. */
#ifndef NIC_H
#define NIC_H

#include <stdbool.h>
#include <stdint.h>

#define NIC_MAX 32

struct nic {
	char name[16];
	int index;
	uint8_t mac[6];
	bool hardware; /* a device stands behind it */
	bool up, carrier;
};

/* nic_list - Ethernet interfaces but lo; returns their number or -errno. */
int nic_list(struct nic nics[NIC_MAX]);

/* nic_find - one of them by its name; 0, or -ENODEV. */
int nic_find(struct nic *n, const char *name);

/* nic_up - set @name up; 0 or -errno. */
int nic_up(const char *name);

#endif
