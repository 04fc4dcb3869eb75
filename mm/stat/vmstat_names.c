/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/stat/vmstat_names.h"

#define NAME(name) #name,
const char *const vm_zone_stat_names[NR_VM_ZONE_STAT_ITEMS] = {VM_ZONE_STATS(NAME)};
const char *const vm_node_stat_names[NR_VM_NODE_STAT_ITEMS] = {VM_NODE_STATS(NAME)};
const char *const vm_event_names[NR_VM_EVENT_ITEMS] = {VM_EVENTS(NAME)};
