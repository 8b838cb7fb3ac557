// See whole.hpp.
#include "ledger/whole.hpp"

#include <algorithm>

extern "C" {
#include "catalog/namespace.h"
#include "utils/lsyscache.h"
}

namespace winback::ledger {

namespace {

// Indexes of the ledger. pg_restore makes them when the data of their table are there; so while one is missing, a dump
// is being restored, and what would be written could meet what is still to come. Making the index of a primary key is
// also the last that locks a table of the ledger against readers: once all are there, reading it can wait for nobody.
constexpr const char* kIndexes[] = {
    "ledger_pkey",           "policy_pkey",          "rule_pkey",            "rule_history_pkey",
    "calendar_pkey",         "source_pkey",          "merged_pkey",          "interaction_status_pkey",
    "event_pkey",            "event_client",         "frozen_client",        "rejected_row",
    "client_pkey",           "status_change_pkey",   "status_change_client", "abc_limit_pkey",
    "task_kind_pkey",        "task_pkey",            "task_client",          "one_open_call_task_a_client",
    "cause_pkey",            "loss_cause_pkey",      "script_pkey",          "script_node_pkey",
    "script_answer_pkey",    "survey_answer_pkey",   "overdue_notice_pkey",  "one_call_closes_one_task",
    "return_manager_pkey",   "task_assignment_pkey", "task_assignment_task", "task_taken_away",
    "one_absence_at_a_time", "task_snooze_pkey",     "task_snooze_task",     "overdue_notice_task",
    "playbook_pkey",         "playbook_step_pkey",   "playbook_path_pkey",   "playbook_version_pkey",
    "process_pkey",          "process_client",       "process_step_pkey",    "holdout_key_pkey",
    "segment_pkey",          "segment_member_pkey",  "client_version_client", "model_fit_pkey",
    "refused_closing_pkey",
};

}  // namespace

bool is_whole() {
  const Oid schema = get_namespace_oid("winback", true);
  return OidIsValid(schema) &&
         std::ranges::all_of(kIndexes, [&](const char* index) { return OidIsValid(get_relname_relid(index, schema)); });
}

}  // namespace winback::ledger
