// A thin typed layer over SQLite: values go in only through bind, never through the text of a
// statement, and every failure is an Error that says what to do.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aisp {

class Database;

// One prepared statement. Parameters are bound in order, ?1 first; bind them all before step().
// Not copyable; must not outlive its Database.
class Statement {
 public:
  Statement& bind(std::int64_t value);
  Statement& bind(int value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(bool value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(double value);           // null when not finite
  Statement& bind(std::string_view text);  // copied
  Statement& bind(const char* text) { return bind(std::string_view(text)); }
  Statement& bind(std::nullptr_t);
  template <class T>
  Statement& bind(const std::optional<T>& value) {
    return value ? bind(*value) : bind(nullptr);
  }

  // True: a row is there. False: done. After done or an error the statement is ready to be bound
  // and run again.
  Result<bool> step();
  // For statements without rows.
  Status run();

  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  bool null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  Statement(Database* database, sqlite3_stmt* raw) : database_(database), raw_(raw) {}

  Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> raw_;
  int bound_ = 0;
  int bind_error_ = SQLITE_OK;
};

// One connection. Not for use by two threads at once. Immovable: statements point to it.
class Database {
 public:
  // Opens an existing file for reading and writing, or with `create` makes a new one.
  static Result<std::unique_ptr<Database>> open(const std::string& path, bool create);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<Statement> prepare(std::string_view sql);
  // Runs constant SQL of one or more statements without parameters.
  Status execute(const char* sql);
  // First column of the first row of constant SQL, as text; empty when there is no row.
  Result<std::string> scalar(std::string_view sql);

  // What the last failed call means, in words. `code` is SQLite's (extended) result code.
  Error error(int code, std::string what = "use the ledger") const;
  const std::string& path() const { return path_; }
  sqlite3* raw() const { return raw_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* d) const { sqlite3_close_v2(d); }
  };
  Database(std::string path, sqlite3* raw) : path_(std::move(path)), raw_(raw) {}

  std::string path_;
  std::unique_ptr<sqlite3, Close> raw_;
};

// BEGIN IMMEDIATE at begin(), ROLLBACK at the end of the scope unless commit() succeeded.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Status commit();

 private:
  explicit Transaction(Database* database) : database_(database) {}
  Database* database_;
};

}  // namespace aisp
