#!/bin/bash
# SPDX-License-Identifier: MIT
# t9000-hygiene: what the tree promises of itself.
. "$(dirname "$0")/lib.sh"
. "$T_ROOT/tests/boot/tree.sh"
. "$T_ROOT/tests/boot/sizes.sh"

need readelf binutils
need git git
cd "$T_ROOT" || exit

# empty NAME CMD...: passes when CMD prints nothing
empty()
{
	local out
	t_begin "$1"
	shift
	out=$("$@" 2>&1)
	if [ -z "$out" ]; then t_ok; else t_fail "$out"; fi
}

below() # NAME FILE BOUND
{
	local size
	t_begin "$1"
	size=$(stat -c %s "$2") || size=0
	if [ "$size" -gt 0 ] && [ "$size" -lt "$3" ]; then
		t_ok "$size bytes"
	else
		t_fail "$size bytes, bound $3"
	fi
}

init_elf()
{
	readelf -lW "$O/initrd/init" | awk '
		$1 == "INTERP" || $1 == "DYNAMIC" { print "has " $1 }
		$1 == "LOAD" && /RWE/ { print "writable and executable:", $0 }
		$1 == "GNU_STACK" { stack = 1; if (/RWE/) print "stack", $0 }
		END { if (!stack) print "no GNU_STACK" }'
}

# canaries are read where they are set, and no code of a test is linked
init_symbols()
{
	local n
	n=$(objdump -d "$O/initrd/init.debug" | grep -c '%fs:0x28')
	[ "$(uname -m)" != x86_64 ] || [ "$n" -gt 200 ] ||
		echo "only $n looks at a canary"
	nm "$O/initrd/init.debug" | awk '
		$3 == "__stack_chk_fail" { guard = 1 }
		$3 ~ /unit_|fuzz|Fuzzer|asan|__wrap_/ && $3 != "__wrap_main" {
			print "holds " $3 }
		END { if (!guard) print "no __stack_chk_fail" }'
}

# libssl is in init-tls alone
init_no_tls()
{
	nm "$O/initrd/init.debug" | awk '$3 ~ /^(SSL_|tls_client)/ { print $3 }'
	nm "$O/initrd/init-tls.debug" | grep -q ' T SSL_connect$' ||
		echo 'init-tls: no SSL_connect'
}

# what each folder may include beside its own files and <system> headers
arrows()
{
	local dir may
	while read -r dir may; do
		grep -H '^#include "' "$dir"/*.[ch] 2>/dev/null |
			while IFS=: read -r file line; do
				line=${line#*\"} line=${line%\"*}
				case " $may " in *" ${line%%/*} "*) continue ;; esac
				[ "${line#*/}" = "$line" ] &&
					[ -e "$dir/$line" ] && continue
				echo "$file includes $line"
			done
	done <<-END
		initrd/format format
		initrd/fetch fetch format
		initrd/kshim fetch
		initrd fetch format
		initrd/mkinitrd host format
		scripts/host host format
		scripts host format
		overlay host format
		basefs host format
		pxe/publish host format fetch publish
		pxe/steer host format
		pxe/media host format
		pxe/install host format fetch media publish
		pxe/serve host format fetch serve
	END
}

# format/ knows no libc but through env.h (what is there without one is free),
# and libcrypto in digest, cms and cmschain
format_pure()
{
	grep -H '^#include <' initrd/format/*.[ch] |
		grep -v '^[^:]*/env\.h:\|<limits\.h>$' |
		grep -v '^[^:]*/\(cms\|digest\)[a-z]*\.[ch]:#include <openssl/'
}

# linked libraries keep to the arrows too
link_arrows()
{
	grep -H -- '-libs *:=' initrd/mkinitrd/Kbuild overlay/Kbuild \
		basefs/Kbuild pxe/*/Kbuild scripts/Kbuild 2>/dev/null |
		sed 's/:[^=]*:=/ /' | while read -r file libs; do
		for l in $libs; do
			case $file:$l in
			*:scripts/host | *:initrd/format) ;;
			pxe/*:initrd/fetch | pxe/*:pxe/*) ;;
			*) echo "$file links $l" ;;
			esac
		done
	done
}

# a function that others may call begins with the name of its file, or of the
# header beside it that declares it
prefixes()
{
	local o dir names
	find "$O" -path "$O/tests" -prune -o -path "$O/san" -prune -o \
		-path "$O/fuzz" -prune -o \
		-name '*.host.o' -print -o -path "$O/initrd/*.k.o" -print |
		sort | while read -r o; do
		o=${o#"$O"/}
		dir=${o%/*}
		names=$(basename "$o" | sed 's/\..*//'
			basename -s .h "$dir"/*.h)
		# shellcheck disable=SC2086
		nm --defined-only -g "$O/$o" | awk -v file="$o" \
			-v names="$(echo $names | tr - _)" '
			$2 != "T" || $3 == "main" { next }
			file ~ /host\/alloc/ && $3 ~ /^x/ { next }
			file ~ /host\/error/ && $3 ~ /^(warn|die|info)$/ { next }
			file ~ /host\/site/ && $3 == "words" { next }
			file ~ /kshim/ { next }
			{
				n = split(names, p, " ")
				for (i = 1; i <= n; i++)
					if (index($3, p[i] "_") == 1 || $3 == p[i])
						next
				print file ": " $3
			}'
	done
}

# calls that PID 1 may not make; its hostile bytes never meet an allocator
banned()
{
	local o
	for o in "$O"/initrd/*.k.o "$O"/initrd/f*/*.k.o; do
		nm -u "$o" | awk -v file="${o#"$O"/}" '
			$2 ~ /^(strcpy|strcat|v?sprintf|ato[il]|v?sscanf|gets|alloca|system|popen)$/ ||
			$2 ~ /^(malloc|calloc|realloc)$/ { print file, $2 }'
	done
}

licences()
{
	local f
	git ls-files '*.[ch]' '*.sh' '*.py' | while read -r f; do
		head -n 3 "$f" | grep -q 'SPDX-License-Identifier: MIT' ||
			echo "$f"
	done
}

# nothing that is particular to one machine or one moment
foreign_text()
{
	git grep -nE '/(work|home)/[a-z]|\b(TODO|FIXME|XXX)\b' -- . \
		':!tests/t9000-hygiene.sh' ':!LICENSE'
}

noop_make()
{
	make --no-print-directory O="$O" >/dev/null 2>&1
	make --no-print-directory O="$O"
}

# building leaves nothing beside its output folder
strays()
{
	git status --porcelain --ignored | grep '^!!' | grep -v '^!! build/$'
}

# an entry of its own for each, in the same order
codes()
{
	sed -n 's/.*X([A-Z]*, "\(E-[A-Z]*\)").*/\1/p' initrd/fetch/code.h \
		>"$T_TMP/have"
	sed -n '/^\.SH FAILURES/,/^\.SH /{
		/^\.TP/{n;s/^\.B \(E-[A-Z]*\)\(-\\fI.*\)\{0,1\}$/\1/p;}
	}' initrd/slipway.7 >"$T_TMP/told"
	diff "$T_TMP/have" "$T_TMP/told"
}

# what it means, and what to do: two sentences at least
codes_explained()
{
	sed -n '/^\.SH FAILURES/,$p' initrd/slipway.7 | awk '
		/^\.(TP|SH)/ { if (code && n < 2) print code ": " n " sentence"
			code = ""; n = 0; next }
		/^\.B E-/ && !code { code = $2; next }
		code { n += gsub(/[^ .] ?[.:]( |$)/, "") }'
}

# every code is what some row or unit test expects; a comment is no test
codes_tested()
{
	local c
	while read -r c; do
		grep -hv '^[[:space:]]*#' tests/t5*.sh tests/t6*.sh | grep -q \
			"^[^#]*[a-z0-9]\+ [a-z0-9\"\$-]\+ '\{0,1\}$c\([ '/-]\|$\)" ||
			grep -hv '^[[:space:]]*/*\*' tests/unit/*.c \
				tests/fetch/*.c | grep -q "\<CODE_${c#E-}\>" ||
			echo "$c: no test expects it"
	done <"$T_TMP/have"
}

# SYNOPSIS of a man page as plain text, its first form on one line
synopsis()
{
	awk '/^\.SH/ { on = /SYNOPSIS/; next }
		!on { next }
		/^\.br/ { exit }
		{
			alt = $0 ~ /^\.(BR|RB|RI|IR|BI|IB) /
			sub(/^\.[A-Z]+ /, "")
			n = split($0, w, " ")
			s = ""
			for (i = 1; i <= n; i++)
				s = s (i > 1 && !alt ? " " : "") w[i]
			gsub(/\\/, "", s); gsub(/"/, "", s)
			text = text " " s
		}
		END { print text }' "$1" | tidy
}

# one blank between words and brackets, none inside them
tidy()
{
	sed 's/ *\([][|]\) */\1/g; s/\([^[|]\)\[/\1 [/g
		s/\]\([^] |]\)/] \1/g; s/  */ /g; s/^ //; s/ $//'
}

manuals()
{
	local p page
	for p in "$BIN"/*; do
		page=$(git ls-files "*/${p##*/}.1")
		[ -n "$page" ] || { echo "${p##*/}: no man page" && continue; }
		synopsis "$page" >"$T_TMP/man"
		"$p" --help 2>&1 | sed -n 's/^usage: //p' | head -n 1 |
			tidy >"$T_TMP/help"
		cmp -s "$T_TMP/man" "$T_TMP/help" ||
			printf '%s\n   man: %s\n  help: %s\n' "${p##*/}" \
				"$(cat "$T_TMP/man")" "$(cat "$T_TMP/help")"
	done
}

# a folder built with a flag, without it, and so again
reflag()
{
	local o=$T_TMP/reflag n i
	for i in 1 1 0 0; do
		n=$(O=$o CC=gcc KLCC=klcc AR_PROG=ar STRIP_PROG=strip \
			CRYPTO=$CRYPTO KCFLAGS=-DREFLAG=$i make -rR \
			--no-print-directory -f scripts/Makefile.build \
			dir=initrd/kshim 2>&1 | grep -c KLCC)
		printf '%s ' "$n"
	done | grep -v '^\([1-9]\) 0 \1 0 $'
}

readmes()
{
	local d
	git ls-files '*/Kbuild' | xargs -n1 dirname | grep -v ^tests |
		while read -r d; do
			[ -e "$d/README.md" ] || echo "$d has no README.md"
		done
	[ "$(wc -l <README.md)" -lt 150 ] || echo 'README.md: 150 lines or more'
}

below '/init is under 2 MB' "$O/initrd/init" 2000000
below 'init-tls is within its bound' "$O/initrd/init-tls" "$(tls_bound)"
empty '/init holds no TLS, init-tls does' init_no_tls
empty '/init is static, nothing in it is writable and executable' init_elf
if tree_setup "$T_TMP/fix" >"$T_TMP/out" 2>&1; then
	below 'the initrd without modules is under 1.5 MB' \
		"$T_TMP/fix/site/build/initrd/tiny/initrd.img" 1500000
else
	t_begin 'the initrd without modules is under 1.5 MB'
	t_fail "$(tail -n 5 "$T_TMP/out")"
fi
empty '/init guards its stack, and holds nothing that only tests need' \
	init_symbols
empty 'folders include only what the arrows allow' arrows
empty 'folders link only what the arrows allow' link_arrows
empty 'initrd/format includes nothing foreign' format_pure
empty 'functions carry the name of their file' prefixes
empty 'PID 1 makes none of the banned calls' banned
empty 'every source names its licence' licences
empty 'no text of one machine or one moment' foreign_text
empty 'make with nothing to do prints nothing' noop_make
empty 'another flag builds anew, and only once' reflag
empty 'building leaves no file beside its output' strays
empty 'slipway.7 has an entry for every failure code, and no other' codes
empty 'each has a cause and a cure there' codes_explained
empty 'every failure code is expected by a test' codes_tested
empty 'every program has a man page with the synopsis of --help' manuals
empty 'every folder says what may enter it' readmes
