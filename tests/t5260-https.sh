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

# --- the host's side of it
"$O/tests/badhttpd" --root "$trees/good" >"$T_TMP/port" 2>&1 &
servers=$!
until [ -s "$T_TMP/port" ]; do sleep 0.01; done
socat -d -d "OPENSSL-LISTEN:0,bind=127.0.0.1,fork,verify=0,cert=$keys/good.pem" \
	"TCP:127.0.0.1:$(sed 's/port //' "$T_TMP/port")" 2>"$T_TMP/socat" &
servers="$servers $!"
t_at_end "kill $servers 2>/dev/null"
until grep -qs 'listening on' "$T_TMP/socat"; do sleep 0.01; done
port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$T_TMP/socat")
verify() # HOST ROOTS
{
	"$BIN/slipway" verify --root "$fix/site/keys/root.crt" \
		${2:+--tls-roots "$keys/$2"} "https://$1:$port"
}
t_begin 'slipway verify'
verify 127.0.0.1 ca.crt >"$T_TMP/out" 2>&1
if grep -q '^ok   base tiny' "$T_TMP/out"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out")"
fi
t_begin 'slipway verify, by name'
verify localhost ca.crt >"$T_TMP/out" 2>&1
if grep -q '^ok   base tiny' "$T_TMP/out"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out")"
fi
t_begin "slipway verify, the system's roots"
verify 127.0.0.1 >"$T_TMP/out" 2>&1
if [ ! -e /etc/ssl/certs/ca-certificates.crt ]; then
	t_skip 'no roots (Debian package ca-certificates)'
elif grep -q '^bad  E-TLS: .*unknown issuer' "$T_TMP/out"; then
	t_ok
else
	t_fail "$(cat "$T_TMP/out")"
fi

# shellcheck disable=SC2086
kill $servers && wait

# --- machines
https good BOOT-OK initrd-ca good -- good
https rsa-key BOOT-OK initrd-ca rsa -- good
https cut-now-and-then BOOT-OK initrd-ca good --rule '* truncate=400000' \
	-- good
https clock-not-believed 'BOOT-OK/dates of certificates are not checked' \
	initrd-future good -- good
https expired 'E-TLS/certificate expired' initrd-ca late -- good
https expired-no-clock BOOT-OK initrd-future late -- good
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
