// Implementations that failed, kept out of performance results until they pass a verification. Known by
// their content and target: a new name or place changes nothing, a new build is another implementation.
//
// Part of the ledger's file: what is entered survives like what is recorded, and nothing is ever taken
// out of it, a release is one more entry. A store that does not add up is an error in every call, never an
// empty quarantine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/ledger.h"

namespace aisp {

struct QuarantineEvent {
  enum class Kind { quarantined, released };

  std::int64_t id = 0;  // from 1 on, without holes
  std::string at;       // ISO 8601, UTC
  Kind kind = Kind::quarantined;
  std::string target;
  std::string device;
  std::string content_hash;    // of the shared object
  std::string implementation;  // what it was called
  std::string reason;
  std::string run;  // id; "verify" for a verification, which has no record
};

constexpr std::string_view name_of(QuarantineEvent::Kind kind) {
  return kind == QuarantineEvent::Kind::quarantined ? "quarantined" : "released";
}

class Quarantine {
 public:
  // `ledger` must stay where it is.
  explicit Quarantine(Ledger& ledger) : ledger_(ledger) {}

  // Everything that ever happened, in order.
  Result<std::vector<QuarantineEvent>> history();
  // Who is in it now: the event that put them there.
  Result<std::vector<QuarantineEvent>> present();
  Result<std::optional<QuarantineEvent>> find(const std::string& target,
                                              const std::string& content_hash);

  // Puts it in; who is in already stays, with the older reason. `event.id` and `.kind` are set here.
  // True: it was not in before.
  Result<bool> enter(QuarantineEvent event);
  // True: it was in.
  Result<bool> release(QuarantineEvent event);

 private:
  Result<bool> append(QuarantineEvent event);

  Ledger& ledger_;
};

// Of a history, who is in at its end, in the order of entry.
std::vector<QuarantineEvent> still_in(const std::vector<QuarantineEvent>& history);

}  // namespace aisp
