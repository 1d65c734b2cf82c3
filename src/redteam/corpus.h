// The corpus as a build leaves it: folders with a manifest and the shared objects that it speaks of.
//
//   <prefix>/attacks/<name>/{manifest.json,attack.so,honest.so}   a cheat and its honest twin
//   <prefix>/honest/<name>/{manifest.json,honest.so}              honest code that looks suspicious
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aisp::redteam {

// How an attack should end. `clean`: what it tries fails, it computes honestly and is judged like
// honest code. `either`: that or rejected, depending on what the sandbox refuses.
// `policy`: right, honest and as fast as it is; whether it may be done is for who asked for a kernel to say.
enum class Expected { rejected, clean, either, policy };
std::string_view to_string(Expected expected);

struct Manifest {
  std::string name;    // the folder's name
  std::string klass;   // of cheat ("T2", "J4")
  std::string title;   // what it does, in one line
  std::string target;  // "testbed:axpby"
  std::string device = "cpu";
  std::string ends;   // "prevented", "refuted", "detected"
  std::string guard;  // by what, in words
  Expected expected = Expected::rejected;
  std::vector<std::string> rows;  // of the checklist (checklist.h) that it shows
  // Guards of which one has to be among those that reject it, if it is rejected. Empty = whichever,
  // but the end of its worker shows nothing unless "worker" stands here.
  std::vector<std::string> caught_by;
  std::string implementation;  // of the honest set: below targets/, in place of honest.so
};

// Errors: no JSON, a field that is missing, of another type, unknown, or with a value that it cannot
// have. `honest`: of an entry of the honest set, which says less.
Result<Manifest> manifest_from_json(const std::string& text, bool honest = false);

struct Entry {
  Manifest manifest;
  std::filesystem::path attack;  // empty for an entry of the honest set
  std::filesystem::path honest;
};

struct Corpus {
  std::vector<Entry> attacks, honest;  // sorted by name
  std::filesystem::path attacks_dir, targets_dir;

  // Honest code that is as fast as what attacks on that target could do honestly.
  std::filesystem::path control(const Manifest& manifest) const;
};

// Everything for `device` below <prefix>. Errors: there is no corpus, or a manifest is faulty:
// nothing is left out silently. Shared objects that are missing are found out when they are to run.
Result<Corpus> find_corpus(const std::filesystem::path& prefix,
                           const std::filesystem::path& targets_dir, const std::string& device);

// Whether `pattern` is part of the name, or is its class, or, with * or ? in it, fits the whole name.
bool selects(const std::string& pattern, const Manifest& manifest);

// Every `of`th match of the corpus, from the `at`th on: all slices together are the whole.
struct Slice {
  std::size_t at = 1, of = 1;

  bool holds(std::size_t number) const { return (number - 1) % of == at - 1; }  // from 1 on
};

// "2/4". Errors: not two numbers with 1 <= at <= of <= 1000.
Result<Slice> slice_from(const std::string& text);

}  // namespace aisp::redteam
