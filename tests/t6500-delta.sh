#!/bin/bash
# SPDX-License-Identifier: MIT
# t6500-delta: what an update fetches when one package came to a base of more
# than 140 MB: out of the base before, and out of the one before that. LONG=1:
# a real Debian base, if this machine has built one.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/disk.sh"

requires_root
need mksquashfs squashfs-tools
need unsquashfs squashfs-tools
need jq jq
need openssl openssl

noise() # NAME SIZE: the same bytes on every machine
{
	openssl enc -aes-128-ctr -K "$(echo "$1" | md5sum | cut -c1-32)" -iv 00 \
		-in /dev/zero 2>/dev/null | head -c "$2"
}

# 56 packages of 100 files each that do not compress
generated()
{
	local i f
	mkdir -p "$1"/{etc,usr/share/pkg}
	noise all 142000000 >"$T_TMP/noise"
	(cd "$1/usr/share/pkg" && split -b 25000 -a 4 -d "$T_TMP/noise" f &&
		for i in $(seq -w 0 55); do mkdir "p$i" &&
			for f in f"$i"??; do mv "$f" "p$i/"; done; done)
	rm "$T_TMP/noise"
}

package() # TREE NAME SIZE: what dpkg leaves
{
	mkdir -p "$1/usr/share/pkg/$2" "$1/var/lib/dpkg"
	noise "$2" "$3" >"$1/usr/share/pkg/$2/tool"
	noise "$2-doc" 20000 >"$1/usr/share/pkg/$2/doc"
	printf 'Package: %s\nStatus: install ok installed\n\n' "$2" \
		>>"$1/var/lib/dpkg/status"
}

base_of() # TREE: becomes the base of the site
{
	mksquashfs "$1" "$T_TMP/new.squashfs" -all-root -noappend \
		-no-progress -comp zstd -Xcompression-level 1 \
		-all-time 1700000000 -mkfs-time 1700000000 >/dev/null || return
	base=$(sha256sum <"$T_TMP/new.squashfs" | cut -d' ' -f1)
	mv "$T_TMP/new.squashfs" "$site/build/bases/tiny/base.squashfs"
	sed -i "s/^digest = .*/digest = $base/" "$site/build/bases/tiny/base.info"
}

t_begin 'fixture: three bases, each with one package more'
tree=$T_TMP/tree
real=$(ls -S "$HOME"/.cache/slipway/bases/*.squashfs 2>/dev/null | tail -n 1)
if disk_site >"$T_TMP/out" 2>&1 && site_server && disk_new "$T_TMP/disk" &&
	if [ -n "${LONG:-}" ] && [ -n "$real" ]; then
		unsquashfs -q -n -d "$tree" "$real" >/dev/null
	else
		generated "$tree"
	fi && base_of "$tree" && release one && fetch >"$T_TMP/out" 2>&1; then
	t_ok "$(stat -c %s "$site/build/bases/tiny/base.squashfs") bytes"
else
	t_fail "$(tail -n 5 "$T_TMP/out")"
	exit
fi

# update NAME: the new base onto the disk; at most 4 %, at most 64 requests
update()
{
	local size fetched requests
	t_begin "$1"
	base_of "$tree"
	release "$base" >/dev/null 2>&1
	: >"$T_TMP/http.log"
	fetch --json >"$T_TMP/facts" 2>"$T_TMP/err"
	size=$(stat -c %s "$site/build/bases/tiny/base.squashfs")
	fetched=$(jq .fetched "$T_TMP/facts")
	# by the server, not by what the program says of itself
	requests=$(wc -l <"$T_TMP/http.log")
	if [ "${fetched:-0}" -gt 0 ] && [ $((fetched * 25)) -le "$size" ] &&
		[ "$requests" -le 64 ] && [ "$(get 'releases[0].whole')" = true ]; then
		t_ok "$fetched of $size bytes, $((fetched * 1000 / size)) per mille, $requests requests"
	else
		t_fail "$fetched of $size bytes, $requests requests: $(cat "$T_TMP/err")"
	fi
}

cp -a "$T_TMP/disk" "$T_TMP/behind"
package "$tree" aaa-first 400000
update 'one package at the front'
package "$tree" p30-middle 300000
update 'one in the middle'
disk=$T_TMP/behind
package "$tree" zzz-last 300000
update 'a disk that is three packages behind'
