#!/bin/bash
# SPDX-License-Identifier: MIT
# t3120-comingfrom: what overlay/coming-from.md says can be typed: each verb is
# there and has each option, each command runs, in the order of the page; and an
# element of diskimage-builder becomes a role by the renaming that it tells.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/oci.sh"

page=$T_ROOT/overlay/coming-from.md

# every "slipway VERB ..." of the page, up to the next command or code mark
lines()
{
	tr '\n' ' ' <"$page" | grep -o 'slipway [a-z][^`|&]*' |
		sed 's/  .*//; s/#.*//'
	sed -n 's/^    \(.*  \)\{0,1\}\(slipway .*\)/\2/p' "$page"
}

unknown()
{
	local verb word help
	lines | grep -v '^slipway-' | sort -u | while read -r _ verb words; do
		case $verb in
		new | base | overlay | initrd | publish | boot | export | \
			kernel | ramdisk | diff) ;;
		*) echo "no verb: $verb" && continue ;;
		esac
		help=$("$BIN/slipway-$verb" --help)
		for word in $words; do
			case $word in
			'&&' | '|' | '#'*) break ;;
			--help) ;;
			-?) [ "$word" = - ] || grep -q " $word," <<<"$help" ||
				echo "$verb: no $word" ;;
			--*) grep -q -- "$word " <<<"$help" ||
				echo "$verb: no $word" ;;
			esac
		done
	done
}

t_begin 'every command line of the page has its verb and its options'
out=$(unknown)
if [ -z "$out" ] && [ "$(lines | wc -l)" -gt 30 ]; then t_ok; else
	t_fail "$out"
fi

requires_root
need busybox busybox-static
need mke2fs e2fsprogs
need sfdisk fdisk
need qemu-img qemu-utils
need script bsdutils
cd "$T_TMP" || exit
export CACHE=$T_TMP/cache
unset SOURCE_DATE_EPOCH
slipway() { "$BIN/slipway" "$@"; }

# A system with a kernel, as small as one can be; its apt-get writes down what
# it is asked for.
root=$T_TMP/root
mkdir -p "$root"/{usr/bin,etc,proc,sys,dev,run,tmp,sbin,boot,lib/modules/1.0} \
	"$root"/{srv,var/lib/dpkg} add/etc keep/images
ln -s usr/bin "$root/bin"
cp "$(command -v busybox)" "$root/usr/bin/busybox"
for c in sh cat cp echo grep ls mkdir ln rm sed sort test; do
	ln -s busybox "$root/usr/bin/$c"
done
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$@" >>/srv/apt\n' >"$root/usr/bin/apt-get"
chmod +x "$root/usr/bin/apt-get"
cp "$root/usr/bin/apt-get" "$root/sbin/init"
echo kernel >"$root/boot/vmlinuz-1.0"
echo amd64 >"$root/var/lib/dpkg/arch"
: >"$root/lib/modules/1.0/modules.dep"
: >"$root/lib/modules/1.0/modules.alias"
echo web >add/etc/web
oci_tar "$root" l1.tar
oci_tar add l2.tar
oci_docker d-base v1 l1.tar && tar -C d-base -cf keep/base.tar .
oci_docker d-web v1 l1.tar l2.tar && tar -C d-web -cf keep/web.tar .
truncate -s 24M keep/images/edge.img
printf 'label: gpt\nstart=2048,size=40960\n' |
	sfdisk -q keep/images/edge.img
mke2fs -q -t ext4 -d "$root" -E offset=1048576 keep/images/edge.img 20M \
	>out 2>&1 || cat out
qemu-img convert -O qcow2 keep/images/edge.img keep/images/edge.qcow2

# the commands of the page's blocks, without its comments; boots are t6000's, and
# so small a system has no drivers
commands()
{
	sed -n 's/^    \(make .*  \)\{0,1\}\(slipway .*\)/\2/p' "$page" |
		sed 's/ *#.*//' | grep -v '^slipway boot ' |
		sed 's/slipway initrd/& --no-modules/'
}

slipway new fleet --url http://boot.example.net >out 2>&1 || cat out
site=$T_TMP/fleet
rm -r "$site"/bases/* "$site"/roles/*
mkdir -p "$site/bases/debian" "$site/roles/web"
printf '[base]\nfrom = ../../base.tar\n' >"$site/bases/debian/base.conf"
printf '[role]\nbase = debian\n' >"$site/roles/web/role.conf"
commands >all
while read -r line <&3; do
	t_begin "it runs: $line"
	# what the page has before it, and not what it has written itself
	rm -rf "$site"/{root,web.oci,web.squashfs}
	cp -a keep/. "$site/"
	case $line in
	*--break*) echo exit | (cd "$site" && PATH=$BIN:$PATH timeout 60 \
		script -qec "$line --force" ../typed) >out 2>&1 ;;
	*) (cd "$site" && PATH=$BIN:$PATH bash -ec "$line") >out 2>&1 ;;
	esac
	status=$?
	if [ $status = 0 ]; then t_ok; else t_fail "$(cat out)"; fi
done 3<all
t_begin 'there were commands'
if [ "$(wc -l <all)" -gt 20 ]; then t_ok; else t_fail "$(cat all)"; fi

# An element of our own that does what elements do, in each of their folders:
# a service with its user, its configuration, and data from the host.
e=$T_TMP/element
mkdir -p "$e"/{extra-data.d,pre-install.d,install.d,post-install.d} \
	"$e"/{finalise.d,cleanup.d,environment.d,static/etc} \
	base-thing/install.d
hook() # FILE, its text on standard input
{
	{ echo '#!/bin/sh' && echo 'set -eu' && cat; } >"$1"
	chmod +x "$1"
}
hook "$e/extra-data.d/10-thing" <<'E'
echo 'made on the host' >"$TMP_HOOKS_PATH/thing"
E
hook "$e/pre-install.d/10-thing" <<'E'
test ! -e /srv/apt
echo 'thing:x:900:900::/srv:/bin/false' >>/etc/passwd
E
hook "$e/install.d/50-thing" <<'E'
grep -q thing-server /srv/apt
test -e /etc/base-thing
mkdir -p /srv/thing
cp "$TMP_HOOKS_PATH/thing" /srv/thing/data
echo junk >/srv/thing/junk
E
hook "$e/post-install.d/80-thing" <<'E'
echo "port=$DIB_THING_PORT" >>/etc/thing.conf
ln -s ../etc/thing.conf /srv/conf
E
hook "$e/cleanup.d/90-thing" <<'E'
rm /srv/thing/junk
E
hook "$e/finalise.d/10-thing" <<'E'
grep -q port "$TARGET_ROOT/etc/thing.conf"
echo finalised >"$TARGET_ROOT/srv/thing/state"
E
echo 'export DIB_THING_PORT=8081' >"$e/environment.d/10-thing"
echo '# of the element' >"$e/static/etc/thing.conf"
printf 'base-thing\n' >"$e/element-deps"
printf 'thing-server:\nthing-client:\n' >"$e/package-installs.yaml"
hook base-thing/install.d/10-base <<'E'
echo below >/etc/base-thing
E

# The renaming
r=$site/roles/thing
mkdir -p "$r/hooks" "$site/roles/base-thing/hooks"
mv base-thing/install.d "$site/roles/base-thing/hooks/install.d"
printf '[role]\nbase = debian\n' >"$site/roles/base-thing/role.conf"
printf '[role]\nbase = debian\ndepends = %s\n' \
	"$(paste -sd, "$e/element-deps")" >"$r/role.conf"
mv "$e"/*.d "$r/hooks/"
mv "$e/static" "$r/files"
sed 's/:$//' "$e/package-installs.yaml" >"$r/packages"
sed -i 's/^export //' "$r/hooks/environment.d/10-thing"
sed -i 's/TMP_HOOKS_PATH/SLIPWAY_DATA/; s/TARGET_ROOT/SLIPWAY_ROOT/' \
	"$r"/hooks/*/*

t_begin 'an element whose folders were renamed is a role'
slipway overlay -C "$site" -n thing >plan 2>&1
if grep -qx '  above overlay base-thing' plan &&
	grep -qx '  package thing-client' plan &&
	[ "$(grep -c '  hook .*-thing' plan)" = 6 ]; then t_ok; else
	t_fail "$(cat plan)"
fi
t_begin '... which builds'
if slipway overlay -C "$site" thing >out 2>&1; then t_ok; else
	t_fail "$(cat out)"
fi
t_begin '... to what the element made'
slipway overlay --unpack "$site/build/overlays/thing/overlay.cpio.gz" -o un
if [ "$(cat un/etc/thing.conf)" = "# of the element
port=8081" ] && [ "$(cat un/srv/thing/data un/srv/thing/state)" = \
	"made on the host
finalised" ] && [ ! -e un/srv/thing/junk ] && [ -L un/srv/conf ] &&
	grep -q ^thing: un/etc/passwd &&
	grep -q 'install.* -- thing-server thing-client' un/srv/apt &&
	[ ! -e un/etc/base-thing ]; then t_ok; else
	t_fail "$(cd un && find . && cat etc/thing.conf srv/apt)"
fi
