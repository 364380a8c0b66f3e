#!/bin/bash
# SPDX-License-Identifier: MIT
# t5200-codes: the failures of t5000's kind that need more than a bad server:
# a sealed but odd initrd, a machine that lacks something, a signed index that
# lies. Together with t5000 every code of fetch/code.h is met.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/rows.sh"

rows_begin
tree good

# sealed NAME: a copy of the initrd; seal NAME after editing it
sealed()
{
	cp -a "$fix/initrd" "$fix/initrd-$1"
	chmod u+w "$fix/initrd-$1/slipway/"[!d]*
}
seal()
{
	(
		cd "$fix/initrd-$1" || exit
		echo 'slipway-files 1'
		find . -type f ! -path ./slipway/files \
			! -path ./slipway/sentinel -printf '%P\n' | sort |
			while read -r f; do
				printf '%s %s %s\n' \
					"$(sha256sum <"$f" | cut -d' ' -f1)" \
					"$(stat -c %s "$f")" "$f"
			done
	) >"$T_TMP/files"
	cp "$T_TMP/files" "$fix/initrd-$1/slipway/files"
	sha256sum <"$T_TMP/files" | cut -d' ' -f1 \
		>"$fix/initrd-$1/slipway/sentinel"
}

sealed same && seal same
initrd=$fix/initrd-same row sealed-again BOOT-OK good

# --- the initrd's own rules
sealed policy && echo 'open sesame' >>"$fix/initrd-policy/slipway/policy" &&
	seal policy
initrd=$fix/initrd-policy row policy-unknown-key E-POLICY good
sealed noroot && : >"$fix/initrd-noroot/slipway/root.der" && seal noroot
initrd=$fix/initrd-noroot row anchor-empty E-POLICY good
sealed badroot && echo junk >"$fix/initrd-badroot/slipway/root.der" &&
	seal badroot
initrd=$fix/initrd-badroot row anchor-junk E-SIG good
sealed strict && sed -i 's/^stale .*/stale refuse/;s/^built .*/built 1700000000/' \
	"$fix/initrd-strict/slipway/policy" && seal strict
tree expired sed='s/^expires 0/expires 1700000001/'
initrd=$fix/initrd-strict row expired-refused E-EXPIRED expired
initrd=$fix/initrd-strict row strict-not-expired BOOT-OK good
sealed floor && sed -i 's/^floor .*/floor 8/' \
	"$fix/initrd-floor/slipway/policy" && seal floor
initrd=$fix/initrd-floor row floor-baked E-FLOOR good
initrd=$fix/initrd-floor row floor-baked-not-lowered E-FLOOR good \
	slipway.floor=1
sealed epoch && sed -i 's/^epoch .*/epoch 2/' \
	"$fix/initrd-epoch/slipway/policy" && seal epoch
initrd=$fix/initrd-epoch row epoch-baked E-FLOOR good
sealed role && echo 'role bare' >>"$fix/initrd-role/slipway/policy" &&
	seal role
initrd=$fix/initrd-role row role-baked 'BOOT-OK/FACT /etc/role absent' good

# --- what roles add to an initrd (t4065 has programs that run)
piece() # NAME ROLE
{
	sealed "$1" && mkdir -p "$fix/initrd-$1/slipway/init.d/$2" &&
		echo junk >"$fix/initrd-$1/slipway/init.d/$2/10-junk" &&
		chmod +x "$fix/initrd-$1/slipway/init.d/$2/10-junk" && seal "$1"
}
piece piece web
initrd=$fix/initrd-piece row piece-no-program E-PIECE good
piece other nobody
initrd=$fix/initrd-other row piece-of-another-role BOOT-OK good

# --- keys of every kind that the profile allows
# keys NAME GENPKEY-OPTION...: a root and a leaf
keys()
{
	local k=$fix/keys-$1 name=$1
	shift
	mkdir -p "$k"
	openssl genpkey "$@" -out "$k/root.key" 2>/dev/null
	openssl genpkey "$@" -out "$k/leaf.key" 2>/dev/null
	openssl req -x509 -key "$k/root.key" -subj "/CN=$name root" -days 30 \
		-addext basicConstraints=critical,CA:TRUE \
		-addext keyUsage=critical,keyCertSign -out "$k/root.crt"
	printf '%s\n' 'basicConstraints=critical,CA:FALSE' \
		'keyUsage=critical,digitalSignature' \
		'extendedKeyUsage=codeSigning' 'subjectKeyIdentifier=hash' \
		'authorityKeyIdentifier=keyid' >"$k/ext"
	openssl req -new -key "$k/leaf.key" -subj "/CN=$name leaf" |
		openssl x509 -req -CA "$k/root.crt" -CAkey "$k/root.key" \
			-CAcreateserial -days 30 -extfile "$k/ext" \
			-out "$k/leaf.crt" 2>/dev/null
	sealed "$name"
	openssl x509 -in "$k/root.crt" -outform DER \
		-out "$fix/initrd-$name/slipway/root.der"
	seal "$name"
	tree "$name" key="$k"
}
keys p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
initrd=$fix/initrd-p384 row key-p384 BOOT-OK p384
initrd=$fix/initrd-p384 row key-p384-not-of-this-root E-SIG good
keys rsa3072 -algorithm RSA -pkeyopt rsa_keygen_bits:3072
initrd=$fix/initrd-rsa3072 row key-rsa3072 BOOT-OK rsa3072
keys rsa2048 -algorithm RSA -pkeyopt rsa_keygen_bits:2048
initrd=$fix/initrd-rsa2048 row key-rsa2048-too-short E-SIG rsa2048
keys p521 -algorithm EC -pkeyopt ec_paramgen_curve:P-521
initrd=$fix/initrd-p521 row key-p521-unlisted E-SIG p521

# --- the machine
row cmdline-too-long E-BOOT good "$(printf 'x%.0s' {1..4200})"
row root-is-no-initramfs 'E-SYS/not an initramfs' --on-disk '' -- good
row no-loop-device E-LOOP --without 'loop*' -- good
row name-without-server E-DNS good slipway.url=http://boot.invalid/
limit=120 row no-network-card E-LINK good ip=dhcp
# network cards of which one has a driver; real ones are links too
pci=$T_TMP/pci
card() # ADDRESS CLASS VENDOR DEVICE SUBVENDOR SUBDEVICE
{
	local d=$pci/.devices/$1
	mkdir -p "$d"
	ln -s ".devices/$1" "$pci/$1"
	echo "0x$2" >"$d/class"
	echo "0x$3" >"$d/vendor"
	echo "0x$4" >"$d/device"
	echo "0x$5" >"$d/subsystem_vendor"
	echo "0x$6" >"$d/subsystem_device"
}
card 0000:00:02.0 030000 1234 1111 1af4 1100
card 0000:00:03.0 020000 8086 10d3 17aa 2101
card 0000:00:04.0 020000 8086 1521 8086 0001
ln -s ../../drivers/igb "$pci/.devices/0000:00:04.0/driver"
limit=120 row network-card-without-driver \
	'E-LINK/; no driver for 8086:10d3 (17aa:2101); next' \
	--pci "$pci" -- good ip=dhcp
row static-address-of-loopback E-DHCP --dhcp '' -- good \
	'ip=127.0.0.9:::255.0.0.0::eth0:none'
row init-relative-ignored BOOT-OK/init=bin/sh good init=bin/sh
row init-absent E-INIT good init=/sbin/nothing
row init-is-data E-INIT good init=/etc/base-file

# a module that every boot loads, and that is none
sealed module && mkdir -p "$fix/initrd-module/lib/modules" &&
	echo junk >"$fix/initrd-module/lib/modules/junk.ko" &&
	printf 'slipway-modules 1\nmodule %s\nalways junk\n' \
		'junk /lib/modules/junk.ko -' \
		>"$fix/initrd-module/slipway/modules" &&
	echo "kernel $(uname -r)" >"$T_TMP/kernel" &&
	sed -i "/^kernel/d;/^stale/r $T_TMP/kernel" \
		"$fix/initrd-module/slipway/policy" && seal module
initrd=$fix/initrd-module row module-is-junk E-MODULE good
sealed table && cp -a "$fix/initrd-module/." "$fix/initrd-table/" &&
	echo junk >"$fix/initrd-table/slipway/modules" && seal table
initrd=$fix/initrd-table row module-table-is-junk E-MODULE good

# --- signed, and wrong all the same
# lie NAME COMMAND...: COMMAND edits base.index, which is then signed for
lie()
{
	local dir=$trees/$1 new
	clone good "$1"
	shift
	replace "$dir/layers/$base.index"
	"$@" "$dir/layers/$base.index"
	new=$(sha256sum <"$dir/layers/$base.index" | cut -d' ' -f1)
	replace "$dir/manifest"
	sed -i "/^layer base/{s/index=[0-9a-f]*/index=$new/
		s/index-size=[0-9]*/index-size=$(stat -c %s \
			"$dir/layers/$base.index")/}" "$dir/manifest"
	rm "$dir/manifest.cms"
	sign_tree "$dir" "$fix/site/keys"
}
byte() # OFFSET FILE: flip one bit
{
	poke "$2" "$1"
}
lie index-magic byte 0
row index-magic E-INDEX index-magic
lie index-other-size byte 15
row index-other-size E-INDEX index-other-size
lie index-count byte 23
row index-count E-INDEX index-count
lie index-length byte 27
row index-lengths-do-not-sum E-INDEX index-length
lie index-cut truncate -s -36
row index-cut E-INDEX index-cut
lie index-digest byte 30
row index-of-other-chunks E-HASH index-digest

tree crumbs web=crumbs unpacked=4096 inodes=700
row overlay-fills-its-tmpfs E-SPACE crumbs
# a superblock that holds, tables that do not: only the kernel can tell
used=$(od -An -tu8 -j40 -N8 "$fix/base.squashfs" | tr -d ' ')
cp "$fix/base.squashfs" "$fix/broken"
head -c 64 /dev/urandom | dd of="$fix/broken" bs=1 seek=$((used - 64)) \
	conv=notrunc status=none
tree broken basefile="$fix/broken"
row squashfs-tables-broken E-SQFS broken slipway.role=bare
# a base that cannot take what is mounted
cp -a "$fix/root" "$fix/root-nosys" && rmdir "$fix/root-nosys/sys" &&
	echo file >"$fix/root-nosys/sys"
tree_squash "$fix/root-nosys" "$fix/nosys.squashfs"
tree nosys basefile="$fix/nosys.squashfs"
row base-without-sys E-MOUNT nosys slipway.role=bare

verdicts
