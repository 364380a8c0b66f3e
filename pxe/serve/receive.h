/* SPDX-License-Identifier: MIT */
/*
 * receive.h - POST /report: what machines say of their boots. Anybody can
 * send one, so each is bounded, and so is their number in time: for one
 * address a burst of RECEIVE_BURST and then RECEIVE_RATE a second. A proxy on
 * this machine may say whom it speaks for (X-Real-IP).
 */
#ifndef SERVE_RECEIVE_H
#define SERVE_RECEIVE_H

#include "httpd.h"
#include "reports.h"

#define RECEIVE_PATH  "report"
#define RECEIVE_BURST 120
#define RECEIVE_RATE  2

struct receive;

/*
 * receive_start - have the server of @conf, not started yet, take reports into
 * the file @db, which keeps at most @keep. Dies when it cannot be opened.
 * receive_stop() once that server has stopped; NULL is none.
 */
struct receive *receive_start(struct httpd_conf *conf, const char *db,
			      unsigned int keep);
void receive_stop(struct receive *v);

#endif
