#!/bin/bash
# SPDX-License-Identifier: MIT
# t2007-incremental.sh: what did not change is not built again, and what is
# built says why.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tinysite.sh"

requires_root
cd "$T_TMP" || exit
tiny_site
for r in one two three; do
	role $r
	mkdir -p "$SITE/roles/$r/files/etc"
	echo $r >"$SITE/roles/$r/files/etc/$r"
	hook $r install 10-x <<S
echo $r >/etc/hook-$r
S
done
role top 'depends = one'
hook top install 10-x <<'S'
cat /etc/one >/etc/top
S

role both 'depends = two,three'
hook both install 10-x <<'S'
echo both >/etc/two; rm /etc/hook-three
S
$OVL both >out 2>err
t_begin 'paths that several overlays change are listed'
if grep -qx 'overlay both: etc/two: also of overlay two; this one replaces it' \
	err && grep -qx 'overlay both: etc/hook-three: also of overlay three; this one deletes it' \
	err && [ "$(grep -c 'also of' err)" = 2 ]; then t_ok; else
	t_fail "$(cat err)"
fi
rm -r "$SITE/build/overlays"

says() # WHAT TEXT: build all; what it said holds TEXT
{
	t_begin "$1"
	$OVL top two three >out 2>err
	if grep -qxF "$2" out err -h; then t_ok; else t_fail "$(cat out err)"; fi
}
quiet() # the last build left NAME... alone
{
	t_begin "... and $*: nothing to do"
	for r; do
		grep -qx "overlay $r: unchanged" out || { t_fail "$(cat out)"; return; }
	done
	t_ok
}

says 'the first time' 'overlay top: rebuilding: first build'
says 'nothing changed' 'overlay top: unchanged'
quiet one two three
echo more >>"$SITE/roles/two/files/etc/two"
says 'a file of a role' 'overlay two: rebuilding: files/etc/two changed'
quiet one top three
echo true >>"$SITE/roles/three/hooks/install.d/10-x"
says 'a hook' 'overlay three: rebuilding: hooks/install.d/10-x changed'
quiet one top two
chmod 700 "$SITE/roles/three/hooks/install.d/10-x"
says 'only its mode' 'overlay three: rebuilding: hooks/install.d/10-x changed'
mkdir "$SITE/roles/three/files/new"
ln -s x "$SITE/roles/three/files/new/link"
says 'new files' 'overlay three: rebuilding: files/new is new, and 1 more'
rm -r "$SITE/roles/three/files/new"
says 'files that went' \
	'overlay three: rebuilding: files/new is gone, and 1 more'
echo more >>"$SITE/roles/one/files/etc/one"
says 'an overlay below' 'overlay top: rebuilding: overlay one changed'
quiet two three
rm "$OUT/two/overlay.cpio.gz"
says 'an overlay that is gone' \
	'overlay two: rebuilding: what was built is not there any more'
$OVL --force two >out 2>err
t_begin '--force'
if grep -qx 'overlay two: rebuilding: --force' err; then t_ok; else
	t_fail "$(cat err)"
fi
SOURCE_DATE_EPOCH=1500000000 $OVL two >out 2>err
t_begin 'the date'
if grep -qx 'overlay two: rebuilding: SOURCE_DATE_EPOCH changed' err
then t_ok; else t_fail "$(cat err)"; fi
echo new >"$T_TMP/root/etc/motd"
tiny_base tiny "$T_TMP/root"
says 'the base' 'overlay three: rebuilding: base tiny changed'

# a change of one file, against building everything: generous, since others
# may be at work on this machine
t_begin 'one changed file: far less than 5 s'
echo again >>"$SITE/roles/two/files/etc/two"
since=$(date +%s%N)
$OVL top two three >out 2>err
ms=$((($(date +%s%N) - since) / 1000000))
if grep -q 'rebuilding: files/etc/two' err && [ $ms -lt 5000 ]; then
	t_ok "$ms ms"
else
	t_fail "$ms ms: $(cat out err)"
fi
