#!/bin/bash
# SPDX-License-Identifier: MIT
# t5030-local: layers out of the initrd itself and off labelled disks, proven
# as those from a server.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/rows.sh"

need mke2fs e2fsprogs
need losetup mount
rows_begin
local='slipway.role=web ip=none slipway.panic=halt,0'

# The row itself has no server to fall back to.
disk() # NAME EXPECT INITRD CMDLINE
{
	initrd=$3 url='' end='' row "$1" "$2" --no-server '' -- good "$local $4"
}

# An initrd with the tree in it, as a ramdisk has it.
ramdisk() # NAME [SHELL]: where it may be spoiled
{
	local d=$T_TMP/ram.$1
	cp -al "$fix/initrd" "$d" && cp -a "$trees/good" "$d/tree" &&
		echo web >"$d/tree/role" && (cd "$d/tree" && eval "${2:-:}")
	echo "$d"
}

image() # LABEL FOLDER: as a loop device with that label
{
	local f=$T_TMP/$1.img
	truncate -s 64M "$f" &&
		mke2fs -q -t ext4 -L "$1" -d "$2" "$f" >"$T_TMP/out" 2>&1 &&
		losetup -r -f --show "$f" >>"$T_TMP/loops"
}

drop_loops()
{
	local l
	while read -r l; do losetup -d "$l"; done <"$T_TMP/loops"
}
: >"$T_TMP/loops"
t_at_end drop_loops

tree good
base=$(cd "$trees/good/layers" && ls ./*.squashfs)
flip='cp "$base" x && printf x | dd of=x bs=1 seek=200000 conv=notrunc \
	2>/dev/null && mv x "$base"'

disk ramdisk 'BOOT-OK/verified base' "$(ramdisk good)"
disk ramdisk-own-role 'BOOT-OK/role web' "$(ramdisk role)" \
	'slipway.role=web'
disk ramdisk-flipped E-HASH/chunk \
	"$(ramdisk flipped "cd layers; base=$base; $flip")"
disk ramdisk-cut E-LEN/base \
	"$(ramdisk cut "cd layers; head -c 100000 $base >x; mv x $base")"
disk ramdisk-missing E-MEDIUM "$(ramdisk missing "rm layers/$base")"
disk ramdisk-no-manifest E-MEDIUM/manifest.cms \
	"$(ramdisk nothing 'rm manifest.cms')"
disk ramdisk-index E-HASH/index \
	"$(ramdisk index 'cd layers; for i in *.index; do
		cp $i x; printf x | dd of=x bs=1 seek=30 conv=notrunc \
		2>/dev/null; mv x $i; done')"
disk ramdisk-forged E-SIG \
	"$(ramdisk forged 'head -c 300 /dev/zero >x; mv x manifest.cms')"
disk ramdisk-link E-MEDIUM/layers \
	"$(ramdisk link "mv layers/$base /tmp/slipway-t5030-\$\$;
		ln -s /etc/passwd layers/$base; rm /tmp/slipway-t5030-\$\$")"

mkdir -p "$T_TMP/medium/slipway" "$T_TMP/releases/r/7"
cp -a "$trees/good/." "$T_TMP/medium/slipway/"
cp -a "$trees/good/." "$T_TMP/releases/r/7/"
cp -a "$trees/good" "$T_TMP/flipped"
(cd "$T_TMP/flipped/layers" && base=$base && eval "$flip")
t_begin 'fixture: labelled images'
id=$$
if image "SLX$id" "$T_TMP/medium" && image "SLR$id" "$T_TMP/releases" &&
	image "SLF$id" "$T_TMP/flipped"; then t_ok; else
	t_fail "$(tail -n 3 "$T_TMP/out")"
fi
disk ext4 "BOOT-OK/medium SLX$id: ext4" "$fix/initrd" \
	"slipway.source=LABEL=SLX$id"
disk folder BOOT-OK "$fix/initrd" "slipway.source=LABEL=SLR$id:/r/7"
if command -v xorriso >/dev/null && grep -qw iso9660 /proc/filesystems; then
	t_begin 'fixture: an image in a file system'
	mkdir -p "$T_TMP/iso/boot"
	head -c 300000 /dev/zero >"$T_TMP/iso/boot/junk.iso"
	if xorriso -as mkisofs -quiet -r -o "$T_TMP/iso/boot/a.iso" \
		"$T_TMP/medium" >"$T_TMP/out" 2>&1 &&
		image "SLI$id" "$T_TMP/iso"; then t_ok; else
		t_fail "$(tail -n 3 "$T_TMP/out")"
	fi
	: >"$T_TMP/iso.img"
fi
# what an initrd brings goes before what the medium has
mkdir "$T_TMP/baseless"
cp -a "$trees/good/." "$T_TMP/baseless/" && rm "$T_TMP/baseless/layers/$base"
mkdir "$T_TMP/only"
cp -a "$trees/good/layers" "$T_TMP/only/"
t_begin 'fixture: media that are not complete'
if image "SLB$id" "$T_TMP/baseless" && image "SLO$id" "$T_TMP/only"; then
	t_ok
else
	t_fail "$(tail -n 3 "$T_TMP/out")"
fi
disk over-manifest "BOOT-OK/medium SLO$id" \
	"$(ramdisk over-m 'rm -r layers')" "slipway.source=LABEL=SLO$id"
disk over-layer "BOOT-OK/medium SLB$id" \
	"$(ramdisk over-l 'rm layers/*.cpio.gz')" "slipway.source=LABEL=SLB$id"
disk over-flipped E-HASH/chunk \
	"$(ramdisk over-f "cd layers; base=$base; $flip")" \
	"slipway.source=LABEL=SLX$id"
disk over-forged E-SIG \
	"$(ramdisk over-s 'head -c 300 /dev/zero >x; mv x manifest.cms')" \
	"slipway.source=LABEL=SLX$id"
disk answer 'BOOT-OK/FACT /run/slipway/answer disk = a' \
	"$(ramdisk answer 'echo disk = a >../answer')"
disk answer-large 'BOOT-OK/answer file: Value too large' \
	"$(ramdisk answer-l 'head -c 65537 /dev/zero >../answer')"
# an image as a file, as GRUB's loopback boots it
if [ -e "$T_TMP/iso.img" ]; then
	disk iso-file "BOOT-OK/medium SLI$id: ext4" "$fix/initrd" \
		"slipway.source=LABEL=SLI$id:/boot/a.iso"
	disk iso-file-junk 'E-MEDIUM/junk.iso: ' "$fix/initrd" \
		"slipway.source=LABEL=SLI$id:/boot/junk.iso"
fi
# as the menu of an installed disk starts it
disk fallback 'BOOT-OK/"fallback":8' "$fix/initrd" \
	"slipway.source=LABEL=SLR$id:/r/7 slipway.serial=7 slipway.fallback=8"
disk other-serial E-SERIAL "$fix/initrd" \
	"slipway.source=LABEL=SLR$id:/r/7 slipway.serial=8"
disk no-folder "E-MEDIUM/: /r/8: No such file" "$fix/initrd" \
	"slipway.source=LABEL=SLR$id:/r/8"
disk outside 'E-MEDIUM/: /../r/7: ' "$fix/initrd" \
	"slipway.source=LABEL=SLR$id:/../r/7"
disk flipped E-HASH/chunk "$fix/initrd" "slipway.source=LABEL=SLF$id"
[ -z "${LONG:-}" ] || limit=90 disk no-disk 'E-MEDIUM/no disk of that label' \
	"$fix/initrd" 'slipway.source=LABEL=nobody'

# what is written, on a disk: the site has to allow it
t_begin 'fixture: an initrd that may write to disks, disks to write to'
mkdir -p "$T_TMP/upper"
printf '/^\\[site\\]/a upper = disk\n' >"$T_TMP/allow"
sed -i -f "$T_TMP/allow" "$fix/site/site.conf"
upper_disk() # LABEL SIZE: an ext4 of 32 MiB in that much room
{
	local f=$T_TMP/$1.img
	truncate -s 32M "$f" && mke2fs -q -t ext4 -L "$1" "$f" &&
		truncate -s "$2" "$f" &&
		losetup -f --show "$f" >>"$T_TMP/loops"
}
if "$BIN/slipway" initrd -C "$fix/site" --no-modules tiny \
	${TWIN:+--init "$TWIN"} >"$T_TMP/out" 2>&1 &&
	zstd -dcq "$fix/site/build/initrd/tiny/initrd.img" |
	(cd "$T_TMP/upper" && cpio -idm --quiet) && upper_disk "SLU$id" 64M &&
	upper_disk "SLO$id" 32M; then t_ok; else
	t_fail "$(tail -n 3 "$T_TMP/out")"
fi
disk upper "BOOT-OK/medium SLU$id: ext4" "$T_TMP/upper" \
	"slipway.source=LABEL=SLX$id slipway.upper=LABEL=SLU$id"
disk upper-forbidden 'E-MEDIUM/lets nobody write to disks' "$fix/initrd" \
	"slipway.source=LABEL=SLX$id slipway.upper=LABEL=SLO$id"
disk upper-maybe 'BOOT-OK/lets nobody write to disks' "$fix/initrd" \
	"slipway.source=LABEL=SLX$id slipway.upper=LABEL=SLO$id?"
# a URL that is given is what is meant
initrd=$(ramdisk url) row ramdisk-url 'BOOT-OK/"url":"http' good \
	'slipway.role=web'
wait
disk upper-again "BOOT-OK/medium SLU$id: ext4" "$T_TMP/upper" \
	"slipway.source=LABEL=SLX$id slipway.upper=LABEL=SLU$id"
wait
t_begin 'what was written is on the disk, in the folder of the role'
if debugfs -R 'ls -p /slipway/web/up' "$T_TMP/SLU$id.img" 2>/dev/null |
	grep -q '/written/'; then t_ok; else t_fail; fi
t_begin '... which has grown to the size of its partition'
if grep -aq 'does not grow: Operation not permitted' "$rows/upper.out"; then
	t_skip 'no CAP_SYS_RESOURCE here'
elif [ "$(dumpe2fs -h "$T_TMP/SLU$id.img" 2>/dev/null |
	awk '/^Block count:/ { n = $3 } /^Block size:/ { print n * $3 }')" \
	= $((64 << 20)) ]; then t_ok; else
	t_fail "$(dumpe2fs -h "$T_TMP/SLU$id.img" 2>&1 | grep Block)"
fi
t_begin '... and nothing on the one that was forbidden'
if ! debugfs -R 'ls -p /' "$T_TMP/SLO$id.img" 2>/dev/null |
	grep -q slipway; then t_ok; else t_fail; fi
verdicts
