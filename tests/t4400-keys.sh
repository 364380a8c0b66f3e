#!/bin/bash
# SPDX-License-Identifier: MIT
# t4400-keys: keys made, shown, replaced and revoked; releases signed by several,
# in two steps, by a command, by a key in a token. What boots is t5450's.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tree.sh"
. "$T_ROOT/tests/boot/tiny.sh"

requires_root
need mksquashfs squashfs-tools
need openssl openssl
need jq jq
need cpio cpio

keys() { slipway keys "$1" -C "$site" "${@:2}"; }
publish() { slipway publish -C "$site" "$@"; }

# refused NAME TEXT CMD...: and manifest.cms stays what it was
refused()
{
	local was now
	t_begin "refused: $1"
	was=$(cat "$public"/manifest.cms "$site"/keys/*.crt | sha256sum)
	expect_fail 1 "$2" "${@:3}"
	now=$(cat "$public"/manifest.cms "$site"/keys/*.crt | sha256sum)
	[ "$was" = "$now" ] || { t_begin "$1: nothing changed" && t_fail; }
}

serial() # of the manifest in the tree, as openssl reads it
{
	openssl cms -verify -inform DER -in "$public/manifest.cms" \
		-CAfile "$site/keys/root.crt" -purpose any 2>/dev/null |
		tr -d '\r' | sed -n 's/^serial //p'
}

same() # NAME GOT WANT
{
	t_begin "$1"
	if [ "$2" = "$3" ]; then t_ok; else t_fail "got '$2', not '$3'"; fi
}

state_of() { keys show --json 2>/dev/null | jq -r ".[] | select($1).state" | tr '\n' ' '; }

site=$T_TMP/fix/site
public=$site/public
check 'fixture: a site with a base, an initrd and a role' tiny_tree web || exit
check 'publish' publish

# --- made, shown, replaced
same 'a new site has a good root and leaf' "$(state_of true)" 'good good '
digest=$(openssl x509 -in "$site/keys/leaf.crt" -noout -pubkey |
	openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1)
same 'show names a key as openssl does' \
	"$(keys show --json | jq -r '.[] | select(.file == "leaf.crt").key')" \
	"$digest"
check 'a leaf of 20 days' keys leaf --days 20
t_begin 'show warns early'
if [ "$(state_of '.file == "leaf.crt"')" = 'expiring ' ] &&
	keys show 2>&1 >/dev/null | grep -q "slipway keys leaf"; then
	t_ok
else
	t_fail "$(keys show 2>&1)"
fi
t_begin 'publish warns early'
publish >"$T_TMP/out" 2>&1
if grep -q 'leaf.crt: ends in 1[89] days' "$T_TMP/out"; then t_ok; else
	t_fail "$(cat "$T_TMP/out")"
fi
t_begin 'refused: a leaf of 401 days'
expect_fail 2 '1 to 400' slipway keys leaf -C "$site" --days 401
check 'an intermediate' keys intermediate
check 'a leaf below it' keys leaf
check 'publish by that leaf' publish
check 'verify' slipway verify -C "$site"
check 'openssl finds the chain strict' openssl verify -x509_strict \
	-CAfile "$site/keys/root.crt" -untrusted "$site/keys/intermediate.crt" \
	"$site/keys/leaf.crt"
t_begin 'a leaf ends with its issuer at the latest'
end() { date -d "$(openssl x509 -in "$1" -noout -enddate | cut -d= -f2)" +%s; }
mkdir "$T_TMP/short" && cp "$site"/keys/root.* "$T_TMP/short" &&
	slipway keys intermediate --keys "$T_TMP/short" --days 50 2>/dev/null &&
	slipway keys leaf --keys "$T_TMP/short" 2>/dev/null
if [ "$(end "$T_TMP/short/leaf.crt")" = \
	"$(end "$T_TMP/short/intermediate.crt")" ]; then t_ok; else
	t_fail "$(openssl x509 -in "$T_TMP/short/leaf.crt" -noout -dates)"
fi
same 'the name of a folder without a site comes from its root' \
	"$(openssl x509 -in "$T_TMP/short/leaf.crt" -noout -subject)" \
	'subject=CN = rows boot leaf'
mv "$site/keys/root.key" "$T_TMP/root.key"
check 'the root may be away for a leaf' keys leaf
refused 'but not for an intermediate' 'bring it here' \
	slipway keys intermediate -C "$site"
mv "$T_TMP/root.key" "$site/keys/root.key"
check 'a second root' keys root
same 'machines get both' "$(grep -c BEGIN "$site/keys/root.crt")" 2
refused 'a third root' "run 'slipway keys retire'" slipway keys root -C "$site"
check 'publish by the leaf of the old root' publish
check 'an intermediate of the new root' keys intermediate --key rsa-3072
check 'and its leaf' keys leaf
check 'publish by the leaf of the new root' publish
check 'the old root goes' keys retire
refused 'the last root' 'which is in use' slipway keys retire -C "$site"
check 'an initrd for it' slipway initrd -C "$site" --no-modules tiny
check 'publish under the new root alone' publish
same 'what the old root has signed is gone' "$(ls "$public/boot" | wc -l)" 1
check 'verify' slipway verify -C "$site"
same 'nothing that was replaced is lost' \
	"$(find "$site/keys/old" -name '*.key' | wc -l)" 6
t_begin 'private keys are for their owner only'
if [ -z "$(find "$site/keys" -name '*.key' -perm /077)" ]; then t_ok; else
	t_fail "$(ls -lR "$site/keys")"
fi

# --- revoked
check 'revoke the leaf' keys revoke "$site/keys/leaf.crt"
t_begin 'show says so, with status 1'
keys show >"$T_TMP/out" 2>&1
if [ $? = 1 ] && grep -q '^leaf.crt  *revoked' "$T_TMP/out"; then t_ok; else
	t_fail "$(cat "$T_TMP/out")"
fi
refused 'publish with it' 'a key of it is revoked' slipway publish -C "$site"
t_begin 'verify refuses what it signed'
if slipway verify -C "$site" >"$T_TMP/out" 2>/dev/null; then t_fail "$(cat "$T_TMP/out")"
elif grep -q 'bad  E-SIG: manifest.cms: a key of it is revoked' "$T_TMP/out"
then t_ok
else t_fail "$(cat "$T_TMP/out")"; fi
check 'a new leaf' keys leaf
check 'publish signs boot files anew' publish
check 'verify' slipway verify -C "$site"
check 'a digest will do' keys revoke "$digest"
check 'and twice is once' keys revoke "$digest"
same 'two on the list' "$(wc -l <"$site/keys/revoked")" 2
echo nonsense >>"$site/keys/revoked"
refused 'a list that cannot be read' 'revoked:3: expected the SHA-256' \
	slipway publish -C "$site"
sed -i '$d' "$site/keys/revoked"
check 'the initrd is packed with it' slipway initrd -C "$site" --no-modules tiny
t_begin 'root.der: the root, then both digests'
mkdir "$T_TMP/i" && zstd -dcq "$site/build/initrd/tiny/initrd.img" |
	(cd "$T_TMP/i" && cpio -idm --quiet)
openssl x509 -in "$site/keys/root.crt" -outform DER >"$T_TMP/want"
while read -r hex _; do perl -e 'print "\4\40", pack "H*", shift' "$hex"; done \
	<"$site/keys/revoked" >>"$T_TMP/want"
if cmp "$T_TMP/want" "$T_TMP/i/slipway/root.der" >"$T_TMP/out" 2>&1; then t_ok
else t_fail "$(cat "$T_TMP/out")"; fi

# --- several
echo 'signers = 2' >>"$site/site.conf"
sed -i '/^signers/d;/^url/a signers = 2' "$site/site.conf"
refused 'one where two are asked for' 'asks for 2 signers, there are 1' \
	slipway publish -C "$site"
check 'a second signer' keys leaf --name bob
check 'and a third' keys leaf --name carol
check 'publish by two' publish
same 'one more signature' "$(ls "$public/signatures" | wc -l)" 1
check 'verify' slipway verify -C "$site"
for f in "$public/manifest.cms" "$public"/signatures/*; do
	openssl cms -verify -inform DER -in "$f" -CAfile "$site/keys/root.crt" \
		-purpose any -binary 2>/dev/null | sha256sum
done | sort -u >"$T_TMP/out"
same 'both are good to openssl, and over one text' "$(wc -l <"$T_TMP/out")" 1
mkdir "$T_TMP/rd"
check 'a ramdisk' slipway ramdisk -C "$site" -o "$T_TMP/rd" web
same 'has it too' "$(cpio -t --quiet <"$T_TMP/rd/initrd.img" 2>/dev/null |
	grep '^tree/signatures/')" "tree/signatures/$(ls "$public/signatures")"
mv "$site/keys/leaf-bob.key" "$T_TMP/bob.key"
check 'a lost one is no loss' publish
t_begin 'refused: one key twice'
was=$(serial)
if publish --sign-with "$site/keys/leaf.key" \
	--sign-with "$site/keys/leaf.key" >"$T_TMP/out" 2>&1; then
	t_fail
elif grep -q 'signature 2: by the key of signature 1' "$T_TMP/out" &&
	[ "$(serial)" = "$was" ]; then t_ok; else t_fail "$(cat "$T_TMP/out")"
fi
for _ in 1 2 3; do publish >/dev/null 2>&1; done
same 'signatures of old releases go' "$(ls "$public/signatures" | wc -l)" 3
mkdir "$T_TMP/keep" && mv "$public"/signatures/* "$T_TMP/keep/"
t_begin 'verify misses a signature'
if slipway verify -C "$site" >"$T_TMP/out" 2>/dev/null; then t_fail; else
	if grep -q '^bad .*signatures/' "$T_TMP/out"; then t_ok; else
		t_fail "$(cat "$T_TMP/out")"
	fi
fi
mv "$T_TMP/keep"/* "$public/signatures/"
sed -i '/^signers/d' "$site/site.conf"

# --- by a command, and in two steps
vault=$T_TMP/vault
mkdir "$vault" && mv "$site"/keys/leaf.key "$vault/" &&
	cp "$site/keys/leaf.crt" "$vault/"
rm -f "$site"/keys/leaf-*.key
refused 'no key here' 'there are 0' slipway publish -C "$site"
check 'a command signs' publish --sign-with \
	"$BIN/slipway keys sign --keys $vault"
check 'verify' slipway verify -C "$site"
refused 'a command that signs something else' 'signs something else' \
	slipway publish -C "$site" --sign-with \
	"echo x | $BIN/slipway keys sign --keys $vault"
refused 'a command that fails' 'status 3: no luck' slipway publish -C "$site" \
	--sign-with 'echo no luck >&2; exit 3;'
refused 'a command that writes nonsense' 'would refuse' \
	slipway publish -C "$site" --sign-with 'cat; :'
was=$(serial)
# so that boot files are to be signed too
rm "$public/boot/$(ls -t "$public/boot" | head -n 1)"/*.sig
check 'what is to be signed' publish --unsigned "$T_TMP/ask"
same 'the release stays' "$(serial)" "$was"
same 'manifest, kernel and initrd are asked for' \
	"$(cd "$T_TMP/ask" && find . -type f | sed 's/[0-9a-f]\{64\}/X/' | sort | tr '\n' ' ')" \
	'./boot/X/initrd.img ./boot/X/vmlinuz ./manifest '
refused 'a folder that is there' 'exists' slipway publish -C "$site" \
	--unsigned "$T_TMP/ask"
refused 'not signed yet' "sign that folder" slipway publish -C "$site" \
	--signature "$T_TMP/ask"
check 'where the key is' slipway keys sign --keys "$vault" "$T_TMP/ask"
cp -a "$T_TMP/ask" "$T_TMP/bent"
sed 's/^serial .*/serial 999/' "$T_TMP/ask/manifest" >"$T_TMP/bent/manifest"
slipway keys sign --keys "$vault" "$T_TMP/bent" 2>/dev/null
refused 'another text, well signed' 'signs something else' \
	slipway publish -C "$site" --signature "$T_TMP/bent"
cp "$site/site.conf" "$T_TMP/conf"
sed -i 's/^url .*/&\nepoch = 2/' "$site/site.conf"
refused 'a site that changed meanwhile' 'start again' \
	slipway publish -C "$site" --signature "$T_TMP/ask"
cp "$T_TMP/conf" "$site/site.conf"
check 'and back' publish --signature "$T_TMP/ask"
same 'it is the release' "$(serial)" "$(sed -n 's/^serial //p' "$T_TMP/ask/manifest")"
check 'verify' slipway verify -C "$site"
refused 'once is enough' 'no release waits' slipway publish -C "$site" \
	--signature "$T_TMP/ask"
check 'openssl signs the folder as well' bash -c "
	rm -rf $T_TMP/ask; $BIN/slipway publish -C $site --unsigned $T_TMP/ask &&
	openssl cms -sign -binary -nodetach -noattr -outform DER \
		-certfile $site/keys/intermediate.crt \
		-signer $vault/leaf.crt -inkey $vault/leaf.key \
		-in $T_TMP/ask/manifest -out $T_TMP/ask/manifest.cms &&
	$BIN/slipway publish -C $site --signature $T_TMP/ask"

# --- in a token
module=/usr/lib/softhsm/libsofthsm2.so
if [ ! -e "$module" ] || ! command -v softhsm2-util >/dev/null; then
	t_begin 'a key in a token'
	t_skip 'no softhsm2 (Debian package softhsm2)'
elif ! ls /usr/lib/*/engines-3/pkcs11.so >/dev/null 2>&1; then
	t_begin 'a key in a token'
	t_skip 'no pkcs11 engine (Debian package libengine-pkcs11-openssl)'
else
	mkdir "$T_TMP/tokens"
	export SOFTHSM2_CONF=$T_TMP/softhsm2.conf PKCS11_MODULE_PATH=$module
	echo "directories.tokendir = $T_TMP/tokens" >"$SOFTHSM2_CONF"
	token='pkcs11:token=site;object=leaf'
	pin='pin-value=1234'
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		-out "$T_TMP/made.key" 2>/dev/null
	check 'fixture: a token' bash -c "
		softhsm2-util --init-token --free --label site --pin 1234 \
			--so-pin 1234 &&
		softhsm2-util --import $T_TMP/made.key --token site \
			--label leaf --id 01 --pin 1234"
	rm "$T_TMP/made.key"
	check 'a request by the token' openssl req -new -engine pkcs11 \
		-keyform engine -key "$token;type=private;$pin" \
		-subj /CN=leaf -out "$T_TMP/leaf.csr"
	check 'its certificate' keys leaf --request "$T_TMP/leaf.csr"
	t_begin 'the private key was never here'
	if [ ! -e "$site/keys/leaf.key" ]; then t_ok; else t_fail; fi
	check 'publish by the token' publish \
		--sign-with "$token;type=private;$pin"
	check 'verify' slipway verify -C "$site"
	refused 'a wrong PIN' 'signing failed' slipway publish -C "$site" \
		--sign-with "$token;type=private;pin-value=9999"
fi
echo x >"$T_TMP/bad.csr"
refused 'a request that is none' 'not a request' slipway keys leaf -C "$site" \
	--request "$T_TMP/bad.csr"
