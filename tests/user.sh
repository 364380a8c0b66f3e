# SPDX-License-Identifier: MIT
# user.sh: an ordinary user for tests that run as root, who exists for one
# command only: in a mount namespace with account files of its own. Source it
# after lib.sh.
#
# as_user CMD...	run it as that user, who has subordinate ids
# as_poor CMD...	the same without a line in /etc/subuid
# as_barred CMD...	with ids, where no user namespace may be made any more
# user_ready		make the account files; skip when there can be no user

USER_ID=64123

user_ready()
{
	need newuidmap uidmap
	need setpriv util-linux
	if ! grep -q '^ *0 *0 *4294967295$' /proc/self/uid_map; then
		t_begin "${0##*/}"
		t_skip 'ids are mapped here already: no second user to be had'
		exit 0
	fi
	mkdir -p "$T_TMP/accounts"
	cp /etc/passwd "$T_TMP/accounts/passwd"
	echo "t-slipway:x:$USER_ID:$USER_ID::$T_TMP/home:/bin/sh" \
		>>"$T_TMP/accounts/passwd"
	echo 't-slipway:1200000000:65536' >"$T_TMP/accounts/subuid"
	: >"$T_TMP/accounts/none"
	# the user must reach what is given to it
	chmod 711 "$T_TMP"
	if ! as_user unshare --user true 2>"$T_TMP/accounts/err"; then
		t_begin "${0##*/}"
		t_skip "no user namespaces: $(cat "$T_TMP/accounts/err")"
		exit 0
	fi
}

user_with() # SUBIDS CMD...
{
	T_IDS=$T_TMP/accounts/$1
	export T_IDS USER_ID
	shift
	touch -a /etc/subuid /etc/subgid
	# shellcheck disable=SC2016
	unshare --mount sh -c '
		mount --bind "$T_TMP/accounts/passwd" /etc/passwd &&
		mount --bind "$T_IDS" /etc/subuid &&
		mount --bind "$T_IDS" /etc/subgid || exit 125
		HOME=$T_TMP/home
		exec ${T_BARRED:+"$T_BARRED"} setpriv --reuid "$USER_ID" --regid "$USER_ID" \
			--clear-groups --reset-env env T_TMP="$T_TMP" \
			HOME="$HOME" PATH="$PATH" "$@"' sh "$@"
}

as_user()
{
	user_with subuid "$@"
}

as_poor()
{
	user_with none "$@"
}

as_barred()
{
	cat >"$T_TMP/accounts/barred" <<'S'
#!/bin/bash
# a user namespace that is like the machine's, but for its limit
unshare --user sleep 1000 &
until [ "$(readlink /proc/$!/ns/user)" != "$(readlink /proc/self/ns/user)" ]
do kill -0 $! || break; done
echo 0 0 4294967295 >/proc/$!/uid_map
echo 0 0 4294967295 >/proc/$!/gid_map
nsenter --user --target $! --setuid 0 --setgid 0 sh -c '
	echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"' sh "$@"
status=$?
kill $!
exit $status
S
	chmod +x "$T_TMP/accounts/barred"
	T_BARRED=$T_TMP/accounts/barred user_with subuid "$@"
}
