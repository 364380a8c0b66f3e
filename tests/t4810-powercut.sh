#!/bin/bash
# SPDX-License-Identifier: MIT
# t4810-powercut: every write and flush of updates to a real ext4 is recorded
# below the block layer; disks as power cuts would leave them must boot the old
# or the new release, as GRUB sees them (no journal replayed) and as Linux
# does. LONG=1: 200 cuts.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/disk.sh"

requires_root
need mksquashfs squashfs-tools
need jq jq
need mke2fs e2fsprogs
need losetup mount
need grub-fstest grub-common
[ -c /dev/fuse ] || need /dev/fuse 'the kernel module fuse'

blklog=$O/tests/blklog
img=$T_TMP/img
t_begin 'fixture: a disk with a confirmed release, recorded'
disk_site >"$T_TMP/out" 2>&1 && release one && site_server || {
	t_fail "$(tail -n 5 "$T_TMP/out")"
	exit
}
disk_new "$T_TMP/d"
booted 1
# GRUB's menu is not in question, but has to stay
"$BIN/slipway" update menu BOOT >"$disk/slipway/grub.cfg"
fetch >"$T_TMP/out" 2>&1 && up confirm >>"$T_TMP/out" 2>&1 &&
	truncate -s 48M "$img" &&
	mke2fs -q -t ext4 -O ^metadata_csum -J size=4 -L BOOT -d "$disk" "$img" >/dev/null 2>&1 &&
	cp --sparse=always "$img" "$T_TMP/before" || {
	t_fail "$(tail -n 5 "$T_TMP/out")"
	exit
}
mkdir "$T_TMP/fuse" "$T_TMP/mnt" "$T_TMP/look"
"$blklog" serve "$T_TMP/fuse" "$img" "$T_TMP/log" >"$T_TMP/ready" 2>"$T_TMP/err" &
until grep -qs ready "$T_TMP/ready"; do
	kill -0 $! 2>/dev/null || { t_skip "no FUSE: $(cat "$T_TMP/err")" && exit 0; }
done
loop=$(losetup --find --show "$T_TMP/fuse/disk") &&
	mount -t ext4 "$loop" "$T_TMP/mnt" || { t_skip 'no loop device' && exit 0; }
done_with()
{
	umount "$T_TMP/mnt" 2>/dev/null
	losetup -d "$loop" 2>/dev/null
	umount "$T_TMP/fuse" 2>/dev/null
}
t_at_end done_with
disk=$T_TMP/mnt
# an update, its confirmation, and one that has the first release removed
release two && fetch --keep 2 >"$T_TMP/out" 2>&1 && booted 2 &&
	up confirm >>"$T_TMP/out" 2>&1 && release three &&
	fetch --keep 2 >>"$T_TMP/out" 2>&1 && is good 2 chosen 3 \
	'releases|length' 2 >>"$T_TMP/out"
status=$?
done_with
if [ $status = 0 ]; then t_ok "$("$blklog" count "$T_TMP/log")"; else
	t_fail "$(tail -n 5 "$T_TMP/out")"
	exit
fi

# What GRUB would boot of $cut, by its own reader of ext4.
by_grub()
{
	local env serial f
	grub_cat grubenv >"$T_TMP/env" && [ "$(stat -c %s "$T_TMP/env")" = 1024 ] ||
		{ echo 'GRUB reads no grubenv' && return 1; }
	env=$(grub-editenv "$T_TMP/env" list) || { echo 'grubenv broken' && return 1; }
	serial=$(sed -n 's/^try=//p' <<<"$env")
	[ -n "$serial" ] || serial=$(sed -n 's/^good=//p' <<<"$env")
	for f in vmlinuz initrd.img boot.cfg; do
		grub_cat "releases/$serial/$f" | cmp -s - "$T_TMP/want/$f" ||
			{ echo "GRUB reads no $f of $serial" && return 1; }
	done
	grub_cat grub.cfg | cmp -s - "$T_TMP/d/slipway/grub.cfg" ||
		{ echo 'GRUB reads no grub.cfg' && return 1; }
	picked=$serial
}
grub_cat() { grub-fstest "$cut" cat "(loop0)/slipway/$1" 2>/dev/null; }

# The same disk under Linux: /init and the next update read it so.
by_linux()
{
	local s n
	mount -o loop,noatime "$cut" "$T_TMP/look" || return
	disk=$T_TMP/look
	booted "$picked"
	s=$(up status --json 2>"$T_TMP/err")
	umount "$T_TMP/look"
	n=$(jq "[.releases[] | select(.whole and .serial == $picked)] | length" \
		<<<"$s")
	[ "$n" = 1 ] || { echo "release $picked is not whole: $s" && return 1; }
	n=$(jq '. as $s | [.releases[] | select(.whole and .serial == $s.good)]
		| length' <<<"$s")
	[ "$n" = 1 ] || { echo "no good release: $s" && return 1; }
	[ "$(jq .state_copies <<<"$s")" -ge 1 ] || { echo "no state: $s" && return 1; }
	e2fsck -fn "$cut" >"$T_TMP/fsck" 2>&1 ||
		{ echo "e2fsck: $(tail -n 3 "$T_TMP/fsck")" && return 1; }
}

mkdir "$T_TMP/want"
cp "$T_TMP/d/slipway/releases/1"/{vmlinuz,initrd.img,boot.cfg} "$T_TMP/want/"
# cuts NAME HOW N...: disks that `blklog HOW` leaves at each N
cuts()
{
	local bad= n where
	local -A seen=()
	t_begin "$1"
	for n in "${@:3}"; do
		# a name of its own: a loop device may still hold pages of the
		# one before
		cut=$T_TMP/cut.$2.$n
		cp --sparse=always "$T_TMP/before" "$cut"
		where=$("$blklog" "$2" "$cut" "$T_TMP/log" "$n")
		if by_grub >"$T_TMP/why" && by_linux >"$T_TMP/why"; then
			seen[$picked]=$((${seen[$picked]:-0} + 1))
		else
			bad="$bad
$2 $n, $where: $(cat "$T_TMP/why")"
		fi
		rm "$cut"
	done
	if [ -z "$bad" ]; then
		t_ok "$(($# - 2)): old ${seen[1]:-0}, new ${seen[2]:-0}, newest ${seen[3]:-0}"
	else
		t_fail "$bad"
	fi
}
# shellcheck disable=SC2046
cuts 'power cuts: a whole release boots, the state is never empty' cut \
	$(seq $((${LONG:+10 * }20)))
[ -n "${LONG:-}" ] || exit 0
flushes=$("$blklog" count "$T_TMP/log" | sed 's/.*, \([0-9]*\) flushes/\1/')
# shellcheck disable=SC2046
cuts 'the same at every flush' flush $(seq 0 $((flushes - 1)))
