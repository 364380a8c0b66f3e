#!/bin/bash
# SPDX-License-Identifier: MIT
# t2006-lock.sh: a base and a role from exactly the packages of their locks:
# the same bytes on another day, without a mirror; refused by name otherwise.
. "$(dirname "$0")/lib.sh"

requires_root
need mmdebstrap mmdebstrap
need faketime faketime
need python3 python3-minimal
FAKETIME_LIB=$(ls /usr/lib/*/faketime/libfaketime.so.1 | head -n 1)
cd "$T_TMP" || exit
unset SOURCE_DATE_EPOCH

# packages come from the person's own cache, bases do not
own=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}
mkdir -p "$own/debs" cache site/bases/b site/roles/h/files/etc
export CACHE=$T_TMP/cache
ln -s "$own/debs" cache/debs
printf '[site]\nname = t\nurl = http://127.0.0.1\n' >site/site.conf
printf '[base]\nsuite = trixie\nvariant = apt\nkernel = none\n' \
	>site/bases/b/base.conf
printf '[role]\nbase = b\npackages = hello\n' >site/roles/h/role.conf
BASE=site/build/bases/b/base
ROLE=site/build/overlays/h/overlay
t_begin 'a base is built and locked'
if slipway lock -C site b >out 2>err; then
	t_ok "$(cat out)"
elif grep -q 'cannot fetch' err; then
	t_skip "no mirror: $(grep 'cannot fetch' err)"
	exit 0
else
	t_fail "$(cat err)"
	exit 1
fi
cp $BASE.squashfs one
t_begin 'a line a package, with digest and place'
if grep -q '^date [0-9]*$' site/bases/b/base.lock &&
	grep -qE '^apt amd64 [^ ]+ [0-9a-f]{64} pool/main/a/apt/apt_' \
		site/bases/b/base.lock; then t_ok; else
	t_fail "$(head -n 3 site/bases/b/base.lock)"
fi
t_begin 'a role is locked: only what it brings'
if slipway lock -C site h >out 2>err &&
	[ "$(cut -d' ' -f1 site/roles/h/role.lock)" = hello ]; then t_ok
else t_fail "$(cat err site/roles/h/role.lock)"; fi
cp $ROLE.cpio.gz two

# away: another folder, day, zone, umask and number of cores, and no network
mv site elsewhere
mkdir -p other/folder
mv elsewhere other/folder/site
cd other/folder || exit
# the faketime command keeps a file open, which moves those of mmdebstrap's apt
# to where /bin/sh cannot name them; the dates of files are to stay
later()
{
	LD_PRELOAD=$FAKETIME_LIB FAKETIME='@2031-03-04 05:06:07' \
		NO_FAKE_STAT=1 unshare -n "$@"
}
t_begin 'the base by its lock, on another day, without network: the same bytes'
if (umask 077; TZ=Asia/Tokyo LC_ALL=C.UTF-8 later taskset -c 0 \
	"$BIN/slipway" base -C site --force) >out 2>err &&
	cmp $BASE.squashfs "$T_TMP/one" 2>>err &&
	grep -q 'packages by its lock' err; then t_ok; else
	t_fail "$(cat err)"
fi
t_begin '... and the same list and SBOM'
if diff -I '^date' $BASE.packages site/bases/b/base.lock >out &&
	grep -q "\"$(sha256sum <$BASE.squashfs | cut -c1-64)\"" \
		$BASE.spdx.json; then t_ok; else t_fail "$(cat out)"; fi
t_begin 'the role by its lock, likewise'
if (umask 077; TZ=Asia/Tokyo later taskset -c 0 \
	"$BIN/slipway" overlay -C site h) >out 2>err &&
	cmp $ROLE.cpio.gz "$T_TMP/two" 2>>err &&
	grep -q '1 packages by its lock' err; then t_ok; else
	t_fail "$(cat err)"
fi
t_begin 'the SBOM of a role is JSON, has its package and no date of today'
if python3 - $ROLE.spdx.json <<'E' 2>err
import json, sys
d = json.load(open(sys.argv[1]))
p = {x["name"]: x for x in d["packages"]}
assert d["spdxVersion"] == "SPDX-2.3"
assert len(p["hello"]["checksums"][0]["checksumValue"]) == 64
assert d["creationInfo"]["created"] < "2031"
assert {r["relatedSpdxElement"] for r in d["relationships"]} >= \
    {x["SPDXID"] for x in d["packages"]}
E
then t_ok; else t_fail "$(cat err)"; fi

# what is not to be had
real=$(grep ^hello site/roles/h/role.lock)
# shellcheck disable=SC2086
set -- $real
old="hello amd64 1.0-1 $(printf '%064d' 5) pool/main/h/hello/hello_1.0-1_amd64.deb"
echo "$old" >site/roles/h/role.lock
t_begin 'a version that nobody has is named'
if unshare -n "$BIN/slipway" overlay -C site --offline h >out 2>err; then
	t_fail 'built'
elif grep -q 'package hello 1.0-1 of its lock: not in .* asks nobody' err
then t_ok; else t_fail "$(cat err)"; fi
t_begin '... also when a mirror was asked'
if slipway overlay -C site h >out 2>err; then
	t_fail 'built'
elif grep -q 'package hello 1.0-1 of its lock.* no mirror has it' err
then t_ok; else t_fail "$(cat err)"; fi
t_begin 'a package that has other bytes is fetched again'
rm "$T_TMP/cache/debs"
mkdir "$T_TMP/cache/debs"
echo junk >"$T_TMP/cache/debs/hello_$3_amd64.deb"
echo "$real" >site/roles/h/role.lock
if slipway overlay -C site --force h >out 2>err &&
	cmp $ROLE.cpio.gz "$T_TMP/two" 2>>err; then t_ok; else
	t_fail "$(cat err)"
fi
t_begin 'a lock that lacks something: how to go on'
: >site/roles/h/role.lock
if slipway overlay -C site h >out 2>err; then
	t_fail 'built'
elif grep -q "its lock lacks what its packages need: 'slipway lock h'" err
then t_ok; else t_fail "$(cat err)"; fi
t_begin '--no-lock'
if slipway overlay -C site --no-lock h >out 2>err; then t_ok; else
	t_fail "$(cat err)"
fi
t_begin 'a line that is none'
echo 'hello amd64' >site/roles/h/role.lock
if slipway overlay -C site h >out 2>err; then
	t_fail 'built'
elif grep -q 'role.lock:1: not NAME ARCH VERSION SHA256 FILENAME' err
then t_ok; else t_fail "$(cat err)"; fi
t_begin 'neither a base nor a role'
expect_fail 1 'nobody: neither a base nor a role' "$BIN/slipway-lock" -C site \
	nobody
