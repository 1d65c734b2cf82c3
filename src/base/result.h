// Errors at boundaries are values: what was tried, on what, why it failed, what to do about it.
#pragma once

#include <cassert>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <variant>

namespace aisp {

struct Error {
  std::string what;  // "open the ledger"
  std::string on;    // "/data/ledger.db"
  std::string why;   // "permission denied"
  std::string fix;   // "choose another place with --artifacts DIR"; may be empty

  std::string message() const {
    std::string text = "cannot " + what;
    if (!on.empty()) text += " (" + on + ")";
    if (!why.empty()) text += ": " + why;
    if (!fix.empty()) text += ". " + fix;
    return text;
  }
};

inline Error errno_error(std::string what, std::string on, std::string fix = {}) {
  const int number = errno;
  return {std::move(what), std::move(on), std::strerror(number), std::move(fix)};
}

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { return assert(ok()), *std::get_if<0>(&state_); }
  const T& value() const& { return assert(ok()), *std::get_if<0>(&state_); }
  T&& value() && { return assert(ok()), std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const Error& error() const { return assert(!ok()), *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

using Status = Result<std::monostate>;
inline Status success() { return std::monostate{}; }

}  // namespace aisp
