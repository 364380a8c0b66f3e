# SPDX-License-Identifier: MIT
# servers.sh: servers of the publish tree. Sourced after lib.sh.
#
# server_start KIND AT PORT DIR [RULE...]	KIND is serve, nginx or bad; its
#			process is $server
# server_stop PID	ends it
# server_get KIND	what is not there may come from Debian; before topic
# server_known KIND	is it there?
# nginx_files DIR ADDR:PORT FILE...	nginx with these server blocks in the
#			background, its own files in DIR; its process is $server
#
# With $in set they run in that network namespace.

in_net()
{
	if [ -n "${in:-}" ]; then
		nsenter --net="/run/netns/$in" "$@"
	else
		"$@"
	fi
}

# For what goes to the background: $! must be the program itself, not a shell
# that waits for it.
in_net_exec()
{
	if [ -n "${in:-}" ]; then
		exec nsenter --net="/run/netns/$in" "$@"
	else
		exec "$@"
	fi
}

# nginx out of its package when it is not installed: a server that starts with
# the machine is nothing that a benchmark may leave behind.
nginx_find()
{
	local cache=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}
	nginx=$(command -v nginx) && return
	nginx=$cache/bench-nginx/usr/sbin/nginx
	[ -x "$nginx" ]
}

server_get()
{
	local cache=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway} d
	[ "$1" = nginx ] && ! nginx_find && mkdir -p "$cache" || return 0
	d=$(mktemp -d "$cache/bench-nginx.XXXXXX")
	chmod 755 "$d"
	(cd "$d" && apt-get -q download nginx && dpkg-deb -x nginx_*.deb .) \
		>/dev/null 2>&1 && mv -T "$d" "$cache/bench-nginx" ||
		rm -rf "$d"
}

server_known()
{
	case $1 in
	nginx) nginx_find ;;
	*) : ;;
	esac
}

nginx_conf() # AT PORT DIR
{
	local d
	mkdir -p "$W/nginx"
	for d in body proxy fastcgi uwsgi scgi; do
		mkdir -p "$W/nginx/$d"
	done
	cat <<-END
		daemon off;
		user root root;
		worker_processes 2;
		pid $W/nginx/pid.$2;
		error_log stderr crit;
		events { worker_connections 1024; }
		http {
			access_log off;
			sendfile on;
			tcp_nopush on;
			client_body_temp_path $W/nginx/body;
			proxy_temp_path $W/nginx/proxy;
			fastcgi_temp_path $W/nginx/fastcgi;
			uwsgi_temp_path $W/nginx/uwsgi;
			scgi_temp_path $W/nginx/scgi;
			server { listen $1:$2; root $3; }
		}
	END
}

server_start()
{
	local kind=$1 at=$2 port=$3 dir=$4 rules=() r i
	shift 4
	for r; do rules+=(--rule "$r"); done
	case $kind in
	serve) in_net_exec "$BIN/slipway-serve" -q --listen "$at:$port" \
		--tree "$dir" >/dev/null 2>&1 & ;;
	nginx)
		nginx_find || return
		nginx_conf "$at" "$port" "$dir" >"$W/nginx.$port.conf"
		in_net_exec "$nginx" -p "$W/nginx" -e stderr \
			-c "$W/nginx.$port.conf" 2>"$W/nginx.$port.err" & ;;
	bad) in_net_exec "$O/tests/badhttpd" --bind "$at" --port "$port" \
		--root "$dir" --log "$W/log.$port" "${rules[@]}" \
		>/dev/null 2>&1 & ;;
	esac
	server=$!
	for ((i = 0; i < 300; i++)); do
		in_net curl -sf -o /dev/null "http://$at:$port/ready" && return
		[ $? = 7 ] || return 0
		kill -0 "$server" || return
		sleep 0.02
	done
	return 1
}

server_stop()
{
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	:
}

nginx_files()
{
	local d=$1 at=$2 i
	shift 2
	mkdir -p "$d"
	{
		echo "daemon off; pid $d/pid; user root;"
		echo 'events { }'
		echo 'http { access_log off;'
		for i in client_body proxy fastcgi uwsgi scgi; do
			echo "${i}_temp_path $d/$i;"
		done
		printf 'include %s;\n' "$@"
		echo '}'
	} >"$d/conf"
	"$nginx" -t -q -e stderr -p "$d" -c "$d/conf" || return
	"$nginx" -e stderr -p "$d" -c "$d/conf" 2>"$d/err" &
	server=$!
	for ((i = 0; i < 200; i++)); do
		curl -s -o /dev/null "http://$at/" && return
		sleep 0.05
	done
	return 1
}
