#!/bin/bash
# SPDX-License-Identifier: MIT
# t6520-update: a disk in QEMU that updates itself over HTTP, from a release to
# the next; releases that panic, have no init or are not healthy, and what
# somebody altered on the disk: it falls back by itself, and says so.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tree.sh"
. "$T_ROOT/tests/boot/kernel.sh"
. "$T_ROOT/tests/boot/vm.sh"

requires_root
need mksquashfs squashfs-tools
need depmod kmod
need sfdisk fdisk
need grub-mkimage grub-common
need mcopy mtools
need debugfs e2fsprogs
need qemu-system-x86_64 qemu-system-x86
need busybox busybox-static
need jq jq
need grub-editenv grub-common

site=$T_TMP/site
d=$T_TMP/d
mkdir -p "$d" "$T_TMP/www"

# system TEXT: the role's overlay, a system that confirms itself, updates
# itself from the tree $T_TMP/www/TEXT and restarts when there is a new one;
# published as release $n
system()
{
	local up=$T_TMP/up-web o=$site/build/overlays/web
	rm -rf "$up"
	mkdir -p "$up"/{sbin,bin,etc/slipway/health.d} "$o"
	kernel_copy "$up" "$BIN/slipway-update" || return
	mv "$up$BIN/slipway-update" "$up/sbin/" && rm -rf "$up/var" &&
		cp /bin/busybox "$up/bin/sh" && ln -s sh "$up/bin/busybox"
	echo "$1" >"$up/etc/role"
	cat >"$up/sbin/init" <<-EOF
		#!/bin/sh
		export PATH=/usr/sbin:/usr/bin:/sbin:/bin
		busybox mkdir -p /dev/disk/by-label
		busybox ln -s \$(busybox findfs LABEL=BOOT) /dev/disk/by-label/BOOT
		echo "RUNS \$(busybox cat /etc/role)"
		busybox grep -o '"fallback":[0-9]*' /run/slipway/report.json
		slipway-update confirm || busybox reboot -f
		for m in virtio_pci virtio_net; do busybox modprobe \$m; done
		busybox ip addr add 10.0.2.15/24 dev eth0
		busybox ip link set eth0 up
		slipway-update --url http://10.0.2.2:$port/$1 || busybox poweroff -f
		slipway-update status
		slipway-update status --json
		[ \$(slipway-update status --json | busybox grep -c '"tries_left":3') = 0 ] ||
			busybox reboot -f
		busybox poweroff -f
	EOF
	chmod 755 "$up/sbin/init"
	[ -z "${2:-}" ] || "$2" "$up"
	"$BIN/slipway" overlay --pack "$up" --base-digest "$base" \
		-o "$o/overlay.cpio.gz" >"$T_TMP/packed" || return
	cat >"$o/overlay.info" <<-EOF
		[overlay]
		role = web
		base = tiny
		base-digest = $base
		digest = $(sha256sum <"$o/overlay.cpio.gz" | cut -d' ' -f1)
		$(grep -E '^(unpacked|inodes) = ' "$T_TMP/packed")
	EOF
	"$BIN/slipway" publish -C "$site" >"$T_TMP/published" &&
		n=$(sed -n 's/.*serial \([0-9]*\).*/\1/p' "$T_TMP/published")
}
# what a machine that runs $1 finds
serve() { rm -rf "$T_TMP/www/$1" && cp -al "$site/public" "$T_TMP/www/$1"; }

# bad releases
unhealthy()
{
	printf '#!/bin/sh\nexit 1\n' >"$1/etc/slipway/health.d/10-web" &&
		chmod 755 "$1/etc/slipway/health.d/10-web"
}
panics() { sed -i '2i echo "RUNS panic"; echo c >/proc/sysrq-trigger' "$1/sbin/init"; }
# a whiteout in front of that of the base
initless() { rm "$1/sbin/init" && mknod "$1/sbin/init" c 0 0; }

# runs FILE FIRMWARE: what ran, one after the other
runs()
{
	VM_WRITE=y VM_LIMIT=${VM_LIMIT:-900} vm_boot "$1" "$2" virtio 512 raw \
		-action reboot=reset -netdev user,id=n0 -device virtio-net-pci,netdev=n0,romfile= \
		>"$T_TMP/serial" 2>&1
	tr -d '\r\033' <"$T_TMP/serial" >"$T_TMP/log"
	sed -n 's/.*RUNS //p' "$T_TMP/log" | tr '\n' ' '
}
status() { grep -a '^{"running"' "$T_TMP/log" | tail -n 1 | jq -r ".$1"; }

# row NAME WANT FILE FIRMWARE
row()
{
	local got
	t_begin "$1"
	got=$(runs "$3" "$4")
	if [ "$got" = "$2 " ]; then t_ok "$2"; else
		t_fail "got '$got', not '$2'
$(tail -n 25 "$T_TMP/log")"
	fi
}

t_begin 'fixture: a site with a real kernel, a disk of its first release'
"$O/tests/badhttpd" --port 0 --root "$T_TMP/www" >"$T_TMP/port" 2>&1 &
http=$!
t_at_end "kill $http 2>/dev/null"
until grep -qs '^port ' "$T_TMP/port"; do kill -0 $http || exit; done
port=$(sed -n 's/^port //p' "$T_TMP/port")
if kernel_site "$T_TMP" >"$T_TMP/out" 2>&1 && system one >>"$T_TMP/out" 2>&1 &&
	"$BIN/slipway" disk -C "$site" --size 1G --timeout 0 \
		--persistent-percent 0 --console ttyS0,115200 --append \
		'panic=1 slipway.panic=reboot,1 no_timer_check quiet' \
		-o "$d/one.img" web >>"$T_TMP/out" 2>&1 &&
	first=$n && system two >>"$T_TMP/out" 2>&1 && serve one; then t_ok; else
	t_fail "$(tail -n 5 "$T_TMP/out")"
	exit
fi
second=$n
two=$(sha256sum <"$site/build/overlays/web/overlay.cpio.gz" | cut -d' ' -f1)
serve two
cp --sparse=always "$d/one.img" "$d/two.img"
row 'it updates itself, restarts into the next release and confirms it' \
	'one two' "$d/two.img" bios
t_begin '... which is the good one from then on'
if [ "$(status good) $(status chosen) $(status next)" = "$n $n $n" ] &&
	grep -q "^release $n: confirmed" "$T_TMP/log"; then t_ok; else
	t_fail "$(tail -n 12 "$T_TMP/log")"
fi
[ -n "${LONG:-}" ] || exit 0

# falls NAME HOW TEXT WANT FIRMWARE: from the second release, which takes one
# that is bad, back to the second
falls()
{
	t_begin "fixture: $1"
	if system "$3" "$2" >"$T_TMP/out" 2>&1 && serve two && serve "$3"; then
		t_ok
	else
		t_fail "$(tail -n 5 "$T_TMP/out")"
	fi
	cp --sparse=always "$d/two.img" "$d/bad.img"
	row "$1" "$4" "$d/bad.img" "$5"
	t_begin '... and says so, and takes it no more'
	if grep -q "^\"fallback\":$n\$" "$T_TMP/log" &&
		grep -q "^release $n: did not come up in 3 boots" "$T_TMP/log" &&
		grep -q "release $n: failed here before" "$T_TMP/log" &&
		[ "$(status good) $(status next)" = "$second $second" ]; then
		t_ok
	else
		t_fail "$(tail -n 25 "$T_TMP/log")"
	fi
}
falls 'not healthy' unhealthy ill 'two ill ill ill two' bios
falls 'the same by UEFI' unhealthy ill 'two ill ill ill two' uefi
falls 'a kernel panic' panics dead 'two panic panic panic two' bios
falls 'no init' initless none 'two two' bios
t_begin '... three times, with its code'
if [ "$(grep -c 'E-INIT' "$T_TMP/log")" = 3 ]; then t_ok; else
	t_fail "$(grep -a 'E-' "$T_TMP/log")"
fi

# what somebody, or a bad sector, altered on the disk
at=$(sfdisk -J "$d/two.img" | jq '.partitiontable.partitions[] |
	select(.name == "BOOT") | .start * 512')
# alters NAME FILE CODE WANT: FILE on a disk whose second release is on trial
alters()
{
	local f=/slipway/$2 x=$T_TMP/x
	cp --sparse=always "$d/two.img" "$d/bad.img"
	debugfs -R "dump $f $x" "$d/bad.img?offset=$at" 2>/dev/null
	printf '\377' | dd of="$x" bs=1 seek=100 conv=notrunc status=none
	grub-editenv "$T_TMP/env" create
	grub-editenv "$T_TMP/env" set good=$first try=$second left=3 \
		order="$second $first"
	debugfs -w "$d/bad.img?offset=$at" >/dev/null 2>&1 <<-EOF
		rm $f
		write $x $f
		rm /slipway/grubenv
		write $T_TMP/env /slipway/grubenv
	EOF
	row "$1" "$4" "$d/bad.img" bios
	t_begin "... $3, three times"
	if [ "$(grep -c "$3" "$T_TMP/log")" = 3 ]; then t_ok; else
		t_fail "$(grep -a 'E-' "$T_TMP/log")"
	fi
}
layer=releases/$second/layers/$two.cpio.gz
alters 'an altered layer is not run' "$layer" E-HASH one
alters 'nor an altered manifest' "releases/$second/manifest.cms" E-SIG one
# the good one, a release that was confirmed: it goes to the one before, which
# mends it
cp --sparse=always "$d/two.img" "$d/bad.img"
debugfs -R "dump /slipway/$layer $T_TMP/x" "$d/bad.img?offset=$at" 2>/dev/null
printf '\377' | dd of="$T_TMP/x" bs=1 seek=100 conv=notrunc status=none
debugfs -w "$d/bad.img?offset=$at" >/dev/null 2>&1 <<-EOF
	rm /slipway/$layer
	write $T_TMP/x /slipway/$layer
EOF
row 'the good one altered: the one before runs, and mends it' one \
	"$d/bad.img" bios
t_begin '... so that it boots next'
if [ "$(status good) $(status next)" = "$second $second" ] && [ -z "$(status \
	"releases[] | select(.serial == $second) | .code")" ] &&
	[ "$(grep -c E-HASH "$T_TMP/log")" -ge 3 ]; then t_ok; else
	t_fail "$(tail -n 25 "$T_TMP/log")"
fi
# GRUB's block of noise: some release, and a block again
cp --sparse=always "$d/two.img" "$d/bad.img"
head -c 1024 /dev/urandom >"$T_TMP/env"
debugfs -w "$d/bad.img?offset=$at" >/dev/null 2>&1 <<-EOF
	rm /slipway/grubenv
	write $T_TMP/env /slipway/grubenv
EOF
t_begin "noise in GRUB's block: a release, and a block again"
got=$(runs "$d/bad.img" bios)
case $got$(status grubenv) in
'two '*true | 'one two '*true) t_ok "$got" ;;
*) t_fail "$got: $(tail -n 25 "$T_TMP/log")" ;;
esac
