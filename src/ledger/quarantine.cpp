#include "ledger/quarantine.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "ledger/database.h"

namespace aisp {
namespace {

constexpr const char* kWhat = "read the quarantine";

Error damaged(const std::string& path, std::string why) {
  return {
      kWhat, path, std::move(why),
      "The file was left as it is: nothing is taken to be released. Move it away to start anew, "
      "or put back a copy"};
}

// Each field with its length, so that no two events have one text.
std::string checksum(const QuarantineEvent& e, const std::string& before) {
  std::string text;
  for (const std::string& field :
       {before, std::to_string(e.id), e.at, std::string(name_of(e.kind)), e.target, e.device,
        e.content_hash, e.implementation, e.reason, e.run})
    text += fmt::format("{}:{}\n", field.size(), field);
  return blake2b_hex(text);
}

struct History {
  std::vector<QuarantineEvent> events;
  std::string last_checksum;
};

Result<History> read(Database& database) {
  auto select = database.prepare(
      "SELECT id, at, event, target, device, content_hash, implementation, reason, run, checksum "
      "FROM quarantine ORDER BY id");
  if (!select.ok()) return select.error();
  History history;
  for (;;) {
    const auto row = select->step();
    if (!row.ok()) return row.error();
    if (!*row) break;
    QuarantineEvent e;
    e.id = select->integer(0);
    e.at = select->text(1);
    const std::string kind = select->text(2);
    e.kind =
        kind == "released" ? QuarantineEvent::Kind::released : QuarantineEvent::Kind::quarantined;
    e.target = select->text(3);
    e.device = select->text(4);
    e.content_hash = select->text(5);
    e.implementation = select->text(6);
    e.reason = select->text(7);
    e.run = select->text(8);
    if (e.id != static_cast<std::int64_t>(history.events.size()) + 1)
      return damaged(database.path(),
                     fmt::format("entry {} is missing", history.events.size() + 1));
    if (kind != name_of(e.kind) || select->text(9) != checksum(e, history.last_checksum))
      return damaged(database.path(), fmt::format("entry {} was changed after it was made", e.id));
    history.last_checksum = select->text(9);
    history.events.push_back(std::move(e));
  }
  // SQLite's own count of the ids that were given: entries that were cut off at the end.
  const auto given = database.scalar("SELECT seq FROM sqlite_sequence WHERE name = 'quarantine'");
  if (!given.ok()) return given.error();
  const std::string there = history.events.empty() ? "" : std::to_string(history.events.size());
  if (*given != there && !(there.empty() && *given == "0"))
    return damaged(database.path(),
                   fmt::format("{} entries were made, and {} are there",
                               given->empty() ? "no" : *given, history.events.size()));
  return history;
}

}  // namespace

std::vector<QuarantineEvent> still_in(const std::vector<QuarantineEvent>& history) {
  std::vector<QuarantineEvent> present;
  for (const QuarantineEvent& e : history) {
    const auto at = std::find_if(present.begin(), present.end(), [&](const QuarantineEvent& p) {
      return p.target == e.target && p.content_hash == e.content_hash;
    });
    if (e.kind == QuarantineEvent::Kind::released) {
      if (at != present.end()) present.erase(at);
    } else if (at == present.end()) {
      present.push_back(e);
    }
  }
  return present;
}

Result<std::vector<QuarantineEvent>> Quarantine::history() {
  auto history = read(*ledger_.database_);
  if (!history.ok()) return history.error();
  return std::move(history->events);
}

Result<std::vector<QuarantineEvent>> Quarantine::present() {
  const auto history = read(*ledger_.database_);
  if (!history.ok()) return history.error();
  return still_in(history->events);
}

Result<std::optional<QuarantineEvent>> Quarantine::find(const std::string& target,
                                                        const std::string& content_hash) {
  const auto all = present();
  if (!all.ok()) return all.error();
  for (const QuarantineEvent& e : *all)
    if (e.target == target && e.content_hash == content_hash) return std::optional(e);
  return std::optional<QuarantineEvent>();
}

Result<bool> Quarantine::enter(QuarantineEvent event) {
  event.kind = QuarantineEvent::Kind::quarantined;
  return append(std::move(event));
}

Result<bool> Quarantine::release(QuarantineEvent event) {
  event.kind = QuarantineEvent::Kind::released;
  return append(std::move(event));
}

Result<bool> Quarantine::append(QuarantineEvent event) {
  Database& database = *ledger_.database_;
  auto transaction = Transaction::begin(database);
  if (!transaction.ok()) return transaction.error();
  const auto history = read(database);
  if (!history.ok()) return history.error();
  const auto present = still_in(history->events);
  const bool is_in = std::any_of(present.begin(), present.end(), [&](const QuarantineEvent& e) {
    return e.target == event.target && e.content_hash == event.content_hash;
  });
  if (is_in == (event.kind == QuarantineEvent::Kind::quarantined)) return false;
  event.id = static_cast<std::int64_t>(history->events.size()) + 1;
  auto insert = database.prepare(
      "INSERT INTO quarantine (id, at, event, target, device, content_hash, implementation, "
      "reason, "
      "run, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert.ok()) return insert.error();
  insert->bind(event.id);
  const std::string kind(name_of(event.kind)), sum = checksum(event, history->last_checksum);
  for (const std::string& text : {event.at, kind, event.target, event.device, event.content_hash,
                                  event.implementation, event.reason, event.run, sum})
    insert->bind(std::string_view(text));
  if (auto done = insert->run(); !done.ok()) return done.error();
  if (auto done = transaction->commit(); !done.ok()) return done.error();
  return true;
}

}  // namespace aisp
