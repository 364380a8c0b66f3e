#!/bin/bash
# SPDX-License-Identifier: MIT
# t4070-iso: images that boot, without booting them: what is on them, the same
# bytes again, what may be set afterwards, and which disks are written to.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tree.sh"
. "$T_ROOT/tests/boot/tiny.sh"

requires_root
need mksquashfs squashfs-tools
need jq jq
need xorriso xorriso
need grub-mkimage grub-common
need mcopy mtools
need losetup mount
need mke2fs e2fsprogs
for f in /usr/lib/grub/i386-pc:grub-pc-bin \
	/usr/lib/grub/x86_64-efi:grub-efi-amd64-bin; do
	[ -e "${f%:*}" ] || {
		t_begin "${0##*/}"
		t_skip "no ${f%:*} (Debian package ${f#*:})"
		exit 0
	}
done

site=$T_TMP/fix/site
iso=$T_TMP/a.iso

fixture()
{
	tiny_tree web rescue && slipway publish -C "$site"
}

# on IMAGE PATH: the bytes of a file on it
on()
{
	rm -f "$T_TMP/file"
	xorriso -report_about FAILURE -osirrox on -indev "$1" \
		-extract "$2" "$T_TMP/file" >/dev/null 2>&1 &&
		cat "$T_TMP/file"
}

has() # IMAGE TEXT...: all of them in its menu
{
	local t image=$1
	shift
	on "$image" /boot/grub/grub.cfg >"$T_TMP/grub.cfg" || return
	for t; do
		grep -qF -- "$t" "$T_TMP/grub.cfg" || {
			echo "no '$t'"
			return 1
		}
	done
}

same_elsewhere()
{
	cp -a "$site" "$T_TMP/other site=x"
	mkdir "$T_TMP/tmp"
	(umask 077; cd / && TMPDIR=$T_TMP/tmp TZ=Asia/Tokyo LANG=de_DE.UTF-8 \
		slipway iso -C "$T_TMP/other site=x" -o "$T_TMP/b.iso") &&
		cmp "$iso" "$T_TMP/b.iso" && [ -z "$(ls "$T_TMP/tmp")" ]
}

# the tree on it is the published one, byte by byte
same_tree()
{
	mkdir "$T_TMP/tree" &&
		xorriso -report_about FAILURE -osirrox on -indev "$iso" \
			-extract /slipway "$T_TMP/tree" >/dev/null 2>&1 ||
		return
	rm -f "$T_TMP/tree/root.crt"
	diff -r "$T_TMP/tree/layers" "$site/public/layers" &&
		cmp "$T_TMP/tree/manifest.cms" "$site/public/manifest.cms"
}

check 'fixture: two roles' fixture
check 'iso' slipway iso -C "$site" -o "$iso"
check 'the same bytes on another path, at another time' same_elsewhere
check 'the publish tree is on it' same_tree
t_begin 'kernel and initrd are on it'
if on "$iso" /boot/tiny/initrd.img | cmp - \
	"$site/build/initrd/tiny/initrd.img" && on "$iso" /boot/tiny/vmlinuz |
	cmp - "$site/build/initrd/tiny/vmlinuz"; then t_ok; else t_fail; fi
t_begin 'nothing on it is a link'
if [ -z "$(xorriso -report_about FAILURE -indev "$iso" -find / -type l \
	2>/dev/null)" ]; then t_ok; else t_fail; fi
t_begin 'it starts by BIOS and UEFI, from both kinds of media'
xorriso -indev "$iso" -report_el_torito plain -report_system_area plain \
	>"$T_TMP/out" 2>/dev/null
if grep -q 'boot img.* BIOS ' "$T_TMP/out" &&
	grep -q 'boot img.* UEFI ' "$T_TMP/out" &&
	grep -q 'grub2-mbr.* GPT' "$T_TMP/out" &&
	grep -q '28732ac11ff8d211ba4b00a0c93ec93b' "$T_TMP/out"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out")"
fi
check 'an entry and a key for each role' has "$iso" \
	"'Role rescue' --id role-rescue --hotkey 1 { slipway tiny rescue }" \
	"'Role web' --id role-web --hotkey 2 { slipway tiny web }" \
	'set timeout=5' "--id local --hotkey l" 'slipway.source=$source' \
	"'console=ttyS0,115200'"
check 'GRUB can read the menu' grub-script-check "$T_TMP/grub.cfg"
t_begin 'as JSON, and as it was told'
if slipway iso -C "$site" -o "$T_TMP/c.iso" --only web --default web \
	--timeout 9 --append 'a.b=c d' --reserve 1 --json >"$T_TMP/out" &&
	jq -e '.roles == ["web"] and .variant == "live" and .serial == 1 and
		(.label | startswith("SLIPWAY_"))' "$T_TMP/out" >/dev/null &&
	has "$T_TMP/c.iso" 'set timeout=9' 'set default=role-web' \
		"'a.b=c' 'd'" && ! grep -q rescue "$T_TMP/grub.cfg"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out")"
fi
t_begin 'its label is its own, and in its menu'
label=$(jq -r .label "$T_TMP/out")
if [ "$(blkid -p -o value -s LABEL "$T_TMP/c.iso")" = "$label" ] &&
	grep -q "^set label=$label$" "$T_TMP/grub.cfg" &&
	[ "$(blkid -p -o value -s LABEL "$iso")" != "$label" ]; then
	t_ok
else
	t_fail "$label"
fi
check 'variant net' slipway iso -C "$site" --variant net -o "$T_TMP/net.iso"
t_begin '... has no layers, and the way to the site'
if has "$T_TMP/net.iso" 'slipway.url=http://127.0.0.1:8080' &&
	! on "$T_TMP/net.iso" /slipway/manifest.cms; then t_ok; else
	t_fail "$(cat "$T_TMP/grub.cfg")"
fi
t_begin 'variant installer without that role'
expect_fail 1 'role installer: not published' slipway iso -C "$site" \
	--variant installer -o "$T_TMP/no.iso"
t_begin 'a role that is not on it cannot be the default'
expect_fail 1 'role rescue: not on this medium' slipway iso -C "$site" \
	--only web --default rescue -o "$T_TMP/no.iso"
t_begin 'arguments that GRUB would change'
expect_fail 1 'quotes' slipway iso -C "$site" --append 'a="b c"' \
	-o "$T_TMP/no.iso"
t_begin 'a layer that rotted in the publish tree'
cp -a "$site" "$T_TMP/rotten"
rm "$T_TMP/rotten/public/layers/$base.squashfs"
echo x >"$T_TMP/rotten/public/layers/$base.squashfs"
expect_fail 1 'wrong digest' slipway iso -C "$T_TMP/rotten" -o "$T_TMP/no.iso"
t_begin '... and none of these leave a file'
if [ -z "$(ls "$T_TMP"/no.iso* 2>/dev/null)" ]; then t_ok; else
	t_fail "$(ls "$T_TMP")"
fi

custom=$T_TMP/custom.iso
customize() { slipway iso customize "$custom" "$@"; }
cp "$iso" "$custom"
echo 'disk = by-size' >"$T_TMP/answer"
check 'customize' customize --role web --append 'x.y=1 z' \
	--answer "$T_TMP/answer"
t_begin '... says what is set'
if [ "$(customize)" = 'role = web
base = tiny
append = x.y=1 z
extra = 1' ]; then t_ok; else t_fail "$(customize)"; fi
t_begin '... and GRUB reads the same'
on "$custom" /boot/custom.env >"$T_TMP/env"
if grub-editenv "$T_TMP/env" list | grep -qx 'append=x.y=1 z' &&
	on "$custom" /boot/custom.img | cpio -i --quiet --to-stdout answer \
		2>/dev/null | cmp - "$T_TMP/answer"; then t_ok; else t_fail; fi
t_begin '... and nothing but the two files has changed'
xorriso -report_about FAILURE -indev "$iso" -find /boot -name 'custom.*' \
	-exec report_lba -- 2>/dev/null >"$T_TMP/lba"
cmp -l "$iso" "$custom" | awk 'NR == FNR { if (/^File/) {
	from[++n] = $6 * 2048; to[n] = from[n] + $10 } next }
	{ ok = 0; for (i in from) ok += $1 > from[i] && $1 <= to[i]
	  if (!ok) bad++; all++ } END { exit bad || !all || n != 2 }' \
	"$T_TMP/lba" - && t_ok || t_fail "$(cat "$T_TMP/lba")"
check 'customize: another way to boot' customize --url http://10.0.0.1/x
t_begin '... replaces what was set'
if [ "$(customize)" = 'url = http://10.0.0.1/x' ]; then t_ok; else
	t_fail "$(customize)"
fi
check 'customize --reset' customize --reset
check '... is the image that was built' cmp "$iso" "$custom"
t_begin 'customize: no such role'
expect_fail 1 'role nobody: not on' customize --role nobody
t_begin 'customize: what GRUB cannot hand on'
expect_fail 1 'quotes' customize --append "it's"
t_begin 'customize: no URL'
expect_fail 2 'not a URL' customize --url ftp://x/
t_begin 'customize: more words than there is room'
expect_fail 1 'does not fit' customize \
	--append "$(head -c 4090 /dev/zero | tr '\0' a)"
t_begin 'customize: not one of ours'
expect_fail 1 'not a medium that slipway made' slipway iso customize \
	"$T_TMP/fix/base.squashfs" --role web

# a later release, with a role that the image has not
check 'fixture: a later release' eval 'tiny_role later "" 300000 &&
	slipway publish -C "$site"'
check 'customize --overlay' customize --role later --overlay "$site/public"
t_begin '... takes its manifest and the one layer that is new'
on "$custom" /boot/custom.img | cpio -it --quiet 2>/dev/null | sort \
	>"$T_TMP/out"
later=$(sha256sum <"$site/build/overlays/later/overlay.cpio.gz" |
	cut -d' ' -f1)
if [ "$(cat "$T_TMP/out")" = "tree
tree/layers
tree/layers/$later.cpio.gz
tree/layers/$later.index
tree/manifest.cms" ] && [ "$(customize)" = 'role = later
base = tiny
extra = 1' ]; then t_ok; else t_fail "$(cat "$T_TMP/out"; customize)"; fi
t_begin 'an overlay without the role it is for'
expect_fail 2 'which --role' customize --overlay "$site/public"
t_begin 'an overlay that another site has signed'
cp -a "$site/public" "$T_TMP/forged"
openssl cms -sign -binary -nodetach -noattr -outform DER -md sha256 \
	-in <(openssl cms -verify -noverify -inform DER \
		-in "$site/public/manifest.cms" 2>/dev/null) \
	-signer "$T_TMP/fix/stranger/keys/leaf.crt" \
	-inkey "$T_TMP/fix/stranger/keys/leaf.key" \
	-out "$T_TMP/manifest.cms" 2>"$T_TMP/out"
mv "$T_TMP/manifest.cms" "$T_TMP/forged/manifest.cms"
expect_fail 1 'machines would refuse it' customize --role later \
	--overlay "$T_TMP/forged"
t_begin 'an overlay that is larger than the room for it'
expect_fail 1 'build it with a larger --reserve' eval 'tiny_role later "" 5000000 \
	>/dev/null && slipway publish -C "$site" >/dev/null &&
	customize --role later --overlay "$site/public"'
t_begin '... leaves what was set'
if [ "$(customize)" = 'role = later
base = tiny
extra = 1' ]; then t_ok; else t_fail "$(customize)"; fi

# a site whose machines ask for two signers
check 'fixture: a release that two have signed' eval 'tiny_role later "" 300000 &&
	sed -i "/^url/a signers = 2" "$site/site.conf" &&
	slipway keys leaf -C "$site" --name bob && slipway publish -C "$site"'
second=$(cd "$site/public" && ls signatures/*)
check 'its image' slipway iso -C "$site" -o "$T_TMP/two.iso"
check '... has both signatures' eval 'on "$T_TMP/two.iso" "/slipway/$second" |
	cmp - "$site/public/$second"'
check '... and an older image, with its overlay, too' eval '
	customize --role later --overlay "$site/public" &&
	on "$custom" /boot/custom.img | cpio -i --quiet --to-stdout \
		"tree/$second" 2>/dev/null | cmp - "$site/public/$second"'
sed -i '/^signers/d' "$site/site.conf"

loop=
drop_loop() { [ -z "$loop" ] || losetup -d "$loop"; }
t_at_end drop_loop
truncate -s 64M "$T_TMP/disk"
mke2fs -q -F "$T_TMP/disk"
loop=$(losetup -f --show "$T_TMP/disk")
usb() { slipway usb --device "$loop" --from "$iso" "$@"; }
was=$(sha256sum <"$T_TMP/disk")
t_begin 'usb: a disk that is not removable'
expect_fail 1 'not removable' usb --yes
t_begin 'usb: without consent'
expect_fail 1 'all on it would be lost' usb --fixed
t_begin 'usb: a mounted disk'
mkdir "$T_TMP/mnt"
mount -o ro "$loop" "$T_TMP/mnt"
expect_fail 1 'in use' usb --fixed --yes
umount "$T_TMP/mnt"
t_begin 'usb: a file'
expect_fail 1 'not a block device' slipway usb --device "$T_TMP/disk" \
	--from "$iso" --fixed --yes
t_begin 'usb: none of these has written a byte'
if [ "$was" = "$(sha256sum <"$T_TMP/disk")" ]; then t_ok; else t_fail; fi
t_begin 'usb: a disk that is too small'
truncate -s 1M "$T_TMP/small"
losetup -d "$loop"
loop=$(losetup -f --show "$T_TMP/small")
expect_fail 1 'too small' usb --fixed --yes
losetup -d "$loop"
loop=$(losetup -f --show "$T_TMP/disk")
check 'usb: written, and read back' usb --fixed --yes
check '... are the bytes of the image' cmp -n "$(stat -c %s "$iso")" "$iso" \
	"$T_TMP/disk"
check 'usb -o: the same bytes as iso' eval 'slipway iso -C "$site" \
	-o "$T_TMP/d.iso" && slipway usb -C "$site" -o "$T_TMP/d.img" &&
	cmp "$T_TMP/d.iso" "$T_TMP/d.img"'
chmod 711 "$T_TMP"
chmod 777 "$T_TMP/disk"
mkdir -m 777 "$T_TMP/nobody"
cp "$iso" "$T_TMP/nobody/stick"
chmod 666 "$T_TMP/nobody/stick"
# where the sources are only root may come
cp "$BIN/slipway-iso" "$T_TMP/nobody/"
chmod 711 "$T_TMP"
check 'customize needs no root' env TMPDIR="$T_TMP/nobody" \
	setpriv --reuid 65534 --regid 65534 --clear-groups \
	"$T_TMP/nobody/slipway-iso" customize "$T_TMP/nobody/stick" --role web
