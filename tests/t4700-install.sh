#!/bin/bash
# SPDX-License-Identifier: MIT
# t4700-install: the installer on images and loop devices: what it writes, what
# it must not touch, what is left when it is killed.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tree.sh"
. "$T_ROOT/tests/boot/kernel.sh"

requires_root
need mksquashfs squashfs-tools
need sfdisk fdisk
need grub-mkimage grub-common
need mcopy mtools
need losetup mount
need jq jq

site=$T_TMP/site
d=$T_TMP/d
words=$T_TMP/words
echo 'quiet slipway.source=net' >"$words"

inst() # OPTION...: of the published release
{
	"$BIN/slipway" install --from "${from:-$site/public}" \
		--root "$site/keys/root.crt" --cmdline "$words" "$@" \
		</dev/null
}

image() # NAME [SIZE]
{
	rm -f "$d/$1" && truncate -s "${2:-700M}" "$d/$1"
}

# refused NAME TEXT FILE OPTION...: one line, and not a byte of FILE changed
refused()
{
	local name=$1 text=$2 file=$3
	shift 3
	t_begin "$name"
	cp -a "$file" "$T_TMP/was"
	expect_fail 1 "$text" inst "$@" || return
	t_begin "$name: 0 bytes written"
	if cmp "$file" "$T_TMP/was" >"$T_TMP/out" 2>&1; then t_ok; else
		t_fail "$(cat "$T_TMP/out")"
	fi
}

loops=
loop() # FILE [OPTION...]: sets $dev
{
	local f=$1
	shift
	dev=$(losetup -f --show "$@" "$f") && loops="$loops $dev"
}
drop_loops()
{
	for l in $loops; do losetup -d "$l" 2>/dev/null; done
}
t_at_end drop_loops

# the start of partition N, bytes; a file of BOOT
start() { sfdisk -J "$1" 2>/dev/null | jq ".partitiontable.partitions[$2 - 1].start * 512"; }
from_boot() # FILE PATH
{
	debugfs -R "cat \"$2\"" "$1?offset=$(start "$1" 3)" 2>/dev/null
}
whole() # FILE: BOOT holds the published bytes, under its own checker
{
	local f l
	e2fsck -fn "$1?offset=$(start "$1" 3)" >/dev/null 2>&1 || return
	for l in "$site"/public/layers/*; do
		f=/slipway/releases/1/layers/${l##*/}
		from_boot "$1" "$f" | cmp -s - "$l" || return
	done
	from_boot "$1" /slipway/releases/1/manifest.cms |
		cmp -s - "$site/public/manifest.cms" &&
		from_boot "$1" /slipway/grub.cfg | grep -q LABEL=BOOT &&
		from_boot "$1" /slipway/args.cfg | grep -q console=tty0 &&
		from_boot "$1" /slipway/releases/1/boot.cfg |
		grep -q role=web
}
starts_bios() { [ "$(od -An -tx1 -N2 "$1" | tr -d ' ')" = eb63 ]; }
starts_uefi()
{
	mdir -i "$1@@$(start "$1" 2)" ::/EFI/BOOT/BOOTX64.EFI >/dev/null 2>&1
}

mkdir "$d" "$T_TMP/tmp"
# nothing here boots it: a kernel of a few words, and bytes that do not shrink
kernel_root()
{
	mkdir -p "$1/boot" "$1/lib/modules/0.0-test"
	echo kernel >"$1/boot/vmlinuz-0.0-test"
	: >"$1/lib/modules/0.0-test/modules.dep"
	: >"$1/lib/modules/0.0-test/modules.alias"
	openssl enc -aes-128-ctr -K 00 -iv 00 -in /dev/zero 2>/dev/null |
		head -c 3000000 >"$1/noise"
}
check 'fixture: a published release' kernel_site "$T_TMP" \
	--no-modules || exit

export TMPDIR=$T_TMP/tmp
image a
t_begin 'an empty image'
if inst --image "$d/a" --json --progress-fd 3 3>"$T_TMP/steps" >"$T_TMP/out" \
	2>&1 && jq -e '.serial == 1 and .role == "web" and .done == "installed"' \
	"$T_TMP/out" >/dev/null; then t_ok; else t_fail "$(cat "$T_TMP/out")"; fi
t_begin '... five steps were told'
if [ "$(jq -s 'map(.step) == [1, 2, 3, 4, 5] and .[0].of == 5' \
	"$T_TMP/steps")" = true ]; then t_ok; else t_fail "$(cat "$T_TMP/steps")"; fi
check '... holds the release' whole "$d/a"
check '... starts by BIOS' starts_bios "$d/a"
check '... and by UEFI' starts_uefi "$d/a"
t_begin '... every disk has UUIDs of its own'
image b
inst --image "$d/b" >/dev/null
if [ "$(sfdisk -J "$d/a" | jq .partitiontable.id)" != \
	"$(sfdisk -J "$d/b" | jq .partitiontable.id)" ]; then t_ok; else t_fail; fi

# what must not be lost
refused 'a partition table' 'gpt partition table' "$d/a" --image "$d/a"
refused 'another consent' 'say --consent ERASE-a' "$d/a" --image "$d/a" \
	--consent ERASE-b
refused 'an empty consent' 'say --consent ERASE-a' "$d/a" --image "$d/a" \
	--consent ERASE-
image ext4 && mke2fs -q -L data "$d/ext4"
refused 'a file system without a table' 'ext2 with a label' "$d/ext4" \
	--image "$d/ext4"
image swap && mkswap "$d/swap" >/dev/null 2>&1
refused swap swap "$d/swap" --image "$d/swap"
image luks && printf 'LUKS\xba\xbe\0\1' |
	dd of="$d/luks" conv=notrunc status=none
refused LUKS crypto_LUKS "$d/luks" --image "$d/luks"
image raid && printf '\xfc\x4e\x2b\xa9\1\0\0\0' |
	dd of="$d/raid" bs=4096 seek=1 conv=notrunc status=none &&
	printf '\10' | dd of="$d/raid" bs=1 seek=4240 conv=notrunc status=none
refused 'a RAID member' linux_raid_member "$d/raid" --image "$d/raid"
check 'with the word it is done' inst --image "$d/a" --consent ERASE-a
check '... or with a glob' inst --image "$d/a" --consent 'ERASE-?'

# in use
image used && mke2fs -q "$d/used" && loop "$d/used" &&
	mkdir "$T_TMP/mnt" && mount "$dev" "$T_TMP/mnt"
refused 'a mounted disk' 'is mounted; it is left alone' "$d/used" --disk "$dev" \
	--consent 'ERASE-*'
refused '... and its image' 'is behind /dev/loop' "$d/used" --image "$d/used" \
	--consent 'ERASE-*'
umount "$T_TMP/mnt"
echo 'slipway.source=LABEL=SLM:/x' >"$words"
image medium && mke2fs -q -L SLM "$d/medium" && loop "$d/medium"
refused 'its own medium' 'is the medium that this is installed from' \
	"$d/medium" --disk "$dev" --consent 'ERASE-*'
echo 'quiet slipway.source=net' >"$words"
image ro && loop "$d/ro" -r
refused 'a read-only disk' 'is read-only' "$d/ro" --disk "$dev"
t_begin 'a partition'
image parts && printf 'label: gpt\n,,L\n' | sfdisk -q "$d/parts" && loop \
	"$d/parts" -P
if [ -b "${dev}p1" ]; then
	expect_fail 1 'name the whole disk' inst --disk "${dev}p1"
else
	t_skip 'no partitions of loop devices here'
fi
t_begin 'a size that no disk has'
expect_fail 1 '0 disks fit, one is wanted' inst --disk 'size>=900T'
t_begin 'words that mean nothing'
expect_fail 1 'expected a path, size' inst --disk colour=red
image small 400M
refused 'too small' 'too small' "$d/small" --image "$d/small"

# what does not prove itself never reaches the disk
image clean
cp -al "$site/public" "$T_TMP/bad"
base=$(cd "$T_TMP/bad/layers" && ls ./*.squashfs)
cp "$T_TMP/bad/layers/$base" "$T_TMP/x" && printf x |
	dd of="$T_TMP/x" bs=1 seek=200000 conv=notrunc status=none &&
	mv -f "$T_TMP/x" "$T_TMP/bad/layers/$base"
from=$T_TMP/bad refused 'a layer that was altered' 'wrong digest' "$d/clean" \
	--image "$d/clean"
cp -al "$site/public" "$T_TMP/bad2"
for k in "$T_TMP"/bad2/boot/*/vmlinuz; do
	cp "$k" "$T_TMP/x" && printf x | dd of="$T_TMP/x" bs=1 seek=3 \
		conv=notrunc status=none && mv -f "$T_TMP/x" "$k"
done
from=$T_TMP/bad2 refused 'a kernel that was altered' E-HASH "$d/clean" \
	--image "$d/clean"
"$BIN/slipway" new --name rows --url http://127.0.0.1:8080 \
	"$T_TMP/stranger" >/dev/null 2>&1
refused 'the root of somebody else' E-SIG "$d/clean" --image "$d/clean" \
	--root "$T_TMP/stranger/keys/root.crt"
refused 'a role that there is none of' 'role nobody' "$d/clean" \
	--image "$d/clean" --role nobody
t_begin 'a dry run'
cp "$d/clean" "$T_TMP/was"
if inst --image "$d/clean" -n >"$T_TMP/out" 2>&1 &&
	grep -q 'would be installed' "$T_TMP/out" &&
	cmp "$d/clean" "$T_TMP/was"; then t_ok; else
	t_fail "$(cat "$T_TMP/out")"
fi

# over HTTP, from an answer file, from the kernel's words
serve() # FOLDER: sets $url
{
	local http
	rm -f "$T_TMP/port"
	"$O/tests/badhttpd" --port 0 --root "$1" >"$T_TMP/port" 2>&1 &
	http=$!
	t_at_end "kill $http 2>/dev/null"
	until grep -qs '^port ' "$T_TMP/port"; do
		kill -0 $http || break
		sleep 0.1
	done
	url=http://127.0.0.1:$(sed -n 's/^port //p' "$T_TMP/port")
}
serve "$site/public"
image http
from=$url check 'over HTTP, through the engine' \
	inst --image "$d/http"
check '... the same release' whole "$d/http"
printf '[install]\nimage = %s\nfrom = %s\nroot = %s\nrole = web\n' "$d/ans" \
	"$site/public" "$site/keys/root.crt" >"$T_TMP/answers"
image ans
check 'an answer file' "$BIN/slipway" install --answers "$T_TMP/answers" \
	--cmdline "$words"
check '... is followed' whole "$d/ans"
echo 'colour = red' >>"$T_TMP/answers"
t_begin '... down to a key that is none'
expect_fail 1 colour "$BIN/slipway" install --answers "$T_TMP/answers"
image kern
echo "slipway.install.image=$d/kern slipway.install.from=$site/public \
slipway.install.root=$site/keys/root.crt" >"$words"
check "the kernel's words" "$BIN/slipway" install --cmdline "$words"
check '... are followed' whole "$d/kern"
echo 'quiet slipway.source=net' >"$words"

# several signers: rules of two are those of an initrd that is running
two=$T_TMP/two
mkdir "$two" "$T_TMP/rules"
cp -al "$site"/. "$two"
sed '/^\[site\]/a signers = 2' "$site/site.conf" >"$T_TMP/x" &&
	mv "$T_TMP/x" "$two/site.conf"
check 'fixture: a release signed by two' eval '"$BIN/slipway" keys leaf -C "$two" \
	--name bob && "$BIN/slipway" publish -C "$two"'
of=$(cd "$two/public/signatures" && ls)
zstd -dcq "$two/build/initrd/tiny/initrd.img" |
	(cd "$T_TMP/rules" && cpio -id --quiet slipway/policy)
export SLIPWAY_RULES=$T_TMP/rules/slipway
echo 'signers 2' >>"$SLIPWAY_RULES/policy"
carried() # FILE: both signatures are on BOOT
{
	from_boot "$1" /slipway/releases/2/manifest.cms |
		cmp - "$two/public/manifest.cms" &&
		from_boot "$1" "/slipway/releases/2/signatures/$of" |
		cmp - "$two/public/signatures/$of"
}
image two
site=$two check 'from a folder, signed by two of two' inst --image "$d/two"
check '... which it carries' carried "$d/two"
image two
serve "$two/public"
from=$url site=$two check 'over HTTP, signed by two of two' \
	inst --image "$d/two"
check '... which it carries' carried "$d/two"
check 'a disk image' "$BIN/slipway" disk -C "$two" --size 1G -o "$d/two" web
check '... carries them, too' carried "$d/two"
mv "$two/public/signatures/$of" "$T_TMP/lost"
site=$two refused 'a signature that was lost' E-FETCH "$d/clean" \
	--image "$d/clean"
cp "$two/public/manifest.cms" "$two/public/signatures/$of"
site=$two refused 'the same key twice' 'by the key of signature 1' \
	"$d/clean" --image "$d/clean"
unset SLIPWAY_RULES

# block devices of both sector sizes, as the kernel sees them
for s in 512 4096; do
	image "blk$s"
	loop "$d/blk$s" -b $s || continue
	check "a disk with sectors of $s bytes" inst --disk "$dev"
	t_begin '... whose BOOT the kernel mounts'
	partx -u "$dev" 2>/dev/null || partx -a "$dev" 2>/dev/null
	if [ ! -b "${dev}p3" ]; then
		t_skip 'no partitions of loop devices here'
	elif mount -o ro "${dev}p3" "$T_TMP/mnt" 2>"$T_TMP/out" &&
		cmp "$T_TMP/mnt/slipway/releases/1/manifest.cms" \
			"$site/public/manifest.cms" >>"$T_TMP/out"; then
		t_ok
	else
		t_fail "$(cat "$T_TMP/out")"
	fi
	umount "$T_TMP/mnt" 2>/dev/null
	partx -d "$dev" 2>/dev/null
done
t_begin 'no BIOS starts sectors of 4096 bytes: GRUB for UEFI only'
if starts_bios "$d/blk512" && ! starts_bios "$d/blk4096"; then t_ok; else
	t_fail
fi

t_begin 'nothing is left in the folder for temporary files'
if [ -z "$(ls "$TMPDIR")" ]; then t_ok; else t_fail "$(ls "$TMPDIR")"; fi

# what a disk is that an install was cut off from: sets $state
state_of() # FILE
{
	state=nothing
	if starts_bios "$1" || starts_uefi "$1"; then
		state=half
		whole "$1" && state=whole
	fi
}

efi_program() { mtype -i "$1@@$(start "$1" 2)" ::/EFI/BOOT/BOOTX64.EFI; }

# GRUB where firmware looks for it, and the start of the BOOT that it looks for
grub_is() # FILE AS-ON
{
	! starts_bios "$1" ||
		cmp -s -n 1M -i "$(start "$1" 1):$(start "$2" 1)" "$1" "$2" ||
		return
	! starts_uefi "$1" ||
		efi_program "$1" | cmp -s - <(efi_program "$2" 2>/dev/null) ||
		return
	cmp -s -n 64K -i "$(start "$1" 3):$(start "$2" 3)" "$1" "$2"
}

# all of what was installed, or all of what was there before
grub_whole() # FILE
{
	[ $state = nothing ] || grub_is "$1" "$d/disk" ||
		grub_is "$1" "$d/before"
}

# again FILE: nobody has to consent to it once more
again()
{
	inst --image "$1" >"$T_TMP/out" 2>&1 && state_of "$1" &&
		[ $state = whole ] && starts_bios "$1" && starts_uefi "$1"
}

# killed at any time
kills=${LONG:+40}
kills=${kills:-4}
RANDOM=4700
mkfifo "$T_TMP/alive"
bad=
early=0
image cut
t0=${EPOCHREALTIME/./}
inst --image "$d/cut" >/dev/null
whole_us=$((${EPOCHREALTIME/./} - t0))
for ((i = 0; i < kills; i++)); do
	image cut
	# what it has started holds the pipe, and dies a moment after it
	cat "$T_TMP/alive" >/dev/null &
	alive=$!
	"$BIN/slipway" install --image "$d/cut" --from "$site/public" \
		--root "$site/keys/root.crt" --cmdline "$words" \
		>"$T_TMP/alive" 2>&1 </dev/null &
	pid=$!
	us=$((RANDOM * whole_us / 32768))
	sleep "$(printf '%d.%06d' $((us / 1000000)) $((us % 1000000)))"
	kill -9 $pid 2>/dev/null
	wait $pid $alive 2>/dev/null
	state_of "$d/cut"
	[ $state != nothing ] || {
		early=$((early + 1))
		again "$d/cut" || bad="$bad $i:not-again($(tail -n 1 "$T_TMP/out"))"
	}
	[ $state != half ] || bad="$bad $i:half"
done
t_begin "killed $kills times: starts nothing or the release, and installs again"
if [ -z "$bad" ]; then t_ok "$early before it could start"; else t_fail "$bad"; fi

# Power cuts: writes and flushes are recorded, and disks made as a cut leaves
# them. On an empty disk, and on one that an earlier release starts from.
[ -c /dev/fuse ] || need /dev/fuse 'the kernel module fuse'
blklog=$O/tests/blklog
mkdir "$T_TMP/fuse"
record() # BEFORE LOG OPTION...: of an install over that
{
	local before=$1 log=$2
	shift 2
	cp --sparse=always "$before" "$d/disk"
	"$blklog" serve "$T_TMP/fuse" "$d/disk" "$log" >"$T_TMP/ready" \
		2>"$T_TMP/err" &
	until grep -qs ready "$T_TMP/ready"; do
		kill -0 $! 2>/dev/null || return 77
	done
	t_at_end "umount '$T_TMP/fuse' 2>/dev/null"
	inst --image "$T_TMP/fuse/disk" "$@" >"$T_TMP/out" 2>&1
	set -- $?
	umount "$T_TMP/fuse"
	wait $!
	return "$1"
}
cuts() # BEFORE LOG N
{
	local before=$1 log=$2 seed where
	bad=
	declare -gA seen=()
	for ((seed = 1; seed <= $3; seed++)); do
		cp --sparse=always "$before" "$d/cut"
		# most of the time is the release's; what is delicate comes last
		where=$("$blklog" cut "$d/cut" "$log" $seed \
			$((seed % 2 ? 1 << 30 : 12)))
		state_of "$d/cut"
		grub_whole "$d/cut" || state=half
		seen[$state]=$((${seen[$state]:-0} + 1))
		case $state in
		half) bad="$bad
seed $seed, $where: starts, and is not whole" ;;
		# every fifth: the rest is the time of as many installs
		nothing) ((seed % 5)) || again "$d/cut" || bad="$bad
seed $seed, $where: not again: $(tail -n 1 "$T_TMP/out")" ;;
		esac
	done
}
n=${LONG:+100}
n=${n:-10}
image empty
for on in empty installed; do
	t_begin "the power cut $n times, $on disk: nothing or a release starts"
	cp --sparse=always "$d/${on/installed/a}" "$d/before"
	record "$d/before" "$T_TMP/log" --consent 'ERASE-*'
	case $? in
	0) ;;
	77) t_skip "no FUSE: $(cat "$T_TMP/err")" && continue ;;
	*) t_fail "$(cat "$T_TMP/out")" && continue ;;
	esac
	cuts "$d/before" "$T_TMP/log" "$n"
	if [ -z "$bad" ]; then
		t_ok "$("$blklog" count "$T_TMP/log"); nothing ${seen[nothing]:-0}, whole ${seen[whole]:-0}"
	else
		t_fail "$bad"
	fi
done
