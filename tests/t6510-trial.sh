#!/bin/bash
# SPDX-License-Identifier: MIT
# t6510-trial: GRUB itself, in QEMU, on disks in every state an update, a bad
# release or an attacker leaves them in; kernels that say their command line
# and reset, so that a row of boots takes seconds.
. "$(dirname "$0")/lib.sh"

need qemu-system-x86_64 qemu-system-x86
need grub-mkimage grub-common
need xorriso xorriso
need mke2fs e2fsprogs
need as binutils
[ -e /usr/lib/grub/i386-pc/linux.mod ] || need /usr/lib/grub/i386-pc grub-pc-bin

stub=$T_TMP/stub
as --32 -o "$stub.o" "$T_ROOT/tests/boot/stub.S" &&
	objcopy -O binary -j .text "$stub.o" "$stub"

# What the installer puts in front of the disk's own menu.
mkdir -p "$T_TMP/iso"
cat >"$T_TMP/early.cfg" <<-EOF
	serial --unit=0
	terminal_input serial
	terminal_output serial
	search --no-floppy --label BOOT --set=root
	configfile /slipway/grub.cfg
EOF
grub-mkimage -O i386-pc-eltorito -o "$T_TMP/iso/core.img" -p /slipway \
	-c "$T_TMP/early.cfg" biosdisk iso9660 part_gpt ext2 search \
	search_label loadenv regexp test true echo linux normal configfile \
	sleep reboot halt serial terminal
xorriso -as mkisofs -quiet -R -b core.img -no-emul-boot -boot-load-size 4 \
	-boot-info-table -o "$T_TMP/cd.iso" "$T_TMP/iso" 2>/dev/null

disk() # SERIAL...: a BOOT file system with these releases in $d
{
	d=$T_TMP/d
	rm -rf "$d"
	mkdir -p "$d/slipway"
	"$BIN/slipway" update menu BOOT >"$d/slipway/grub.cfg"
	echo 'set timeout=0' >"$d/slipway/args.cfg"
	for r; do
		mkdir -p "$d/slipway/releases/$r"
		cp "$stub" "$d/slipway/releases/$r/vmlinuz"
		echo initrd >"$d/slipway/releases/$r/initrd.img"
		printf 'set role=role%s\nset image=-\n' "$r" >"$d/slipway/releases/$r/boot.cfg"
	done
	grub-editenv "$d/slipway/grubenv" create
}
env() { grub-editenv "$d/slipway/grubenv" set "$@"; }

# boots N [QEMU-OPTION...]: N boots in a row, "RELEASE" or "RELEASE<FROM"
boots()
{
	local n=$1 i
	shift
	rm -f "$T_TMP/boot.img"
	mke2fs -q -t ext4 -L BOOT -d "$d" "$T_TMP/boot.img" 16M >/dev/null 2>&1
	: >"$T_TMP/serial"
	qemu-system-x86_64 -m 64 -accel tcg -nic none -display none \
		-serial "file:$T_TMP/serial" -cdrom "$T_TMP/cd.iso" -boot d \
		-drive "file=$T_TMP/boot.img,format=raw,if=virtio$1" \
		</dev/null >/dev/null 2>&1 &
	qemu=$!
	for ((i = 0; i < 600; i++)); do
		[ "$(grep -ac 'KERNEL .*panic=30' "$T_TMP/serial")" -lt "$n" ] ||
			break
		kill -0 $qemu 2>/dev/null || break
		sleep 0.1
	done
	kill $qemu 2>/dev/null
	wait $qemu 2>/dev/null
	tr -d '\r\033' <"$T_TMP/serial" | grep -a '^KERNEL ' | head -n "$n" |
		sed -n \
		's,.*releases/\([0-9]*\) slipway.serial=\1 slipway.role=role\1 slipway.image=- slipway.panic=reboot\,30 panic=30[^=]*\( slipway.fallback=\(.*\)\)\{0\,1\}$,\1<\3,p' |
		sed 's/<$//' | tr '\n' ' '
}

# row NAME WANT [QEMU-OPTION]
row()
{
	local got
	t_begin "$1"
	got=$(boots "$(echo "$2" | wc -w)" "${3:-}")
	if [ "$got" = "$2 " ]; then t_ok "$2"; else
		t_fail "got '$got', not '$2'
$(tr -d '\033' <"$T_TMP/serial" | tail -n 12)"
	fi
}

disk 3 2 1
env good=1 try=3 left=3 once= order='3 2 1'
row 'three tries, then the last good one, which is not the next' \
	'3 3 3 1<3 1<3'
[ -n "${LONG:-}" ] || rows=short
env good=3 try= left=0 once=2
row 'once is once' '2 3 3'
env good=2 try= left=0 once= good_left=3
row 'a good one that comes up no more makes way for another' \
	'2 2 2 3<2 3<2'
env good=2 try=3 left=2 once= good_left=
rm "$d/slipway/releases/3/initrd.img"
row 'a release without an initrd makes way at once' '2<3'
disk 2 1
env good=1 try=2 left=3 order='2 1'
row 'a disk that cannot be written tries nothing' '1 1' ,readonly=on
disk 2 1
head -c 1024 /dev/urandom >"$d/slipway/grubenv"
t_begin 'a block of noise: some release of this disk'
case $(boots 1) in '1 ' | '2 ') t_ok ;; *) t_fail "$(cat "$T_TMP/serial")" ;; esac
if [ "${rows:-}" != short ]; then
	disk 2 1
	env good='2; reboot' try=../../x left=3 once='1 2' order='2 1'
	row 'names that are no numbers are none' '2 2'
	env good=9 try=8 left=3 once=7 order='9 2 1'
	row 'releases that are not there are passed over' '2 2'
	echo junk >"$d/slipway/releases/2/vmlinuz"
	env good=2 try= left=0 once= order='2 1'
	row 'a good one that no longer loads makes way' '1<2'
	disk 2 1
	head -c 512 /dev/zero | tr '\0' '#' >"$d/slipway/grubenv"
	t_begin 'half a block'
	case $(boots 1) in '1 ' | '2 ') t_ok ;; *) t_fail ;; esac
fi
