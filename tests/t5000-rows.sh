#!/bin/bash
# SPDX-License-Identifier: MIT
# t5000-rows: the shipped /init in namespaces against every kind of server,
# manifest, layer and overlay that a boot can meet.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/rows.sh"

rows_begin
tree good
web=$(sed -n 's/^layer overlay \([0-9a-f]*\) .*name=web.*/\1/p' \
	"$trees/good/manifest")

# --- boots
row good 'BOOT-OK/FACT /etc/role web' good
row good-second 'BOOT-OK/FACT /etc/second second' good
row good-whiteout 'BOOT-OK/FACT /etc/deleted absent' good
row good-opaque 'BOOT-OK/FACT /opq/old absent' good
row good-hardlink \
	'BOOT-OK/FACT stat /etc/hard2 100640 0:0 links 2 size 7 time 1700000000' \
	good
row role-by-cmdline 'BOOT-OK/FACT /etc/role absent' good slipway.role=bare
row no-range BOOT-OK --rule 'layers/* norange' -- good
row no-keep-alive BOOT-OK --rule '* close' -- good
row bytewise BOOT-OK --rule 'manifest.cms bytewise' -- good
row slow-start BOOT-OK --rule 'manifest.cms#1 status=503;retry-after=1' -- good
row 500-then-good BOOT-OK --rule 'manifest.cms#1-2 status=500' -- good
row cut-then-good BOOT-OK --rule 'layers/*.squashfs#1 truncate=70000' -- good
row reset-then-good BOOT-OK --rule 'layers/*.squashfs#1-2 reset=1' -- good
row flip-once BOOT-OK --rule 'layers/*.squashfs#1 flip=100000' -- good
row short-length-once BOOT-OK \
	--rule 'layers/*.squashfs#1 length=-1' -- good
row redirect BOOT-OK \
	--rule 'manifest.cms#1 redirect=http://127.0.0.1:8080/manifest.cms' -- \
	good
limit=90 row stall-once BOOT-OK --rule 'layers/*.squashfs#1 stall=65536' -- good
row mirror-two BOOT-OK --rule '* status=404' --two "$trees/good" -- good \
	slipway.url=http://127.0.0.1:8080,http://127.0.0.1:8081
row mirror-flips BOOT-OK --rule 'layers/*.squashfs flip=5000' \
	--two "$trees/good" -- good \
	slipway.url=http://127.0.0.1:8080,http://127.0.0.1:8081
# --- two mirrors of which neither has all that is right: each byte is judged
# by itself, whoever else was right or wrong before
two=slipway.url=http://127.0.0.1:8080,http://127.0.0.1:8081
clone good half-base && rm "$trees/half-base/layers/"*.cpio.gz
clone good half-overlays && rm "$trees/half-overlays/layers/"*.squashfs
row two-halves BOOT-OK --two "$trees/half-overlays" -- half-base $two
clone good bad-manifest && poke "$trees/bad-manifest/manifest.cms" 300
row first-manifest-bad BOOT-OK --two "$trees/good" -- bad-manifest $two
row second-manifest-bad BOOT-OK --two "$trees/bad-manifest" -- good $two
clone good bad-base && poke "$(one bad-base 'layers/*.squashfs')" 500000
row first-base-bad BOOT-OK --two "$trees/good" -- bad-base $two
row second-base-bad BOOT-OK --two "$trees/bad-base" -- good $two
clone good bad-overlay && poke "$trees/bad-overlay/layers/$web.cpio.gz" 70
row bad-base-and-bad-overlay BOOT-OK --two "$trees/bad-overlay" -- bad-base \
	$two
clone bad-base both-bad && rm "$trees/both-bad/manifest.cms" &&
	cp "$trees/bad-manifest/manifest.cms" "$trees/both-bad/"
row manifest-of-one-base-of-other BOOT-OK --two "$trees/bad-overlay" -- \
	both-bad $two
tree older web=good second='' sed='s/^serial 7/serial 6/'
row releases-differ BOOT-OK --two "$trees/older" -- good $two
row releases-differ-older-first 'BOOT-OK/serial 6' --two "$trees/good" -- \
	older $two
row both-bases-bad E-HASH --two "$trees/bad-base" -- bad-base $two
row many-connections BOOT-OK good slipway.connections=8
row one-connection BOOT-OK good slipway.connections=1

tree setid-granted web=setid grants=setid
row setid-granted \
	'BOOT-OK/FACT stat /usr/bin/setuid 104755' setid-granted
tree caps-granted web=caps grants=caps
row caps-granted BOOT-OK caps-granted
row weakening-ignored BOOT-OK good \
	'slipway.verify=0 slipway.insecure slipway.key=http://127.0.0.1/k'
row serial-asked BOOT-OK good slipway.serial=7

# --- reach
row url-refused E-URL good slipway.url=gopher://127.0.0.1/
row url-bare E-URL good slipway.url
row refused E-CONNECT --no-server '' -- good
row not-found E-FETCH-404 --rule 'manifest.cms status=404' -- good
row forbidden E-FETCH-403 --rule 'layers/*.index status=403' -- good
row always-500 E-FETCH-500 --rule 'manifest.cms status=500' -- good
row always-cut E-CUT --rule 'layers/*.squashfs truncate=1000' -- good
row garbage E-HTTP --rule 'manifest.cms garbage' -- good
row chunked E-HTTP --rule 'manifest.cms chunked' -- good
row html E-SIG --rule 'manifest.cms body=<html>login</html>' -- good
row redirect-loop E-REDIR \
	--rule 'manifest.cms redirect=http://127.0.0.1:8080/manifest.cms' -- good
row redirect-file E-REDIR \
	--rule 'manifest.cms redirect=file:///etc/passwd' -- good
row length-huge E-LEN \
	--rule 'layers/*.squashfs length=18446744073709551615' -- good
limit=120 row all-stalled E-STALL --rule 'manifest.cms stall=10' -- good

# --- manifest and signature
tree wrong-key key="$fix/stranger/keys"
row wrong-key E-SIG wrong-key
clone good sig-flip && poke "$trees/sig-flip/manifest.cms" 200
row sig-flip E-SIG sig-flip
clone good sig-cut && truncate -s -1 "$(replace "$trees/sig-cut/manifest.cms" &&
	echo "$trees/sig-cut/manifest.cms")"
row sig-cut E-SIG sig-cut
clone good sig-tail && replace "$trees/sig-tail/manifest.cms" &&
	echo x >>"$trees/sig-tail/manifest.cms"
row sig-tail E-SIG sig-tail
clone good sig-attrs && rm "$trees/sig-attrs/manifest.cms" &&
	openssl cms -sign -binary -nodetach -outform DER \
		-signer "$fix/site/keys/leaf.crt" \
		-inkey "$fix/site/keys/leaf.key" \
		-in "$trees/sig-attrs/manifest" \
		-out "$trees/sig-attrs/manifest.cms"
row sig-attributes E-SIG sig-attrs
clone good plain && rm "$trees/plain/manifest.cms" &&
	cp "$trees/plain/manifest" "$trees/plain/manifest.cms"
row unsigned E-SIG plain
clone good other && rm "$trees/other/manifest.cms" "$trees/other/manifest" &&
	echo 'not a manifest' >"$trees/other/manifest" &&
	sign_tree "$trees/other" "$fix/site/keys"
row signed-other-text E-MAN other
tree bad-word sed='s/^floor 1/floor 1\nsurprise 1/'
row unknown-critical E-MAN bad-word
tree optional sed='s/^default web/default web\n?surprise 1/'
row unknown-optional BOOT-OK optional
tree newer sed='s/^min-init 1/min-init 99/'
row needs-newer-init E-MAN newer
tree site sed='s/^site rows/site other/'
row other-site E-SITE site
tree epoch0 sed='s/^epoch 1/epoch 0/'
row epoch-below E-FLOOR epoch0
row floor-raised E-FLOOR good slipway.floor=8
row floor-not-lowered BOOT-OK good slipway.floor=0
row serial-other E-SERIAL good slipway.serial=6
row unknown-role E-ROLE good slipway.role=kiosk
tree nodefault sed='/^default/d;/^machine/d'
row no-role-for-machine E-ROLE nodefault
tree expired sed='s/^expires 0/expires 1700000001/'
row expired-warns BOOT-OK/expired expired

# --- images and channels; nothing is known of these machines, no NIC is up
image() # TREE SHARE: role web of the bare base for this share
{
	tree "$1" sed="s/^min-init 1/min-init 2/;s/^role bare.*/&\nimage r9 role=web share=$2 base=$base/"
}
image image-whole 10000
image image-part 9999
row image-whole 'BOOT-OK/role web, image r9' image-whole
row image-layers 'BOOT-OK/FACT /etc/role absent' image-whole
row image-part 'BOOT-OK/FACT /etc/role web' image-part
row image-by-cmdline 'BOOT-OK/FACT /etc/role absent' image-part \
	slipway.image=r9
row image-own-by-cmdline 'BOOT-OK/FACT /etc/role web' image-whole \
	slipway.image=-
row image-unknown E-ROLE image-whole slipway.image=r8
tree image-too-new sed="s/^role bare.*/&\nimage r9 role=web share=1 base=$base/"
row image-without-min-init E-MAN image-too-new
tree beta sed='s/^min-init 1/min-init 2/;s/^floor 1/&\nchannel beta/'
clone good channels && mkdir -p "$trees/channels/channels/"{beta,alpha} &&
	cp "$trees/beta/manifest.cms" "$trees/channels/channels/beta/" &&
	cp "$trees/beta/manifest.cms" "$trees/channels/channels/alpha/"
row channel BOOT-OK channels slipway.channel=beta
row channel-not-asked E-SITE beta
row channel-of-other E-SITE channels slipway.channel=alpha
row channel-unknown E-FETCH-404 channels slipway.channel=gamma

# --- index and layers
clone good index-flip && poke "$(one index-flip "layers/$base.index")" 40
row index-flip E-HASH index-flip
clone good index-gone && rm "$(one index-gone "layers/$base.index")"
row index-gone E-FETCH-404 index-gone
clone good base-flip && poke "$(one base-flip 'layers/*.squashfs')" 1000000
row base-flip E-HASH base-flip
clone good base-cut && replace "$(one base-cut 'layers/*.squashfs')" &&
	truncate -s -4096 "$(one base-cut 'layers/*.squashfs')"
row base-cut E-LEN base-cut
clone good base-long && replace "$(one base-long 'layers/*.squashfs')" &&
	echo x >>"$(one base-long 'layers/*.squashfs')"
row base-long E-LEN base-long
clone good ovl-flip && poke "$trees/ovl-flip/layers/$web.cpio.gz" 60
row overlay-flip E-HASH ovl-flip
clone good swapped && rm "$trees/swapped/layers/$web.cpio.gz" &&
	cp "$(one swapped 'layers/*.squashfs')" \
		"$trees/swapped/layers/$web.cpio.gz"
row layers-swapped E-LEN swapped
tree wrong-base sed='s/ base='"$base"'$/ base='"${base//[0-9]/0}"'/'
row overlay-of-other-base E-MAN wrong-base
head -c 300000 /dev/urandom >"$fix/junk"
tree not-squashfs basefile="$fix/junk"
row not-squashfs E-SQFS not-squashfs slipway.role=bare
head -c 1000000 "$fix/base.squashfs" >"$fix/short"
tree cut-squashfs basefile="$fix/short"
row signed-but-cut-squashfs E-SQFS cut-squashfs slipway.role=bare
tree noinit basefile="$fix/noinit.squashfs" web=good
row no-init E-INIT noinit slipway.role=bare
sed 's/^MemAvailable:.*/MemAvailable:      30000 kB/' /proc/meminfo \
	>"$T_TMP/meminfo"
row too-little-memory 'E-MEM/MiB' --meminfo "$T_TMP/meminfo" -- good
row no-wish-to-shell BOOT-OK good 'slipway.panic=shell'
row panic-shell-refused E-ROLE good 'slipway.panic=halt,0 slipway.role=x'

# --- hostile overlays, all of them properly signed
for c in dotdot inner-dotdot absolute through-link through-up no-parent fifo \
	twice dir-twice link-to-link whiteout many big big-size bad-hex \
	bad-name bad-magic control no-meta meta-base meta-word meta-path \
	meta-xattr no-trailer after-trailer; do
	tree "evil-$c" web=$c inodes=64 unpacked=1048576
	row "evil-$c" E-CPIO "evil-$c"
done
for c in gz-cut gz-crc gz-tail gz-two gz-not; do
	tree "evil-$c" web=$c
	row "evil-$c" E-GZIP "evil-$c"
done
for c in setid caps device; do
	tree "evil-$c" web=$c
	row "evil-$c" E-GRANT "evil-$c"
done

# --- the initrd itself
broken() # NAME: a copy of the initrd to break
{
	cp -a "$fix/initrd" "$fix/initrd-$1"
}
broken cut && rm "$fix/initrd-cut/slipway/sentinel"
initrd=$fix/initrd-cut row initrd-cut E-INITRD good
broken altered && echo '# x' >>"$fix/initrd-altered/slipway/policy"
initrd=$fix/initrd-altered row initrd-altered E-INITRD good
broken root && cp "$fix/initrd-root/slipway/policy" \
	"$fix/initrd-root/slipway/root.der"
initrd=$fix/initrd-root row initrd-root-replaced E-INITRD good
broken extra && echo x >"$fix/initrd-extra/slipway/extra"
initrd=$fix/initrd-extra row initrd-extra-file E-INITRD good

# --- network
if command -v dnsmasq >/dev/null; then
	limit=90 row dhcp BOOT-OK --dhcp '' -- good \
		'ip=eth0:dhcp slipway.url=http://10.98.0.1:8080'
fi

# --- memory: layers and 32 MiB, no more, but for the shadow of a sanitizer
need_bytes=$(($(stat -c %s "$fix/base.squashfs") + 2097152 + 1048576 +
	(32 << 20)))
[ -n "${TWIN:-}" ] ||
	row memory-bound 'BOOT-OK/NSBOOT peak=' --memory $need_bytes -- good

verdicts

# reported ROW WHAT JQ-CONDITION
reported()
{
	# ROWS= may have left it out
	[ -e "$rows/$1.out" ] || return 0
	t_begin "the report of $1: $2"
	if sed -n 's/^REPORT //p' "$rows/$1.out" | tr -d '\r' |
		jq -e "$3" >"$T_TMP/out" 2>&1; then
		t_ok
	else
		t_fail "$(sed -n 's/^REPORT //p' "$rows/$1.out" | head -c 3000)"
	fi
}
reported good 'result, role, mirror' '.result == "ok" and .role == "web" and
	.mirror == "http://127.0.0.1:8080"'
reported good 'each step has its time, bytes and result' '(.steps | length) > 10
	and ([.steps[] | select(.stop_ms < .start_ms or .result != "ok" or
		.memory_peak == 0)] | length) == 0
	and ([.steps[] | select(.name == "layers")][0].bytes) > 3000000'
reported good 'each layer came once, and when' '(.layers | length) == 3 and
	([.layers[] | select(.bytes != .size or .failed_tries != 0 or
		(.whole | not) or .stop_ms < .start_ms)] | length) == 0 and
	([.layers[] | select(.unpack_stop_ms > 0)] | length) == 2'
reported mirror-flips 'who lied' '.mirrors[0].bad and (.mirrors[1].bad | not)
	and .mirrors[0].failures > 0 and .retries > 0'
reported slow-start 'a try that was repeated is no result' '.result == "ok" and
	.retries > 0 and (has("error") | not)'
reported two-halves 'whose bytes each layer is' '([.layers[].mirror] | unique |
	length) == 2'

[ -e "$rows/memory-bound.out" ] || exit 0

t_begin 'peak memory of a boot is at most layers + 32 MiB'
peak=$(sed -n 's/^NSBOOT peak=\([0-9]*\).*/\1/p' "$rows/memory-bound.out")
if grep -q '^NSBOOT skip: ' "$rows/memory-bound.out"; then
	t_skip 'no memory controller among the cgroups'
elif [ -n "$peak" ] && [ "$peak" -le $need_bytes ]; then
	t_ok "$((peak >> 20)) MiB of $((need_bytes >> 20)) MiB"
else
	t_fail "peak '$peak', bound $need_bytes"
fi
