/* SPDX-License-Identifier: MIT */
/* kvm.h - does KVM work here? */
#ifndef SERVE_KVM_H
#define SERVE_KVM_H

#include <stdbool.h>

/*
 * kvm_works - start @vmlinuz under KVM and wait a few seconds for its first
 * words: there are hosts with a /dev/kvm under which stock kernels hang. The
 * answer is cached until the host reboots.
 */
bool kvm_works(const char *vmlinuz);

#endif
