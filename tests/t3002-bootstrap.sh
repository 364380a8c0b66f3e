#!/bin/bash
# SPDX-License-Identifier: MIT
# t3002-bootstrap: a small Debian system, built for real: what gets into a
# base, what does not, same bytes, the cache, and failures on the way.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/user.sh"

requires_root
need mmdebstrap mmdebstrap
need getcap libcap2-bin
need unshare util-linux
cd "$T_TMP" || exit
unset SOURCE_DATE_EPOCH

# packages come from the person's own cache, bases do not
own=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}
mkdir -p "$own/debs" cache mnt
export CACHE=$T_TMP/cache
ln -s "$own/debs" cache/debs

build=$T_TMP/site/build/bases/b
mkdir -p site/bases/b/hooks site/bases/b/files/lib/new site/bases/b/files/etc
printf '[site]\nname = t\nurl = http://127.0.0.1\n' >site/site.conf
cat >site/bases/b/base.conf <<'END'
[base]
suite = trixie
variant = essential
kernel = none
packages = libcap2-bin
END
cat >site/bases/b/hooks/10-here <<'END'
#!/bin/sh
set -e
cp /bin/true /usr/bin/capable
setcap cap_net_raw+ep /usr/bin/capable
env | sort >/env
[ -e /proc/self/exe ]
[ "$(cat /usr/lib/new/file)" = 'of the site' ]
echo secret >/etc/ssh/ssh_host_ed25519_key
echo junk >/var/log/junk.log
END
chmod 755 site/bases/b/hooks/10-here
echo 'of the site' >site/bases/b/files/lib/new/file
chmod 640 site/bases/b/files/lib/new/file
ln -s file site/bases/b/files/lib/new/link
mkdir -p site/bases/b/files/etc/ssh

base()
{
	"$BIN/slipway-base" -C "$T_TMP/site" "$@"
}

leftovers()
{
	grep "$T_TMP/site" /proc/mounts
	find "$build" -mindepth 1 ! -name 'base.*' \
		! -name build.log
	ps -eo args | grep "[m]mdebstrap .*INSIDE_SELF.*$T_TMP"
}

# Whoever cannot reach a mirror cannot tell what this would have said.
t_begin 'a base is built'
if base >out 2>err; then
	t_ok "$(cat out)"
elif grep -q 'cannot fetch' err; then
	t_skip "no mirror: $(tail -n 1 err)"
	exit 0
else
	t_fail "$(cat err)"
	exit 1
fi

t_begin 'nothing is left beside it'
if [ -z "$(leftovers)" ]; then t_ok; else t_fail "$(leftovers)"; fi

mount -o loop,ro "$build/base.squashfs" mnt
t_begin 'file capabilities survive'
if [ "$(getcap mnt/usr/bin/capable)" = \
	'mnt/usr/bin/capable cap_net_raw=ep' ]; then t_ok; else
	t_fail "$(getcap mnt/usr/bin/capable)"
fi

t_begin 'files/ go through the symlinks of a merged /usr, owner root'
if [ "$(stat -c '%a %u %g' mnt/usr/lib/new/file)" = '640 0 0' ] &&
	[ "$(readlink mnt/usr/lib/new/link)" = file ] && [ -L mnt/lib ]; then
	t_ok
else
	t_fail "$(ls -l mnt/usr/lib/new)"
fi

t_begin 'hooks see a clean environment'
say=$(cut -d= -f1 mnt/env | grep -v '^\(_\|.*_proxy\)$' | tr '\n' ' ')
if [ "$say" = 'DEBIAN_FRONTEND HOME LC_ALL PATH PWD SLIPWAY_BASE_NAME SOURCE_DATE_EPOCH TZ ' ]; then t_ok; else t_fail "$say"; fi

t_begin 'nothing of the machine or the moment is inside'
say=$(cd mnt && ls -d etc/hostname etc/resolv.conf boot/initrd* \
	etc/ssh/ssh_host* var/log/*.log var/lib/apt/lists/*_* \
	var/cache/apt/archives/*.deb var/lib/dpkg/*-old etc/passwd- \
	run/slipway-hook tmp/* var/tmp/* 2>/dev/null
	[ ! -s etc/machine-id ] || echo etc/machine-id)
if [ -z "$say" ]; then t_ok; else t_fail "$say"; fi

t_begin 'no date is later than the release of the suite'
epoch=$(sed -n 's/^created = //p' "$build/base.info")
say=$(find mnt -newermt "@$epoch" | head)
if [ -z "$say" ]; then t_ok; else t_fail "$say"; fi

t_begin 'the program that shows and sends reports, and when it does'
if cmp -s mnt/usr/bin/slipway-report "$BIN/slipway-report" &&
	[ "$(readlink mnt/usr/bin/slipway)" = slipway-report ] &&
	{ [ ! -e mnt/usr/lib/systemd/system/timers.target ] ||
		grep -q 'Wants=slipway-report.timer' \
			mnt/usr/lib/systemd/system/timers.target.d/slipway.conf; }
then t_ok; else t_fail "$(ls -l mnt/usr/bin/slipway* 2>&1)"; fi

t_begin 'localhost has an address'
if grep -q '^127.0.0.1.*localhost' mnt/etc/hosts; then t_ok; else t_fail; fi
umount mnt

t_begin 'base.info says what is inside'
if grep -qx 'suite = trixie' "$build/base.info" &&
	grep -qx 'packages = [1-9][0-9]*' "$build/base.info" &&
	! grep -q '^kernel' "$build/base.info"; then t_ok; else
	t_fail "$(cat "$build/base.info")"
fi

t_begin 'nothing changed, nothing built'
if [ "$(base 2>&1)" = 'base b: unchanged' ]; then t_ok; else
	t_fail "$(base 2>&1)"
fi

t_begin 'the same base again comes out of the cache'
cp "$build/base.squashfs" one
rm -r site/build
if [ "$(base 2>&1)" = 'base b: unchanged (cached)' ] &&
	cmp one "$build/base.squashfs"; then t_ok; else t_fail; fi

t_begin 'without a network what was built before is enough'
say=$(unshare -n "$BIN/slipway-base" -C site 2>&1)
case $say in
*'going on with what was built before'*'base b: unchanged (offline)'*) t_ok ;;
*) t_fail "$say" ;;
esac

t_begin '--offline asks nobody'
say=$(base --offline 2>&1)
case $say in
*'--offline: '*'base b: unchanged (offline)'*) t_ok ;;
*) t_fail "$say" ;;
esac

t_begin 'also out of the cache'
rm -r site/build
say=$(unshare -n "$BIN/slipway-base" -C site 2>&1)
if cmp one "$build/base.squashfs"; then t_ok; else t_fail "$say"; fi

t_begin 'a damaged image in the cache is not used'
for f in cache/bases/*.squashfs; do
	cp "$f" copy
	printf x | dd of=copy bs=1 seek=5000 conv=notrunc 2>/dev/null
	mv copy "$f"
done
rm -r site/build
say=$(unshare -n "$BIN/slipway-base" -C site 2>&1)
case $say in
*damaged*'cannot fetch'*) t_ok ;;
*) t_fail "$say" ;;
esac

t_begin 'built again from nothing, by one thread: the same bytes'
if base --force -j 1 >out 2>&1 && cmp one "$build/base.squashfs"; then
	t_ok
else
	t_fail "$(cat out)"
fi

t_begin 'a hook that fails: its name, its status, its last words'
printf '#!/bin/sh\necho first words\necho last words >&2\nexit 7\n' \
	>site/bases/b/hooks/20-bad
chmod 755 site/bases/b/hooks/20-bad
base >out 2>&1
status=$?
case $status$(cat out) in
1*'first words'*'last words'*'base b: hook 20-bad: exit status 7;'*'build.log')
	t_ok ;;
*) t_fail "$(cat out)" ;;
esac
t_begin 'a hook that fails: the base before it stays'
if cmp one "$build/base.squashfs" && [ -z "$(leftovers)" ]; then t_ok; else
	t_fail "$(leftovers)"
fi
rm site/bases/b/hooks/20-bad

t_begin 'a package that does not exist is named'
cp site/bases/b/base.conf conf
echo 'packages = no-such-package' >>site/bases/b/base.conf
say=$(base 2>&1 | tail -n 1)
case $say in
*"base.conf: packages: trixie has no package 'no-such-package'") t_ok ;;
*) t_fail "$say" ;;
esac
cp conf site/bases/b/base.conf

for sig in INT TERM KILL; do
	t_begin "SIG$sig on the way: mounts and files are gone"
	"$BIN/slipway-base" -C site --force >out 2>&1 &
	pid=$!
	until ls -d "$build"/work.*/mmdebstrap.*/proc >/dev/null 2>&1; do
		kill -0 $pid || break
	done
	kill -$sig $pid
	wait $pid
	status=$?
	# nobody could remove files then: the next build does, even one that
	# ends with a wrong name
	[ $sig != KILL ] || {
		! grep "$T_TMP/site" /proc/mounts || status=mounts
		sed -i 's/^suite.*/suite = no-such/' site/bases/b/base.conf
		base >>out 2>&1
		cp conf site/bases/b/base.conf
	}
	if [ "$status" -gt 128 ] && [ -z "$(leftovers)" ] &&
		cmp one "$build/base.squashfs"; then t_ok; else
		t_fail "status $status; $(cat out); $(leftovers)"
	fi
done

t_begin 'a full disk: said, and nothing left'
mkdir small
mount -t tmpfs -o size=30M small small
mkdir small/site
cp -a site/site.conf site/bases small/site/
"$BIN/slipway-base" -C small/site --force >out 2>&1
status=$?
say=$(grep "$T_TMP/small/" /proc/mounts
	find small/site/build -type f ! -name build.log ! -name lock)
case $status$(cat out) in
1*[Nn]'o space left'*) if [ -z "$say" ]; then t_ok; else t_fail "$say"; fi ;;
*) t_fail "status $status: $(cat out)" ;;
esac
umount small

# the same once more by somebody who is not root
user_ready
mkdir -p home bin
cp "$BIN"/slipway-{base,report} bin/
cp -a site mine
rm -r mine/build
mkdir -p home/.cache/slipway/debs
ln "$own"/debs/*.deb home/.cache/slipway/debs/ 2>/dev/null ||
	cp "$own"/debs/*.deb home/.cache/slipway/debs/
chown -R "$USER_ID:$USER_ID" mine
chown "$USER_ID" home home/.cache home/.cache/slipway{,/debs}
t_begin 'an ordinary user builds the same bytes'
if as_user bin/slipway-base -C mine >out 2>&1 &&
	cmp one mine/build/bases/b/base.squashfs; then t_ok; else
	t_fail "$(cat out)"
fi
t_begin '... and leaves nothing'
say=$(find mine/build/bases/b -mindepth 1 ! -name 'base.*' ! -name build.log)
if [ -z "$say" ]; then t_ok; else t_fail "$say"; fi
t_begin 'without subordinate ids: what to do'
expect_fail 1 'usermod --add-subuids' as_poor bin/slipway-base -C mine --force
