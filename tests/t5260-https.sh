#!/bin/bash
# SPDX-License-Identifier: MIT
# t5260-https: boots of the shipped init-tls over https, socat in front of the
# server. Whatever TLS says, bytes are checked as ever.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/rows.sh"
need socat socat

rows_begin
tree good
clone good flipped
poke "$(one flipped 'layers/*.squashfs')" 1500000
keys=$T_TMP/keys
mkdir "$keys" && "$T_ROOT/tests/tlskeys.sh" "$keys" || exit

# packed NAME ROOTS [OPTION...]: an initrd with anchors for https
packed()
{
	local to=$fix/initrd-$1 roots=$2
	shift 2
	mkdir "$to"
	"$BIN/slipway" initrd -C "$fix/site" --no-modules --force "$@" \
		--tls-roots "$roots" tiny >/dev/null &&
		zstd -dcq "$fix/site/build/initrd/tiny/initrd.img" |
		(cd "$to" && cpio -idm --quiet)
}

secure=slipway.url=https://127.0.0.1:8443
https() # NAME EXPECT INITRD CERTIFICATE [OPTION... --] TREE
{
	local name=$1 expect=$2 initrd=$fix/$3 cert=$keys/$4.pem
	shift 4
	row "$name" "$expect" --tls "$cert" "$@" "$secure"
}

t_begin 'initrds with anchors'
if packed ca "$keys/ca.crt" && packed der "$keys/ca.der" &&
	packed other "$keys/other.crt" &&
	SOURCE_DATE_EPOCH=4200000000 packed future "$keys/ca.crt" &&
	cmp -s "$fix/initrd-ca/slipway/tls.der" "$keys/ca.der" &&
	cmp -s "$fix/initrd-der/slipway/tls.der" "$keys/ca.der" &&
	cmp -s "$fix/initrd-ca/init" "$O/initrd/init-tls" &&
	cmp -s "$fix/initrd/init" "$O/initrd/init"; then
	t_ok
else
	t_fail "$(ls -l "$fix"/initrd-*/slipway)"
fi
t_begin 'the list of files covers the anchors'
if grep -q ' slipway/tls.der$' "$fix/initrd-ca/slipway/files"; then
	t_ok
else
	t_fail
fi
t_begin 'a file without certificates'
expect_fail 1 'holds no certificate' "$BIN/slipway" initrd -C "$fix/site" \
	--no-modules --tls-roots /dev/null tiny

https good BOOT-OK initrd-ca good -- good
https rsa-key BOOT-OK initrd-ca rsa -- good
https cut-now-and-then BOOT-OK initrd-ca good --rule '* truncate=400000' \
	-- good
https clock-not-believed 'BOOT-OK/dates of certificates are not checked' \
	initrd-future good -- good
https other-ca 'E-TLS/certificate of an unknown issuer' initrd-other good \
	-- good
https other-name 'E-TLS/certificate for another name' initrd-ca name -- good
https other-name-no-clock E-TLS initrd-future name -- good
https wrong-bytes E-HASH initrd-ca good -- flipped
https back-to-http 'E-REDIR/from https to http' initrd-ca good \
	--rule '* redirect=http://127.0.0.1:8080/manifest.cms' -- good
https no-tls 'E-URL/https needs an initrd packed with --https' initrd good \
	-- good
initrd=$fix/initrd-ca row http-all-the-same BOOT-OK good
initrd=$fix/initrd-ca row http-to-https BOOT-OK --tls "$keys/good.pem" \
	--two "$trees/good" \
	--rule2 'manifest* redirect=https://127.0.0.1:8443/manifest.cms' \
	-- good slipway.url=http://127.0.0.1:8081
verdicts
