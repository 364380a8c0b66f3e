#!/bin/bash
# SPDX-License-Identifier: MIT
# t2130-size.sh: what layers take, of what, and budgets. find and stat judge.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tinysite.sh"

requires_root
need jq jq
cd "$T_TMP" || exit
tiny_site
size() { "$BIN/slipway-size" -C "$SITE" "$@"; }

# two packages, one whose list was written before /usr was merged
info=$T_TMP/root/var/lib/dpkg/info
mkdir -p "$info" "$T_TMP/root/usr/lib/x" "$T_TMP/root/usr/share/doc/a"
head -c 70000 /dev/urandom >"$T_TMP/root/usr/lib/x/big"
ln "$T_TMP/root/usr/lib/x/big" "$T_TMP/root/usr/lib/x/name"
head -c 5000 /dev/urandom >"$T_TMP/root/usr/share/doc/a/b c"
printf '%s\n' /. /usr /usr/lib /lib/x/big /lib/x/name >"$info/x:amd64.list"
printf '%s\n' /usr/share/doc/a '/usr/share/doc/a/b c' /not/there \
	>"$info/a.list"
tiny_base tiny "$T_TMP/root"
role below
mkdir -p "$SITE/roles/below/files/etc"
echo below >"$SITE/roles/below/files/etc/below"
role web 'depends = below' 'size-budget = 20K'
mkdir -p "$SITE/roles/web/files"/{etc,var/lib/dpkg/info,opt}
head -c 9000 /dev/urandom >"$SITE/roles/web/files/opt/data"
echo /opt/data >"$SITE/roles/web/files/var/lib/dpkg/info/w.list"
$OVL web >out 2>&1 || { t_begin 'roles'; t_fail "$(cat out)"; exit 1; }
t_begin 'each layer that is built, a JSON object'
size --json >all 2>err
if [ "$(jq -r '.kind + " " + .name' all | tr '\n' ' ')" = \
	'base tiny role below role web ' ]; then t_ok; else
	t_fail "$(cat all err)"
fi
base() { jq -r "select(.kind == \"base\") | $1" all; }
web() { jq -r "select(.name == \"web\") | $1" all; }
t_begin 'a base: bytes, as find has them'
sum=$(find root -type f -printf '%i %s\n' | sort -u |
	awk '{ n += $2 } END { print n }')
if [ "$(base .unpacked)" = "$sum" ] &&
	[ "$(base .packed)" = "$(stat -c %s \
		"$SITE/build/bases/tiny/base.squashfs")" ] &&
	[ "$(base .entries)" = "$(find root | wc -l)" ] &&
	[ "$(base '[.folders[].bytes] | add')" = "$sum" ] &&
	[ "$(base '[.packages[].bytes] | add')" = "$sum" ]; then t_ok; else
	t_fail "$(cat all)"
fi
t_begin '... packages own what their lists say, a file of two names once'
if [ "$(base '.packages[] | select(.name == "x:amd64").bytes')" = 70000 ] &&
	[ "$(base '.packages[] | select(.name == "a").bytes')" = 5000 ] &&
	[ "$(base '.folders[] | select(.name == "usr/lib").bytes')" = 70000 ]
then t_ok; else t_fail "$(cat all)"; fi
t_begin 'a role: its own, and with what is below'
own() { stat -c %s "$OUT/$1/overlay.cpio.gz"; }
if [ "$(web .packed)" = "$(own web)" ] &&
	[ "$(web .total)" = $(($(own web) + $(own below) + $(base .packed))) ] &&
	[ "$(web .budget)" = 20480 ] &&
	[ "$(web '.packages[0] | .name + " " + (.bytes | tostring)')" = \
		'w 9000' ]; then t_ok; else t_fail "$(cat all)"; fi
t_begin 'for people: the largest first, so many of them'
size --top 1 web >out 2>&1
if [ $? = 0 ] && [ "$(wc -l <out)" = 3 ] &&
	grep -q '^role web: .* packed of .* with what is below$' out &&
	grep -q '^  folders .* opt$' out && grep -q '^  packages .* w$' out
then t_ok; else t_fail "$(cat out)"; fi
t_begin 'a name that is none'
expect_fail 1 'no base or role of that name is built' size nothing

t_begin 'above the budget: the build fails, the overlay before it stays'
was=$(own web)
sed -i 's/= 20K/= 5K/' "$SITE/roles/web/role.conf"
$OVL web >out 2>&1
if [ $? = 1 ] && [ "$(own web)" = "$was" ] &&
	grep -q 'role web: [0-9]* bytes, above its size-budget of 5120' out
then t_ok; else t_fail "$(cat out)"; fi
t_begin '... and size says so by its status'
expect_fail 1 "role web: $was bytes, above its size-budget of 5120" size
t_begin 'a base likewise'
mkdir -p "$SITE/bases/x"
printf '[base]\nfrom = %s\nsize-budget = 10K\n' "$T_TMP/root" \
	>"$SITE/bases/x/base.conf"
expect_fail 1 'bytes, above its size-budget of 10240' \
	"$BIN/slipway-base" -C "$SITE" x
t_begin '... of which nothing is left, and within it is built'
say=$(find "$SITE/build/bases/x" -name '*squashfs*')
sed -i 's/10K/10M/' "$SITE/bases/x/base.conf"
if [ -z "$say" ] && "$BIN/slipway-base" -C "$SITE" x >out 2>&1; then t_ok
else t_fail "$say $(cat out)"; fi
t_begin 'a budget that is none'
sed -i 's/10M/ten/' "$SITE/bases/x/base.conf"
expect_fail 1 "size-budget: 'ten' is not a size" \
	"$BIN/slipway-base" -C "$SITE" x
