#!/bin/bash
# SPDX-License-Identifier: MIT
# t4100-serve: the development server: Range, keep-alive, and nothing but
# regular files below the tree. curl and dd are the judges.
. "$(dirname "$0")/lib.sh"

need curl curl
need dd coreutils

tree=$T_TMP/tree
mkdir -p "$tree/layers/deep" "$tree/.hidden" "$T_TMP/outside"
head -c 300000 /dev/urandom >"$tree/layers/blob"
echo secret >"$T_TMP/outside/secret"
echo secret >"$tree/.hidden/secret"
echo secret >"$tree/.secret"
: >"$tree/empty"
mkfifo "$tree/fifo"
ln -s ../outside "$tree/out"
ln -s layers/blob "$tree/link"

# the first line says where it listens; the fifo delivers it
mkfifo "$T_TMP/said"
"$BIN/slipway-serve" --tree "$tree" --listen 127.0.0.1:0 \
	>"$T_TMP/said" 2>"$T_TMP/log" &
pid=$!
t_at_end 'kill $pid 2>/dev/null'
read -r line <"$T_TMP/said"
url=${line##* }
url=${url%/}

get() { curl -sS --max-time 20 --path-as-is "$@"; }

t_begin 'a whole file'
if get "$url/layers/blob" | cmp -s - "$tree/layers/blob"; then t_ok; else
	t_fail "$line"
fi

# range NAME SPEC SKIP COUNT
range()
{
	t_begin "range $1"
	get -D "$T_TMP/head" -r "$1" "$url/layers/blob" >"$T_TMP/got"
	dd if="$tree/layers/blob" bs=1 skip="$2" count="$3" status=none \
		of="$T_TMP/want"
	if ! grep -q '^HTTP/1.1 206' "$T_TMP/head"; then
		t_fail "$(head -n 1 "$T_TMP/head")"
	elif ! grep -qi "^content-range: bytes $2-$(($2 + $3 - 1))/300000" \
		"$T_TMP/head"; then
		t_fail "$(cat "$T_TMP/head")"
	elif cmp -s "$T_TMP/got" "$T_TMP/want"; then
		t_ok
	else
		t_fail 'other bytes'
	fi
}
range 0-0 0 1
range 1000-70000 1000 69001
range 299999-299999 299999 1
range 299000- 299000 1000
range -777 299223 777
range 299000-999999999 299000 1000

# status WANT NAME CURL-ARGUMENTS...
status()
{
	local want=$1 name=$2 got
	shift 2
	t_begin "$name: $want"
	got=$(get -o "$T_TMP/body" -w '%{http_code}' "$@")
	if [ "$got" != "$want" ]; then
		t_fail "got $got"
	elif grep -q secret "$T_TMP/body"; then
		t_fail 'the secret came out'
	else
		t_ok
	fi
}
status 416 'a range behind the end' -r 300000- "$url/layers/blob"
status 416 'a range of nothing' -r 0-0 "$url/empty"
status 200 'an empty file' "$url/empty"
status 200 'two ranges: the whole' -r 0-1,5-6 "$url/layers/blob"
status 200 'a range that is none: the whole' -H 'Range: bytes=x-' \
	"$url/layers/blob"
status 200 'a range upside down: the whole' -H 'Range: bytes=9-1' \
	"$url/layers/blob"
status 404 'no such file' "$url/nothing"
status 404 'a folder' "$url/layers"
status 404 'a folder with its slash' "$url/layers/"
status 404 'the root' "$url/"
status 404 'a file as a folder' "$url/layers/blob/x"
status 404 'out by ..' "$url/../outside/secret"
status 404 'out by .. below' "$url/layers/../../outside/secret"
status 404 'out by escaped ..' "$url/layers/%2e%2e/%2e%2e/outside/secret"
status 404 'out by an escaped slash' "$url/..%2foutside%2fsecret"
status 404 'an absolute path' "$url//etc/passwd"
status 404 'out by a symlink' "$url/out/secret"
status 404 'a symlink inside' "$url/link"
status 404 'a dot file' "$url/.secret"
status 404 'below a dot folder' "$url/.hidden/secret"
status 404 'a fifo' "$url/fifo"
status 405 'POST' -d x=y "$url/layers/blob"
status 405 'DELETE' -X DELETE "$url/layers/blob"

t_begin 'HEAD: the length, no body'
if get -I "$url/layers/blob" | grep -qi '^content-length: 300000'; then
	t_ok
else
	t_fail "$(get -I "$url/layers/blob")"
fi

t_begin 'one connection serves many requests'
if [ "$(get -o /dev/null -o /dev/null -o /dev/null -w '%{num_connects}\n' \
	"$url/layers/blob" "$url/nothing" "$url/empty" |
	awk '{ n += $1 } END { print n }')" = 1 ]; then t_ok; else
	t_fail
fi

t_begin 'a line a request, escapes shown as ?'
get -o /dev/null "$url/x%1b%5b31m"
if grep -q 'GET /layers/blob 206 1000+69001' "$T_TMP/log" &&
	grep -qF 'GET /x?[31m 404' "$T_TMP/log"; then t_ok; else
	t_fail "$(tail -n 3 "$T_TMP/log")"
fi

t_begin 'a port that is taken'
expect_fail 1 'cannot listen' "$BIN/slipway-serve" --tree "$tree" \
	--listen "${url#http://}"
t_begin 'no address'
expect_fail 1 'ADDR:PORT' "$BIN/slipway-serve" --tree "$tree" --listen x:y
t_begin 'no tree'
expect_fail 1 /nonexistent "$BIN/slipway-serve" --tree /nonexistent

t_begin 'SIGTERM: a clean end'
kill "$pid"
wait "$pid"
rc=$?
if [ "$rc" = 0 ]; then t_ok; else t_fail "status $rc"; fi
