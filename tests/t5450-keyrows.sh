#!/bin/bash
# SPDX-License-Identifier: MIT
# t5450-keyrows: the five drills of a site's keys, as boots: new leaf, new
# intermediate, new root, a revoked key, two of three signers. /init, slipway
# verify and the openssl command must agree where each can tell. The keys are
# made by slipway, the signatures by openssl.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/rows.sh"

rows_begin
K=$T_TMP/keys
I=$T_TMP/initrds
mkdir -p "$K" "$I"

# keys NAME CMD...: the keys of the site, with CMD... done to a copy of them
keys()
{
	local d=$K/$1
	shift
	cp -a "${from:-$fix/site/keys}" "$d" && (cd "$d" && eval "$*") \
		>>"$T_TMP/keys.log" 2>&1
}
sk() { "$BIN/slipway" keys "$1" --keys . "${@:2}"; }

# pack NAME [LINE]: the initrd with the anchors of keys NAME, and a line more
# in site.conf
pack()
{
	local s=$T_TMP/site.$1
	mkdir -p "$I/$1"
	cp -a "$fix/site" "$s" && rm -rf "$s/keys" &&
		cp -a "$K/$1" "$s/keys" &&
		{ [ -z "${2:-}" ] || printf '%s\n' "$2" >>"$s/site.conf"; } &&
		"$BIN/slipway" initrd -C "$s" --no-modules \
			${TWIN:+--init "$TWIN"} tiny >>"$T_TMP/keys.log" 2>&1 &&
		zstd -dcq "$s/build/initrd/tiny/initrd.img" |
		(cd "$I/$1" && cpio -idm --quiet)
}

# signed TREE KEYS [LEAF]: the good tree, signed by that leaf
signed()
{
	local leaf=${3:-leaf} k=$K/$2
	[ -d "$trees/$1" ] || cp -al "$trees/good" "$trees/$1"
	rm -f "$trees/$1/manifest.cms"
	by "$k" "$leaf" "$trees/$1/manifest" "$trees/$1/manifest.cms"
}

by() # KEYS LEAF TEXT OUT
{
	openssl cms -sign -binary -nodetach -noattr -outform DER \
		-signer "$1/$2.crt" -inkey "$1/$2.key" \
		$([ "$(grep -c BEGIN "$1/$2.crt")" = 1 ] ||
			echo -certfile "$1/intermediate.crt") \
		-in "$3" -out "$4"
}

# cosigned TREE KEYS LEAF [TEXT]: as signature 2 of the tree
cosigned()
{
	local text=$trees/$1/manifest
	mkdir -p "$trees/$1/signatures"
	by "$K/$2" "$3" "${4:-$text}" \
		"$trees/$1/signatures/$(sha256sum <"$text" | cut -d' ' -f1).2.cms"
}

# drill NAME EXPECT INITRD TREE [OPENSSL]: a boot, and what the judges say of
# that tree under the anchors of that initrd; OPENSSL - where it cannot tell
drill()
{
	initrd=$I/$3 row "$1" "$2" "$4"
	judge "$1" "${2%%/*}" "$3" "$4" "${5:-}"
}

judge()
{
	local want=refused root=$K/$3/root.crt tree=$trees/$4 v o
	[ "$2" != BOOT-OK ] || want=accepted
	t_begin "$1: slipway verify and openssl"
	v=refused
	"$BIN/slipway" verify --root "$root" --signers "${signers:-1}" "$tree" \
		>"$T_TMP/out" 2>&1 && v=accepted
	o=refused
	openssl cms -verify -inform DER -in "$tree/manifest.cms" \
		-CAfile "$root" -purpose any -no_check_time -out /dev/null \
		2>/dev/null && o=accepted
	[ "$5" != - ] || o=$want
	if [ "$v $o" = "$want $want" ]; then t_ok; else
		t_fail "want $want, verify $v, openssl $o
$(cat "$T_TMP/out")"
	fi
}

t_begin 'fixture: keys and initrds of every drill'
if keys site : &&
	keys leaf2 'sk leaf' &&
	keys between 'sk intermediate; sk leaf' &&
	from=$K/between keys between2 'sk intermediate --key rsa-3072; sk leaf' &&
	keys both 'sk root; sk leaf' &&
	from=$K/both keys new 'sk retire' &&
	from=$K/leaf2 keys revoked 'sk revoke old/leaf-1.crt' &&
	from=$K/between keys unbetween \
		'sk revoke intermediate.crt; sk intermediate; sk leaf' &&
	keys three 'sk leaf --name b; sk leaf --name c' &&
	pack site && pack both && pack new && pack revoked &&
	pack unbetween && pack three 'signers = 2'; then
	t_ok
else
	t_fail "$(tail -n 5 "$T_TMP/keys.log")"
	exit
fi
tree good
signed by-site site
signed by-leaf2 leaf2
signed by-between between
signed by-between2 between2
signed by-new new
signed by-unbetween unbetween

# 1, 2: machines need nothing new
drill leaf-new BOOT-OK site by-leaf2
drill between BOOT-OK site by-between
drill between-new BOOT-OK site by-between2

# 3: two roots for a while, then the new one alone
drill root-old-by-new E-SIG site by-new
drill root-both-by-old BOOT-OK both by-site
drill root-both-by-new BOOT-OK both by-new
drill root-new-by-old E-SIG new by-site
drill root-new-by-new BOOT-OK new by-new

# 4: openssl knows no such list. Whoever has the leaf can write what he likes
# into a manifest, but not himself off the list.
drill revoked E-SIG/revoked revoked by-site -
drill revoked-new-leaf BOOT-OK revoked by-leaf2
tree by-thief 'sed=s/^epoch 1/epoch 999/;s/^serial 7/serial 999/'
drill revoked-thief E-SIG/revoked revoked by-thief -
drill revoked-between E-SIG/revoked unbetween by-between -
drill revoked-between-new BOOT-OK unbetween by-unbetween

# 5: two of three; each signature alone is a good one to openssl
for t in both-ab both-ca alone twice strange other forged; do
	signed $t three "$(case $t in both-ca) echo leaf-c ;; *) echo leaf ;; esac)"
done
cosigned both-ab three leaf-b
cosigned both-ca three leaf
cosigned twice three leaf
cosigned strange new leaf
sed 's/^serial 7/serial 8/' "$trees/good/manifest" >"$T_TMP/other"
cosigned other three leaf-b "$T_TMP/other"
cosigned forged three leaf-b
poke=$(echo "$trees/forged/signatures"/*)
printf x | dd of="$poke" bs=1 seek=300 conv=notrunc 2>/dev/null
signers=2
drill two-of-three 'BOOT-OK/signed by 2 keys' three both-ab
drill two-of-three-lost 'BOOT-OK/signed by 2 keys' three both-ca
drill one-alone E-FETCH-404 three alone -
drill one-twice 'E-SIG/by the key of signature 1' three twice -
drill one-and-stranger E-SIG three strange -
drill one-and-other 'E-SIG/of another text' three other -
drill one-and-forged E-SIG three forged -
signers=1
# the same off a medium
medium() # NAME EXPECT TREE
{
	cp -al "$I/three" "$I/$1" && cp -a "$trees/$3" "$I/$1/tree"
	initrd=$I/$1 url='' end='' row "$1" "$2" --no-server '' -- "$3" \
		'slipway.role=web ip=none slipway.panic=halt,0'
}
medium medium-two 'BOOT-OK/signed by 2 keys' both-ab
medium medium-one E-MEDIUM/signatures alone
medium medium-twice 'E-SIG/by the key of signature 1' twice
initrd=$I/site row one-is-enough BOOT-OK alone

verdicts
