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
	module drivers/net/bonding/bonding
	module net/8021q/8021q
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
	module drivers/net/ethernet/mellanox/mlx4/mlx4_core
	module drivers/net/ethernet/mellanox/mlx4/mlx4_en
	module drivers/net/wireless/iwlwifi
	module drivers/ata/libahci
	module drivers/ata/ahci
	module drivers/virtio/virtio_pci
	module fs/isofs/isofs
	module fs/ext4/ext4
	module crypto/crc32c_generic
	cp "$lib/kernel/drivers/ata/ahci.ko" "$T_TMP/ahci.ko"
	xz "$lib/kernel/drivers/ata/ahci.ko"
	local k=kernel/drivers
	cat >"$lib/modules.dep" <<-END
		kernel/fs/overlayfs/overlay.ko:
		kernel/fs/squashfs/squashfs.ko:
		$k/block/loop.ko:
		kernel/net/core/failover.ko:
		$k/net/net_failover.ko: kernel/net/core/failover.ko
		$k/net/bonding/bonding.ko:
		kernel/net/8021q/8021q.ko:
		$k/net/virtio_net.ko: $k/net/net_failover.ko kernel/net/core/failover.ko
		$k/net/phy/libphy.ko:
		$k/net/phy/realtek.ko: $k/net/phy/libphy.ko
		$k/net/phy/broadcom.ko: $k/net/phy/libphy.ko
		$k/net/phy/unused.ko:
		$k/net/ethernet/realtek/r8169.ko: $k/net/phy/libphy.ko
		$k/net/ethernet/broadcom/tg3.ko: $k/net/phy/libphy.ko
		$k/net/ethernet/mellanox/mlxsw/mlxsw_core.ko:
		$k/net/ethernet/mellanox/mlx4/mlx4_core.ko:
		$k/net/ethernet/mellanox/mlx4/mlx4_en.ko: $k/net/ethernet/mellanox/mlx4/mlx4_core.ko
		$k/net/wireless/iwlwifi.ko:
		$k/ata/libahci.ko:
		$k/ata/ahci.ko.xz: $k/ata/libahci.ko
		$k/virtio/virtio_pci.ko:
		kernel/fs/isofs/isofs.ko:
		kernel/fs/ext4/ext4.ko:
		kernel/crypto/crc32c_generic.ko:
	END
	echo 'softdep r8169 pre: realtek post: iwlwifi' >"$lib/modules.softdep"
	echo kernel/net/packet/af_packet.ko >"$lib/modules.builtin"
	cat >"$lib/modules.alias" <<-END
		alias pci:v000010ECd00008168sv*sd*bc*sc*i* r8169
		alias pci:v000010ECd00008161sv*sd*bc*sc*i* r8169
		alias pci:v000010ECd00008161sv*sd*bc*sc*i* tg3
		alias pci:v000014E4d00001657sv*sd*bc02sc*i* tg3
		alias pci:v000014E4d*sv*sd*bc02sc*i* tg3
		alias pci:v000015B3d00001007sv*sd*bc*sc*i* mlx4_core
		alias pci:v00008086d00002922sv*sd*bc*sc*i* ahci
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
	"8021q.ko ahci.ko bonding.ko broadcom.ko crc32c_generic.ko ext4.ko failover.ko isofs.ko libahci.ko libphy.ko loop.ko mlx4_core.ko mlx4_en.ko net_failover.ko overlay.ko r8169.ko realtek.ko squashfs.ko tg3.ko virtio_net.ko virtio_pci.ko "
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
same "ext4 has the checksum it asks for" "$(needs ext4)" 'crc32c_generic '
holds 'aliases of what is packed are in the table' "$x/slipway/modules" \
	'alias pci:v000010ECd00008168sv*sd*bc*sc*i* r8169'
holds 'mlx4_core'\''s cards bring mlx4_en, which it would ask modprobe for' \
	"$x/slipway/modules" 'alias pci:v000015B3d00001007sv*sd*bc*sc*i* mlx4_en'
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
same 'no shell under enforce' "$(ls "$x/bin" 2>/dev/null)" ''
same 'the kernel is the base'\''s' "$(cat "$out/vmlinuz")" kernel
same 'initrd.info has the digest' \
	"$(sed -n 's/^digest = //p' "$out/initrd.info")" \
	"$(sha256sum <"$out/initrd.img" | cut -d' ' -f1)"

# --- the core and its archives
ids() { sed -n "s/^\(01.*\) = $1\$/\1/p" "$out/drivers.info" | tr '\n' ' '; }
same 'which archive for which NIC; one whose device is open has none' \
	"$(sed '1,/^\[ids\]/d' "$out/drivers.info" | tr '\n' ';')" \
	'0110ec8161 = r8169+tg3;0110ec8168 = r8169;0114e41657 = tg3;0115b31007 = mlx4_core;011af41000 = virtio_net;011af41041 = virtio_net;'
same 'an archive each, and their digests' \
	"$(cd "$out/drv" && sha256sum *.img | awk '{ print $2, $1 }' | sort)" \
	"$(sed -n 's/^\([a-z][^ ]*\) = \([0-9a-f]\{64\}\) .*/\1.img \2/p' \
		"$out/drivers.info" | sort)"
open_part() # FILE DIR: into DIR, beside what is there
{
	mkdir -p "$2" && zstd -dcq "$1" | (cd "$2" && cpio -idmu --quiet)
}
rm -rf "$T_TMP/core" && open_part "$out/core.img" "$T_TMP/core"
same 'the core has no driver of a NIC' \
	"$(ls "$T_TMP/core/lib/modules/$r" | tr '\n' ' ')" \
	'8021q.ko bonding.ko loop.ko overlay.ko squashfs.ko virtio_pci.ko '
same 'an archive has what its driver needs, its table and its list, last' \
	"$(zstd -dcq "$out/drv/r8169.img" | cpio -it --quiet | grep '\.' |
		tr '\n' ' ')" \
	"lib/firmware/rtl_nic/there.fw lib/modules/$r lib/modules/$r/libphy.ko \
lib/modules/$r/r8169.ko lib/modules/$r/realtek.ko \
slipway/drivers/r8169.modules slipway/drivers/r8169.files "
same 'the core has the digest of each archive'\''s list' \
	"$(for a in "$out"/drv/*.img; do
		a=$(basename "$a" .img)
		zstd -dcq "$out/drv/$a.img" | cpio -i --quiet --to-stdout \
			"slipway/drivers/$a.files" | sha256sum |
			sed "s, .*, slipway/drivers/$a.files,"
	done | sort)" \
	"$(tail -n +2 "$T_TMP/core/slipway/archives" |
		awk '{ print $1, $3 }' | sort)"

# boots NAME: /init in the root $T_TMP/NAME goes on behind the sentinel
# refuses NAME TEXT: it ends with E-INITRD and that text
start()
{
	"$T_ROOT/tests/nsboot" --no-server '' "$T_TMP/$1" "$T_TMP" \
		'ip=none slipway.panic=halt,0 slipway.break=link' \
		>"$T_TMP/$1.out" 2>&1
}
boots()
{
	start "$1"
	t_begin "/init takes: $2"
	if grep -q 'initrd of site test' "$T_TMP/$1.out"; then t_ok; else
		t_fail "$(cat "$T_TMP/$1.out")"
	fi
}
refuses()
{
	start "$1"
	t_begin "/init refuses: $2"
	if grep -q 'slipway: E-INITRD: .*'"$3" "$T_TMP/$1.out" &&
		! grep -q 'initrd of site' "$T_TMP/$1.out"; then
		t_ok
	else
		t_fail "$(cat "$T_TMP/$1.out")"
	fi
}
with() # NAME ARCHIVE...: a core and those
{
	rm -rf "${T_TMP:?}/$1" && cp -a "$T_TMP/core" "$T_TMP/$1"
	local to=$T_TMP/$1
	shift
	for a; do open_part "$out/drv/$a.img" "$to"; done
}
if [ "$(id -u)" = 0 ]; then
	with alone && boots alone 'a core alone'
	with one r8169 && boots one 'a core and an archive'
	with two r8169 tg3 && boots two 'two archives that share a module'
	with altered r8169 && echo x >>"$T_TMP/altered/lib/modules/$r/r8169.ko"
	refuses altered 'an archive whose module was altered' \
		'r8169.ko: not of the listed size'
	with flipped r8169 && printf X | dd bs=1 seek=70 conv=notrunc \
		of="$T_TMP/flipped/lib/modules/$r/r8169.ko" status=none
	refuses flipped 'an archive with a byte changed' \
		'r8169.ko: digest differs'
	with cut && zstd -dcq "$out/drv/r8169.img" | head -c -1400 |
		(cd "$T_TMP/cut" && cpio -idmu --quiet 2>/dev/null)
	rm -f "$T_TMP/cut/slipway/drivers/r8169.files"
	refuses cut 'an archive cut before its list' 'a driver archive cut'
	with short r8169 &&
		truncate -s -20 "$T_TMP/short/slipway/drivers/r8169.files"
	refuses short 'an archive cut in its list' \
		'r8169.files: not of the listed size'
	with more r8169 && echo x >"$T_TMP/more/lib/modules/$r/evil.ko"
	refuses more 'a module that no list names' 'files not in its list'
	with renamed r8169 && mv "$T_TMP/renamed/slipway/drivers/r8169.files" \
		"$T_TMP/renamed/slipway/drivers/other.files"
	refuses renamed 'an archive under another name' 'cut or of another'
	with bare && mkdir -p "$T_TMP/bare/slipway/drivers" &&
		echo 'slipway-modules 1' >"$T_TMP/bare/slipway/drivers/x.modules"
	refuses bare 'a table without its list' 'files not in its list'
	cp "$out/drv/r8169.img" "$T_TMP/old.img"
	with forged r8169 && : >"$T_TMP/forged/slipway/archives"
	refuses forged 'another list of archives' \
		'archives: not of the listed size'
fi

was=$(sha256sum <"$out/initrd.img")
same 'again: unchanged' "$(pack fake 2>&1)" 'initrd fake: unchanged'
parts() { (cd "$out" && sha256sum core.img drivers.info drv/*); }
were=$(parts)
t_begin 'packed on one core: the same bytes'
taskset -c 0 "$BIN/slipway-initrd" -C "$site" --force fake >/dev/null 2>&1
if [ "$was $were" = "$(sha256sum <"$out/initrd.img") $(parts)" ]; then
	t_ok
else
	t_fail "$(sha256sum <"$out/initrd.img") $(parts)"
fi
t_begin 'an archive that was altered is packed again'
echo x >>"$out/core.img"
pack fake >/dev/null 2>&1
if [ "$were" = "$(parts)" ]; then t_ok; else t_fail "$(parts)"; fi
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
same 'and one archive' "$(ls "$out/drv")" virtio_net.img
same 'one driver asked for, and what makes links of its NIC' \
	"$(ls "$x/lib/modules/$r" | tr '\n' ' ')" \
	'8021q.ko bonding.ko failover.ko loop.ko net_failover.ko overlay.ko squashfs.ko virtio_net.ko '
if [ "$(id -u)" = 0 ]; then
	rm -rf "$T_TMP/core" && open_part "$out/core.img" "$T_TMP/core"
	with swapped && open_part "$T_TMP/old.img" "$T_TMP/swapped"
	refuses swapped 'an archive of another release' 'cut or of another'
fi
pack --drivers storage fake >/dev/null 2>&1
open_image "$x"
same 'storage alone: no links, as there is no NIC' \
	"$(ls "$x/lib/modules/$r" | grep -c 'bonding\|8021q')" 0
same 'storage alone has no core: nothing would lead to a NIC' \
	"$(ls "$out" | tr '\n' ' ')" 'initrd.img initrd.info vmlinuz '

# --- firmware
pack --firmware none fake >/dev/null 2>&1
open_image "$x"
same 'no firmware' "$(ls "$x/lib")" modules

# --- drivers that the base has not
extra=$T_TMP/extra
lib=$T_TMP/other module nic depends=libphy \
	'alias=pci:v00001234d00005678sv*sd*bc*sc*i*' firmware=nic.fw \
	"vermagic=$r SMP mod_unload "
mkdir -p "$extra/firmware" && echo firmware >"$extra/firmware/nic.fw"
cp "$T_TMP/other/kernel/nic.ko" "$extra/"
xz -k "$extra/nic.ko" && rm "$extra/nic.ko"
pack --drivers net --extra-drivers "$extra" fake >"$T_TMP/err" 2>&1
open_image "$x"
same 'an extra driver needs what it says' "$(needs nic)" 'libphy '
holds 'an extra driver is for the devices it names' "$x/slipway/modules" \
	'alias pci:v00001234d00005678sv*sd*bc*sc*i* nic'
same 'its firmware lies beside it' "$(cat "$x/lib/firmware/nic.fw")" firmware
same 'and it has an archive' "$(ids nic)" '0112345678 '
pack --no-modules fake >/dev/null 2>&1
open_image "$x"
same 'no modules' "$(ls "$x/lib" 2>/dev/null; ls "$x/slipway" | tr '\n' ' ')" \
	'files policy root.der sentinel '

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
refused 'firmware that the base lacks' 1 'has no firmware rtl_nic/gone.fw' \
	pack --firmware all fake
refused 'an unknown choice of firmware' 2 "'some' is neither base" \
	pack --firmware some fake
refused 'no folder of extra drivers' 1 "$T_TMP/none: " \
	pack --extra-drivers "$T_TMP/none" fake
mkdir "$T_TMP/odd" && refused 'an empty one' 1 'no .ko, .ko.xz' \
	pack --extra-drivers "$T_TMP/odd" fake
lib=$T_TMP/other module old vermagic=9.9-other
cp "$T_TMP/other/kernel/old.ko" "$T_TMP/odd/"
refused 'an extra driver of another kernel' 1 "not for kernel $r" \
	pack --extra-drivers "$T_TMP/odd" fake
echo junk >"$T_TMP/odd/old.ko"
refused 'an extra driver that is none' 1 'old.ko: not a kernel module' \
	pack --extra-drivers "$T_TMP/odd" fake
echo text >"$T_TMP/text"
refused '/init that is no program' 1 'not a program' \
	pack --init "$T_TMP/text" fake
refused 'no BusyBox' 1 "$T_TMP/none: cannot read: No such file" \
	pack --policy rescue --busybox "$T_TMP/none" fake
mv "$site/keys/root.crt" "$T_TMP/root.crt"
refused 'no trust anchor' 1 'cannot read the trust anchor' pack fake
echo junk >"$site/keys/root.crt"
refused 'a trust anchor that is none' 1 'holds no certificate' pack fake
mv "$T_TMP/root.crt" "$site/keys/root.crt"
echo 'epoch = many' >>"$site/site.conf"
refused 'a number that is none' 1 "epoch 'many' is not a number" pack fake
same 'a refusal leaves the image as it was, and nothing beside it' \
	"$(sha256sum <"$out/initrd.img") $(ls "$out" | wc -l)" "$was 3"
