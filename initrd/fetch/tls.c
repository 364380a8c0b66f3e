// SPDX-License-Identifier: MIT
/* tls.c - a TLS client between two descriptors, by libssl. */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include "fetch/confine.h"
#include "fetch/tls.h"

#define DOWN_MAX (64u << 10) /* four records */
#define UP_MAX	 2048	     /* one request */

/* What every server of TLS 1.3 must have, and all of 1.2 worth asking do. */
#define GROUPS	"P-256:P-384"
#define CIPHERS "ECDHE+AESGCM"
#define SUITES	"TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"

struct flow {
	size_t at, have; /* buf[at..have) is still to be passed on */
	uint8_t *buf;
};

enum more { DRY, MORE, ENDED };

static bool empty(const struct flow *f)
{
	return f->at == f->have;
}

/* libssl's own socket BIO calls more than the filter leaves. */
static int sock_read(BIO *b, char *p, int n)
{
	ssize_t got = recv(TLSCAGE_SOCK, p, (size_t)n, MSG_DONTWAIT);

	BIO_clear_retry_flags(b);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		BIO_set_retry_read(b);
	return (int)got;
}

static int sock_write(BIO *b, const char *p, int n)
{
	ssize_t put =
		send(TLSCAGE_SOCK, p, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);

	BIO_clear_retry_flags(b);
	if (put < 0 && (errno == EAGAIN || errno == EINTR))
		BIO_set_retry_write(b);
	return (int)put;
}

static long sock_ctrl(BIO *b, int cmd, long num, void *p)
{
	return cmd == BIO_CTRL_FLUSH;
}

static BIO *sock_bio(void)
{
	BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOURCE_SINK | 100, "socket");
	BIO *b;

	if (!m)
		return NULL;
	BIO_meth_set_read(m, sock_read);
	BIO_meth_set_write(m, sock_write);
	BIO_meth_set_ctrl(m, sock_ctrl);
	b = BIO_new(m);
	if (b)
		BIO_set_init(b, 1);
	return b;
}

static bool add_roots(SSL_CTX *ctx, const struct fetch_tls *t)
{
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	const uint8_t *p = t->roots, *end = p + t->roots_size;
	X509 *cert;

	while (p < end) {
		cert = d2i_X509(NULL, &p, end - p);
		if (!cert || !X509_STORE_add_cert(store, cert))
			return false;
		X509_free(cert);
	}
	return t->roots_size;
}

static SSL_CTX *context(const struct fetch_tls *t)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (!ctx || !SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) ||
	    !SSL_CTX_set_cipher_list(ctx, CIPHERS) ||
	    !SSL_CTX_set_ciphersuites(ctx, SUITES) ||
	    !SSL_CTX_set1_groups_list(ctx, GROUPS) || !add_roots(ctx, t))
		return NULL;
	SSL_CTX_set_security_level(ctx, 2);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* several records with one call */
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_default_read_buffer_len(ctx, DOWN_MAX + 4096);
	return ctx;
}

static bool expect(SSL *ssl, const struct fetch_tls *t, const char *host,
		   bool numeric)
{
	X509_VERIFY_PARAM *p = SSL_get0_param(ssl);
	/* an anchor may be the server's own certificate */
	unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;

	if (t->now)
		X509_VERIFY_PARAM_set_time(p, (time_t)t->now);
	else
		flags |= X509_V_FLAG_NO_CHECK_TIME;
	X509_VERIFY_PARAM_set_flags(p, flags);
	X509_VERIFY_PARAM_set_hostflags(p,
					X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (numeric)
		return X509_VERIFY_PARAM_set1_ip_asc(p, host);
	return X509_VERIFY_PARAM_set1_host(p, host, 0) &&
	       SSL_set_tlsext_host_name(ssl, host);
}

static const char *why_certificate(long verdict)
{
	switch (verdict) {
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return "certificate of an unknown issuer";
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return "certificate for another name";
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return "certificate expired";
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return "certificate not valid yet";
	default:
		return "certificate refused";
	}
}

static bool is_lost(int reason)
{
	return !reason || reason == SSL_R_UNEXPECTED_EOF_WHILE_READING;
}

static const char *why_protocol(int reason)
{
	if (is_lost(reason))
		return "connection lost in the handshake";
	switch (reason) {
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
		return "server has neither TLS 1.2 nor 1.3";
	case SSL_R_WRONG_VERSION_NUMBER:
	case SSL_R_HTTP_REQUEST:
	case SSL_R_UNEXPECTED_MESSAGE:
		return "server does not speak TLS";
	case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
	case SSL_R_NO_CIPHERS_AVAILABLE:
		return "no cipher in common";
	default:
		return "handshake refused";
	}
}

static void say(SSL *ssl, const char *why)
{
	struct tls_word word = {.done = !why};
	unsigned long err = ERR_peek_error();
	long verdict = ssl ? SSL_get_verify_result(ssl) : X509_V_OK;

	word.lost = why && ssl && verdict == X509_V_OK &&
		    is_lost(ERR_GET_REASON(err));
	if (why && ssl && verdict != X509_V_OK)
		snprintf(word.why, sizeof(word.why), "%s (%ld)",
			 why_certificate(verdict), verdict);
	else if (why && ssl)
		snprintf(word.why, sizeof(word.why), "%s (%d)",
			 why_protocol(ERR_GET_REASON(err)),
			 ERR_GET_REASON(err));
	else if (why)
		snprintf(word.why, sizeof(word.why), "%s (%lx)", why, err);
	ERR_clear_error();
	if (send(TLSCAGE_PLAIN, &word, sizeof(word), MSG_NOSIGNAL) !=
		    sizeof(word) ||
	    why)
		confine_exit(1);
}

/* Until there is something to do; whoever asked being gone ends it all. */
static void wait_for(short plain, short sock)
{
	struct pollfd p[] = {{.fd = TLSCAGE_PLAIN, .events = plain},
			     {.fd = TLSCAGE_SOCK, .events = sock}};

	if (!sock)
		p[1].fd = -1;
	while (poll(p, 2, -1) < 0 && errno == EINTR)
		;
	if (p[0].revents & (POLLERR | POLLHUP))
		confine_exit(0);
}

static void handshake(SSL *ssl)
{
	int ret;

	for (;;) {
		ERR_clear_error();
		ret = SSL_connect(ssl);
		if (ret == 1)
			break;
		switch (SSL_get_error(ssl, ret)) {
		case SSL_ERROR_WANT_READ:
			wait_for(0, POLLIN);
			break;
		case SSL_ERROR_WANT_WRITE:
			wait_for(0, POLLOUT);
			break;
		default:
			say(ssl, "handshake");
		}
	}
	say(ssl, NULL);
}

/*
 * From the server as much as there is room for. DRY: no more has come yet;
 * else libssl may hold some, of which poll knows nothing.
 */
static enum more fill_down(SSL *ssl, struct flow *d)
{
	int n;

	d->at = d->have = 0;
	while (d->have < DOWN_MAX) {
		ERR_clear_error();
		n = SSL_read(ssl, d->buf + d->have, (int)(DOWN_MAX - d->have));
		if (n > 0)
			d->have += (size_t)n;
		else if (SSL_get_error(ssl, n) == SSL_ERROR_WANT_READ)
			return DRY;
		else
			return ENDED;
	}
	return MORE;
}

static void drain_down(struct flow *d)
{
	ssize_t n = send(TLSCAGE_PLAIN, d->buf + d->at, d->have - d->at,
			 MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n > 0)
		d->at += (size_t)n;
	else if (errno != EAGAIN && errno != EINTR)
		confine_exit(0);
}

static void fill_up(struct flow *u)
{
	ssize_t n = recv(TLSCAGE_PLAIN, u->buf, UP_MAX, MSG_DONTWAIT);

	if (n > 0)
		*u = (struct flow){0, (size_t)n, u->buf};
	else if (!n || (errno != EAGAIN && errno != EINTR))
		confine_exit(0);
}

/* Returns what to wait for before the rest goes out. */
static short drain_up(SSL *ssl, struct flow *u)
{
	int n;

	ERR_clear_error();
	n = SSL_write(ssl, u->buf + u->at, (int)(u->have - u->at));
	if (n > 0)
		u->at += (size_t)n;
	else if (SSL_get_error(ssl, n) == SSL_ERROR_WANT_WRITE)
		return POLLOUT;
	else
		confine_exit(1);
	return 0;
}

static void relay(SSL *ssl)
{
	static uint8_t down_buf[DOWN_MAX], up_buf[UP_MAX];
	struct flow down = {.buf = down_buf}, up = {.buf = up_buf};
	enum more more = MORE;
	short plain, sock;

	while (more != ENDED || !empty(&down)) {
		sock = 0;
		if (empty(&down))
			more = fill_down(ssl, &down);
		if (!empty(&down))
			drain_down(&down);
		if (empty(&up))
			fill_up(&up);
		if (more != ENDED && !empty(&up))
			sock = drain_up(ssl, &up);
		if (empty(&down) && more != DRY)
			continue;
		plain = empty(&up) ? POLLIN : 0;
		if (empty(&down))
			sock |= POLLIN;
		else
			plain |= POLLOUT;
		if (empty(&up) || sock & POLLOUT || plain & POLLOUT)
			wait_for(plain, sock);
	}
}

void tls_client(const struct fetch_tls *t, const char *host, bool numeric)
{
	SSL_CTX *ctx;
	BIO *bio;
	SSL *ssl;

	/* no configuration files: none could be opened */
	OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	ctx = context(t);
	bio = sock_bio();
	ssl = ctx && bio ? SSL_new(ctx) : NULL;
	if (!ssl || !expect(ssl, t, host, numeric)) {
		say(NULL, "anchors or libssl unusable");
		return;
	}
	SSL_set_bio(ssl, bio, bio);
	handshake(ssl);
	relay(ssl);
}
