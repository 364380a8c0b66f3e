#!/bin/bash
# SPDX-License-Identifier: MIT
# t6400-disk: disk images of a published release; judged by others' tools, and
# booted in QEMU by BIOS and by UEFI with no network card.
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
need qemu-img qemu-utils
need xorriso xorriso
need jq jq
need qemu-system-x86_64 qemu-system-x86

site=$T_TMP/site
d=$T_TMP/d
disk() # FILE OPTION...
{
	local to=$1
	shift
	slipway disk -C "$site" --size 1G --timeout 1 --console ttyS0,115200 \
		--append "slipway.panic=halt,0 no_timer_check" -o "$d/$to" "$@" web
}

same() # A B
{
	[ "$(sha256sum <"$1")" = "$(sha256sum <"$2")" ]
}

mkdir "$d"
check 'fixture: a published release with a real kernel' kernel_site "$T_TMP" ||
	exit
check 'a raw image' disk raw.img
check 'the same bytes a second later, in another place' eval \
	'sleep 1.1; TZ=Asia/Tokyo disk again.img && same $d/raw.img $d/again.img'
t_begin 'it is sparse'
if [ "$(du -m "$d/raw.img" | cut -f1)" -lt 200 ]; then t_ok; else
	t_fail "$(du -m "$d/raw.img")"
fi

# the start of partition N of an image, bytes
start() # FILE N
{
	sfdisk -J "$1" | jq ".partitiontable.partitions[$2 - 1].start * 512"
}
clean() # FILE: file systems, by their own checkers
{
	local n at
	for n in 3 4; do
		e2fsck -fn "$1?offset=$(start "$1" $n)" || return
	done
	at=$(start "$1" 2)
	dd if="$1" of="$T_TMP/esp" bs=1M skip=$((at >> 20)) count=300 \
		status=none && fsck.fat -n "$T_TMP/esp"
}
t_begin 'sfdisk reads four partitions of the right types'
if [ "$(sfdisk -J "$d/raw.img" | jq -r '.partitiontable |
	.label, (.partitions[] | .name + " " + .type[0:8])' | tr '\n' ';')" = \
	'gpt;BIOS 21686148;ESP C12A7328;BOOT 0FC63DAF;PERSISTENT 0FC63DAF;' ]
then t_ok; else t_fail "$(sfdisk -d "$d/raw.img")"; fi
check 'e2fsck and fsck.fat find nothing' clean "$d/raw.img"
check 'GRUB reads the kernel off it' eval 'grub-fstest $d/raw.img cmp \
	"(loop0,gpt3)/slipway/releases/1/vmlinuz" \
	$site/build/initrd/tiny/vmlinuz'
check 'GRUB finds its menu in good order' eval 'grub-fstest $d/raw.img cat \
	"(loop0,gpt3)/slipway/grub.cfg" >$T_TMP/grub.cfg &&
	grub-script-check $T_TMP/grub.cfg'

check 'sectors of 4096 bytes' disk 4k.img --sector-size 4096
t_begin 'their table lies where it must, and the file systems are whole'
if fdisk -l -b 4096 "$d/4k.img" >"$T_TMP/out" 2>&1 &&
	grep -q 'Disklabel type: gpt' "$T_TMP/out" &&
	at=$(awk '$1 ~ /4k.img3$/ { print $2 * 4096 }' "$T_TMP/out") &&
	e2fsck -fn "$d/4k.img?offset=$at" >>"$T_TMP/out" 2>&1; then t_ok; else
	t_fail "$(tail -n 12 "$T_TMP/out")"
fi

for f in qcow2 vmdk vhd; do
	check "$f" disk "x.$f" --format $f
	case $f in vhd) q=vpc ;; *) q=$f ;; esac
	check "... holds the same disk, and qemu-img is content" eval \
		"qemu-img compare -f raw -F $q $d/raw.img $d/x.$f &&
		{ [ $f = vhd ] || qemu-img check -f $q $d/x.$f; }"
done
check 'a container disk' disk x.tar --format oci
t_begin '... is an OCI archive whose blobs have their names'
if mkdir "$T_TMP/oci" && tar -xf "$d/x.tar" -C "$T_TMP/oci" &&
	(cd "$T_TMP/oci/blobs/sha256" && for b in *; do
		echo "$b  $b"; done | sha256sum -c --quiet) >"$T_TMP/out" 2>&1
then t_ok; else t_fail "$(cat "$T_TMP/out")"; fi
t_begin '... with /disk/disk.qcow2 for user 107'
m=$(jq -r '.manifests[0].digest[7:]' "$T_TMP/oci/index.json")
l=$(jq -r '.layers[0].digest[7:]' "$T_TMP/oci/blobs/sha256/$m")
if tar -tvf "$T_TMP/oci/blobs/sha256/$l" --numeric-owner |
	grep -q '^-r--r-----.* 107/107 .* disk/disk.qcow2$'; then t_ok; else
	t_fail "$(tar -tvf "$T_TMP/oci/blobs/sha256/$l")"
fi
if command -v skopeo >/dev/null; then
	check '... that skopeo opens' skopeo inspect "oci-archive:$d/x.tar"
fi

t_begin 'a disk that is too small'
expect_fail 1 'too small' slipway disk -C "$site" --size 300M -o "$d/no" web
t_begin 'a release that does not fit BOOT'
printf 'label: gpt\nsize=300MiB, type=U\nsize=40MiB, name=BOOT\n' >"$T_TMP/l"
expect_fail 1 'BOOT of 41 MB: too small' slipway disk -C "$site" --size 1G \
	--layout "$T_TMP/l" -o "$d/no" web 2>/dev/null
t_begin 'words that GRUB would run'
expect_fail 1 'means something to GRUB' slipway disk -C "$site" --size 1G \
	--append 'x; reboot' -o "$d/no" web
t_begin '... leave nothing behind'
if [ -z "$(ls "$d"/no* 2>/dev/null)" ]; then t_ok; else t_fail; fi

boots() # NAME FILE FIRMWARE [BUS [SECTOR [FORMAT]]]
{
	t_begin "$1"
	vm_boot "$2" "$3" "${4:-virtio}" "${5:-512}" "${6:-raw}" \
		>"$T_TMP/log" 2>&1
	if grep -aq '^BOOT-OK' "$T_TMP/log" &&
		grep -aq 'FACT /etc/role disk' "$T_TMP/log" &&
		grep -aq 'verified base' "$T_TMP/log"; then t_ok; else
		t_fail "$(tail -n 15 "$T_TMP/log" | tr -d '\r')"
	fi
}
# written to the disk, on a PERSISTENT that was made larger
cp --sparse=always "$d/raw.img" "$d/grow.img"
check 'an image whose writable layer is on PERSISTENT' disk grow.img \
	--upper LABEL=PERSISTENT
truncate -s 1200M "$d/grow.img" && sfdisk -q --relocate gpt-bak-std \
	"$d/grow.img" 2>/dev/null && echo ', +' |
	sfdisk -q -N 4 --no-reread "$d/grow.img" 2>/dev/null
was=$(dumpe2fs -h "$d/grow.img?offset=$(start "$d/grow.img" 4)" 2>/dev/null |
	sed -n 's/^Block count: *//p')
VM_WRITE=y boots 'a raw image by BIOS' "$d/grow.img" bios
t_begin '... and the file system has grown into its partition'
now=$(dumpe2fs -h "$d/grow.img?offset=$(start "$d/grow.img" 4)" 2>/dev/null |
	sed -n 's/^Block count: *//p')
if [ "${now:-0}" -gt "${was:-0}" ]; then t_ok "$was to $now blocks"; else
	t_fail "$was to $now blocks"
fi
t_begin '... and holds what was written'
at=$(start "$d/grow.img" 4)
e2fsck -fy "$d/grow.img?offset=$at" >"$T_TMP/out" 2>&1 # plays the journal
if debugfs -R 'ls -p /slipway/web/up' "$d/grow.img?offset=$at" 2>&1 |
	tee -a "$T_TMP/out" | grep -q '/written/'; then t_ok; else
	t_fail "$(tail -n 12 "$T_TMP/out")"
fi

# the real installer, off a stick by BIOS, and what it leaves by UEFI
check 'fixture: a role that installs' kernel_installer "$T_TMP" || exit 0
check 'slipway disk --run-installer' slipway disk -C "$site" --size 1G \
	--timeout 1 --console ttyS0,115200 --append no_timer_check \
	--run-installer -o "$d/real.img" web
boots 'what it installed' "$d/real.img" uefi

[ -n "${LONG:-}" ] || exit 0
boots qcow2 "$d/x.qcow2" uefi virtio 512 qcow2
boots vmdk "$d/x.vmdk" bios sata 512 vmdk
boots 4k-virtio "$d/4k.img" uefi virtio 4096
boots 4k-nvme "$d/4k.img" uefi nvme 4096
boots nvme "$d/raw.img" bios nvme
boots sata "$d/raw.img" uefi sata

check 'an ISO that installs by itself' slipway iso -C "$site" --timeout 1 \
	--variant installer --only installer,web -o "$d/stick.iso" --append \
	"slipway.install slipway.install.role=web slipway.install.timeout=1 \
slipway.install.console=ttyS0,115200 slipway.install.append=no_timer_check \
slipway.panic=halt,0 no_timer_check"
for kind in bios,virtio,512 bios,sata,512 bios,nvme,512 uefi,virtio,512 \
	uefi,virtio,4096 uefi,sata,512 uefi,nvme,512 uefi,nvme,4096; do
	IFS=, read -r fw bus sector <<<"$kind"
	t_begin "from USB by $fw onto $bus, sectors of $sector"
	rm -f "$d/target.img" && truncate -s 1G "$d/target.img"
	VM_RAM=1536 vm_install "$d/stick.iso" "$d/target.img" "$fw" "$bus" \
		"$sector" >"$T_TMP/install.log" 2>&1
	if grep -aq ': installed' "$T_TMP/install.log"; then t_ok; else
		t_fail "$(tail -n 15 "$T_TMP/install.log" | tr -d '\r')"
		continue
	fi
	boots "... starts without the stick ($kind)" "$d/target.img" "$fw" \
		"$bus" "$sector"
done
