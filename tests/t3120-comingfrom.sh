#!/bin/bash
# SPDX-License-Identifier: MIT
# t3120-comingfrom: what overlay/coming-from.md says can be typed: each verb is
# there and has each option; and a role that was an element builds its plan.
. "$(dirname "$0")/lib.sh"

page=$T_ROOT/overlay/coming-from.md

# every "slipway VERB ..." of the page, up to the next command or code mark
lines()
{
	tr '\n' ' ' <"$page" | grep -o 'slipway [a-z][^`|&]*' |
		sed 's/  .*//; s/#.*//'
	sed -n 's/^    \(.*  \)\{0,1\}\(slipway .*\)/\2/p' "$page"
}

unknown()
{
	local verb word help
	lines | grep -v '^slipway-' | sort -u | while read -r _ verb words; do
		case $verb in
		new | base | overlay | initrd | publish | boot | export | \
			kernel | ramdisk | diff) ;;
		*) echo "no verb: $verb" && continue ;;
		esac
		help=$("$BIN/slipway-$verb" --help)
		for word in $words; do
			case $word in
			'&&' | '|' | '#'*) break ;;
			--help) ;;
			-?) [ "$word" = - ] || grep -q " $word," <<<"$help" ||
				echo "$verb: no $word" ;;
			--*) grep -q -- "$word " <<<"$help" ||
				echo "$verb: no $word" ;;
			esac
		done
	done
}

t_begin 'every command line of the page has its verb and its options'
out=$(unknown)
if [ -z "$out" ] && [ "$(lines | wc -l)" -gt 30 ]; then t_ok; else
	t_fail "$out"
fi

# An element by its own names, and the renaming that the page speaks of.
e=$T_TMP/element
mkdir -p "$e"/{extra-data.d,pre-install.d,install.d,post-install.d} \
	"$e"/{finalise.d,cleanup.d,environment.d,static/etc}
for d in extra-data pre-install install post-install finalise cleanup; do
	printf '#!/bin/sh\n:\n' >"$e/$d.d/10-thing"
	chmod +x "$e/$d.d/10-thing"
done
echo 'export DIB_THING=1' >"$e/environment.d/10-thing"
echo x >"$e/static/etc/thing"
printf 'base-thing\n' >"$e/element-deps"
printf 'nginx:\ncurl:\n' >"$e/package-installs.yaml"

site=$T_TMP/site
mkdir -p "$site/roles/thing/hooks" "$site/roles/base-thing"
printf '[site]\nname = t\nurl = http://127.0.0.1\n' >"$site/site.conf"
printf '[role]\nbase = debian\n' >"$site/roles/base-thing/role.conf"
printf '[role]\nbase = debian\ndepends = %s\n' \
	"$(paste -sd, "$e/element-deps")" >"$site/roles/thing/role.conf"
mv "$e"/*.d "$site/roles/thing/hooks/"
mv "$e/static" "$site/roles/thing/files"
sed 's/:$//' "$e/package-installs.yaml" >"$site/roles/thing/packages"
sed -i 's/^export //' "$site/roles/thing/hooks/environment.d/10-thing"

t_begin 'an element whose folders were renamed is a role'
"$BIN/slipway-overlay" -C "$site" -n thing >"$T_TMP/plan" 2>&1
if grep -qx '  above overlay base-thing' "$T_TMP/plan" &&
	grep -qx '  package nginx' "$T_TMP/plan" &&
	[ "$(grep -c '  hook .*/10-thing' "$T_TMP/plan")" = 6 ]; then t_ok; else
	t_fail "$(cat "$T_TMP/plan")"
fi
