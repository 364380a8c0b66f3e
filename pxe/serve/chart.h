/* SPDX-License-Identifier: MIT */
/* chart.h - one boot as lines of text, a bar a step. */
#ifndef SERVE_CHART_H
#define SERVE_CHART_H

#include <stdbool.h>

#include <json-c/json.h>

/*
 * chart_print - @report, as shape_read() gave it, on standard output in lines
 * of at most @width columns; bars of block characters with @blocks, else '#'.
 */
void chart_print(struct json_object *report, unsigned int width, bool blocks);

#endif
