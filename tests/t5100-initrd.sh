#!/bin/bash
# SPDX-License-Identifier: MIT
# t5100-initrd: the packer, on a base with a made-up kernel; cpio, zstd and
# sha256sum are the judges.
. "$(dirname "$0")/lib.sh"

need mksquashfs squashfs-tools
need cpio cpio
need zstd zstd
need openssl openssl
need gcc gcc

r=9.9-test
site=$T_TMP/site
root=$T_TMP/root
lib=$root/usr/lib/modules/$r
out=$site/build/initrd/fake
export SOURCE_DATE_EPOCH=1700000000

pack() { "$BIN/slipway-initrd" -C "$site" "$@"; }

# module PATH [KEY=VALUE...]: an object with that .modinfo
module()
{
	local path=$lib/kernel/$1.ko name=${1##*/} kv
	shift
	mkdir -p "${path%/*}"
	{
		echo '.section .modinfo,"a"'
		for kv in "name=$name" "$@"; do
			printf '.asciz "%s"\n' "$kv"
		done
	} | gcc -x assembler -c -o "$path" -
}

make_base()
{
	module fs/overlayfs/overlay
	module fs/squashfs/squashfs
	module drivers/block/loop
	module net/core/failover
	module drivers/net/net_failover
	module drivers/net/virtio_net
	module drivers/net/phy/libphy
	module drivers/net/phy/realtek
	module drivers/net/phy/broadcom
	module drivers/net/phy/unused
	module drivers/net/ethernet/realtek/r8169 \
		firmware=rtl_nic/there.fw firmware=rtl_nic/gone.fw \
		'firmware=rtl_nic/*.fw'
	module drivers/net/ethernet/broadcom/tg3
	module drivers/net/ethernet/mellanox/mlxsw/mlxsw_core
	module drivers/net/wireless/iwlwifi
	module drivers/ata/libahci
	module drivers/ata/ahci
	module drivers/virtio/virtio_pci
	cp "$lib/kernel/drivers/ata/ahci.ko" "$T_TMP/ahci.ko"
	xz "$lib/kernel/drivers/ata/ahci.ko"
	local k=kernel/drivers
	cat >"$lib/modules.dep" <<-END
		kernel/fs/overlayfs/overlay.ko:
		kernel/fs/squashfs/squashfs.ko:
		$k/block/loop.ko:
		kernel/net/core/failover.ko:
		$k/net/net_failover.ko: kernel/net/core/failover.ko
		$k/net/virtio_net.ko: $k/net/net_failover.ko kernel/net/core/failover.ko
		$k/net/phy/libphy.ko:
		$k/net/phy/realtek.ko: $k/net/phy/libphy.ko
		$k/net/phy/broadcom.ko: $k/net/phy/libphy.ko
		$k/net/phy/unused.ko:
		$k/net/ethernet/realtek/r8169.ko: $k/net/phy/libphy.ko
		$k/net/ethernet/broadcom/tg3.ko: $k/net/phy/libphy.ko
		$k/net/ethernet/mellanox/mlxsw/mlxsw_core.ko:
		$k/net/wireless/iwlwifi.ko:
		$k/ata/libahci.ko:
		$k/ata/ahci.ko.xz: $k/ata/libahci.ko
		$k/virtio/virtio_pci.ko:
	END
	echo 'softdep r8169 pre: realtek post: iwlwifi' >"$lib/modules.softdep"
	echo kernel/net/packet/af_packet.ko >"$lib/modules.builtin"
	cat >"$lib/modules.alias" <<-END
		alias pci:v000010ECd00008168sv*sd*bc*sc*i* r8169
		alias pci:v0000dead iwlwifi
		alias virtio:d00000001v* virtio_net
		alias of:N*T*Cahci ahci
		alias fs-squashfs squashfs
	END
	mkdir -p "$root/usr/lib/firmware/rtl_nic" "$root/boot"
	echo firmware >"$root/usr/lib/firmware/rtl_nic/there.fw"
	echo kernel >"$root/boot/vmlinuz-$r"
	ln -s usr/lib "$root/lib"
}

make_site()
{
	local b=$site/build/bases/fake
	mkdir -p "$b" "$site/keys"
	mksquashfs "$root" "$b/base.squashfs" -quiet -no-progress -noappend \
		-all-root >/dev/null || return
	cat >"$site/site.conf" <<-END
		[site]
		name = test
		url = http://boot.example.net
		default-role = web
		floor = 3
	END
	cat >"$b/base.info" <<-END
		[base]
		name = fake
		digest = $(sha256sum <"$b/base.squashfs" | cut -d' ' -f1)
		kernel = $r
		vmlinuz = boot/vmlinuz-$r
	END
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout /dev/null -subj /CN=root -out "$site/keys/root.crt" \
		2>/dev/null
}

open_image() # DIR
{
	rm -rf "$1" && mkdir "$1" &&
		zstd -dcq "$out/initrd.img" >"$T_TMP/cpio" &&
		(cd "$1" && cpio -idm --quiet <"$T_TMP/cpio")
}

# same WHAT A B
same()
{
	t_begin "$1"
	if [ "$2" = "$3" ]; then t_ok; else t_fail "'$2' is not '$3'"; fi
}

holds() # NAME FILE LINE: FILE has that line
{
	t_begin "$1"
	if grep -qxF -- "$3" "$2"; then t_ok; else t_fail "$(cat "$2")"; fi
}

make_base
t_begin 'packs an initrd, and tells what the base lacks'
if make_site && pack fake >"$T_TMP/out" 2>"$T_TMP/err" &&
	grep -q '1 firmware files' "$T_TMP/err"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out" "$T_TMP/err")"
	exit
fi
x=$T_TMP/x
open_image "$x"

same 'members are in byte order, the sentinel last' \
	"$(cpio -it --quiet <"$T_TMP/cpio")" \
	"$(cpio -it --quiet <"$T_TMP/cpio" | grep -v sentinel | sort &&
		echo slipway/sentinel)"
same 'every regular file but two is in the list, with its digest' \
	"$(tail -n +2 "$x/slipway/files" | awk '{ print $1, $3 }' | sort)" \
	"$(cd "$x" && find . -type f ! -path ./slipway/files \
		! -path ./slipway/sentinel -printf '%P\0' |
		xargs -0 sha256sum | awk '{ print $1, $2 }' | sort)"
same 'the sentinel is the digest of the list' \
	"$(cat "$x/slipway/sentinel")" \
	"$(sha256sum <"$x/slipway/files" | cut -d' ' -f1)"
same 'everything belongs to 0:0 and has the date asked for' \
	"$(cpio -itvn --quiet <"$T_TMP/cpio" | awk '{ print $3, $4 }' |
		sort -u; find "$x" -type f -printf '%Ts\n' | sort -u)" \
	"0 0
$SOURCE_DATE_EPOCH"
same 'modules: groups, dependencies, soft ones; no switches, no wireless' \
	"$(ls "$x/lib/modules/$r" | tr '\n' ' ')" \
	"ahci.ko broadcom.ko failover.ko libahci.ko libphy.ko loop.ko net_failover.ko overlay.ko r8169.ko realtek.ko squashfs.ko tg3.ko virtio_net.ko virtio_pci.ko "
t_begin 'a .ko.xz is unpacked to the module it was'
if cmp "$T_TMP/ahci.ko" "$x/lib/modules/$r/ahci.ko"; then
	t_ok
else
	t_fail differs
fi

# name and the names of what it needs, in loading order
needs()
{
	awk -v want="$1" '$1 == "module" { name[n++] = $2; dep[$2] = $4 }
		END { k = split(dep[want], d, ",")
			for (i = 1; i <= k; i++) printf "%s ", name[d[i]] }' \
		"$x/slipway/modules"
}
same 'r8169 needs libphy, then realtek, which only softdep tells' \
	"$(needs r8169)" 'libphy realtek '
same 'virtio_net needs failover first' "$(needs virtio_net)" \
	'failover net_failover '
same 'tg3 brings the PHY driver that the kernel would ask modprobe for' \
	"$(needs tg3)" 'libphy broadcom '
holds 'aliases of what is packed are in the table' "$x/slipway/modules" \
	'alias pci:v000010ECd00008168sv*sd*bc*sc*i* r8169'
same 'other aliases are not' \
	"$(grep -c 'iwlwifi\|fs-squashfs\|of:' "$x/slipway/modules")" 0
same 'what every boot loads; af_packet is in the kernel' \
	"$(sed -n 's/^always //p' "$x/slipway/modules" | tr '\n' ' ')" \
	'overlay squashfs loop '
same 'firmware that the base has' \
	"$(cd "$x/lib/firmware" && find . -type f)" ./rtl_nic/there.fw
holds 'policy: site' "$x/slipway/policy" 'site test'
holds 'policy: floor' "$x/slipway/policy" 'floor 3'
holds 'policy: kernel' "$x/slipway/policy" "kernel $r"
holds 'policy: address' "$x/slipway/policy" 'url http://boot.example.net'
same 'policy: no role, the manifest knows the default' \
	"$(grep -c ^role "$x/slipway/policy")" 0
holds 'policy: mode' "$x/slipway/policy" 'mode enforce'
t_begin 'the anchor is the certificate in DER'
if openssl x509 -in "$site/keys/root.crt" -outform DER |
	cmp - "$x/slipway/root.der"; then t_ok; else t_fail differs; fi
same 'dhcp is a link to /init' "$(readlink "$x/slipway/dhcp")" /init
same 'no shell under enforce' "$(ls "$x/bin")" busybox
same 'the kernel is the base'\''s' "$(cat "$out/vmlinuz")" kernel
same 'initrd.info has the digest' \
	"$(sed -n 's/^digest = //p' "$out/initrd.info")" \
	"$(sha256sum <"$out/initrd.img" | cut -d' ' -f1)"

was=$(sha256sum <"$out/initrd.img")
same 'again: unchanged' "$(pack fake 2>&1)" 'initrd fake: unchanged'
t_begin 'packed on one core: the same bytes'
taskset -c 0 "$BIN/slipway-initrd" -C "$site" --force fake >/dev/null 2>&1
if [ "$was" = "$(sha256sum <"$out/initrd.img")" ]; then
	t_ok
else
	t_fail "$(sha256sum <"$out/initrd.img")"
fi
t_begin 'a dry run lists and changes nothing'
if pack -n --policy rescue fake | grep -q 'lib/firmware/rtl_nic/gone.fw' &&
	[ "$was" = "$(sha256sum <"$out/initrd.img")" ]; then
	t_ok
else
	t_fail 'no such line, or the image changed'
fi
sed -i 's/^floor.*/floor = 4/' "$site/site.conf"
pack fake >/dev/null 2>&1
open_image "$x"
holds 'a changed floor packs again' "$x/slipway/policy" 'floor 4'
echo 'CONFIG_MODULES=y
CONFIG_MODULE_DECOMPRESS=y' >"$root/boot/config-$r"
make_site
pack fake >/dev/null 2>&1
open_image "$x"
t_begin 'a kernel that decompresses modules gets them as the base has them'
if cmp "$lib/kernel/drivers/ata/ahci.ko.xz" "$x/lib/modules/$r/ahci.ko.xz" &&
	grep -q "^module ahci /lib/modules/$r/ahci.ko.xz " \
		"$x/slipway/modules"; then
	t_ok
else
	t_fail "$(ls "$x/lib/modules/$r")"
fi
pack --policy rescue --drivers virtio_net fake >/dev/null 2>&1
open_image "$x"
holds 'rescue is in the policy' "$x/slipway/policy" 'mode rescue'
same 'rescue has a shell' "$(readlink "$x/bin/sh")" busybox
same 'one driver asked for' "$(ls "$x/lib/modules/$r" | tr '\n' ' ')" \
	'failover.ko loop.ko net_failover.ko overlay.ko squashfs.ko virtio_net.ko '
pack --no-modules fake >/dev/null 2>&1
open_image "$x"
same 'no modules' "$(ls "$x/lib" 2>/dev/null; ls "$x/slipway" | tr '\n' ' ')" \
	'dhcp files policy root.der sentinel '

was=$(sha256sum <"$out/initrd.img")
refused() # NAME STATUS TEXT ARGUMENT...
{
	t_begin "refused: $1"
	shift
	expect_fail "$@"
}
refused 'unknown driver' 1 "'nosuch' is neither" \
	pack --drivers nosuch fake
refused 'unknown base' 1 "run 'slipway base other' first" pack other
refused 'unknown policy' 2 "'lax' is neither enforce nor rescue" \
	pack --policy lax fake
refused 'name that leads elsewhere' 2 'is no name of a base' pack ../fake
echo text >"$T_TMP/text"
refused '/init that is no program' 1 'not a program' \
	pack --init "$T_TMP/text" fake
refused 'no BusyBox' 1 "$T_TMP/none: cannot read: No such file" \
	pack --busybox "$T_TMP/none" fake
mv "$site/keys/root.crt" "$T_TMP/root.crt"
refused 'no trust anchor' 1 'cannot read the trust anchor' pack fake
echo junk >"$site/keys/root.crt"
refused 'a trust anchor that is none' 1 'not a certificate' pack fake
mv "$T_TMP/root.crt" "$site/keys/root.crt"
echo 'epoch = many' >>"$site/site.conf"
refused 'a number that is none' 1 "epoch 'many' is not a number" pack fake
same 'a refusal leaves the image as it was, and nothing beside it' \
	"$(sha256sum <"$out/initrd.img") $(ls "$out" | wc -l)" "$was 3"
