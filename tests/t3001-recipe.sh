#!/bin/bash
# SPDX-License-Identifier: MIT
# t3001-recipe: base.conf, this machine's own apt entries, and what is refused
# before anything is built.
. "$(dirname "$0")/lib.sh"

cd "$T_TMP" || exit

site() # NAME: a site with one base, whose base.conf is standard input
{
	rm -rf site
	mkdir -p "site/bases/$1"
	printf '[site]\nname = t\nurl = http://127.0.0.1\n' >site/site.conf
	cat >"site/bases/$1/base.conf"
}

base()
{
	"$BIN/slipway-base" -C "$T_TMP/site" "$@"
}

plan() # NAME PATTERN: the plan matches, in this order
{
	t_begin "$1"
	# shellcheck disable=SC2254
	case $(base -n 2>&1) in
	$2) t_ok ;;
	*) t_fail "$(base -n 2>&1)" ;;
	esac
}

site b <<'END'
[base]
suite = trixie
mirror = http://m.example/debian/ http://s.example/debian-security
components = main contrib
packages = systemd, nginx
END
plan 'mirrors and components of the recipe' '*deb *http://m.example/debian trixie main contrib
*deb *http://s.example/debian-security trixie-security main contrib
*'
plan 'a kernel of the architecture is added' '*packages systemd nginx linux-image-amd64
*'

site b <<'END'
[base]
suite = noble
components = main universe
END
plan 'a suite of Ubuntu: its archive, its updates, its kernel' '*deb *http://archive.ubuntu.com/ubuntu noble main universe
*deb *http://archive.ubuntu.com/ubuntu noble-updates main universe
*deb *http://security.ubuntu.com/ubuntu noble-security main universe
*packages linux-image-generic
*'
if [ ! -e /usr/share/keyrings/ubuntu-archive-keyring.gpg ]; then
	t_begin 'refused: nobody knows who signs it'
	expect_fail 1 'install ubuntu-keyring, or name a keyring=' base
fi
echo 'arch = arm64' >>site/bases/b/base.conf
plan '... of another architecture' '*architecture arm64
*http://ports.ubuntu.com/ubuntu-ports noble main *
*http://ports.ubuntu.com/ubuntu-ports noble-security main *'
site b <<'END'
[base]
suite = zesty-to-come
vendor = ubuntu
mirror = http://m.example/ubuntu
END
plan 'one that nobody knows yet, by its vendor' '*deb *http://m.example/ubuntu zesty-to-come main
*linux-image-generic
*'
echo 'vendor = other' >>site/bases/b/base.conf
t_begin 'refused: a vendor that is none'
expect_fail 1 'vendor: there are debian and ubuntu' base -n

site b <<'END'
[base]
suite = trixie
arch = arm64
mirror = http://m.example/debian
END
plan 'Debian of another architecture' '*architecture arm64
*packages linux-image-arm64
*'

site b <<'END'
[base]
suite = trixie
mirror = http://m.example/debian
packages = linux-image-cloud-amd64
END
plan 'not when the packages name one' '*packages linux-image-cloud-amd64
*'

site b <<'END'
[base]
suite = trixie
mirror = http://m.example/debian
kernel = none
variant = essential
profile = release
END
plan 'not when it is turned down' '*profile release*variant essential*packages
*'

# the machine's own entries, in a mount namespace with another /etc/apt
etc() # FILE: its contents are standard input
{
	mkdir -p "etc/apt/sources.list.d"
	cat >"etc/$1"
}

with_etc() # CMD...
{
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount --bind "$1/etc/apt" /etc/apt &&
		mount --bind "$1/etc/os-release" /etc/os-release &&
		shift && exec "$@"' sh "$T_TMP" "$@"
}

host_plan() # NAME WANTED: what the plan has after "deb", without options
{
	t_begin "$1"
	if ! unshare -m true 2>/dev/null; then
		t_skip 'no mount namespaces'
		return
	fi
	got=$(with_etc "$BIN/slipway-base" -C "$T_TMP/site" -n 2>&1 |
		sed -n 's/^ *deb \(\[[^]]*\] \)*//p' | tr '\n' ';')
	if [ "$got" = "$2" ]; then t_ok; else t_fail "$got"; fi
}

site b <<'END'
[base]
suite = trixie
END
etc os-release <<'END'
ID=debian
VERSION_CODENAME="bookworm"
END
etc apt/sources.list <<'END'
# deb http://wrong.example/debian bookworm main
deb-src http://source.example/debian bookworm main
deb cdrom:[Debian]/ bookworm main
deb [arch=amd64] https://docker.example/linux/debian bookworm stable
deb [ arch=amd64 signed-by=/x ] http://one.example/debian/ bookworm main contrib # comment
deb http://two.example/debian bookworm main
deb http://sec.example/debian-security bookworm-security main
END
host_plan 'one-line entries of the machine' 'http://one.example/debian trixie main;http://sec.example/debian-security trixie-security main;'

etc apt/sources.list </dev/null
etc apt/sources.list.d/off.sources <<'END'
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no
END
etc apt/sources.list.d/on.sources <<'END'
# a comment
Types: deb deb-src
URIs: http://new.example/debian
 http://second.example/debian
Suites: bookworm
# within
 bookworm-updates
Components: main non-free-firmware
Signed-By: /x

Types: deb
URIs: http://new.example/debian-security
Suites: bookworm-security
Components: main
END
host_plan 'deb822 entries of the machine' 'http://new.example/debian trixie main;http://new.example/debian trixie-updates main;http://new.example/debian-security trixie-security main;'

site b <<'END'
[base]
suite = sid
END
host_plan 'sid has no updates and no security' 'http://new.example/debian sid main;'

etc os-release <<'END'
ID=ubuntu
VERSION_CODENAME=bookworm
END
host_plan 'the entries of another distribution do not count' 'http://deb.debian.org/debian sid main;'

conf_refused() # NAME TEXT: base.conf is standard input
{
	site b
	t_begin "refused: $1"
	expect_fail 1 "$2" base -n
}

conf_refused 'no suite' "lacks 'suite" <<'END'
[base]
packages = x
END
conf_refused 'an unknown key' "base.conf:3: [base] knows no key 'pakages'" <<'END'
[base]
suite = trixie
pakages = x
END
conf_refused 'an unknown profile' 'there are quick and release' <<'END'
[base]
suite = trixie
profile = slow
END
conf_refused 'a package that is an option' "'--allow-downgrades' is no word" <<'END'
[base]
suite = trixie
packages = --allow-downgrades
END
conf_refused 'a package with a shell in it' 'is no word' <<'END'
[base]
suite = trixie
packages = $(reboot)
END
conf_refused 'a keyring that is not there' 'keyring: /no/where' <<'END'
[base]
suite = trixie
keyring = /no/where
END
conf_refused 'only a security mirror' 'the first must have' <<'END'
[base]
suite = trixie
mirror = http://x.example/debian-security
END

site b <<'END'
[base]
suite = trixie
mirror = http://127.0.0.1:9/debian
kernel = none
END
t_begin 'refused: an unknown base'
expect_fail 1 'base nope: no such base' base nope
t_begin 'refused: a name that is none'
expect_fail 2 'is no name' base ../b
t_begin 'refused: jobs'
expect_fail 2 '--jobs' base -j 0 b
t_begin 'refused: no site'
expect_fail 1 'none/site.conf: ' "$BIN/slipway-base" -C "$T_TMP/none"
t_begin 'refused: several bases and no name'
mkdir site/bases/c && cp site/bases/b/base.conf site/bases/c/
expect_fail 2 'which NAME' base
rm -r site/bases/c

t_begin 'refused: a hook that would not run'
mkdir site/bases/b/hooks && : >site/bases/b/hooks/10-x
expect_fail 1 'hooks/10-x: not executable' base -n
rm -r site/bases/b/hooks

requires_root
export CACHE=$T_TMP/cache
mkdir tools && ln -s "$(command -v dpkg)" tools/
t_begin 'refused: not root'
chmod 755 "$T_TMP"
expect_fail 1 'build as root' setpriv --reuid 65534 --clear-groups \
	"$BIN/slipway-base" -C "$T_TMP/site"
echo 'arch = ia64' >>site/bases/b/base.conf
t_begin 'another architecture: what judges it must be there'
expect_fail 1 'apt-get install arch-test' env PATH="$T_TMP/tools" \
	"$BIN/slipway-base" -C "$T_TMP/site"
for says in 0 1; do
	printf '#!/bin/sh\necho "$1: judged"\nexit %s\n' $says >tools/arch-test
	chmod +x tools/arch-test
	case $says in
	0) t_begin '... which it runs' && want='cannot fetch' ;;
	1) t_begin '... which it does not run: what to install' &&
		want='arch = ia64: this machine cannot run its programs; apt-get install qemu-user-static' ;;
	esac
	expect_fail 1 "$want" env PATH="$T_TMP/tools:$PATH" \
		"$BIN/slipway-base" -C "$T_TMP/site"
done
sed -i '/^arch/d' site/bases/b/base.conf
t_begin 'refused: a mirror that does not answer'
[ -x /usr/lib/apt/apt-helper ] || t_skip 'no apt-helper (Debian package apt)'
[ ! -x /usr/lib/apt/apt-helper ] ||
	expect_fail 1 'http://127.0.0.1:9/debian/dists/trixie/InRelease: cannot fetch: Could not connect' base
t_begin 'refused, and nothing is left'
if [ -z "$(ls site/build/bases/b)" ]; then t_ok; else
	t_fail "$(ls site/build/bases/b)"
fi
