/* SPDX-License-Identifier: MIT */
/* Named by a seed source that is configured away. */
