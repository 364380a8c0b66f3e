#!/bin/bash
# SPDX-License-Identifier: MIT
# t5250-twin: rows of t5000, t5050 and t5200 by the twin of /init: the same
# sources under glibc with ASan and UBSan, PID 1 of the same boots. A report of
# a sanitizer fails its row. LONG=1 boots all rows, else one of each kind.
export TWIN=${O:=$(cd "$(dirname "$0")/.." && pwd)/build}/san/tests/twin/twin
bad=0

# all SCRIPT [ROW...]
all()
{
	local script=$1
	shift
	[ -z "${LONG:-}" ] || set --
	ROWS=$* "$(dirname "$0")/$script" || bad=1
}

all t5000-rows.sh good no-range no-keep-alive bytewise 500-then-good \
	cut-then-good reset-then-good flip-once redirect mirror-flips dhcp \
	setid-granted caps-granted expired-warns url-refused not-found \
	always-cut garbage chunked html redirect-loop length-huge sig-flip \
	sig-attributes signed-other-text other-site epoch-below unknown-role \
	index-flip base-flip base-cut overlay-flip not-squashfs no-init \
	too-little-memory evil-dotdot evil-through-link evil-big evil-bad-hex \
	evil-no-trailer evil-meta-xattr evil-gz-cut evil-gz-crc evil-setid \
	evil-device initrd-cut initrd-extra-file
all t5200-codes.sh policy-unknown-key anchor-junk expired-refused key-p384 \
	key-rsa3072 cmdline-too-long no-loop-device static-address-of-loopback \
	init-is-data module-table-is-junk index-magic index-count \
	overlay-fills-its-tmpfs squashfs-tables-broken base-without-sys
all t5050-report.sh by-policy template slow-server garbage mute-1 failed \
	failed-refusing
exit $bad
