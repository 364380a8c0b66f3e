# SPDX-License-Identifier: MIT
# kernel.sh: a base that a virtual machine can boot: Debian's kernel, drivers of
# disks, and testinit. Sourced after tree.sh; one real kernel, nothing else.
#
# kernel_site DIR [OPTION...]	a site at DIR/site with base tiny and role web,
#	published; OPTIONs of slipway initrd
# kernel_installer DIR	the role installer for it: the programs of this machine
#		that slipway install runs, and an init that calls it

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
			'./lib/modules/*/kernel/fs/*' './lib/modules/*/kernel/block/*' \
			'./lib/modules/*/kernel/lib/*' \
			'./lib/modules/*/kernel/crypto/*' \
			'./lib/modules/*/kernel/arch/*' \
			'./lib/modules/*/kernel/net/packet/*' \
			'./lib/modules/*/kernel/net/core/*' \
			'./lib/modules/*/kernel/drivers/net/virtio_net*' \
			'./lib/modules/*/kernel/drivers/net/net_failover*' \
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
	sed -i '/^report /d; /^\[site\]/a upper = disk' "$1/site/site.conf"
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
	"$BIN/slipway" initrd -C "$1/site" "${@:2}" tiny >/dev/null &&
		"$BIN/slipway" publish -C "$1/site" >/dev/null
}

# PROGRAM...: with its libraries, as this machine has them
kernel_copy() # TO PROGRAM...
{
	local to=$1 p
	shift
	for p; do
		p=$(command -v "$p") || return
		{ echo "$p" && ldd "$p" 2>/dev/null | grep -o '/[^ ]*'; } |
			while read -r f; do
				mkdir -p "$to/${f%/*}" && cp -Lu "$f" "$to$f"
			done
	done
}

kernel_installer()
{
	local g up=$1/up-installer o=$1/site/build/overlays/installer
	mkdir -p "$up"/{sbin,bin,tmp,usr/lib/grub} "$o" \
		"$1/site/roles/installer"
	printf '[role]\nbase = tiny\n' >"$1/site/roles/installer/role.conf"
	kernel_copy "$up" "$BIN/slipway-install" mke2fs debugfs mkfs.fat mmd \
		mcopy mren grub-mkimage efibootmgr || return
	mv "$up$BIN/slipway-install" "$up/sbin/" && cp /bin/busybox "$up/bin/sh"
	cp -a /usr/lib/grub/{i386-pc,x86_64-efi} "$up/usr/lib/grub/"
	# mtools converts names from the code page of DOS
	g=$(dirname "$(ls -d /usr/lib/*/gconv/IBM850.so)") && mkdir -p "$up$g" &&
		cp -aL "$g"/gconv-modules* "$g/IBM850.so" "$up$g/" || return
	cat >"$up/sbin/init" <<-'EOF'
		#!/bin/sh
		export PATH=/usr/sbin:/usr/bin:/sbin:/bin
		[ ! -d /sys/firmware/efi ] ||
			busybox mount -t efivarfs none /sys/firmware/efi/efivars
		slipway-install -l
		slipway-install --end poweroff || echo INSTALL-FAILED
		busybox poweroff -f
	EOF
	ln -s sh "$up/bin/busybox" && chmod 755 "$up/sbin/init"
	"$BIN/slipway" overlay --pack "$up" --base-digest "$base" \
		-o "$o/overlay.cpio.gz" >"$1/packed" || return
	cat >"$o/overlay.info" <<-EOF
		[overlay]
		role = installer
		base = tiny
		base-digest = $base
		digest = $(sha256sum <"$o/overlay.cpio.gz" | cut -d' ' -f1)
		$(grep -E '^(unpacked|inodes) = ' "$1/packed")
	EOF
	"$BIN/slipway" publish -C "$1/site" >/dev/null
}
