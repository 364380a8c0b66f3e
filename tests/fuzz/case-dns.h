/* SPDX-License-Identifier: MIT */
/* case-dns.h - the one question that answers are answers to. */
#ifndef CASE_DNS_H
#define CASE_DNS_H

#define CASE_DNS_ID   0x1234
#define CASE_DNS_HOST "boot.example.net"

#endif
