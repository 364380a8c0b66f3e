#!/bin/bash
# SPDX-License-Identifier: MIT
# t6200-iso: the image in QEMU without a network card: as a CD and as a USB
# stick, by BIOS and UEFI, each to its role's own words; a role picked by a key
# on the serial line, one that was set afterwards; LONG: the other entries, a
# real role, NVMe, an image inside a file system, flipped bits.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tiny.sh"

requires_root
need mmdebstrap mmdebstrap
need qemu-system-x86_64 qemu-system-x86
need unsquashfs squashfs-tools
need xorriso xorriso
need grub-mkimage grub-common
need mcopy mtools
need mkfs.vfat dosfstools
ovmf=/usr/share/OVMF/OVMF
for f in ${ovmf}_CODE_4M.fd:ovmf /usr/lib/grub/i386-pc:grub-pc-bin \
	/usr/lib/grub/x86_64-efi:grub-efi-amd64-bin; do
	[ -e "${f%:*}" ] || {
		t_begin "${0##*/}"
		t_skip "no ${f%:*} (Debian package ${f#*:})"
		exit 0
	}
done

export TMPDIR=$T_TMP
site=$T_TMP/site
url=http://boot.example.net
make_image() {
	tiny_site storage drivers/{ata,cdrom,scsi,usb,nvme,virtio,block,pci} \
		drivers/{hv,mmc,message} fs/{isofs,fat,nls,ext4,jbd2} \
		'fs/mbcache*' lib crypto && tiny_role other &&
		slipway publish -C "$site" &&
		slipway iso -C "$site" -o "$T_TMP/a.iso"
}

# A later release, its new role put onto a copy of the image.
customize() {
	cp "$T_TMP/a.iso" "$T_TMP/custom.iso"
	echo 'disk = smallest' >"$T_TMP/answer"
	tiny_role late && slipway publish -C "$site" &&
		slipway iso customize "$T_TMP/custom.iso" --role late \
			--overlay "$site/public" --answer "$T_TMP/answer" \
			--append 'slipway.debug=1 my.word'
}

declare -A pids
# machine NAME FIRMWARE MEDIUM KEY QEMU-ARGUMENT...: in the background until it
# powers off; KEY is typed into the menu
machine() {
	local name=$1 firmware=$2 medium=$3 key=$4 log=$T_TMP/$1.log args
	shift 4
	args=(-nodefaults -no-user-config -machine q35,graphics=off
		-accel tcg,thread=single -cpu max,-avx2
		-m "${ram:-512}" -display none -monitor none -no-reboot
		-nic none -device virtio-rng-pci -serial stdio)
	[ "$firmware" = bios ] || args+=(
		-drive "if=pflash,format=raw,unit=0,readonly=on,file=${ovmf}_CODE_4M.fd"
		-drive "if=pflash,format=raw,unit=1,snapshot=on,file=${ovmf}_VARS_4M.fd")
	case $medium in
	cd) args+=(-device ide-cd,drive=m,bootindex=0) ;;
	usb) args+=(-device qemu-xhci
		-device usb-storage,drive=m,bootindex=0,removable=on) ;;
	nvme) args+=(-device nvme,drive=m,serial=1,bootindex=0) ;;
	virtio) args+=(-device virtio-blk-pci,drive=m,bootindex=0) ;;
	esac
	mkfifo "$T_TMP/$name.in"
	: >"$log"
	{
		exec 3<>"$T_TMP/$name.in"
		timeout "${limit:-240}" qemu-system-x86_64 "${args[@]}" \
			-drive "if=none,id=m,format=raw,readonly=on,file=${image:-$T_TMP/a.iso}" \
			"$@" <&3 >>"$log" 2>&1 &
		qemu=$!
		[ -z "$key" ] || {
			until grep -qa 'Power off' "$log"; do
				kill -0 $qemu 2>/dev/null || exit
				sleep 0.1
			done
			printf %s "$key" >&3
		}
		# one that does not power off by itself
		[ -z "${until:-}" ] || {
			until grep -qa -- "$until" "$log"; do
				kill -0 $qemu 2>/dev/null || exit
				sleep 0.1
			done
			kill $qemu
		}
		wait $qemu
	} &
	pids[$name]=$!
}

# said NAME CASE TEXT...: the machine has ended, and said all of these
said() {
	local name=$1 t
	t_begin "$2"
	shift 2
	wait "${pids[$name]}"
	for t; do
		grep -qa -- "$t" "$T_TMP/$name.log" || {
			t_fail "no '$t': $(tail -c 1500 "$T_TMP/$name.log" | cat -v)"
			return
		}
	done
	t_ok
}

t_begin 'an image of a tiny base and two roles'
if make_image >"$T_TMP/out" 2>&1; then t_ok; else
	t_fail "$(tail -n 5 "$T_TMP/out")"
	exit
fi
machine bios-cd bios cd ''
machine bios-usb bios usb 1
t_begin 'customize: a later manifest, its role, an answer file'
if customize >"$T_TMP/out" 2>&1; then t_ok; else
	t_fail "$(tail -n 5 "$T_TMP/out")"
fi
said bios-cd 'BIOS boots the CD, without a network card' \
	'medium SLIPWAY_.*: iso9660 on /dev/sr0' 'verified base tiny' \
	'FACT /etc/role web' BOOT-OK
machine uefi-cd uefi cd ''
said bios-usb 'BIOS boots the USB stick; a key on the serial line chose' \
	'slipway.role=other' 'medium SLIPWAY_.*: iso9660 on /dev/sd' \
	'FACT /etc/role other' BOOT-OK
image=$T_TMP/custom.iso machine uefi-usb uefi usb ''
said uefi-cd 'UEFI boots the CD' 'medium SLIPWAY_.*: iso9660 on /dev/sr0' \
	'FACT /etc/role web' BOOT-OK
said uefi-usb 'UEFI boots the USB stick, as it was customized' \
	'medium SLIPWAY_.*: iso9660 on /dev/sd' 'manifest serial 3' \
	'FACT /etc/role late' 'FACT /run/slipway/answer disk = smallest' \
	'slipway.role=late .*slipway.debug=1 my.word' BOOT-OK

[ -n "${LONG:-}" ] || exit 0

# What a disk says that is booted: mov ah,0x0e / al,[si] to COM1 through
# SeaBIOS, then stop.
printf '\xfa\x31\xc0\x8e\xd8\xbe\x1c\x7c\xba\xf8\x03\xac\x84\xc0\x74\x03\xee\xeb\xf8\xf4\xeb\xfd\0\0\0\0\0\0LOCAL-DISK\r\n\0' \
	>"$T_TMP/disk"
truncate -s 510 "$T_TMP/disk"
printf '\x55\xaa' >>"$T_TMP/disk"
truncate -s 1M "$T_TMP/disk"
local_disk=(-drive "if=none,id=d,format=raw,readonly=on,file=$T_TMP/disk"
	-device virtio-blk-pci,drive=d,bootindex=1)

until=LOCAL-DISK machine local-cd bios cd l "${local_disk[@]}"
until=LOCAL-DISK machine local-usb bios usb l "${local_disk[@]}"
said local-cd 'local disk, from the CD' LOCAL-DISK
said local-usb 'local disk, from the stick, which BIOS calls the first' \
	LOCAL-DISK
if [ -e /usr/lib/ipxe/ipxe.lkrn ]; then
	until='iPXE initialising' machine ipxe-bios bios cd i
	until='iPXE initialising' machine ipxe-uefi uefi usb i
	said ipxe-bios 'iPXE on the medium, by BIOS' 'iPXE initialising'
	said ipxe-uefi 'iPXE on the medium, by UEFI' 'iPXE initialising'
fi
if [ -e '/boot/memtest86+x64.bin' ]; then
	until='Memtest86' machine memtest-bios bios cd m
	until='Memtest86' machine memtest-uefi uefi usb m
	said memtest-bios 'memory test, by BIOS' Memtest86
	said memtest-uefi 'memory test, by UEFI' Memtest86
fi
machine uefi-nvme uefi nvme ''
machine bios-virtio bios virtio ''
said uefi-nvme 'UEFI boots it from NVMe' BOOT-OK 'on /dev/nvme0n1'
said bios-virtio 'BIOS boots it from a virtio disk' BOOT-OK 'on /dev/vd'

# a GRUB that finds the image as a file on an ext4 disk
loopback() {
	local d=$T_TMP/outer
	mkdir -p "$d/cd" "$d/fs/images" && cp "$T_TMP/a.iso" "$d/fs/images/" &&
		truncate -s 256M "$T_TMP/outer.img" &&
		mke2fs -q -t ext4 -L OUTER -d "$d/fs" "$T_TMP/outer.img" &&
		cat >"$d/early.cfg" <<-'END' &&
			set iso_path=/images/a.iso
			export iso_path
			search --set=root --file $iso_path
			loopback loop $iso_path
			set root=loop
			configfile /boot/grub/loopback.cfg
		END
		grub-mkimage -O i386-pc-eltorito -o "$d/cd/grub.img" \
			-c "$d/early.cfg" -p /boot/grub biosdisk iso9660 ext2 \
			loopback configfile normal search search_fs_file probe \
			linux loadenv test echo halt serial terminal chain \
			reboot drivemap linux16 &&
		xorriso -as mkisofs -quiet -r -b grub.img -no-emul-boot \
			-boot-load-size 4 -boot-info-table --grub2-boot-info \
			-o "$T_TMP/outer.iso" "$d/cd"
}

t_begin 'fixture: an outer GRUB'
if loopback >"$T_TMP/out" 2>&1; then t_ok; else t_fail "$(cat "$T_TMP/out")"; fi
image=$T_TMP/outer.iso machine loopback bios cd '' \
	-drive "if=none,id=d,format=raw,file=$T_TMP/outer.img" \
	-device virtio-blk-pci,drive=d

# flip NAME PATH OFFSET: an image with one bit changed in a file on it
flip() {
	local at
	cp "$T_TMP/a.iso" "$T_TMP/$1.iso"
	at=$(xorriso -report_about FAILURE -indev "$T_TMP/a.iso" -find / \
		-name "$2" -exec report_lba -- 2>/dev/null |
		awk -v o="$3" '/^File/ { print $6 * 2048 + o; exit }')
	perl -e 'open(F, "+<", $ARGV[0]); seek(F, $ARGV[1], 0); read(F, $b, 1);
		seek(F, $ARGV[1], 0); print F chr(ord($b) ^ 4)' \
		"$T_TMP/$1.iso" "$at"
}

flip base '*.squashfs' 20000000
image=$T_TMP/base.iso machine flip-base bios cd ''
said loopback 'a GRUB boots the image as a file on an ext4 disk' \
	'LABEL=OUTER:/images/a.iso' 'medium OUTER: ext4' BOOT-OK
said flip-base 'a bit of the base: refused' 'slipway: E-HASH'
flip manifest manifest.cms 400
image=$T_TMP/manifest.iso machine flip-manifest bios cd ''
flip initrd initrd.img 3000000
image=$T_TMP/initrd.iso machine flip-initrd bios usb ''
said flip-manifest 'a bit of the manifest: refused' 'slipway: E-SIG'
t_begin 'a bit of the initrd: refused, or the kernel does not start it'
wait "${pids[flip-initrd]}"
if grep -qa BOOT-OK "$T_TMP/flip-initrd.log"; then t_fail; else t_ok; fi

real() {
	local r=$T_TMP/real
	slipway new --name real --url "$url" "$r" &&
		cp -R "$T_ROOT/overlay/roles/console" "$r/roles/" &&
		echo 'base = debian13' >>"$r/roles/console/role.conf" &&
		echo 'depends = console' >>"$r/roles/web/role.conf" &&
		slipway base -C "$r" debian13 &&
		slipway overlay -C "$r" console &&
		slipway overlay -C "$r" web &&
		slipway initrd -C "$r" debian13 && slipway publish -C "$r" &&
		slipway iso -C "$r" --only web --append no_timer_check \
			-o "$T_TMP/real.iso"
}
t_begin 'an image of Debian 13 and the role web'
if real >"$T_TMP/out" 2>&1; then t_ok; else
	t_fail "$(tail -n 5 "$T_TMP/out")"
	exit
fi
ram=1536 limit=400 until=login: image=$T_TMP/real.iso machine real bios usb ''
said real 'it comes up from a stick, all drivers packed, no network card' \
	'verified base debian13' 'verified overlay web' login:
