#!/bin/bash
# SPDX-License-Identifier: MIT
# t4000-publish: keys, the publish tree, what changes with what, and what
# verify says of every kind of damage. A tiny site: no Debian in it.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tree.sh"
. "$T_ROOT/tests/boot/tiny.sh"

requires_root
need mksquashfs squashfs-tools
need openssl openssl

site=$T_TMP/fix/site
public=$site/public
check 'fixture: a site with a base and an initrd' tiny_tree || exit

mkdir -p "$site/roles/web"
printf '[role]\nbase = tiny\n' >"$site/roles/web/role.conf"

t_begin 'publish names the command that builds what is missing'
expect_fail 1 "run 'slipway overlay web'" slipway publish -C "$site"

check 'a packed overlay' tiny_role web one
check 'publish' slipway publish -C "$site"
check 'verify accepts the tree' slipway verify -C "$site"
check 'openssl verifies the manifest' openssl cms -verify -inform DER \
	-in "$public/manifest.cms" -CAfile "$site/keys/root.crt" \
	-purpose any -out "$T_TMP/manifest"
boot=$(basename "$public"/boot/*)
check 'openssl verifies the boot files' openssl cms -verify -inform DER \
	-binary -in "$public/boot/$boot/initrd.img.sig" \
	-content "$public/boot/$boot/initrd.img" \
	-CAfile "$site/keys/root.crt" -purpose any -out /dev/null
check 'openssl finds the chain strict' openssl verify -x509_strict \
	-CAfile "$site/keys/root.crt" "$site/keys/leaf.crt"

t_begin 'keys are for their owner only'
if [ "$(stat -c %a "$site/keys" "$site/keys/root.key" \
	"$site/keys/leaf.key" | tr '\n' ' ')" = '700 600 600 ' ]; then
	t_ok
else
	t_fail "$(ls -la "$site/keys")"
fi

script() { slipway publish -C "$site" -n 2>/dev/null; }

t_begin 'boot.ipxe: every jump has its label, and ends somewhere'
script >"$T_TMP/script"
jumps=$(grep -o 'goto [a-z-]*\( \|$\)' "$T_TMP/script" | sort -u |
	while read -r _ to; do
		grep -qx -- ":$to" "$T_TMP/script" || echo "$to"
	done)
if [ -z "$jumps" ] && [ "$(tail -n 1 "$T_TMP/script")" = 'exit 1' ]; then
	t_ok
else
	t_fail "no label: $jumps"
fi

# shows NAME YES|NO TEXT LINE...: is TEXT a line of boot.ipxe when site.conf
# ends in these lines?
shows()
{
	local name=$1 want=$2 text=$3
	shift 3
	t_begin "boot.ipxe: $name"
	cp "$site/site.conf" "$T_TMP/conf.was"
	printf '%s\n' "$@" >>"$site/site.conf"
	script >"$T_TMP/script"
	cp "$T_TMP/conf.was" "$site/site.conf"
	if [ "$(grep -cx -- "$text" "$T_TMP/script")" = "$want" ]; then
		t_ok
	else
		t_fail "$(cat "$T_TMP/script")"
	fi
}
shows 'the menu has the roles' 1 'item web Role web' ''
shows 'the menu has the disk' 1 'item @disk The local disk' ''
shows 'no shell' 0 'item @shell.*' ''
shows 'a key is waited for' 1 'prompt --key 0x02 --timeout 2000 .*' ''
shows 'or is not' 0 'prompt --key 0x02 --timeout 2000 .*' '[boot]' 'prompt = 0'
shows 'it tries for ever' 0 ':fallback' ''
shows 'it falls to the disk' 1 'iseq ${tries} 3 && goto fallback ||' \
	'[boot]' 'fallback = disk' 'tries = 3'
shows 'it starts again' 2 reboot '[boot]' 'fallback = reboot'
shows 'a mirror is asked after the url' 1 ':mirror-2' 'mirrors = http://m/'
shows 'no iPXE can fill a URL in' 0 ':mirror-2' 'mirrors = http://m/{role}/'
sed -i.was 's/^policy = .*/policy = rescue/' "$site/build/initrd/tiny/initrd.info"
shows 'a shell where /init has one too' 1 'item @shell.*' ''
mv "$site/build/initrd/tiny/initrd.info.was" "$site/build/initrd/tiny/initrd.info"
t_begin '[boot] knows no such key'
cp "$site/site.conf" "$T_TMP/conf.was"
printf '[boot]\nfallbck = disk\n' >>"$site/site.conf"
expect_fail 1 "knows no key 'fallbck'" slipway publish -C "$site" -n
cp "$T_TMP/conf.was" "$site/site.conf"

facts() { (cd "$public" && find . -type f -printf '%P %s %T@ %i\n' | sort); }

changed() # WHAT: names of files that are new or other than in $T_TMP/before
{
	facts >"$T_TMP/after"
	comm -13 "$T_TMP/before" "$T_TMP/after" | cut -d' ' -f1 |
		sed 's,/[0-9a-f]*\.,/*.,' | tr '\n' ' '
}

t_begin 'publishing again changes the manifest only'
facts >"$T_TMP/before"
slipway publish -C "$site" >"$T_TMP/out" 2>&1
got=$(changed)
if [ "$got" = 'manifest.cms ' ]; then t_ok; else t_fail "changed: $got"; fi

t_begin 'the serial rises by one'
if [ "$(cat "$site/state/serial")" = 2 ]; then t_ok; else
	t_fail "$(cat "$site/state/serial")"
fi

t_begin 'another overlay: it, its index and the manifest'
facts >"$T_TMP/before"
tiny_role web two && slipway publish -C "$site" >"$T_TMP/out" 2>&1
got=$(changed)
if [ "$got" = 'layers/*.cpio.gz layers/*.index manifest.cms ' ]; then
	t_ok
else
	t_fail "changed: $got"
fi

t_begin 'layers of releases that are gone go too'
for text in three four five six; do
	tiny_role web $text && slipway publish -C "$site" >"$T_TMP/out" 2>&1
done
n=$(find "$public/layers" -name '*.cpio.gz' | wc -l)
if [ "$n" = 3 ]; then t_ok; else t_fail "$n overlays with --keep 3"; fi

# One bit of each published file in turn, by a private copy of the tree.
damage() # FILE CODE
{
	local f=$T_TMP/bad/$1
	rm -rf "$T_TMP/bad"
	cp -al "$public" "$T_TMP/bad"
	cp "$f" "$f.new" && mv "$f.new" "$f"
	# shellcheck disable=SC2059
	printf "\\$(printf '%03o' \
		$(($(od -An -tu1 -j 100 -N1 "$f") ^ 1)))" |
		dd of="$f" bs=1 seek=100 conv=notrunc status=none
	t_begin "a flipped bit of $3 is found"
	if slipway verify -C "$site" "$T_TMP/bad" >"$T_TMP/out" 2>&1; then
		t_fail 'verify accepted it'
	elif grep -q "^bad  $2:" "$T_TMP/out"; then
		t_ok
	else
		t_fail "no $2: $(cat "$T_TMP/out")"
	fi
}
web=$(sha256sum <"$site/build/overlays/web/overlay.cpio.gz" | cut -d' ' -f1)
damage manifest.cms E-SIG 'the manifest'
damage "layers/$base.squashfs" E-HASH 'the base'
damage "layers/$base.index" E-HASH "the base's index"
damage "layers/$web.cpio.gz" E-HASH 'the overlay'
damage "boot/$boot/vmlinuz.sig" E-SIG "the kernel's signature"
damage "boot/$boot/initrd.img" E-SIG 'the initrd'

t_begin 'verify --json: one object a line'
if slipway verify -C "$site" --json | tail -n 1 |
	grep -q '^{"object":".*","ok":true}$'; then
	t_ok
else
	t_fail "$(slipway verify -C "$site" --json 2>&1 | tail -n 1)"
fi

t_begin 'verify over HTTP, by the engine that boots'
mkfifo "$T_TMP/said"
# not by the function: $! would be its shell
"$BIN/slipway" serve -q --tree "$public" --listen 127.0.0.1:0 \
	>"$T_TMP/said" &
server=$!
read -r url <"$T_TMP/said"
url=${url##* }
if slipway verify -C "$site" "$url" >"$T_TMP/out" 2>&1 &&
	[ "$(grep -c '^ok ' "$T_TMP/out")" = 4 ]; then t_ok; else
	t_fail "$url: $(tail -n 5 "$T_TMP/out")"
fi
t_begin 'verify over HTTP finds what is gone'
mv "$public/layers/$web.index" "$T_TMP/gone"
if slipway verify -C "$site" "$url" >"$T_TMP/out" 2>&1; then
	t_fail 'verify accepted it'
elif grep -q '^bad  E-FETCH-404:' "$T_TMP/out"; then t_ok; else
	t_fail "$(tail -n 5 "$T_TMP/out")"
fi
mv "$T_TMP/gone" "$public/layers/$web.index"
kill "$server"
wait "$server"

chunks() # BASE: lengths and digests of its index
{
	od -An -v -tx1 -j24 -w36 "$public/layers/$1.index" | sort
}

t_begin 'a small change in a base changes few chunks'
was=$base
cp -a "$fix/root" "$fix/root2"
head -c 5001 /dev/urandom >"$fix/root2/etc/a"
info=$site/build/bases/tiny/base
tree_squash "$fix/root2" "$T_TMP/other" && mv "$T_TMP/other" "$info.squashfs"
base=$(sha256sum <"$info.squashfs" | cut -d' ' -f1)
sed -i "s/^digest = .*/digest = $base/" "$info.info"
if ! { tiny_role web seven && slipway publish -C "$site"; } \
	>"$T_TMP/out" 2>&1; then
	t_fail "$(tail -n 5 "$T_TMP/out")"
else
	all=$(chunks "$base" | wc -l)
	new=$(comm -13 <(chunks "$was") <(chunks "$base") | wc -l)
	if [ "$all" -gt 30 ] && [ "$new" -gt 0 ] && [ "$new" -lt 8 ]; then
		t_ok "$new of $all"
	else
		t_fail "$new of $all"
	fi
fi

# --- a core and driver archives beside the whole initrd
packed=$site/build/initrd/tiny
fake_archives() # TEXT: two archives, of which one is for two NICs
{
	local name
	mkdir -p "$packed/drv"
	echo core >"$packed/core.img"
	echo "[archives]" >"$packed/drivers.info"
	for name in e1000e virtio_net; do
		rm -f "$packed/drv/$name.img"
		echo "$name $1" >"$packed/drv/$name.img"
		echo "$name = $(sha256sum <"$packed/drv/$name.img" |
			cut -d' ' -f1) 9 0" >>"$packed/drivers.info"
	done
	cat >>"$packed/drivers.info" <<-EOF
		[ids]
		01808610d3 = e1000e
		0180861501 = e1000e
		011af41000 = virtio_net
	EOF
}
fake_archives one
check 'publish a core and archives' slipway publish -C "$site"
boot=$(sed -n 's,^set dir boot/,,p' "$public/boot.ipxe")
drv=$public/boot/$boot/drv
t_begin 'each NIC has the archive of its driver, by a link, and its signature'
if cmp "$drv/01808610d3.img" "$packed/drv/e1000e.img" &&
	[ "$(cd "$drv" && stat -c %i 0180*.img e1000e.img | sort -u |
		wc -l)" = 1 ] &&
	[ "$(cd "$drv" && stat -c %i 0180*.sig e1000e.img.sig | sort -u |
		wc -l)" = 1 ]; then
	t_ok
else
	t_fail "$(ls -li "$drv")"
fi
check 'openssl verifies an archive' openssl cms -verify -inform DER -binary \
	-in "$drv/011af41000.img.sig" -content "$drv/011af41000.img" \
	-CAfile "$site/keys/root.crt" -purpose any -out /dev/null
check 'boot.ipxe asks for what its NIC is called' grep -qxF \
	'set drv ${at}/drv/${net${nic}/busid:hexraw}.img' "$public/boot.ipxe"
check 'and for the whole initrd where there is no such archive' grep -qxF \
	'initrd --timeout 20000 --name drivers.img ${drv} || goto whole' "$public/boot.ipxe"
check 'verify accepts them' slipway verify -C "$site"
t_begin 'verify tells of an archive once, however many links lead to it'
if [ "$(slipway verify -C "$site" | grep -c '/drv/')" = 2 ]; then t_ok; else
	t_fail "$(slipway verify -C "$site" | grep '/drv/')"
fi
flip() # FILE: and what verify says of it
{
	rm -rf "$T_TMP/bad"
	cp -al "$public" "$T_TMP/bad"
	echo other >"$T_TMP/flipped"
	mv "$T_TMP/flipped" "$T_TMP/bad/boot/$boot/$1"
	t_begin "another $1 is found"
	if slipway verify -C "$site" "$T_TMP/bad" >"$T_TMP/out" 2>&1; then
		t_fail 'verify accepted it'
	elif grep -q "^bad  E-SIG: .*/$1" "$T_TMP/out"; then
		t_ok
	else
		t_fail "$(cat "$T_TMP/out")"
	fi
}
flip core.img
flip drv/0180861501.img
facts >"$T_TMP/before"
slipway publish -C "$site" >"$T_TMP/out" 2>&1
t_begin 'publishing again leaves archives and links alone'
got=$(changed)
if [ "$got" = 'manifest.cms ' ]; then t_ok; else t_fail "changed: $got"; fi
t_begin 'another archive: another folder'
fake_archives two && slipway publish -C "$site" >"$T_TMP/out" 2>&1
if [ "$(sed -n 's,^set dir boot/,,p' "$public/boot.ipxe")" != "$boot" ]; then
	t_ok
else
	t_fail 'the same'
fi
t_begin 'folders of releases that are gone go, archives and all'
for text in three four five six; do
	fake_archives $text && slipway publish -C "$site" >"$T_TMP/out" 2>&1
done
if [ ! -e "$public/boot/$boot" ]; then t_ok; else
	t_fail "$(ls -R "$public/boot/$boot")"
fi
t_begin 'an archive that is not what was packed is refused'
rm "$packed/drv/e1000e.img" && echo other >"$packed/drv/e1000e.img"
expect_fail 1 'is not what was packed' slipway publish -C "$site"
rm -r "$packed/drv" "$packed/core.img" "$packed/drivers.info"

t_begin 'verify without a trust anchor'
expect_fail 1 /nonexistent slipway verify --root /nonexistent "$public"

t_begin 'a key that is not of the certificate: refused, old manifest stays'
before=$(sha256sum <"$public/manifest.cms")
cp "$site/keys/leaf.key" "$T_TMP/leaf.key"
cp "$fix/stranger/keys/leaf.key" "$site/keys/leaf.key"
if slipway publish -C "$site" >"$T_TMP/out" 2>&1; then
	t_fail 'published'
elif [ "$before" = "$(sha256sum <"$public/manifest.cms")" ]; then
	t_ok
else
	t_fail 'the manifest changed'
fi
cp "$T_TMP/leaf.key" "$site/keys/leaf.key"

t_begin 'no key: a line that names it'
mv "$site/keys/leaf.key" "$T_TMP/leaf.key"
expect_fail 1 'keys/leaf.key' slipway publish -C "$site"
mv "$T_TMP/leaf.key" "$site/keys/leaf.key"

t_begin 'a floor above the serial is refused'
sed -i 's/^name = .*/&\nfloor = 999/' "$site/site.conf"
expect_fail 1 'floor' slipway publish -C "$site"
sed -i '/^floor/d' "$site/site.conf"

t_begin 'an overlay of another base is refused'
sed -i "s/^base-digest = .*/base-digest = $was/" \
	"$site/build/overlays/web/overlay.info"
expect_fail 1 'another base' slipway publish -C "$site"

t_begin 'new refuses a folder with something in it'
expect_fail 1 'not empty' slipway new "$site"
t_begin 'new refuses a URL that machines could not use'
expect_fail 2 'gopher' slipway new --url gopher://x/ "$T_TMP/new"
t_begin 'no site here'
expect_fail 1 'slipway new' slipway publish -C "$T_TMP"
t_begin 'an unknown option'
expect_fail 2 '--help' slipway publish --frobnicate

t_begin 'a full disk: nothing half-written, nothing lost'
mkdir "$T_TMP/small"
mount -t tmpfs -o size=1m small "$T_TMP/small"
if slipway new "$T_TMP/small/site" >"$T_TMP/out" 2>&1 &&
	head -c 2m /dev/zero >"$T_TMP/small/fill" 2>/dev/null; then
	t_fail 'the disk is not full'
elif slipway new "$T_TMP/small/other" >"$T_TMP/out" 2>&1; then
	t_fail 'made a site on a full disk'
elif [ -e "$T_TMP/small/other" ] ||
	[ -n "$(find "$T_TMP/small" -maxdepth 1 -name '*.new')" ]; then
	t_fail "left behind: $(ls "$T_TMP/small")"
else
	t_ok
fi
umount "$T_TMP/small"

t_begin 'new, interrupted at any point, leaves a whole site or nothing'
mkdir "$T_TMP/cut"
for i in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20; do
	timeout -s INT "0.0$i" "$BIN/slipway-new" "$T_TMP/cut/$i" \
		>/dev/null 2>&1 || :
done
half=$(find "$T_TMP/cut" -mindepth 1 -maxdepth 1 |
	while read -r d; do [ -e "$d/keys/leaf.crt" ] || echo "$d"; done)
if [ -z "$half" ]; then t_ok; else t_fail "half made: $half"; fi
