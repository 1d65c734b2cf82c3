// Writes and reads structures as JSON objects from one list of their fields, so that the two
// directions cannot drift apart: `fields(archive, value)` names each field once.
#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "ledger/names.h"

namespace aisp::json_fields {

using Json = nlohmann::ordered_json;

template <class T>
concept Named = std::is_enum_v<T>;
template <class T>
concept Plain = std::integral<T> || std::same_as<T, std::string>;
// Has a `fields` of its own, in result_json.cpp.
template <class T>
concept Structure = std::is_class_v<T> && !Plain<T>;

struct Writer {
  Json object = Json::object();

  template <class T>
  void operator()(const char* name, const T& value) {
    object[name] = json_of(value);
  }
  template <class T>
  void added(const char* name, const T& value) {
    (*this)(name, value);
  }

  template <Plain T>
  static Json json_of(const T& value) {
    return value;
  }
  static Json json_of(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
  template <Named T>
  static Json json_of(T value) {
    return std::string(name_of(value));
  }
  template <class T>
  static Json json_of(const std::optional<T>& value) {
    return value ? json_of(*value) : Json(nullptr);
  }
  template <class T>
  static Json json_of(const std::vector<T>& values) {
    Json array = Json::array();
    for (const auto& value : values) array.push_back(json_of(value));
    return array;
  }
  static Json json_of(const std::map<std::string, std::string>& values) {
    Json result = Json::object();
    for (const auto& [key, value] : values) result[key] = value;
    return result;
  }
  template <Structure T>
  static Json json_of(const T& value) {
    Writer nested;
    fields(nested, value);
    return std::move(nested.object);
  }
};

// Throws nlohmann::json::exception for a field that is missing or of another type, and
// std::invalid_argument for a word that names no enumerator; callers turn both into an Error.
struct Reader {
  const Json& object;

  template <class T>
  void operator()(const char* name, T& value) const {
    read(object.at(name), value);
  }
  // A field that records of older versions do not have; there it keeps its default.
  template <class T>
  void added(const char* name, T& value) const {
    if (object.contains(name)) read(object.at(name), value);
  }

  template <Plain T>
  static void read(const Json& json, T& value) {
    json.get_to(value);
  }
  static void read(const Json& json, double& value) {
    value = json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
  }
  template <Named T>
  static void read(const Json& json, T& value) {
    const auto name = json.get<std::string>();
    const auto found = from_name<T>(name);
    if (!found) throw std::invalid_argument("unknown word \"" + name + "\"");
    value = *found;
  }
  template <class T>
  static void read(const Json& json, std::optional<T>& value) {
    if (json.is_null()) return value.reset();
    value.emplace();
    read(json, *value);
  }
  template <class T>
  static void read(const Json& json, std::vector<T>& values) {
    values.clear();
    for (const Json& item : json) {
      T value{};
      read(item, value);
      values.push_back(std::move(value));
    }
  }
  static void read(const Json& json, std::map<std::string, std::string>& values) {
    values.clear();
    for (const auto& [key, value] : json.items()) values[key] = value.get<std::string>();
  }
  template <Structure T>
  static void read(const Json& json, T& value) {
    fields(Reader{json}, value);
  }
};

}  // namespace aisp::json_fields
