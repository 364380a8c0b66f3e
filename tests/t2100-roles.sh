#!/bin/bash
# SPDX-License-Identifier: MIT
# t2100-roles: the tests of the stock roles, on the Debian base that a new site
# has. With LONG=1 also docker, and machines in QEMU that boot them.
. "$(dirname "$0")/lib.sh"

requires_root
need mmdebstrap mmdebstrap

SITE=$T_TMP/site
unset SLIPWAY_SHARE
roles='parts ssh wipe inventory persistent identity cloud task baseline raid
	rescue update'

stock() { ls "$T_ROOT/overlay/roles"; }

# verdicts ROLE: each line of slipway test becomes a case
verdicts()
{
	local line
	while read -r line; do
		case $line in
		'ok '*) t_begin "${line#ok }" && t_ok ;;
		'not ok '*) t_begin "${line#not ok }" && t_fail "$(tail -n 20 "$T_TMP/err")" ;;
		esac
	done <"$T_TMP/out"
	grep -q '^ok\|^not ok' "$T_TMP/out" || {
		t_begin "$1"
		t_fail "$(tail -n 20 "$T_TMP/err")"
	}
}

in_union()
{
	"$BIN/slipway" test -C "$SITE" "$1" >"$T_TMP/out" 2>"$T_TMP/err"
	verdicts "$1"
}

on_machine() # ROLE WORDS [OPTION...]
{
	"$BIN/slipway" test -C "$SITE" --boot --timeout 420 \
		--append "slipway.panic=halt $2" "${@:3}" "$1" \
		>"$T_TMP/out" 2>"$T_TMP/err"
	sed -i 's/^\(ok\|not ok\) /&on a machine: /' "$T_TMP/out"
	verdicts "$1 on a machine"
}

t_begin 'every stock role has a README, and tests'
bad=$(for r in $(stock); do
	d=$T_ROOT/overlay/roles/$r
	[ -s "$d/README.md" ] || echo "$r: no README.md"
	[ "$r" = console ] || ls "$d/tests/"[0-9]* >/dev/null 2>&1 ||
		echo "$r: no tests"
done)
if [ -z "$bad" ]; then t_ok; else t_fail "$bad"; fi

t_begin 'options of a README are those that its scripts ask for'
bad=$(for r in $(stock); do
	d=$T_ROOT/overlay/roles/$r
	[ -d "$d/files/usr/lib/slipway" ] && [ "$r" != parts ] || continue
	# shellcheck disable=SC2016
	grep -rhoE "(option( -a)? $r|\\\$\\(opt) \"?[a-z-]+" \
		"$d/files/usr/lib/slipway" | awk '{ gsub("\"", ""); print $NF }' |
		sort -u | while read -r key; do
		grep -q '^|.*`'"$key"'`' "$d/README.md" ||
			echo "$r: $key is not in its README"
	done
done)
if [ -z "$bad" ]; then t_ok; else t_fail "$bad"; fi

t_begin 'no stock role but console has a password or a login without one'
bad=$(cd "$T_ROOT/overlay/roles" &&
	grep -rlE --exclude-dir=tests 'chpasswd|passwd -d|autologin|--password' . |
	grep -v '^./console/')
if [ -z "$bad" ]; then t_ok; else t_fail "$bad"; fi

t_begin 'a site with a Debian base'
if "$BIN/slipway" new --name check --url http://boot.example.net "$SITE" \
	>"$T_TMP/out" 2>&1 &&
	"$BIN/slipway" base -C "$SITE" debian13 >>"$T_TMP/out" 2>&1; then
	t_ok
else
	t_fail "$(tail -n 12 "$T_TMP/out")"
	exit
fi
for r in $roles; do
	in_union "$r"
done
[ "${LONG:-}" ] || exit 0

in_union docker
need qemu-system-x86_64 qemu-system-x86
need sfdisk fdisk
need mkfs.ext4 e2fsprogs
truncate -s 64M "$T_TMP/wipe.raw"
yes data | dd of="$T_TMP/wipe.raw" bs=1M count=16 iflag=fullblock \
	conv=notrunc status=none
on_machine wipe 'role.wipe.disk=/dev/vda role.wipe.consent=erase:/dev/vda' \
	--disk "$T_TMP/wipe.raw"
t_begin 'wipe on a machine: the disk is all zeroes as the host sees it'
if [ -z "$(tr -d '\000' <"$T_TMP/wipe.raw" | head -c 1)" ]; then t_ok
else t_fail "$(head -c 64 "$T_TMP/wipe.raw")"; fi

# rescue, inventory, persistent and baseline on one machine
mkdir -p "$SITE/roles/many/tests"
printf '%s\n' '[role]' 'base = debian13' \
	'depends = rescue inventory persistent baseline' \
	>"$SITE/roles/many/role.conf"
for t in rescue/tests/10-tools inventory/tests/10-json \
	persistent/tests/30-mount baseline/tests/10-settings; do
	cp "$T_ROOT/overlay/roles/$t" \
		"$SITE/roles/many/tests/${t##*/}-${t%%/*}"
done
# and what it adds to the initrd: a program, a rule of udev, a piece of start-up
mkdir -p "$SITE/roles/many/initrd/"{udev.d,init.d}
echo lsblk mkdir grep >"$SITE/roles/many/initrd/binary-deps"
echo 'SUBSYSTEM=="block", KERNEL=="vda", SYMLINK+="slipway-disk"' \
	>"$SITE/roles/many/initrd/udev.d/90-disk.rules"
cat >"$SITE/roles/many/initrd/init.d/20-look" <<'END'
#!/bin/sh
set -e
mkdir -p /run/slipway-look
lsblk -no LABEL /dev/slipway-disk | grep . >/run/slipway-look/label
END
cat >"$SITE/roles/many/tests/40-pieces" <<'END'
#!/bin/sh
set -e
grep -qx PERSISTENT /run/slipway-look/label
# that of the initrd has ended
[ "$(pgrep -c -P 1 systemd-udevd)" = 1 ]
END
chmod +x "$SITE/roles/many/initrd/init.d/20-look" \
	"$SITE/roles/many/tests/40-pieces"
truncate -s 16M "$T_TMP/fs"
mkfs.ext4 -q -L PERSISTENT "$T_TMP/fs"
truncate -s 18M "$T_TMP/disk.raw"
printf 'label: gpt\n,16M,\n' | sfdisk -q "$T_TMP/disk.raw"
dd if="$T_TMP/fs" of="$T_TMP/disk.raw" bs=1M seek=1 conv=notrunc status=none
truncate -s 64M "$T_TMP/disk.raw"
on_machine many '' --disk "$T_TMP/disk.raw" --ram 2048
on_machine docker '' --ram 3072
