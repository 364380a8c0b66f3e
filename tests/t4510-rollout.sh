#!/bin/bash
# SPDX-License-Identifier: MIT
# t4510-rollout: what is built goes to some of a role's machines; the verbs
# that say how many, which, and who has what role.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tree.sh"
. "$T_ROOT/tests/boot/tiny.sh"

requires_root
need mksquashfs squashfs-tools
need openssl openssl
need setfattr attr
need jq jq

site=$T_TMP/fix/site
public=$site/public
check 'fixture: a site with a base and an initrd' tiny_tree || exit

overlay() # ROLE: digest of what is built
{
	sha256sum <"$site/build/overlays/$1/overlay.cpio.gz" | cut -d' ' -f1
}
publish() { slipway publish -C "$site" --keep 1 "$@" >"$T_TMP/out" 2>&1; }
rollout() { slipway rollout -C "$site" "$@"; }
node() { slipway node -C "$site" "$@" 2>"$T_TMP/err"; }
manifest()
{
	openssl cms -verify -inform DER -in "$public/manifest.cms" \
		-CAfile "$site/keys/root.crt" -purpose any 2>/dev/null
}

# holds NAME LINE...: is the open release one with lines like these?
holds()
{
	local text line
	t_begin "$1"
	shift
	text=$(manifest)
	for line; do
		grep -q -- "$line" <<<"$text" && continue
		t_fail "no '$line' in:
$(cat "$T_TMP/out")
$text"
		return 1
	done
	slipway verify -C "$site" >"$T_TMP/out" 2>&1 || {
		t_fail "$(tail -n 3 "$T_TMP/out")"
		return 1
	}
	t_ok
}

tiny_role web one && tiny_role db && publish
one=$(overlay web)
holds 'a release without rollouts asks for no new /init' '^min-init 1$' \
	"^role web base=$base overlays=$one\$"

rollout web 100 2>"$T_TMP/err"
tiny_role web two && publish
two=$(overlay web)
holds 'a share: the role stays, what is built is an image of it' \
	'^min-init 2$' "^role web base=$base overlays=$one\$" \
	"^image r2 role=web share=100 base=$base overlays=$two\$"
t_begin 'the role that is not rolled out is whole'
if manifest | grep -q 'role=db'; then t_fail "$(manifest)"; else t_ok; fi

for ((i = 0; i < 10000; i++)); do
	printf '52:54:00:01:%02x:%02x\n' $((i >> 8)) $((i & 255))
done >"$T_TMP/hosts"
reached() { # FILE [OPTION...]: the hosts that get image r2
	local to=$1
	shift
	rollout preview "$T_TMP/hosts" web "$@" |
		awk '$3 == "r2" { print $1 }' >"$to"
}
sed -i 's/^default-role = .*/default-role = web/' "$site/site.conf"
publish
t_begin 'preview: 100 of 10,000, give or take 3 sigma'
reached "$T_TMP/r100"
n=$(wc -l <"$T_TMP/r100")
if [ "$n" -ge 71 ] && [ "$n" -le 129 ]; then t_ok "$n"; else t_fail "$n"; fi
t_begin 'the draw is the formula of initrd/format/README.md'
mac=$(head -n 1 "$T_TMP/r100")
id=$(printf '%s\n' "$base" "$two" | sha256sum | cut -d' ' -f1)
draw=$(printf 'slipway-draw 1\n%s\n%s\n' "$mac" "$id" | sha256sum |
	cut -c1-16)
draw=$(echo "ibase=16; ${draw^^} % 2710" | bc 2>/dev/null ||
	/usr/bin/python3 -c "print(0x$draw % 10000)")
if rollout preview "$T_TMP/hosts" web | grep -q "^$mac .* $draw\$"; then
	t_ok
else
	t_fail "$mac $draw"
fi
reached "$T_TMP/r500was" --share 500
rollout web 500 2>"$T_TMP/err"
publish
holds 'raised: the same image, the same name' \
	"^image r2 role=web share=500 base=$base overlays=$two\$"
t_begin 'raising 100 to 500 only adds'
reached "$T_TMP/r500"
n=$(wc -l <"$T_TMP/r500")
if [ -z "$(comm -23 <(sort "$T_TMP/r100") <(sort "$T_TMP/r500"))" ] &&
	[ "$n" -ge 435 ] && [ "$n" -le 565 ]; then t_ok "$n"; else
	t_fail "$n"
fi
t_begin '--share foretells it'
if cmp -s "$T_TMP/r500" "$T_TMP/r500was"; then t_ok; else t_fail; fi
t_begin 'lowering takes back those that came last'
rollout web 100 2>"$T_TMP/err"
publish && reached "$T_TMP/again"
if cmp -s "$T_TMP/r100" "$T_TMP/again"; then t_ok; else t_fail; fi

t_begin 'what a rollout names is never removed'
if [ -e "$public/layers/$one.cpio.gz" ] && [ -e "$public/layers/$two.cpio.gz" ]
then t_ok; else t_fail "$(ls "$public/layers")"; fi

printf '[rings]\ncanary = mac 52:54:00:AA:* serial SN7\n' >>"$site/site.conf"
node 52:54:00:AA:00:01 --image own
rollout web halt canary 2>"$T_TMP/err"
publish
holds 'halt but for a ring; a host held back by hand' \
	"^image r2 role=web share=0 " \
	'^pin mac=52:54:00:aa:00:01 role=web image=-$' \
	'^pin mac=52:54:00:aa:\* role=web image=r2$' \
	'^pin serial=SN7 role=web image=r2$'
t_begin 'preview: only the ring, not who is held back'
printf '%s\n' 52:54:00:aa:00:01 '52:54:00:AA:00:02' '52:54:00:01:00:00 - SN7' \
	"$mac" >"$T_TMP/some"
got=$(rollout preview "$T_TMP/some" | awk '{ printf "%s ", $3 }')
if [ "$got" = '- r2 r2 - ' ]; then t_ok; else t_fail "$got"; fi

# a pin to a release
last=r$(cat "$site/state/serial")
node 52:54:00:aa:00:01 --image "$last" && node "$mac" --image r2
tiny_role web three
rollout web whole 2>"$T_TMP/err"
publish
three=$(overlay web)
holds 'whole: the role is what is built, pins keep their releases' \
	"^role web base=$base overlays=$three\$" \
	"^image r2 role=web share=0 base=$base overlays=$two\$" \
	"^pin mac=$mac role=web image=r2\$" \
	"^image $last role=web share=0 base=$base overlays=$one\$" \
	"^pin mac=52:54:00:aa:00:01 role=web image=$last\$"
t_begin 'a pin is of the roles that have the image'
if manifest | grep -q '^pin.*role=db'; then t_fail "$(manifest)"; else t_ok; fi
for i in 1 2; do publish; done
holds 'and go on keeping them' "^pin mac=$mac role=web image=r2\$"
t_begin 'what a pin names is never removed'
if [ -e "$public/layers/$two.cpio.gz" ]; then t_ok; else
	t_fail "$(ls "$public/layers")"
fi
node 52:54:00:aa:00:01 --image none && node "$mac" --image none
publish
holds 'without pins, a plain release again' '^min-init 1$'
t_begin 'layers that nothing names are gone'
if [ -e "$public/layers/$two.cpio.gz" ]; then
	t_fail "$(ls "$public/layers")"
else
	t_ok
fi

t_begin 'a pin to a release that is not kept'
node "$mac" --image r1
expect_fail 1 "pin to 'r1'" slipway publish -C "$site"
node "$mac" --image none
t_begin 'a share above the whole'
expect_fail 2 10001 rollout web 10001
t_begin 'a rollout of no role'
expect_fail 1 kiosk rollout kiosk 10
t_begin 'a ring that is none'
expect_fail 1 moon rollout web 10 moon
t_begin 'one kernel for all images of a role'
rollout web 10 2>"$T_TMP/err"
tiny_role web four
sed -i 's/^\([0-9a-f]* = \)0.0-test/\10.1-test/' "$site/state/kernels"
expect_fail 1 'need one kernel' slipway publish -C "$site"
sed -i 's/0.1-test/0.0-test/' "$site/state/kernels"
rollout web whole 2>"$T_TMP/err"

# --- the verbs change their line, and no other byte
t_begin 'node: a rule, its change, its end; comments stay'
printf '\n# mine\n[machines]\n# first\nmac 52:54:00:00:00:01 = db\n\n[x]\na = b\n' \
	>>"$site/site.conf"
cp "$site/site.conf" "$T_TMP/was"
node 52:54:00:00:00:0A web && node 52:54:00:00:00:01 web
diff "$T_TMP/was" "$site/site.conf" >"$T_TMP/diff"
if [ "$(grep '^[<>]' "$T_TMP/diff")" = '< mac 52:54:00:00:00:01 = db
> mac 52:54:00:00:00:01 = web
> mac 52:54:00:00:00:0a = web' ] && node --drop 52:54:00:00:00:0a &&
	node 52:54:00:00:00:01 db && cmp -s "$T_TMP/was" "$site/site.conf"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/diff"; diff "$T_TMP/was" "$site/site.conf")"
fi
t_begin 'node: what there is, with its line'
if node 52:54:00:00:00:01 | grep -q "^machines *mac 52.* db .*site.conf:[0-9]*$"
then t_ok; else t_fail "$(node)"; fi
t_begin 'node: no such role'
expect_fail 1 kiosk slipway node -C "$site" 52:54:00:00:00:01 kiosk
t_begin 'node: a serial number that no rule can hold'
expect_fail 2 "'?'" slipway node -C "$site" 'SN 1' web
t_begin 'role: shown and set'
if slipway role -C "$site" --overlays db web 2>"$T_TMP/err" &&
	slipway role -C "$site" web | grep -q 'base tiny, overlays db web$' &&
	slipway role -C "$site" --overlays '' web 2>"$T_TMP/err" &&
	[ "$(cat "$site/roles/web/role.conf")" = '[role]
base = tiny' ]; then t_ok; else t_fail "$(cat "$site/roles/web/role.conf")"; fi
t_begin 'role: no such base'
expect_fail 1 nobase slipway role -C "$site" --base nobase web
t_begin 'config: the file and line of a value'
line=$(grep -n '^default-role' "$site/site.conf" | cut -d: -f1)
if slipway config -C "$site" default-role |
	grep -q "site.conf:$line: \[site\] default-role = web\$" &&
	[ "$(slipway config -C "$site" role.base | wc -l)" = 2 ]; then t_ok; else
	t_fail "$(slipway config -C "$site")"
fi
t_begin 'config: a key that is set nowhere'
expect_fail 1 'set nowhere' slipway config -C "$site" nokey

# --- lint says what publish would, and more than one thing at once
lint() { slipway lint -C "$site" >"$T_TMP/out" 2>&1; }
t_begin 'lint: a good site'
if lint && ! grep -q ^bad "$T_TMP/out" && [ "$(wc -l <"$T_TMP/out")" = 7 ]; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out")"
fi
t_begin 'lint: a rule for no role'
node 'mac 66:*' web && sed -i 's/^mac 66:.*/mac 66:* = kiosk/' "$site/site.conf"
if lint; then t_fail 'good'; else
	if grep -q "^bad  *site: .*site.conf:[0-9]*: no role 'kiosk'" "$T_TMP/out"
	then t_ok; else t_fail "$(cat "$T_TMP/out")"; fi
fi
node --drop 'mac 66:*'
t_begin 'lint: all roles that are not built'
mv "$site/build/overlays" "$T_TMP/overlays"
if lint; then t_fail 'good'; elif [ "$(grep -c \
	"^bad  *role .*run 'slipway overlay" "$T_TMP/out")" = 2 ]; then t_ok; else
	t_fail "$(cat "$T_TMP/out")"
fi
mv "$T_TMP/overlays" "$site/build/overlays"
t_begin 'lint, and publish: a layer that is above its budget by now'
echo 'size-budget = 100' >>"$site/roles/db/role.conf"
lint
cp "$T_TMP/out" "$T_TMP/said"
if grep -q "^bad  *role db: role db: [0-9]* bytes, above its size-budget of 100" \
	"$T_TMP/said" && ! publish && grep -q 'above its size-budget of 100' \
	"$T_TMP/out"; then t_ok; else t_fail "$(cat "$T_TMP/said" "$T_TMP/out")"; fi
sed -i '/size-budget/d' "$site/roles/db/role.conf"
t_begin 'lint: a layer that is not what was built'
echo x >>"$site/build/overlays/db/overlay.cpio.gz"
if lint; then t_fail 'good'; elif grep -q \
	'^bad  *overlay db: .*--force' "$T_TMP/out"; then t_ok; else
	t_fail "$(cat "$T_TMP/out")"
fi
t_begin 'lint changes nothing'
if [ -z "$(find "$site" -newer "$T_TMP/out" -type f)" ]; then t_ok; else
	t_fail "$(find "$site" -newer "$T_TMP/out" -type f)"
fi

# a role of three overlays, two of which do not know each other
mkdir -p "$site/roles/stack"
printf '[role]\nbase = tiny\ndepends = db web\n' >"$site/roles/stack/role.conf"
stack() # ROLE, its upper folder in ./up: packed
{
	tiny_overlay "$1" "$T_TMP/up"
	rm -rf "$T_TMP/up"
}
t_begin 'lint: paths that several overlays of a role change'
mkdir -p "$T_TMP"/up/{etc/dir,var/lib/dpkg}
touch "$T_TMP"/up/etc/{both,dir/x,gone,own} "$T_TMP/up/var/lib/dpkg/status"
stack db
mkdir -p "$T_TMP"/up/{etc,var/lib/dpkg}
touch "$T_TMP"/up/etc/{both,dir-x} "$T_TMP/up/var/lib/dpkg/status"
stack web
mkdir -p "$T_TMP/up/etc/dir"
setfattr -n trusted.overlay.opaque -v y "$T_TMP/up/etc/dir"
mknod "$T_TMP/up/etc/gone" c 0 0
stack stack
lint
if [ "$(grep ^note "$T_TMP/out")" = "\
note role stack: etc/both: overlay web replaces what overlay db has
note role stack: etc/dir: overlay stack hides what overlay db has
note role stack: etc/gone: overlay stack deletes what overlay db has" ]; then
	t_ok
else t_fail "$(cat "$T_TMP/out")"; fi
t_begin '... as JSON; nothing is bad'
if slipway lint -C "$site" --json >"$T_TMP/out" && [ "$(jq -r \
	'select(.note and .ok).object' "$T_TMP/out" | wc -l)" = 3 ]; then t_ok
else t_fail "$(cat "$T_TMP/out")"; fi
rm -r "$site/roles/stack" "$site/build/overlays/stack"

# --- channels: releases of their own over the same layers
tiny_role db
printf '[role]\nbase = tiny\n' >"$site/roles/web/role.conf"
tiny_role web stable && publish
stable=$(overlay web)
tiny_role web beta
t_begin 'a channel has its release, the site keeps its own'
before=$(sha256sum <"$public/manifest.cms")
if publish --channel beta && [ "$(sha256sum <"$public/manifest.cms")" = "$before" ] &&
	openssl cms -verify -inform DER -CAfile "$site/keys/root.crt" \
		-in "$public/channels/beta/manifest.cms" -purpose any \
		2>/dev/null | grep -q '^channel beta$' &&
	slipway verify -C "$site" >"$T_TMP/verified" 2>&1 &&
	grep -q '^channel beta' "$T_TMP/verified"; then t_ok; else
	t_fail "$(cat "$T_TMP/out" "$T_TMP/verified")"
fi
t_begin 'its script says which, and fetches itself again'
if grep -q '^set args .* slipway.channel=beta$' "$public/boot-beta.ipxe" &&
	grep -q '^chain .* boot-beta.ipxe ||$' "$public/boot-beta.ipxe" &&
	! grep -q channel "$public/boot.ipxe"; then t_ok; else
	t_fail "$(head -n 30 "$public/boot-beta.ipxe")"
fi
beta=$(overlay web)
t_begin 'neither is pruned by releases of the other'
tiny_role web other
for i in 1 2; do publish --channel beta2; done
if [ -e "$public/layers/$stable.cpio.gz" ] &&
	[ -e "$public/layers/$beta.cpio.gz" ] &&
	slipway verify -C "$site" >"$T_TMP/verified" 2>&1; then t_ok; else
	t_fail "$(ls "$public/layers"; cat "$T_TMP/verified")"
fi
t_begin 'a channel that is gone frees its layers'
rm -r "$public/channels/beta" "$public/boot-beta.ipxe"
publish --channel beta2
if [ ! -e "$public/layers/$beta.cpio.gz" ] &&
	[ -e "$public/layers/$stable.cpio.gz" ]; then t_ok; else
	t_fail "$(ls "$public/layers")"
fi
t_begin 'a channel of no name'
expect_fail 2 '../x' slipway publish -C "$site" --channel ../x
