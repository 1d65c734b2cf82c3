// What has to be shown: the protections and the ways to be wrong that the corpus is held against. A
// manifest names the rows that its attack shows by their ids; docs/protections.md is made from both.
#pragma once

#include <span>
#include <string_view>

namespace aisp::redteam {

struct ChecklistRow {
  std::string_view id;        // "timing.unsynced_streams", "listed.full_device_sync"
  std::string_view category;  // "Timing"
  std::string_view name;      // "unsynced streams"
  // Why there is nothing to try here; empty = there is, and until an attack has shown it, the row is
  // unproven.
  std::string_view not_applicable = {};
};

// 95 validity failures in eleven categories, in the order in which they are usually listed.
std::span<const ChecklistRow> validity_failures();

// The protections that harnesses in use list by name, and the eight reward hacks of the CUDA-L1
// paper.
std::span<const ChecklistRow> listed_protections();

// Of either list; nullptr = no such row.
const ChecklistRow* checklist_row(std::string_view id);

}  // namespace aisp::redteam
