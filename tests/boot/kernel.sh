# SPDX-License-Identifier: MIT
# kernel.sh: a base that a virtual machine can boot: Debian's kernel, drivers of
# disks, and testinit. Sourced after tree.sh; one real kernel, nothing else.
#
# kernel_site DIR	a site at DIR/site with base tiny and role web, published

# The package, from the cache of bases or from Debian.
kernel_deb()
{
	local cache=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}/debs name f
	name=$(apt-cache depends linux-image-amd64 2>/dev/null |
		sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
	[ -n "$name" ] || return
	f=$(ls "$cache/$name"_*_amd64.deb 2>/dev/null | tail -n 1)
	if [ -z "$f" ]; then
		mkdir -p "$T_TMP/deb" && (cd "$T_TMP/deb" &&
			apt-get -qq download "$name" >/dev/null) || return
		f=$(ls "$T_TMP/deb/$name"_*.deb) && mkdir -p "$cache" &&
			cp "$f" "$cache/"
	fi
	echo "$f"
}

kernel_root() # DIR: kernel and some modules
{
	local deb k
	deb=$(kernel_deb) && [ -n "$deb" ] || return
	mkdir -p "$1" && dpkg-deb --fsys-tarfile "$deb" |
		tar -x -C "$1" --wildcards './boot/vmlinuz-*' \
			'./boot/config-*' './lib/modules/*/modules.*' \
			'./lib/modules/*/kernel/fs/*' \
			'./lib/modules/*/kernel/lib/*' \
			'./lib/modules/*/kernel/crypto/*' \
			'./lib/modules/*/kernel/arch/*' \
			'./lib/modules/*/kernel/net/packet/*' \
			'./lib/modules/*/kernel/drivers/virtio/*' \
			'./lib/modules/*/kernel/drivers/block/*' \
			'./lib/modules/*/kernel/drivers/ata/*' \
			'./lib/modules/*/kernel/drivers/nvme/*' \
			'./lib/modules/*/kernel/drivers/scsi/*' \
			'./lib/modules/*/kernel/drivers/cdrom/*' \
			'./lib/modules/*/kernel/drivers/usb/*' \
			2>/dev/null
	k=$(ls "$1/lib/modules") && [ -n "$k" ] && depmod -b "$1" "$k"
}

kernel_site()
{
	local r=$1/root k b=$1/site/build/bases/tiny o=$1/site/build/overlays/web
	kernel_root "$r" || return
	k=$(ls "$r/lib/modules")
	mkdir -p "$r"/{proc,sys,dev,run,tmp,etc,sbin,opq} "$1/up/etc"
	cp "$O/tests/boot/testinit" "$r/sbin/init" && echo base >"$r/etc/base-file"
	echo disk >"$1/up/etc/role"
	# all but the kernel and its drivers is a few hundred kilobytes
	mksquashfs "$r" "$1/base.squashfs" -all-root -noappend -no-progress \
		-comp zstd -Xcompression-level 1 -all-time 1700000000 \
		-mkfs-time 1700000000 >/dev/null || return
	base=$(sha256sum <"$1/base.squashfs" | cut -d' ' -f1)
	"$BIN/slipway" new --name rows --url http://127.0.0.1:8080 \
		"$1/site" >/dev/null || return
	sed -i '/^report /d' "$1/site/site.conf"
	rm -rf "$1/site/roles" "$1/site/bases/debian13"
	mkdir -p "$b" "$o" "$1/site/bases/tiny" "$1/site/roles/web"
	ln "$1/base.squashfs" "$b/base.squashfs"
	printf '[base]\nsuite = none\n' >"$1/site/bases/tiny/base.conf"
	printf '[role]\nbase = tiny\n' >"$1/site/roles/web/role.conf"
	cat >"$b/base.info" <<-EOF
		[base]
		name = tiny
		digest = $base
		size = $(stat -c %s "$b/base.squashfs")
		kernel = $k
		vmlinuz = boot/vmlinuz-$k
	EOF
	"$BIN/slipway" overlay --pack "$1/up" --base-digest "$base" \
		-o "$o/overlay.cpio.gz" || return
	cat >"$o/overlay.info" <<-EOF
		[overlay]
		role = web
		base = tiny
		base-digest = $base
		digest = $(sha256sum <"$o/overlay.cpio.gz" | cut -d' ' -f1)
		unpacked = 1048576
		inodes = 64
	EOF
	"$BIN/slipway" initrd -C "$1/site" tiny >/dev/null &&
		"$BIN/slipway" publish -C "$1/site" >/dev/null
}
