#!/bin/sh
# SPDX-License-Identifier: MIT
# tlskeys.sh DIR: a CA (ca.crt, other.crt is a stranger's) and certificates of
# servers with their keys, for socat: good.pem for 127.0.0.1 and localhost,
# name.pem for somebody else,
# late.pem expired; *.der are the CAs as an initrd has them.
set -eu
cd "$1"
exec 2>log

ca()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$1.key" -out "$1.crt" -subj "/CN=test $1" -days 30 \
		-addext basicConstraints=critical,CA:TRUE \
		-addext keyUsage=critical,keyCertSign
	openssl x509 -in "$1.crt" -outform DER -out "$1.der"
}

leaf() # NAME SUBJECT-ALT-NAME NEWKEY...
{
	name=$1 san=$2
	shift 2
	openssl req -new -newkey "$@" -nodes -keyout "$name.key" \
		-subj /CN=server -out "$name.csr"
	echo "subjectAltName=$san" >"$name.ext"
	openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key \
		-set_serial 2 -days "${days:-30}" -extfile "$name.ext" -out "$name.crt"
	cat "$name.crt" "$name.key" >"$name.pem"
}

ca ca
ca other
leaf good IP:127.0.0.1,DNS:localhost ec -pkeyopt ec_paramgen_curve:P-256
openssl x509 -in good.crt -outform DER -out good.der
leaf rsa IP:127.0.0.1 rsa:2048
leaf name DNS:somebody.else.example ec -pkeyopt ec_paramgen_curve:P-256
days=-1 leaf late IP:127.0.0.1 ec -pkeyopt ec_paramgen_curve:P-256
