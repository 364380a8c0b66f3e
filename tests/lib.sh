# SPDX-License-Identifier: MIT
# lib.sh: what every test script sources first, with
#	. "$(dirname "$0")/lib.sh"
#
# t_begin NAME	open a case; then exactly one of
# t_ok [TEXT]	it passed
# t_fail WHY	it failed; the script goes on, and ends with status 1
# t_skip WHY	it could not run; WHY names what is missing
#
# check NAME CMD...	a case that passes when CMD does; its output is $T_TMP/out
#
# t_at_end CMD	run that at exit, whatever way the script ends
# slipway ARG...	the one that was built
# listing DIR	every fact of a tree, a line each, but for trusted attributes
#
# $T_TMP is the script's own folder, gone at exit with what is mounted below.
# A script may run itself again with T_TMP set: the inner one cleans nothing.
# $O is the build folder, $BIN its programs, $T_ROOT the source tree.

T_ROOT=$(cd "$(dirname "$0")/.." && pwd)
O=${O:-$T_ROOT/build}
BIN=${BIN:-$O/bin}
SLIPWAY_SHARE=$T_ROOT/overlay
export O BIN T_ROOT SLIPWAY_SHARE
LC_ALL=C
export LC_ALL
t_name=
t_open=
t_bad=0
t_last=:

t_line() # WORD TEXT: the verdict; more lines of TEXT become comments
{
	printf '%s %s%s\n' "$1" "$t_name" "${2:+: $2}" |
		sed '2,$s/^/# /'
	t_open=
}

t_begin()
{
	[ -z "$t_open" ] || t_fail 'no verdict'
	t_name=$1
	t_open=y
}

t_ok()
{
	[ -z "$t_open" ] || t_line ok "${1:-}"
}

t_fail()
{
	t_line 'not ok' "${1:-failed}"
	t_bad=1
}

t_skip()
{
	t_line skip "${1:-}"
}

# need CMD PACKAGE: skip the whole script without it
need()
{
	command -v "$1" >/dev/null && return
	t_begin "${0##*/}"
	t_skip "no $1 (Debian package $2)"
	exit 0
}

requires_root()
{
	[ "$(id -u)" != 0 ] || return 0
	t_begin "${0##*/}"
	t_skip 'not root'
	exit 0
}

# expect_fail STATUS TEXT CMD...: the open case passes when CMD ends with
# STATUS after exactly one line on standard error that holds TEXT
expect_fail()
{
	t_want=$1
	t_text=$2
	shift 2
	t_got=0
	t_err=$("$@" 2>&1 >/dev/null) || t_got=$?
	if [ "$t_got" != "$t_want" ]; then
		t_fail "status $t_got, not $t_want: $t_err"
	elif [ "$(printf '%s\n' "$t_err" | wc -l)" != 1 ]; then
		t_fail "not one line: $t_err"
	else
		case $t_err in
		*"$t_text"*) t_ok && return ;;
		*) t_fail "no '$t_text' in: $t_err" ;;
		esac
	fi
	return 1
}

check()
{
	t_begin "$1"
	shift
	if "$@" >"$T_TMP/out" 2>&1; then
		t_ok
	else
		t_fail "$(tail -n 12 "$T_TMP/out")"
		return 1
	fi
}

slipway()
{
	"$BIN/slipway" "$@"
}

listing()
{
	(
		cd "$1" || exit
		find . -printf '%y %m %U %G %Ts %l %P\0' | sort -z
		find . ! -type d -printf '%P %n\0' | sort -z
		find . \( -type c -o -type b \) -exec stat -c '%n %t %T' {} + |
			sort
		find . -type f -print0 | sort -z | xargs -0 sha256sum
		find . -print0 | sort -z |
			xargs -0 getfattr -h -d -m '^\(user\|security\)\.' --
	) 2>&1 | tr '\0' '\n' | grep -av '^$'
}

t_at_end()
{
	t_last="$1; $t_last"
}

t_unmount()
{
	awk -v d="$T_TMP/" 'index($5 "/", d) == 1 { print $5 }' \
		/proc/self/mountinfo | tac | while read -r t_at; do
		umount "$(printf '%b' "$t_at")" 2>/dev/null ||
			umount -l "$(printf '%b' "$t_at")" || :
	done
}

t_end()
{
	t_status=$?
	trap - EXIT
	[ -z "$t_open" ] || t_fail 'no verdict: the script ended'
	eval "$t_last"
	cd / || :
	t_unmount
	rm -rf --one-file-system "$T_TMP"
	[ "$t_status" != 0 ] || t_status=$t_bad
	exit "$t_status"
}

if [ -z "${T_TMP:-}" ]; then
	T_TMP=$(mktemp -d "${TMPDIR:-/tmp}/slipway-test.XXXXXX") || exit 1
	export T_TMP
	trap t_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'exit 129' HUP
fi
