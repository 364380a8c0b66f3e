#!/bin/bash
# SPDX-License-Identifier: MIT
# t6000-netboot: a site with real Debian bases, built, signed, published and
# booted in QEMU through iPXE, as an operator would.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/sizes.sh"

requires_root
need mmdebstrap mmdebstrap
need qemu-system-x86_64 qemu-system-x86

site=$T_TMP/site
# names, sizes, times and digests of a publish tree
tree_of() {
	(cd "$1" && find . -type f -printf '%P %s %T@ ' \
		-exec sha256sum {} \; | awk '{ print $1, $2, $3, $4 }' | sort)
}

# What a person would type once the machine runs, on the console.
show_report() {
	mkdir -p "$1/multi-user.target.wants" &&
	printf '%s\n' '[Unit]' 'Before=getty.target' '[Service]' \
		'Type=oneshot' \
		'ExecStart=/usr/bin/slipway report' 'Environment=COLUMNS=100' \
		'StandardOutput=tty' 'TTYPath=/dev/ttyS0' >"$1/show.service" &&
	ln -s ../show.service "$1/multi-user.target.wants/"
}

make_site() {
	slipway new --name check --url http://boot.example.net "$site" || return
	for r in console parts ssh rescue; do
		cp -R "$(dirname "$0")/../overlay/roles/$r" "$site/roles/" &&
		echo 'base = debian13' >>"$site/roles/$r/role.conf" || return
	done
	echo 'depends = console' >>"$site/roles/web/role.conf" || return
	echo 'depends = console ssh' >>"$site/roles/rescue/role.conf" || return
	show_report "$site/roles/rescue/files/etc/systemd/system"
}

build_all() {
	for r in console parts ssh web rescue; do
		slipway overlay -C "$site" "$r" || return
	done
	slipway initrd -C "$site" debian13
}

check 'slipway new makes a site' make_site || exit
check 'slipway base builds Debian 13' slipway base -C "$site" debian13 || exit
check 'slipway overlay builds three roles, slipway initrd packs' \
	build_all || exit
check 'slipway publish writes the tree' slipway publish -C "$site" || exit
check 'slipway verify accepts it' slipway verify -C "$site"

t_begin 'openssl verifies the manifest and it names both roles'
if openssl cms -verify -inform DER -in "$site/public/manifest.cms" \
	-CAfile "$site/keys/root.crt" -purpose any 2>"$T_TMP/err" \
	>"$T_TMP/manifest" && grep -q '^role web ' "$T_TMP/manifest" &&
	grep -q '^role rescue ' "$T_TMP/manifest"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/err")"
fi

t_begin 'web and rescue stand on the same base bytes'
if [ "$(sed -n 's/^role .* base=\([0-9a-f]*\).*/\1/p' "$T_TMP/manifest" |
	sort -u | wc -l)" = 1 ]; then
	t_ok
else
	t_fail "$(grep ^role "$T_TMP/manifest")"
fi

check 'web netboots by BIOS and iPXE; nginx answers the host' \
	slipway boot -C "$site" --role web --forward 127.0.0.1:0:80 \
	--probe 80:/ --probe-text web --expect login: --timeout 240 \
	--log "$T_TMP/web.log" ||
	tail -n 30 "$T_TMP/web.log"

check 'rescue netboots from the same base' \
	slipway boot -C "$site" --role rescue --expect 'role rescue' \
	--expect '  base debian13' --expect login: --timeout 240 --log "$T_TMP/rescue.log" ||
	tail -n 30 "$T_TMP/rescue.log"

ramdisk() {
	slipway ramdisk -C "$site" -o "$T_TMP/ram" web || return
	timeout 240 qemu-system-x86_64 -m 1024 -accel tcg,thread=single \
		-nic none -nographic -no-reboot \
		-kernel "$T_TMP/ram/vmlinuz" -initrd "$T_TMP/ram/initrd.img" \
		-append 'console=ttyS0 slipway.panic=halt,0' \
		</dev/null >"$T_TMP/ram.log" 2>&1 &
	qemu=$!
	until grep -aq 'login:' "$T_TMP/ram.log" 2>/dev/null; do
		kill -0 $qemu 2>/dev/null || return
		sleep 0.5
	done
	kill $qemu
	grep -aq 'verified base debian13' "$T_TMP/ram.log"
}

check 'a ramdisk of web boots without a network card' ramdisk ||
	tail -n 30 "$T_TMP/ram.log"
rm -rf "$T_TMP/ram"

# its archive, as busid names it, and not the whole initrd; as far as needed
check 'a machine with an e1000e boots with the archive of its driver' \
	slipway boot -C "$site" -v --nic e1000e --expect 'link eth0 52:54' \
	--expect 'manifest serial' --timeout 240 --log "$T_TMP/e1000e.log" ||
	tail -n 30 "$T_TMP/e1000e.log"
t_begin 'it has fetched the core and the archive, not the whole initrd'
if grep -q 'GET /boot/.*/drv/01808610d3.img 200' "$T_TMP/out" &&
	grep -q 'GET /boot/.*/core.img 200' "$T_TMP/out" &&
	! grep -q 'GET /boot/.*/initrd.img' "$T_TMP/out"; then
	t_ok
else
	t_fail "$(grep 'GET /boot' "$T_TMP/out")"
fi

t_begin 'core and one archive: under 3 MB for each of ten NICs'
if driver_sizes "$site/build/initrd/debian13" 3000000 >"$T_TMP/sizes"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/sizes")"
fi
sed 's/^/# /' "$T_TMP/sizes"

t_begin 'a flipped byte in the base is refused with E-HASH'
cp -al "$site/public" "$T_TMP/flipped"
base=$(sed -n 's/^layer base \([0-9a-f]*\).*/\1/p' "$T_TMP/manifest" | head -n1)
cp --remove-destination "$site/public/layers/$base.squashfs" \
	"$T_TMP/flipped/layers/"
printf '\377' | dd of="$T_TMP/flipped/layers/$base.squashfs" bs=1 \
	seek=5000001 conv=notrunc status=none
if cmp -s "$site/public/layers/$base.squashfs" \
	"$T_TMP/flipped/layers/$base.squashfs"; then
	printf '\0' | dd of="$T_TMP/flipped/layers/$base.squashfs" bs=1 \
		seek=5000001 conv=notrunc status=none
fi
if slipway boot -C "$site" --tree "$T_TMP/flipped" --role web \
	--append slipway.panic=halt --expect 'slipway: E-HASH' \
	--expect 'report was taken' --timeout 240 \
	--log "$T_TMP/flip.log" >"$T_TMP/out" 2>&1 &&
	! grep -q 'login:' "$T_TMP/flip.log"; then
	t_ok
else
	t_fail "$(tail -n 12 "$T_TMP/out" "$T_TMP/flip.log")"
fi

t_begin 'each of these boots has reported: two went well, one failed'
if slipway status -C "$site" --all --json >"$T_TMP/status" &&
	jq -e '[.machines[] | .result + " " + .role] ==
		["E-HASH web", "ok rescue", "ok web"] and
		([.machines[] | select(.mac == "" or .ms == 0 or .slow == "" or
			.site == "other")] | length) == 0' "$T_TMP/status" \
		>/dev/null; then
	t_ok
else
	t_fail "$(slipway status -C "$site" --all 2>&1)"
fi

swap() {
	echo '<p>swapped</p>' >>"$site/roles/web/files/var/www/html/index.html"
	slipway overlay -C "$site" web && slipway publish -C "$site"
}

tree_of "$site/public" >"$T_TMP/before"
check 'changing a page: overlay and publish' swap
t_begin 'swapping a role touches no base: one overlay, its index, the manifest'
tree_of "$site/public" >"$T_TMP/after"
new=$(comm -13 "$T_TMP/before" "$T_TMP/after" | cut -d' ' -f1 |
	sed 's,/[0-9a-f]*\.,/*.,' | sort | tr '\n' ' ')
if [ "$new" = 'layers/*.cpio.gz layers/*.index manifest.cms ' ]; then
	t_ok
else
	t_fail "changed: $new"
fi

same_again() {
	local f=$site/build/$1 was
	shift
	was=$(sha256sum <"$f") && "$@" && [ "$was" = "$(sha256sum <"$f")" ]
}

check 'base built twice: same bytes' same_again \
	bases/debian13/base.squashfs slipway base -C "$site" --force debian13
check 'overlay built twice: same bytes' same_again \
	overlays/web/overlay.cpio.gz slipway overlay -C "$site" --force web
check 'initrd built twice: same bytes' same_again \
	initrd/debian13/initrd.img slipway initrd -C "$site" --force debian13

debian12() {
	mkdir -p "$site/bases/debian12" "$site/roles/old/files/etc" &&
	sed 's/trixie/bookworm/' "$site/bases/debian13/base.conf" \
		>"$site/bases/debian12/base.conf" &&
	cp -R "$site/roles/console/." "$site/roles/old/" &&
	sed -i 's/debian13/debian12/' "$site/roles/old/role.conf" &&
	slipway base -C "$site" debian12 &&
	slipway overlay -C "$site" old &&
	slipway initrd -C "$site" debian12 &&
	slipway publish -C "$site"
}

check 'a Debian 12 base joins the site' debian12 &&
	check 'Debian 12 netboots' slipway boot -C "$site" --role old \
		--expect 'role old' --expect login: --timeout 240 \
		--log "$T_TMP/old.log" || tail -n 30 "$T_TMP/old.log"
