/* SPDX-License-Identifier: BSD-2-Clause */
/* The threshold of a correlation. */
#include "sigma/threshold.h"

static const char *const type_names[] = {
	[EVENT_COUNT] = "event_count",
	[VALUE_COUNT] = "value_count",
	[TEMPORAL] = "temporal",
	[TEMPORAL_ORDERED] = "temporal_ordered",
	[VALUE_SUM] = "value_sum",
	[VALUE_AVG] = "value_avg",
};

const char *
threshold_type_name(enum correlation_type type)
{
	return type_names[type];
}

bool
threshold_is_count(const struct correlation *correlation)
{
	return correlation->type != VALUE_SUM && correlation->type != VALUE_AVG;
}

bool
threshold_reached(const struct correlation *correlation, double value)
{
	switch (correlation->op) {
	case THRESHOLD_GTE:
		return value >= correlation->threshold;
	case THRESHOLD_GT:
		return value > correlation->threshold;
	case THRESHOLD_EQ:
		break;
	}
	return value == correlation->threshold;
}
