/* SPDX-License-Identifier: MIT */
/* case-news.h - who the frames of case-news.c are for. */
#ifndef CASE_NEWS_H
#define CASE_NEWS_H

#include "format/news.h"

extern const struct news_for case_news_who;

#endif
