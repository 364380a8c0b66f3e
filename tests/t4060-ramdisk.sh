#!/bin/bash
# SPDX-License-Identifier: MIT
# t4060-ramdisk: one initrd with base and role inside, unpacked as the kernel
# does it and booted with nothing else; a kernel out of an image.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tree.sh"
. "$T_ROOT/tests/boot/tiny.sh"

requires_root
need mksquashfs squashfs-tools
need cpio cpio
need jq jq

site=$T_TMP/fix/site
ram=$T_TMP/ram

publish()
{
	tiny_tree && tiny_role web ram && slipway publish -C "$site"
}

# One archive behind the other, as init/initramfs.c of the kernel takes them:
# cpio stops at the first one's end, which is one of its blocks.
unpack()
{
	mkdir -p "$2" && (cd "$2" && { cpio -idm --quiet && zstd -dcq |
		cpio -idm --quiet; }) <"$1"
}

boot() # INITRD-FOLDER
{
	"$T_ROOT/tests/nsboot" --no-server '' "$1" /nonexistent \
		'slipway.panic=halt,0' 2>&1
}

check 'fixture: a published role' publish
t_begin 'a role that is not published'
expect_fail 1 'role nobody: not published (there are: web)' slipway ramdisk \
	-C "$site" -o "$ram" nobody
check 'ramdisk' slipway ramdisk -C "$site" -o "$ram" web
t_begin 'ramdisk --json'
if slipway ramdisk -C "$site" -o "$ram" --json web | jq -e \
	'.role == "web" and .serial == 1 and (.initrd | endswith("initrd.img"))' \
	>"$T_TMP/out"; then t_ok; else t_fail; fi
t_begin 'the same bytes again'
was=$(sha256sum <"$ram/initrd.img")
slipway ramdisk -C "$site" -o "$ram" web >/dev/null
if [ "$was" = "$(sha256sum <"$ram/initrd.img")" ]; then t_ok; else
	t_fail
fi
check "its kernel is the base's" cmp "$ram/vmlinuz" \
	"$T_TMP/fix/root/boot/vmlinuz-0.0-test"
check 'cpio and zstd unpack it' unpack "$ram/initrd.img" "$T_TMP/whole"
t_begin 'it boots with nothing else there, as its own role'
boot "$T_TMP/whole" >"$T_TMP/out"
if grep -q '^BOOT-OK' "$T_TMP/out" && grep -q 'role web' "$T_TMP/out" &&
	grep -q '^FACT /etc/role ram' "$T_TMP/out"; then t_ok; else
	t_fail "$(tail -n 5 "$T_TMP/out")"
fi
t_begin 'the base of another release in it: E-HASH'
cp -a "$T_TMP/whole" "$T_TMP/other"
head -c "$(stat -c %s "$T_TMP/other"/tree/layers/*.squashfs)" /dev/zero \
	>"$T_TMP/zero"
cp "$T_TMP/zero" "$T_TMP/other/tree/layers/$base.squashfs"
boot "$T_TMP/other" >"$T_TMP/out"
if grep -q 'slipway: E-HASH' "$T_TMP/out"; then t_ok; else
	t_fail "$(tail -n 5 "$T_TMP/out")"
fi
t_begin 'a layer that rotted in the publish tree'
cp "$T_TMP/zero" "$T_TMP/rot"
mv "$T_TMP/rot" "$site/public/layers/$base.squashfs"
expect_fail 1 'wrong digest' slipway ramdisk -C "$site" -o "$T_TMP/no" web
t_begin '... leaves nothing behind'
if [ -z "$(ls "$T_TMP/no")" ]; then t_ok; else t_fail; fi

image=$T_TMP/fix/base.squashfs
check 'kernel: out of an image' slipway kernel -o "$T_TMP/k" "$image"
check '... is the one in it' cmp "$T_TMP/k/vmlinuz" \
	"$T_TMP/fix/root/boot/vmlinuz-0.0-test"
mkdir -p "$T_TMP/two/boot"
for v in 6.1.0-9 6.1.0-10; do
	echo "$v" >"$T_TMP/two/boot/vmlinuz-$v"
	echo "initrd $v" >"$T_TMP/two/boot/initrd.img-$v"
done
mksquashfs "$T_TMP/two" "$T_TMP/two.sqfs" -quiet -no-progress >/dev/null
t_begin 'kernel: the newest of two, with its initrd'
if slipway kernel -o "$T_TMP/k" "$T_TMP/two.sqfs" >"$T_TMP/out" &&
	grep -qx 6.1.0-10 "$T_TMP/k/vmlinuz" &&
	grep -qx 'initrd 6.1.0-10' "$T_TMP/k/initrd.img"; then t_ok; else
	t_fail "$(cat "$T_TMP/out")"
fi
t_begin 'kernel: the one that is asked for'
if slipway kernel -k 6.1.0-9 -o "$T_TMP/k" "$T_TMP/two.sqfs" >"$T_TMP/out" &&
	grep -qx 6.1.0-9 "$T_TMP/k/vmlinuz"; then t_ok; else t_fail; fi
t_begin 'kernel: none in it'
expect_fail 1 'no kernel 5 in its /boot' slipway kernel -k 5 "$T_TMP/two.sqfs"
