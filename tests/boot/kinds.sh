# SPDX-License-Identifier: MIT
# kinds.sh: small real Debian systems, one for each way to keep a network, for
# boots in namespaces (no kernel in them). Sourced after lib.sh.
#
# kind_base KIND [SUITE]	prints the squashfs of it, built once and kept in
#			the cache under the digest of what it is made of

kind_packages()
{
	case $1 in
	networkd) echo systemd-sysv,dbus,iproute2 ;;
	nm) echo systemd-sysv,dbus,iproute2,network-manager ;;
	ifupdown) echo systemd-sysv,iproute2,ifupdown,isc-dhcp-client ;;
	dhcpcd) echo systemd-sysv,iproute2,ifupdown,dhcpcd-base ;;
	netplan) echo systemd-sysv,dbus,iproute2,netplan.io ;;
	esac
}

# Run inside the new root.
kind_script()
{
	cat <<-END
		set -e
		rm -f etc/hostname etc/resolv.conf
		: >etc/machine-id
		[ $1 != networkd ] ||
			chroot . systemctl -q enable systemd-networkd
		# nothing of these has a place in a container
		chroot . systemctl -q mask getty@tty1.service console-getty.service
		rm -rf usr/share/doc usr/share/locale usr/share/man \\
			var/cache/apt/* var/lib/apt/lists/*
	END
}

kind_build() # KIND SUITE FILE
{
	local tmp=$3.$$
	mmdebstrap --quiet --variant=minbase \
		--include="$(kind_packages "$1")" \
		--customize-hook="cd \"\$1\" && $(kind_script "$1")" "$2" - |
		mksquashfs - "$tmp" -tar -quiet -no-progress -comp zstd \
			-Xcompression-level 1 >/dev/null 2>&1 &&
		[ "${PIPESTATUS[0]}" = 0 ] && mv "$tmp" "$3"
	rm -f "$tmp"
	[ -e "$3" ]
}

kind_base()
{
	local suite=${2:-trixie} key dir
	dir=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}/kinds
	mkdir -p "$dir" || return
	key=$({ kind_packages "$1" && kind_script "$1"; } | sha256sum |
		cut -c1-16)
	[ -e "$dir/$1-$suite-$key.squashfs" ] ||
		kind_build "$1" "$suite" "$dir/$1-$suite-$key.squashfs" ||
		return
	echo "$dir/$1-$suite-$key.squashfs"
}
