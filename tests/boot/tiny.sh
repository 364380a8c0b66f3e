# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# tiny.sh: sites with a tiny base, of whose roles the packer alone makes the
# overlays. lib.sh and $site are there, and tree.sh for tiny_tree, or $url for
# tiny_site, which tests boot in QEMU: it has Debian's kernel.

# tiny_base DRIVERS MODULES...: MODULES are paths below the kernel's folder
tiny_base() {
	local big=$T_TMP/big/build/bases/debian13 b=$site/build/bases/tiny \
		r=$T_TMP/root drivers=$1 rel m
	shift
	slipway new --name big --url "$url" "$T_TMP/big" &&
		slipway base -C "$T_TMP/big" debian13 || return
	rel=$(sed -n 's/^kernel = //p' "$big/base.info")
	m=usr/lib/modules/$rel
	unsquashfs -q -n -d "$r" "$big/base.squashfs" "boot/vmlinuz-$rel" \
		"boot/config-$rel" "$m/modules.*" \
		"$m/kernel/drivers/block/loop*" "$m/kernel/fs/squashfs" \
		"$m/kernel/fs/overlayfs" "${@/#/$m/kernel/}" >/dev/null ||
		return
	rm -rf "$T_TMP/big"
	mkdir -p "$r"/{proc,sys,dev,run,tmp,etc,sbin,opq} "$b" \
		"$site/bases/tiny"
	ln -s usr/lib "$r/lib"
	cp "$O/tests/boot/testinit" "$r/sbin/init"
	mksquashfs "$r" "$b/base.squashfs" -all-root -noappend -no-progress \
		-comp zstd >/dev/null || return
	printf '[base]\nsuite = none\n' >"$site/bases/tiny/base.conf"
	cat >"$b/base.info" <<-END
		[base]
		name = tiny
		digest = $(sha256sum <"$b/base.squashfs" | cut -d' ' -f1)
		size = $(stat -c %s "$b/base.squashfs")
		kernel = $rel
		vmlinuz = boot/vmlinuz-$rel
	END
	slipway initrd -C "$site" --drivers "$drivers" tiny
}

# tiny_overlay ROLE DIR [GRANTS]: DIR as the overlay of ROLE
tiny_overlay() {
	local out=$site/build/overlays/$1 conf=$site/roles/$1/role.conf digest
	digest=$(sed -n 's/^digest = //p' "$site/build/bases/tiny/base.info")
	mkdir -p "$out" "$site/roles/$1"
	[ -e "$conf" ] || printf '%s\n' '[role]' 'base = tiny' \
		${3:+"grants = $3"} >"$conf"
	slipway overlay --pack "$2" --base-digest "$digest" \
		--grants "${3:-}" -o "$out/overlay.cpio.gz" >/dev/null || return
	cat >"$out/overlay.info" <<-END
		[overlay]
		role = $1
		base = tiny
		base-digest = $digest
		digest = $(sha256sum <"$out/overlay.cpio.gz" | cut -d' ' -f1)
		unpacked = 8388608
		inodes = 100
	END
}

# tiny_role ROLE [TEXT [BYTES]]: its overlay says TEXT in /etc/role, and has
# that much noise in it
tiny_role() {
	local up=$T_TMP/upper
	rm -rf "$up"
	mkdir -p "$up/etc"
	echo "${2:-$1}" >"$up/etc/role"
	[ -z "${3:-}" ] || head -c "$3" /dev/urandom >"$up/etc/noise"
	find "$up" -exec touch -d @1700000000 {} +
	tiny_overlay "$1" "$up"
}

# tiny_tree ROLE...: the site that tree.sh makes, with these roles in it
tiny_tree() {
	local r
	tree_setup "$T_TMP/fix" &&
		rm -rf "$site/roles" "$site/bases/debian13" || return
	for r; do tiny_role "$r" || return; done
}

# tiny_site DRIVERS MODULES...: with the role web
tiny_site() {
	slipway new --name check --url "$url" "$site" || return
	rm -rf "$site/roles/web" "$site/bases/debian13"
	tiny_base "$@" && tiny_role web || return
	# emulated on a busy host, Linux takes the timer for broken
	cat >>"$site/site.conf" <<-END
		args = console=ttyS0,115200 no_timer_check
		[boot]
		prompt = 0
	END
	slipway publish -C "$site"
}
