#include "ledger/ledger.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>

#include "base/hash.h"
#include "ledger/database.h"
#include "ledger/result_json.h"
#include "ledger/schema.h"

namespace aisp {

namespace {

namespace fs = std::filesystem;

constexpr const char* kOpen = "open the ledger";
constexpr std::string_view kSqliteMagic("SQLite format 3\0", 16);
constexpr std::size_t kSqliteHeaderBytes = 100;

Error not_a_ledger(const std::string& path, std::string why) {
  return {kOpen, path, std::move(why),
          "It was left as it is; choose another place for the ledger, or move the file away"};
}

Status migrate(Database& database, int version) {
  for (; version < kLedgerSchemaVersion; ++version)
    if (auto done = database.execute(kMigrations[static_cast<std::size_t>(version)]); !done.ok())
      return done;
  const std::string stamp = "PRAGMA user_version = " + std::to_string(kLedgerSchemaVersion);
  return database.execute(stamp.c_str());
}

Status write_empty_ledger(const std::string& path) {
  auto database = Database::open(path, true);
  if (!database.ok()) return database.error();
  const std::string application = "PRAGMA application_id = " + std::to_string(kLedgerApplicationId);
  for (const char* sql : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
                          application.c_str(), "BEGIN IMMEDIATE"})
    if (auto done = (*database)->execute(sql); !done.ok()) return done;
  if (auto done = migrate(**database, 0); !done.ok()) return done;
  if (auto done = (*database)->execute("COMMIT"); !done.ok()) return done;
  return (*database)->execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

Status sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno_error(kOpen, folder);
  const int synced = ::fsync(fd);
  const int number = errno;
  ::close(fd);
  errno = number;
  if (synced != 0) return errno_error(kOpen, folder);
  return success();
}

// A new ledger is made under another name and renamed when it is whole, so that a kill leaves
// either no ledger or a good one. Losing the race for the name to another process is success.
Status create(const std::string& path) {
  const fs::path folder = fs::absolute(path).parent_path();
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) return Error{kOpen, path, failure.message(), "Choose another place for it"};
  // SQLite would replay the log of a ledger that was deleted into the new one.
  if (fs::exists(path + "-wal") && !fs::exists(path))
    return Error{kOpen, path, "the ledger is gone but its log " + path + "-wal is still there",
                 "Put the ledger back, or remove the -wal and -shm files"};
  std::string draft = path + ".new-XXXXXX";
  const int fd = ::mkostemp(draft.data(), O_CLOEXEC);
  if (fd < 0) return errno_error(kOpen, path, "Choose another place for it");
  ::close(fd);
  Status done = write_empty_ledger(draft);
  if (!done.ok()) {
    Error error = done.error();
    error.on = path;
    done = error;
  } else if (::renameat2(AT_FDCWD, draft.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0 &&
             errno != EEXIST) {
    done = errno_error(kOpen, path);
  }
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    ::unlink((draft + suffix).c_str());  // gone already unless something failed
  if (!done.ok()) return done;
  return sync_folder(folder);
}

// What can be told without letting SQLite, which may write, near the file.
Status check_header(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return errno_error(kOpen, path);
  if (!S_ISREG(info.st_mode)) return not_a_ledger(path, "it is not a regular file");
  char header[kSqliteHeaderBytes] = {};
  std::ifstream file(path, std::ios::binary);
  if (!file) return errno_error(kOpen, path, "Make it readable, or choose another place for it");
  file.read(header, sizeof header);
  if (file.gcount() == 0) return not_a_ledger(path, "it is empty, not a ledger");
  if (file.gcount() < static_cast<std::streamsize>(sizeof header) ||
      std::string_view(header, kSqliteMagic.size()) != kSqliteMagic)
    return not_a_ledger(path, "it is not a ledger");
  return success();
}

Result<int> pragma_number(Database& database, std::string_view sql) {
  const auto text = database.scalar(sql);
  if (!text.ok()) return text.error();
  return std::atoi(text->c_str());
}

// Targets up to which open() checks all of them.
constexpr long long kCheckedWhole = 200;

Status check_length(Database& database) {
  // While there is a log, pages that are not yet in the file are in there.
  struct stat log {};
  if (::stat((database.path() + "-wal").c_str(), &log) == 0 && log.st_size > 0) return success();
  struct stat file {};
  if (::stat(database.path().c_str(), &file) != 0) return errno_error(kOpen, database.path());
  const auto bytes =
      database.scalar("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
  if (!bytes.ok()) return bytes.error();
  if (file.st_size < std::atoll(bytes->c_str())) return database.error(SQLITE_CORRUPT);
  return success();
}

// The windows are most of the file, and to walk them all takes 10 ms per MiB and more; a run needs
// only the other tables. Ledger::check() reads everything.
Status check_quickly(Database& database, int version) {
  if (version >= kQuarantineSince) {  // never large
    const auto damage = database.scalar("PRAGMA quick_check(quarantine)");
    if (!damage.ok()) return damage.error();
    if (*damage != "ok") return database.error(SQLITE_CORRUPT);
  }
  const auto newest = database.scalar("SELECT coalesce(max(id), 0) FROM targets");
  if (!newest.ok()) return newest.error();
  if (std::atoll(newest->c_str()) > kCheckedWhole) {
    // quick_check of 10,000 runs takes seconds; reading their newest rows goes down each tree once.
    for (const char* rows :
         {"SELECT count(length(manifest)) FROM (SELECT manifest FROM runs ORDER BY rowid DESC "
          "LIMIT 32)",
          "SELECT count(length(result)) FROM (SELECT result FROM targets ORDER BY id DESC LIMIT "
          "32)",
          "SELECT count(length(sentence)) FROM (SELECT sentence FROM verdicts ORDER BY id DESC "
          "LIMIT 64)",
          "SELECT count(length(message)) FROM findings WHERE verdict > (SELECT max(id) - 8 FROM "
          "verdicts)",
          "SELECT count(*) FROM samples WHERE verdict = (SELECT max(id) FROM verdicts)"})
      if (const auto read = database.scalar(rows); !read.ok()) return read.error();
    return check_length(database);
  }
  for (const char* table : {"runs", "targets", "verdicts", "findings"}) {
    const auto damage =
        database.scalar("PRAGMA quick_check(" + std::string(table) + ")");  // takes no parameters
    if (!damage.ok()) return damage.error();
    if (*damage != "ok") return database.error(SQLITE_CORRUPT);
  }
  return check_length(database);
}

Status check_is_ours(Database& database) {
  const auto application = pragma_number(database, "PRAGMA application_id");
  if (!application.ok()) return application.error();
  if (*application != kLedgerApplicationId)
    return not_a_ledger(database.path(), "it is a database of another program");
  const auto version = pragma_number(database, "PRAGMA user_version");
  if (!version.ok()) return version.error();
  if (*version > kLedgerSchemaVersion)
    return Error{kOpen, database.path(),
                 "it was written by a newer aisp (schema " + std::to_string(*version) +
                     "; this one knows " + std::to_string(kLedgerSchemaVersion) + ")",
                 "Use that version, or choose another place for the ledger"};
  if (*version < 1) return not_a_ledger(database.path(), "it has no schema version");
  if (auto whole = check_quickly(database, *version); !whole.ok()) return whole;
  if (*version == kLedgerSchemaVersion) return success();
  auto transaction = Transaction::begin(database);
  if (!transaction.ok()) return transaction.error();
  // Another process may have migrated it while this one waited for the lock.
  const auto now = pragma_number(database, "PRAGMA user_version");
  if (!now.ok()) return now.error();
  if (auto done = migrate(database, *now); !done.ok()) return done;
  return transaction->commit();
}

Error renamed(Error error, std::string what) {
  error.what = std::move(what);
  return error;
}

Result<std::vector<std::string>> text_column(Statement& statement) {
  std::vector<std::string> values;
  for (;;) {
    const auto row = statement.step();
    if (!row.ok()) return row.error();
    if (!*row) return values;
    values.push_back(statement.text(0));
  }
}

constexpr const char* kInsertSample =
    "INSERT INTO samples (verdict, seq, round, position, kind, calls, started_ns, sealed_ns, "
    "done_ns, claim_ns, claim_span_ns, claim_min_ns, claim_sane, cpu_ns, cpu_outside_ns, threads, "
    "resident_bytes, steal_ns, calls_verified, calls_wrong, calls_by_reference, poison_intact, "
    "host_ns, device_ns, activity_ns, activity_span_ns, prepare_ns, process) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr const char* kSelectSamples =
    "SELECT round, position, kind, calls, started_ns, sealed_ns, done_ns, claim_ns, claim_span_ns, "
    "claim_min_ns, claim_sane, cpu_ns, cpu_outside_ns, threads, resident_bytes, steal_ns, "
    "calls_verified, calls_wrong, calls_by_reference, poison_intact, host_ns, device_ns, "
    "activity_ns, "
    "activity_span_ns, prepare_ns, process "
    "FROM samples JOIN verdicts ON verdicts.id = samples.verdict "
    "JOIN targets ON targets.id = verdicts.target "
    "WHERE targets.run = ? AND targets.target = ? AND targets.device = ? "
    "AND verdicts.implementation = ? ORDER BY samples.seq";

// Lengths keep one part's end from being read as the next one's beginning.
std::string checksum_of(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) {
    text += std::to_string(part.size()) + ":";
    text += part;
  }
  return blake2b_hex(text);
}

std::string text_of(const std::optional<bool>& value) { return !value ? "?" : *value ? "1" : "0"; }

std::string text_of(const std::optional<stats::Interval>& x) {
  if (!x || !std::isfinite(x->estimate) || !std::isfinite(x->low) || !std::isfinite(x->high))
    return "?";
  return fmt::format("{:.17g} {:.17g} {:.17g}", x->estimate, x->low, x->high);
}

// Of an ImplementationResult that is recorded, and of the HistoryEntry that is read.
template <class Verdict>
std::string verdict_checksum(const Verdict& v) {
  return checksum_of({v.implementation, name_of(v.part), text_of(v.correct), text_of(v.honest),
                      v.comparison ? name_of(*v.comparison) : std::string_view("?"),
                      text_of(v.speedup), text_of(v.time_ns), v.time_source});
}

// "1" was written without `process`, when nothing had more than one.
std::string samples_checksum(const std::vector<Window>& windows, bool with_process = true) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(windows.size() * 26);
  for (const Window& w : windows) {
    if (with_process) numbers.push_back(w.process);
    for (const std::int64_t n : {std::int64_t{w.round},
                                 std::int64_t{w.position},
                                 static_cast<std::int64_t>(w.kind),
                                 std::int64_t{w.calls},
                                 w.started_ns,
                                 w.sealed_ns,
                                 w.done_ns,
                                 w.claim_ns,
                                 w.claim_span_ns,
                                 w.claim_min_ns,
                                 std::int64_t{w.claim_sane},
                                 w.cpu_ns,
                                 w.cpu_outside_ns,
                                 std::int64_t{w.threads},
                                 static_cast<std::int64_t>(w.resident_bytes),
                                 w.steal_ns,
                                 std::int64_t{w.calls_verified},
                                 std::int64_t{w.calls_wrong},
                                 std::int64_t{w.calls_by_reference},
                                 std::int64_t{w.poison_intact},
                                 w.host_ns,
                                 w.device_ns,
                                 w.activity_ns,
                                 w.activity_span_ns,
                                 w.prepare_ns})
      numbers.push_back(n);
  }
  return (with_process ? "2 " : "1 ") +
         blake2b_hex({reinterpret_cast<const char*>(numbers.data()), numbers.size() * 8});
}

Error changed(const std::string& path, const std::string& what) {
  return {"read the record", path, what + " is not what was recorded",
          "The file was changed or the disk failed: keep a copy, and take it from a backup"};
}

Status insert_samples(Database& database, std::int64_t verdict,
                      const std::vector<Window>& windows) {
  auto insert = database.prepare(kInsertSample);
  if (!insert.ok()) return insert.error();
  int seq = 0;
  for (const Window& w : windows) {
    insert->bind(verdict).bind(seq++).bind(w.round).bind(w.position).bind(name_of(w.kind));
    insert->bind(w.calls).bind(w.started_ns).bind(w.sealed_ns).bind(w.done_ns).bind(w.claim_ns);
    insert->bind(w.claim_span_ns).bind(w.claim_min_ns).bind(w.claim_sane).bind(w.cpu_ns);
    insert->bind(w.cpu_outside_ns).bind(w.threads);
    insert->bind(static_cast<std::int64_t>(w.resident_bytes)).bind(w.steal_ns);
    insert->bind(w.calls_verified).bind(w.calls_wrong).bind(w.calls_by_reference);
    insert->bind(w.poison_intact).bind(w.host_ns).bind(w.device_ns).bind(w.activity_ns);
    insert->bind(w.activity_span_ns).bind(w.prepare_ns).bind(w.process);
    if (auto done = insert->run(); !done.ok()) return done;
  }
  return success();
}

Result<Window> read_sample(const Statement& row) {
  Window w;
  int column = 0;
  const auto next = [&] { return row.integer(column++); };
  const auto next_int = [&] { return static_cast<int>(next()); };
  w.round = next_int();
  w.position = next_int();
  const std::string kind_name = row.text(column++);
  const auto kind = from_name<WindowKind>(kind_name);
  if (!kind) return Error{"read recorded windows", "", "unknown kind \"" + kind_name + "\"", ""};
  w.kind = *kind;
  w.calls = next_int();
  w.started_ns = next();
  w.sealed_ns = next();
  w.done_ns = next();
  w.claim_ns = next();
  w.claim_span_ns = next();
  w.claim_min_ns = next();
  w.claim_sane = next() != 0;
  w.cpu_ns = next();
  w.cpu_outside_ns = next();
  w.threads = next_int();
  w.resident_bytes = static_cast<std::uint64_t>(next());
  w.steal_ns = next();
  w.calls_verified = next_int();
  w.calls_wrong = next_int();
  w.calls_by_reference = next_int();
  w.poison_intact = next() != 0;
  w.host_ns = next();
  w.device_ns = next();
  w.activity_ns = next();
  w.activity_span_ns = next();
  w.prepare_ns = next();
  w.process = next_int();
  return w;
}

Status insert_findings(Database& database, std::int64_t verdict,
                       const std::vector<Finding>& findings) {
  auto insert = database.prepare(
      "INSERT INTO findings (verdict, seq, guard, status, kind, required, message) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)");
  if (!insert.ok()) return insert.error();
  int seq = 0;
  for (const Finding& f : findings) {
    insert->bind(verdict).bind(seq++).bind(std::string_view(f.guard)).bind(name_of(f.status));
    insert->bind(name_of(f.kind)).bind(f.required).bind(std::string_view(f.message));
    if (auto done = insert->run(); !done.ok()) return done;
  }
  return success();
}

void bind_interval(Statement& statement, const std::optional<stats::Interval>& interval) {
  if (!interval) {
    statement.bind(nullptr).bind(nullptr).bind(nullptr);
    return;
  }
  statement.bind(interval->estimate).bind(interval->low).bind(interval->high);
}

Status insert_verdict(Database& database, std::int64_t target, const ImplementationResult& r) {
  auto insert = database.prepare(
      "INSERT INTO verdicts (target, implementation, part, correct, honest, comparison, speedup, "
      "speedup_low, speedup_high, time_ns, time_ns_low, time_ns_high, time_source, sentence, "
      "checksum, samples_checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert.ok()) return insert.error();
  insert->bind(target).bind(std::string_view(r.implementation)).bind(name_of(r.part));
  insert->bind(r.correct).bind(r.honest);
  if (r.comparison)
    insert->bind(name_of(*r.comparison));
  else
    insert->bind(nullptr);
  bind_interval(*insert, r.speedup);
  bind_interval(*insert, r.time_ns);
  insert->bind(std::string_view(r.time_source)).bind(std::string_view(r.sentence));
  insert->bind(std::string_view(verdict_checksum(r)));
  insert->bind(std::string_view(samples_checksum(r.observation.windows)));
  if (auto done = insert->run(); !done.ok()) return done;
  const std::int64_t verdict = sqlite3_last_insert_rowid(database.raw());
  if (auto done = insert_samples(database, verdict, r.observation.windows); !done.ok()) return done;
  return insert_findings(database, verdict, r.findings);
}

// The row of the target: planned before, or new. Error when it is done.
Result<std::int64_t> mark_done(Database& database, const std::string& run,
                               const TargetResult& result) {
  auto upsert = database.prepare(
      "INSERT INTO targets (run, target, device, state, result, checksum) "
      "VALUES (?, ?, ?, 'done', ?, ?) ON CONFLICT (run, target, device) DO UPDATE SET "
      "state = 'done', result = excluded.result, checksum = excluded.checksum "
      "WHERE state = 'pending' RETURNING id");
  if (!upsert.ok()) return upsert.error();
  upsert->bind(std::string_view(run)).bind(std::string_view(result.target));
  upsert->bind(std::string_view(result.device));
  const std::string text = dump(target_result_json(result));
  upsert->bind(std::string_view(text));
  upsert->bind(std::string_view(checksum_of({run, result.target, result.device, text})));
  const auto row = upsert->step();
  if (!row.ok()) return row.error();
  if (!*row)
    return Error{"record", result.target + " of " + run, "it is recorded already",
                 "A record is never replaced; start a new run"};
  const std::int64_t id = upsert->integer(0);
  if (auto done = upsert->run(); !done.ok()) return done.error();
  return id;
}

}  // namespace

Ledger::Ledger(std::unique_ptr<Database> database, ProcessIdentity process)
    : database_(std::move(database)), process_(std::move(process)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

const std::string& Ledger::path() const { return database_->path(); }

Result<Ledger> Ledger::open(const std::string& path) {
  std::error_code unknown;
  const auto status = fs::status(path, unknown);
  if (status.type() == fs::file_type::not_found)
    if (auto created = create(path); !created.ok()) return created.error();
  if (auto checked = check_header(path); !checked.ok()) return checked.error();
  auto process = this_process();
  if (!process.ok()) return process.error();
  auto database = Database::open(path, false);
  if (!database.ok()) return database.error();
  Database& db = **database;
  // Until it is known to be ours, not even a log that was left over is folded into the file.
  sqlite3_db_config(db.raw(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (auto ours = check_is_ours(db); !ours.ok()) return renamed(ours.error(), kOpen);
  sqlite3_db_config(db.raw(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  for (const char* sql : {"PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON"})
    if (auto done = db.execute(sql); !done.ok()) return renamed(done.error(), kOpen);
  Ledger ledger(std::move(*database), std::move(*process));
  if (auto marked = ledger.mark_interrupted(); !marked.ok()) return renamed(marked.error(), kOpen);
  return ledger;
}

Status Ledger::begin_run(const RunInfo& run) {
  constexpr const char* kWhat = "begin a run";
  RunInfo unfinished = run;
  unfinished.finished_at.clear();
  auto insert = database_->prepare(
      "INSERT INTO runs (id, state, pid, process_start, boot_id, started_at, finished_at, "
      "manifest, checksum) "
      "VALUES (?, 'running', ?, ?, ?, ?, '', ?, ?) ON CONFLICT (id) DO NOTHING");
  if (!insert.ok()) return renamed(insert.error(), kWhat);
  insert->bind(std::string_view(run.id)).bind(process_.pid).bind(process_.start);
  insert->bind(std::string_view(process_.boot_id)).bind(std::string_view(run.started_at));
  const std::string manifest = dump(manifest_json(unfinished));
  insert->bind(std::string_view(manifest));
  insert->bind(std::string_view(checksum_of({run.id, manifest})));
  if (auto done = insert->run(); !done.ok()) return renamed(done.error(), kWhat);
  if (sqlite3_changes(database_->raw()) == 0)
    return Error{kWhat, run.id, "a run of that id is recorded already",
                 "Use --resume, or a new id"};
  return success();
}

Status Ledger::resume_run(const std::string& run) {
  constexpr const char* kWhat = "resume a run";
  auto update = database_->prepare(
      "UPDATE runs SET state = 'running', pid = ?, process_start = ?, boot_id = ?, "
      "finished_at = '' WHERE id = ? AND state = 'interrupted'");
  if (!update.ok()) return renamed(update.error(), kWhat);
  update->bind(process_.pid).bind(process_.start).bind(std::string_view(process_.boot_id));
  update->bind(std::string_view(run));
  if (auto done = update->run(); !done.ok()) return renamed(done.error(), kWhat);
  if (sqlite3_changes(database_->raw()) == 1) return success();
  const auto state = run_state(run);
  if (!state.ok()) return renamed(state.error(), kWhat);
  return Error{kWhat, run, "it is " + std::string(name_of(*state)),
               "Only an interrupted run can be resumed"};
}

Status Ledger::plan_targets(const std::string& run, const std::vector<std::string>& targets,
                            const std::string& device) {
  const std::string what = "plan the targets of a run";
  auto transaction = Transaction::begin(*database_);
  if (!transaction.ok()) return renamed(transaction.error(), what);
  if (const auto state = run_state(run); !state.ok()) return renamed(state.error(), what);
  auto insert = database_->prepare(
      "INSERT INTO targets (run, target, device, state) VALUES (?, ?, ?, 'pending') "
      "ON CONFLICT (run, target, device) DO NOTHING");
  if (!insert.ok()) return renamed(insert.error(), what);
  for (const std::string& target : targets) {
    insert->bind(std::string_view(run)).bind(std::string_view(target));
    insert->bind(std::string_view(device));
    if (auto done = insert->run(); !done.ok()) return renamed(done.error(), what);
  }
  if (auto done = transaction->commit(); !done.ok()) return renamed(done.error(), what);
  return success();
}

Status Ledger::record_target(const std::string& run, const TargetResult& result) {
  const std::string what = "record " + result.target;
  auto transaction = Transaction::begin(*database_);
  if (!transaction.ok()) return renamed(transaction.error(), what);
  if (const auto state = run_state(run); !state.ok()) return renamed(state.error(), what);
  const auto target = mark_done(*database_, run, result);
  if (!target.ok()) return renamed(target.error(), what);
  for (const ImplementationResult& implementation : result.implementations)
    if (auto done = insert_verdict(*database_, *target, implementation); !done.ok())
      return renamed(done.error(), what);
  if (auto done = transaction->commit(); !done.ok()) return renamed(done.error(), what);
  return success();
}

Status Ledger::end_run(const RunInfo& run, RunState state) {
  const std::string what = "record the end of a run";
  auto update = database_->prepare(
      "UPDATE runs SET state = ?, finished_at = ?, manifest = ?, checksum = ? "
      "WHERE id = ? AND state <> 'finished'");
  if (!update.ok()) return renamed(update.error(), what);
  update->bind(name_of(state)).bind(std::string_view(run.finished_at));
  const std::string manifest = dump(manifest_json(run));
  update->bind(std::string_view(manifest));
  update->bind(std::string_view(checksum_of({run.id, manifest}))).bind(std::string_view(run.id));
  if (auto done = update->run(); !done.ok()) return renamed(done.error(), what);
  if (sqlite3_changes(database_->raw()) == 1) return success();
  return Error{what, run.id, "there is no such run, or it is finished already", ""};
}

Status Ledger::finish_run(const RunInfo& run) { return end_run(run, RunState::finished); }
Status Ledger::interrupt_run(const RunInfo& run) { return end_run(run, RunState::interrupted); }

Status Ledger::mark_interrupted() {
  auto select = database_->prepare(
      "SELECT id, pid, process_start, boot_id FROM runs WHERE state = 'running'");
  if (!select.ok()) return select.error();
  std::vector<std::pair<std::string, ProcessIdentity>> gone;
  for (;;) {
    const auto row = select->step();
    if (!row.ok()) return row.error();
    if (!*row) break;
    const ProcessIdentity process{select->integer(1), select->integer(2), select->text(3)};
    if (!is_alive(process)) gone.emplace_back(select->text(0), process);
  }
  // The process is named again: someone else may have resumed the run in between.
  auto update = database_->prepare(
      "UPDATE runs SET state = 'interrupted' "
      "WHERE id = ? AND state = 'running' AND pid = ? AND process_start = ? AND boot_id = ?");
  if (!update.ok()) return update.error();
  for (const auto& [run, process] : gone) {
    update->bind(std::string_view(run)).bind(process.pid).bind(process.start);
    update->bind(std::string_view(process.boot_id));
    if (auto done = update->run(); !done.ok()) return done;
  }
  return success();
}

Result<std::vector<std::string>> Ledger::runs(RunState state) {
  auto select = database_->prepare(
      "SELECT id FROM runs WHERE state = ? ORDER BY started_at DESC, rowid DESC");
  if (!select.ok()) return select.error();
  select->bind(name_of(state));
  return text_column(*select);
}

Result<RunState> Ledger::run_state(const std::string& run) {
  auto select = database_->prepare("SELECT state FROM runs WHERE id = ?");
  if (!select.ok()) return select.error();
  select->bind(std::string_view(run));
  const auto row = select->step();
  if (!row.ok()) return row.error();
  if (!*row) return Error{"find a run", run, "the ledger " + path() + " has no such run", ""};
  const auto state = from_name<RunState>(select->text(0));
  if (!state) return database_->error(SQLITE_CORRUPT, "read the state of a run");
  return *state;
}

Result<RunInfo> Ledger::run_info(const std::string& run) {
  auto select = database_->prepare("SELECT manifest, checksum FROM runs WHERE id = ?");
  if (!select.ok()) return select.error();
  select->bind(std::string_view(run));
  const auto row = select->step();
  if (!row.ok()) return row.error();
  if (!*row) return Error{"find a run", run, "the ledger " + path() + " has no such run", ""};
  const std::string manifest = select->text(0);
  if (!select->null(1) && select->text(1) != checksum_of({run, manifest}))
    return changed(path(), "the manifest of " + run);
  return run_info_from_json(manifest);
}

Result<RunInfo> Ledger::latest_interrupted_run() {
  const auto interrupted = interrupted_runs();
  if (!interrupted.ok()) return interrupted.error();
  if (interrupted->empty())
    return Error{"resume a run", path(), "no run was interrupted", "Start one without --resume"};
  return run_info(interrupted->front());
}

Result<std::vector<std::string>> Ledger::remaining_targets(const std::string& run,
                                                           const std::string& device) {
  if (const auto state = run_state(run); !state.ok()) return state.error();
  auto select = database_->prepare(
      "SELECT target FROM targets WHERE run = ? AND device = ? AND state = 'pending' ORDER BY id");
  if (!select.ok()) return select.error();
  select->bind(std::string_view(run)).bind(std::string_view(device));
  return text_column(*select);
}

Result<std::vector<TargetResult>> Ledger::results(const std::string& run) {
  if (const auto state = run_state(run); !state.ok()) return state.error();
  auto select = database_->prepare(
      "SELECT result, target, device, checksum FROM targets WHERE run = ? AND state = 'done' "
      "ORDER BY id");
  if (!select.ok()) return select.error();
  select->bind(std::string_view(run));
  std::vector<TargetResult> results;
  for (;;) {
    const auto row = select->step();
    if (!row.ok()) return row.error();
    if (!*row) return results;
    const std::string text = select->text(0), target = select->text(1);
    if (!select->null(3) && select->text(3) != checksum_of({run, target, select->text(2), text}))
      return changed(path(), target + " of " + run);
    auto result = target_result_from_json(text);
    if (!result.ok()) return result.error();
    results.push_back(std::move(*result));
  }
}

namespace {

std::optional<bool> proven(const Statement& row, int column) {
  if (row.null(column)) return std::nullopt;
  return row.integer(column) != 0;
}

std::optional<stats::Interval> interval(const Statement& row, int column) {
  if (row.null(column) || row.null(column + 1) || row.null(column + 2)) return std::nullopt;
  return stats::Interval{row.real(column), row.real(column + 1), row.real(column + 2)};
}

}  // namespace

Result<std::vector<HistoryEntry>> Ledger::history(const std::string& target,
                                                  const std::string& device, std::size_t runs) {
  auto select = database_->prepare(
      "SELECT runs.id, runs.state, runs.started_at, "
      "coalesce(json_extract(runs.manifest, '$.machine.\"cpu model\"'), ''), "
      "coalesce(json_extract(runs.manifest, '$.software.\"git commit\"'), ''), "
      "implementation, part, correct, honest, comparison, speedup, speedup_low, speedup_high, "
      "time_ns, time_ns_low, time_ns_high, time_source, verdicts.checksum FROM (SELECT id, run "
      "FROM targets WHERE "
      "target = ? AND device = ? AND state = 'done' ORDER BY id DESC LIMIT ?) AS t "
      "JOIN runs ON runs.id = t.run JOIN verdicts ON verdicts.target = t.id "
      "ORDER BY t.id DESC, verdicts.id");
  if (!select.ok()) return select.error();
  select->bind(std::string_view(target)).bind(std::string_view(device));
  select->bind(static_cast<std::int64_t>(runs));
  std::vector<HistoryEntry> entries;
  for (;;) {
    const auto row = select->step();
    if (!row.ok()) return row.error();
    if (!*row) return entries;
    HistoryEntry e;
    e.run = select->text(0);
    const auto state = from_name<RunState>(select->text(1));
    e.started_at = select->text(2);
    e.cpu_model = select->text(3);
    e.git_commit = select->text(4);
    e.implementation = select->text(5);
    const auto part = from_name<Part>(select->text(6));
    e.correct = proven(*select, 7);
    e.honest = proven(*select, 8);
    if (!select->null(9)) e.comparison = from_name<stats::Comparison>(select->text(9));
    if (!state || !part || e.comparison.has_value() == select->null(9))
      return Error{"read the history of a target", target,
                   "the record of " + e.run + " has a word that is none of ours", ""};
    e.state = *state;
    e.part = *part;
    e.speedup = interval(*select, 10);
    e.time_ns = interval(*select, 13);
    e.time_source = select->text(16);
    if (!select->null(17) && select->text(17) != verdict_checksum(e))
      return changed(path(), "the verdict on " + target + " in " + e.run);
    entries.push_back(std::move(e));
  }
}

Result<std::string> Ledger::find_run(const std::string& name) {
  constexpr const char* kWhat = "find a run";
  const std::string latest = "latest";
  if (name.rfind(latest, 0) == 0) {
    std::size_t back = 0;
    const std::string rest = name.substr(latest.size());
    const bool digits = rest.size() > 1 && rest.size() < 8 && rest[0] == '~' &&
                        rest.find_first_not_of("0123456789", 1) == std::string::npos;
    if (!rest.empty() && !digits)
      return Error{kWhat, name, "that is no number of runs", "Write latest or latest~1"};
    if (digits) back = std::stoul(rest.substr(1));
    auto select = database_->prepare("SELECT id FROM runs ORDER BY rowid DESC LIMIT 1 OFFSET ?");
    if (!select.ok()) return select.error();
    select->bind(static_cast<std::int64_t>(back));
    const auto row = select->step();
    if (!row.ok()) return row.error();
    if (!*row) return Error{kWhat, name, "the ledger " + path() + " has no such run", ""};
    return select->text(0);
  }
  if (run_state(name).ok()) return name;
  auto select =
      database_->prepare("SELECT id FROM runs WHERE id >= ?1 AND id < ?1 || char(1114111) LIMIT 3");
  if (!select.ok()) return select.error();
  select->bind(std::string_view(name));
  const auto ids = text_column(*select);
  if (!ids.ok()) return ids.error();
  if (name.empty() || ids->empty())
    return Error{kWhat, name, "the ledger " + path() + " has no such run",
                 "`aisp bench history -t TARGET` shows runs; latest is the newest"};
  if (ids->size() > 1)
    return Error{kWhat, name, "that begins " + ids->at(0) + " and " + ids->at(1),
                 "Write more of it"};
  return ids->front();
}

namespace {

Result<std::vector<Ledger::Place>> places(Statement& select) {
  std::vector<Ledger::Place> found;
  for (;;) {
    const auto row = select.step();
    if (!row.ok()) return row.error();
    if (!*row) return found;
    found.push_back({select.text(0), select.text(1), select.text(2)});
  }
}

}  // namespace

Result<std::vector<Ledger::Place>> Ledger::latest_targets() {
  auto select = database_->prepare(
      "SELECT run, target, device FROM targets WHERE id IN (SELECT max(id) FROM targets WHERE "
      "state = "
      "'done' GROUP BY target, device) ORDER BY target, device");
  if (!select.ok()) return select.error();
  return places(*select);
}

Result<std::vector<Ledger::Place>> Ledger::targets_of(const std::string& run) {
  if (const auto state = run_state(run); !state.ok()) return state.error();
  auto select = database_->prepare(
      "SELECT run, target, device FROM targets WHERE run = ? AND state = 'done' ORDER BY id");
  if (!select.ok()) return select.error();
  select->bind(std::string_view(run));
  return places(*select);
}

Result<TargetResult> Ledger::whole_result(const Place& place) {
  auto select = database_->prepare(
      "SELECT result FROM targets WHERE run = ? AND target = ? AND device = ? AND state = 'done'");
  if (!select.ok()) return select.error();
  select->bind(std::string_view(place.run)).bind(std::string_view(place.target));
  select->bind(std::string_view(place.device));
  const auto texts = text_column(*select);
  if (!texts.ok()) return texts.error();
  if (texts->empty())
    return Error{"find a result", place.target + " of " + place.run, "it is not recorded", ""};
  auto result = target_result_from_json(texts->front());
  if (!result.ok()) return result.error();
  for (ImplementationResult& r : result->implementations) {
    auto recorded = windows(place.run, place.target, r.implementation, place.device);
    if (!recorded.ok()) return recorded.error();
    r.observation.windows = std::move(*recorded);
  }
  return result;
}

Result<std::vector<Window>> Ledger::windows(const std::string& run, const std::string& target,
                                            const std::string& implementation,
                                            const std::string& device) {
  auto select = database_->prepare(kSelectSamples);
  if (!select.ok()) return select.error();
  select->bind(std::string_view(run)).bind(std::string_view(target));
  select->bind(std::string_view(device)).bind(std::string_view(implementation));
  std::vector<Window> windows;
  for (;;) {
    const auto row = select->step();
    if (!row.ok()) return row.error();
    if (!*row) break;
    auto window = read_sample(*select);
    if (!window.ok()) return window.error();
    windows.push_back(*window);
  }
  auto recorded = database_->prepare(
      "SELECT samples_checksum FROM verdicts JOIN targets ON targets.id = verdicts.target "
      "WHERE run = ? AND targets.target = ? AND device = ? AND implementation = ?");
  if (!recorded.ok()) return recorded.error();
  recorded->bind(std::string_view(run)).bind(std::string_view(target));
  recorded->bind(std::string_view(device)).bind(std::string_view(implementation));
  const auto row = recorded->step();
  if (!row.ok()) return row.error();
  if (*row && !recorded->null(0)) {
    const std::string checksum = recorded->text(0);
    if (checksum != samples_checksum(windows, checksum.rfind("1 ", 0) != 0))
      return changed(path(), "a window of " + implementation + " of " + target + " in " + run);
  }
  return windows;
}

// Every checksum there is. The structure is known to be whole.
Status Ledger::check_contents() {
  auto ids = database_->prepare("SELECT id FROM runs");
  if (!ids.ok()) return ids.error();
  const auto runs = text_column(*ids);
  if (!runs.ok()) return runs.error();
  for (const std::string& run : *runs) {
    if (const auto info = run_info(run); !info.ok()) return info.error();
    const auto all = results(run);
    if (!all.ok()) return all.error();
    for (const TargetResult& target : *all)
      for (const ImplementationResult& row : target.implementations)
        if (const auto read = windows(run, target.target, row.implementation, target.device);
            !read.ok())
          return read.error();
  }
  auto targets = database_->prepare("SELECT DISTINCT target FROM targets");
  if (!targets.ok()) return targets.error();
  const auto names = text_column(*targets);
  if (!names.ok()) return names.error();
  for (const std::string& name : *names)
    for (const char* device : {"cpu", "cuda"})
      if (const auto read = history(name, device, static_cast<std::size_t>(1) << 40); !read.ok())
        return read.error();
  return success();
}

Status Ledger::check() {
  constexpr const char* kWhat = "check the ledger";
  const auto damage = database_->scalar("PRAGMA integrity_check(1)");
  if (!damage.ok()) return renamed(damage.error(), kWhat);
  if (*damage != "ok") return Error{kWhat, path(), *damage, "Keep a copy, and start a new ledger"};
  const auto orphans = database_->scalar("SELECT count(*) FROM pragma_foreign_key_check");
  if (!orphans.ok()) return renamed(orphans.error(), kWhat);
  if (*orphans != "0")
    return Error{kWhat, path(), *orphans + " rows belong to nothing",
                 "Keep a copy, and start a new ledger"};
  const auto torn = database_->scalar(
      "SELECT run || ' ' || target FROM targets WHERE (SELECT count(*) FROM verdicts WHERE "
      "verdicts.target = targets.id) <> "
      "CASE state WHEN 'done' THEN json_array_length(result, '$.implementations') ELSE 0 END");
  if (!torn.ok()) return renamed(torn.error(), kWhat);
  if (!torn->empty())
    return Error{kWhat, path(), "not all verdicts of " + *torn + " are there",
                 "Keep a copy, and start a new ledger"};
  const auto lost = database_->scalar(
      "SELECT targets.run || ' ' || targets.target FROM targets, json_each(result, "
      "'$.implementations') AS item JOIN verdicts ON verdicts.target = targets.id AND "
      "verdicts.implementation = json_extract(item.value, '$.implementation') "
      "WHERE json_extract(item.value, '$.windows') <> "
      "(SELECT count(*) FROM samples WHERE samples.verdict = verdicts.id)");
  if (!lost.ok()) return renamed(lost.error(), kWhat);
  if (!lost->empty())
    return Error{kWhat, path(), "not all windows of " + *lost + " are there",
                 "Keep a copy, and start a new ledger"};
  const auto strange = database_->scalar(
      "SELECT id FROM runs WHERE state NOT IN ('running', 'finished', 'interrupted') UNION ALL "
      "SELECT target FROM targets WHERE state NOT IN ('pending', 'done')");
  if (!strange.ok()) return renamed(strange.error(), kWhat);
  if (!strange->empty())
    return Error{kWhat, path(), *strange + " is in no state that there is",
                 "Keep a copy, and start a new ledger"};
  if (auto read = check_contents(); !read.ok()) return renamed(read.error(), kWhat);
  return success();
}

}  // namespace aisp
