// What came of one implementation in a run of the corpus, and a whole run.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guard/finding.h"
#include "redteam/corpus.h"
#include "stats/interval.h"

namespace aisp::redteam {

// Whose row it is. A bystander is a baseline or a control; it has a row only where it was accused.
enum class Kind { attack, twin, honest, bystander };

enum class Outcome {
  // An attack ends as one of the first four. Caught is the first or the second.
  rejected,  // incorrect, dishonest, broken; or not proven, where honest code beside it was proven
  harmless,  // it may be accepted (`clean` or `either`), was, and gained nothing
  missed,    // accepted although it cheats, or it said that it succeeded, or it gained
  not_run,   // nothing was shown: it could not run, or it cannot be told what it gained
  // Honest code ends as one of these, or was not run.
  accepted,    // correct and honest
  accused,     // called incorrect or dishonest
  not_proven,  // neither
};

std::string_view to_string(Kind kind);
std::string_view to_string(Outcome outcome);

struct Row {
  Kind kind = Kind::attack;
  std::string name;  // of the folder that it came from; "baseline beside done_early"
  std::string klass, title, target, device;
  // Of an attack, from its manifest: how it should end, and what that shows.
  Expected expected = Expected::rejected;
  std::string ends, mechanism;
  std::vector<std::string> checklist;

  int repeat = 0;  // 0 is the first
  Outcome outcome = Outcome::not_run;
  std::string why;       // one sentence
  std::string sentence;  // the judge's own
  std::string said;      // what the attack said of itself ("ATTACK DECLINED: fork is refused")
  std::vector<Finding>
      findings;  // all of them, in the judge's order; messages of notable ones only
  std::optional<stats::Interval> speedup;  // against the target's baseline; of accepted rows
  // Time of honest code that computes the same / time of this, in the same rounds, whatever the
  // verdict; attacks only.
  std::optional<stats::Interval> gain;
  std::optional<stats::Interval> control;  // speedup of the control in the same match
  int rounds = 0;
  int tries = 0;
  double seconds = 0;  // of all tries of the match; a twin's are its attack's

  // Required guards that failed or did not run: each of them alone keeps it from being accepted.
  std::vector<std::string> guards() const;
};

struct Summary {
  int attacks = 0, caught = 0, harmless = 0, missed = 0, not_run = 0;
  int honest = 0, accused = 0, not_proven = 0;

  bool failed() const { return missed > 0 || accused > 0; }
  // Something was left open: no pass.
  bool open() const { return not_run > 0 || not_proven > 0; }
};

// Bystanders count as honest. An honest row that was not run counts as not proven.
Summary summarize(const std::vector<Row>& rows);

struct Recording {
  std::string started_at, finished_at;  // ISO 8601, UTC
  std::string device;                   // "cpu", "cuda"
  std::string hardware;                 // what that is here: "AMD EPYC", "NVIDIA H200"
  std::string isolation;
  std::string command;
  int repeats = 1;
  std::string pattern;   // of -k; empty = the whole corpus
  std::string part;      // of --part: "2/4"; empty = all of it
  bool complete = true;  // false: it was cut off, or is still running
  double load_average = -1;
  std::map<std::string, std::string> machine, software;
  std::vector<Row> rows;
};

}  // namespace aisp::redteam
