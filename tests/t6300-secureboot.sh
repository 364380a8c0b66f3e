#!/bin/bash
# SPDX-License-Identifier: MIT
# t6300-secureboot: a role as one signed EFI program, booted by firmware that
# has the site's keys and Secure Boot on; and refused when a byte differs. The
# kernel is Debian's, the rest of the base tiny: what is asked is whether /init
# is reached.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tree.sh"
. "$T_ROOT/tests/boot/tiny.sh"

requires_root
need mksquashfs squashfs-tools
need unsquashfs squashfs-tools
need mmdebstrap mmdebstrap
need qemu-system-x86_64 qemu-system-x86
need sbsign sbsigntool
need sign-efi-sig-list efitools
for f in /usr/lib/systemd/boot/efi/linuxx64.efi.stub:systemd-boot-efi \
	/usr/share/OVMF/OVMF_CODE_4M.secboot.fd:ovmf; do
	[ ! -e "${f%:*}" ] || continue
	t_begin "${0##*/}"
	t_skip "no ${f%:*} (Debian package ${f#*:})"
	exit 0
done

site=$T_TMP/fix/site

# The kernel of a Debian base, out of the cache if it is there.
kernel()
{
	local big=$T_TMP/big/build/bases/debian13 rel
	slipway new --name big "$T_TMP/big" &&
		slipway base -C "$T_TMP/big" debian13 || return
	rel=$(sed -n 's/^kernel = //p' "$big/base.info")
	unsquashfs -q -n -d "$T_TMP/k" "$big/base.squashfs" \
		"boot/vmlinuz-$rel" >/dev/null || return
	mv "$T_TMP/k/boot/vmlinuz-$rel" "$T_TMP/vmlinuz"
	rm -rf "$T_TMP/big"
}

make_site()
{
	tiny_tree web &&
		cp "$T_TMP/vmlinuz" "$site/build/initrd/tiny/vmlinuz.new" &&
		mv "$site/build/initrd/tiny/vmlinuz.new" \
			"$site/build/initrd/tiny/vmlinuz" &&
		slipway publish -C "$site"
}

uki() { slipway uki -C "$site" --append 'console=ttyS0 panic=-1' "$@" web; }

# boot EFI UNTIL: start it as the only disk, wait for a line of the console
boot()
{
	local pid log=$T_TMP/console n
	rm -rf "$T_TMP/esp" "$log"
	mkdir -p "$T_TMP/esp/EFI/BOOT"
	cp "$1" "$T_TMP/esp/EFI/BOOT/BOOTX64.EFI"
	cp "$T_TMP/vars.fd" "$T_TMP/vars.now"
	: >"$log"
	qemu-system-x86_64 -machine q35,smm=on,graphics=off -m 512 -cpu max \
		-display none -net none -no-reboot -serial "file:$log" \
		-global driver=cfi.pflash01,property=secure,value=on \
		-global ICH9-LPC.disable_s3=1 \
		-drive if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.secboot.fd \
		-drive if=pflash,format=raw,unit=1,file="$T_TMP/vars.now" \
		-drive "file=fat:$T_TMP/esp,format=raw,if=virtio,readonly=on" \
		>"$T_TMP/qemu" 2>&1 &
	pid=$!
	for n in $(seq 600); do
		grep -qa "$2" "$log" && break
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.3
	done
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	grep -qa "$2" "$log"
}

shown() { tail -c 1500 "$T_TMP/console" | tr -d '\033' | tail -n 12; }

# refused NAME EFI: the firmware says so, and no kernel speaks
refused()
{
	t_begin "refused by the firmware: $1"
	if boot "$2" 'Access Denied' &&
		! grep -qa 'Linux version\|slipway:' "$T_TMP/console"; then
		t_ok
	else
		t_fail "$(shown)"
	fi
}

check 'fixture: a kernel' kernel || exit
check 'fixture: a site' make_site || exit
check 'keys enroll, and firmware that has the keys' slipway keys enroll \
	-C "$site" --ovmf "$T_TMP/vars.fd" || exit
db=$site/keys/secureboot/db
t_begin 'private keys are for their owner only'
if [ -z "$(find "$site/keys" -name '*.key' -perm /077)" ]; then t_ok; else
	t_fail "$(ls -lR "$site/keys")"
fi
check 'enrolling again keeps the keys' bash -c "
	sha256sum $db.key >$T_TMP/was && $BIN/slipway keys enroll -C $site &&
	sha256sum -c $T_TMP/was"
check 'an image' uki -o "$T_TMP/web.efi"
check 'sbverify finds the signature good' sbverify --cert "$db.crt" \
	"$T_TMP/web.efi"
t_begin 'it is reproducible but for the signature'
uki --unsigned -o "$T_TMP/one.efi" >/dev/null &&
	uki --unsigned -o "$T_TMP/two.efi" >/dev/null
if cmp "$T_TMP/one.efi" "$T_TMP/two.efi" >"$T_TMP/out" 2>&1; then t_ok; else
	t_fail "$(cat "$T_TMP/out")"
fi
t_begin 'objcopy finds the parts in it, whole'
for part in linux:vmlinuz initrd:initrd.img; do
	objcopy -O binary --only-section ".${part%:*}" "$T_TMP/one.efi" \
		"$T_TMP/part" && size=$(stat -c %s \
		"$site/build/initrd/tiny/${part#*:}") &&
		cmp -n "$size" "$T_TMP/part" \
			"$site/build/initrd/tiny/${part#*:}" || echo "$part"
done >"$T_TMP/out" 2>&1
if [ ! -s "$T_TMP/out" ]; then t_ok; else t_fail "$(cat "$T_TMP/out")"; fi
t_begin 'refused: a stub that is none'
expect_fail 1 'not PE' slipway uki -C "$site" --stub "$T_TMP/was" \
	-o "$T_TMP/x.efi" web
t_begin 'refused: a stub that is signed already'
expect_fail 1 'signed already' slipway uki -C "$site" \
	--stub "$T_TMP/web.efi" -o "$T_TMP/x.efi" web
t_begin 'refused: an unknown role'
expect_fail 1 'not published' slipway uki -C "$site" -o "$T_TMP/x.efi" nosuch

t_begin 'Secure Boot on: the firmware starts it, and /init speaks'
if boot "$T_TMP/web.efi" 'slipway: .* initrd of site rows' &&
	grep -qa 'secureboot: Secure boot enabled' "$T_TMP/console"; then
	t_ok
else
	t_fail "$(shown)"
fi
sed 's/slipway\.role=web/slipway.role=wec/' "$T_TMP/web.efi" >"$T_TMP/bent.efi"
t_begin 'fixture: one byte of it differs'
if [ "$(cmp -l "$T_TMP/web.efi" "$T_TMP/bent.efi" | wc -l)" = 1 ]; then
	t_ok
else
	t_fail
fi
refused 'one byte of the command line' "$T_TMP/bent.efi"
[ -n "${LONG:-}" ] || exit 0
cp "$T_TMP/web.efi" "$T_TMP/bent.efi"
at=$(($(stat -c %s "$T_TMP/bent.efi") - 100000))
was=$(od -An -tu1 -j $at -N1 "$T_TMP/bent.efi")
printf "\\x$(printf %x $((was ^ 1)))" | dd of="$T_TMP/bent.efi" bs=1 \
	seek="$at" conv=notrunc 2>/dev/null
refused 'one bit of the initrd' "$T_TMP/bent.efi"
refused 'no signature' "$T_TMP/one.efi"
slipway keys enroll --keys "$fix/stranger/keys" -C "$fix/stranger" 2>/dev/null
uki -o "$T_TMP/strange.efi" --key "$fix/stranger/keys/secureboot/db.key" \
	--cert "$fix/stranger/keys/secureboot/db.crt" >/dev/null
refused "another site's signature" "$T_TMP/strange.efi"
