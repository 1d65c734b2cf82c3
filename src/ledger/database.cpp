#include "ledger/database.h"

#include <cmath>
#include <utility>

namespace aisp {

namespace {
// Another process holds the write lock for the length of one transaction: milliseconds.
constexpr int kBusyTimeoutMs = 20'000;
}  // namespace

Statement& Statement::bind(std::int64_t value) {
  const int code = sqlite3_bind_int64(raw_.get(), ++bound_, value);
  if (code != SQLITE_OK) bind_error_ = code;
  return *this;
}

Statement& Statement::bind(double value) {
  if (!std::isfinite(value)) return bind(nullptr);
  const int code = sqlite3_bind_double(raw_.get(), ++bound_, value);
  if (code != SQLITE_OK) bind_error_ = code;
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  // A null pointer would bind NULL; an empty string_view may hold one.
  const char* data = text.data() == nullptr ? "" : text.data();
  const int code =
      sqlite3_bind_text64(raw_.get(), ++bound_, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) bind_error_ = code;
  return *this;
}

Statement& Statement::bind(std::nullptr_t) {
  const int code = sqlite3_bind_null(raw_.get(), ++bound_);
  if (code != SQLITE_OK) bind_error_ = code;
  return *this;
}

Result<bool> Statement::step() {
  int code = bind_error_;
  // A parameter that was forgotten would silently be NULL.
  if (code == SQLITE_OK && bound_ != sqlite3_bind_parameter_count(raw_.get())) code = SQLITE_RANGE;
  if (code == SQLITE_OK) code = sqlite3_step(raw_.get());
  if (code == SQLITE_ROW) return true;
  std::optional<Error> failure;
  if (code != SQLITE_DONE) failure = database_->error(code);
  sqlite3_reset(raw_.get());  // repeats the error of step, which is already in hand
  bound_ = 0;
  bind_error_ = SQLITE_OK;
  if (failure) return *failure;
  return false;
}

Status Statement::run() {
  for (;;) {
    const auto row = step();
    if (!row.ok()) return row.error();
    if (!*row) return success();
  }
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(raw_.get(), column);
}

double Statement::real(int column) const { return sqlite3_column_double(raw_.get(), column); }

std::string Statement::text(int column) const {
  const unsigned char* data = sqlite3_column_text(raw_.get(), column);
  if (data == nullptr) return {};
  return std::string(reinterpret_cast<const char*>(data),
                     static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column)));
}

bool Statement::null(int column) const {
  return sqlite3_column_type(raw_.get(), column) == SQLITE_NULL;
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, bool create) {
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  // SQLite hands out a connection even when it fails, to hold the error.
  std::unique_ptr<Database> database(new Database(path, raw));
  if (code != SQLITE_OK) return database->error(code, "open the ledger");
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  return database;
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(raw_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return error(code);
  return Statement(this, statement);
}

Status Database::execute(const char* sql) {
  const int code = sqlite3_exec(raw_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code);
  return success();
}

Result<std::string> Database::scalar(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement.ok()) return statement.error();
  const auto row = statement->step();
  if (!row.ok()) return row.error();
  return *row ? statement->text(0) : std::string();
}

Error Database::error(int code, std::string what) const {
  std::string why = sqlite3_errstr(code);
  if (raw_ != nullptr && (sqlite3_errcode(raw_.get()) & 0xff) == (code & 0xff))
    why = sqlite3_errmsg(raw_.get());
  std::string fix;
  switch (code & 0xff) {
    case SQLITE_FULL:
      why = "the disk is full";
      fix = "Free some space and run again with --resume; what was recorded before is kept";
      break;
    case SQLITE_IOERR:
      why = "the disk failed or is full: " + why + " (" + std::to_string(code) + ")";
      fix =
          "Check the disk and its free space, then run again with --resume; what was recorded "
          "before is kept";
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      fix = "Make the file and its folder writable, or choose another place for it";
      break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      fix =
          "The file was left as it is: move it away and start a new one; `sqlite3 FILE .recover` "
          "reads what is still readable";
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      fix = "Another process has kept it locked for " + std::to_string(kBusyTimeoutMs / 1000) +
            " s; see who with `fuser FILE`";
      break;
    default: break;
  }
  return {std::move(what), path_, std::move(why), std::move(fix)};
}

Result<Transaction> Transaction::begin(Database& database) {
  // Immediate: the wait for the other writer is at the start, where the busy timeout covers it.
  if (const auto begun = database.execute("BEGIN IMMEDIATE"); !begun.ok()) return begun.error();
  return Transaction(&database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // SQLite itself rolls back on some errors (disk full); a second ROLLBACK would be an error.
  if (database_ != nullptr && sqlite3_get_autocommit(database_->raw()) == 0)
    sqlite3_exec(database_->raw(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Status Transaction::commit() {
  const auto committed = database_->execute("COMMIT");
  if (committed.ok()) database_ = nullptr;
  return committed;
}

}  // namespace aisp
