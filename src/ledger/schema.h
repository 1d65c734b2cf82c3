// The tables of the ledger. A change of them is a new entry at the end of kMigrations, never an
// edit of an old one.
#pragma once

#include <array>

namespace aisp {

// PRAGMA application_id of a ledger: "aisp" in ASCII.
inline constexpr int kLedgerApplicationId = 0x61697370;

inline constexpr const char* kSchemaV1 = R"sql(
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'interrupted')),
  pid INTEGER NOT NULL,            -- of the judge, with the next two: is it still there?
  process_start INTEGER NOT NULL,  -- clock ticks after boot, field 22 of /proc/PID/stat
  boot_id TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  manifest TEXT NOT NULL           -- JSON
) STRICT;

CREATE TABLE targets (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL REFERENCES runs (id),
  target TEXT NOT NULL,
  device TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'done')),
  result TEXT CHECK ((state = 'done') = (result IS NOT NULL)),  -- JSON
  UNIQUE (run, target, device)
) STRICT;

CREATE TABLE verdicts (
  id INTEGER PRIMARY KEY,
  target INTEGER NOT NULL REFERENCES targets (id),
  implementation TEXT NOT NULL,
  part TEXT NOT NULL,
  correct INTEGER,  -- 1, 0, or null: not proven
  honest INTEGER,
  comparison TEXT,
  speedup REAL, speedup_low REAL, speedup_high REAL,
  time_ns REAL, time_ns_low REAL, time_ns_high REAL,
  time_source TEXT NOT NULL,
  sentence TEXT NOT NULL,
  UNIQUE (target, implementation)
) STRICT;

CREATE TABLE findings (
  verdict INTEGER NOT NULL REFERENCES verdicts (id),
  seq INTEGER NOT NULL,
  guard TEXT NOT NULL,
  status TEXT NOT NULL,
  kind TEXT NOT NULL,
  required INTEGER NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (verdict, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE samples (  -- one window each
  verdict INTEGER NOT NULL REFERENCES verdicts (id),
  seq INTEGER NOT NULL,
  round INTEGER NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('pilot', 'timed', 'replay', 'probe')),
  calls INTEGER NOT NULL,
  started_ns INTEGER NOT NULL,
  sealed_ns INTEGER NOT NULL,
  done_ns INTEGER NOT NULL,
  claim_ns INTEGER NOT NULL,
  claim_span_ns INTEGER NOT NULL,
  claim_min_ns INTEGER NOT NULL,
  claim_sane INTEGER NOT NULL,
  cpu_ns INTEGER NOT NULL,
  cpu_outside_ns INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  resident_bytes INTEGER NOT NULL,
  steal_ns INTEGER NOT NULL,
  calls_verified INTEGER NOT NULL,
  calls_wrong INTEGER NOT NULL,
  calls_by_reference INTEGER NOT NULL,
  poison_intact INTEGER NOT NULL,
  PRIMARY KEY (verdict, seq)
) STRICT, WITHOUT ROWID;

-- For people with a sqlite3 prompt.
CREATE VIEW samples_by_name AS
  SELECT targets.run, targets.target, targets.device, verdicts.implementation, samples.*
  FROM samples JOIN verdicts ON verdicts.id = samples.verdict
               JOIN targets ON targets.id = verdicts.target;

-- The record is append-only, also for code of ours that is wrong.
CREATE TRIGGER runs_stay BEFORE DELETE ON runs
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER targets_stay BEFORE DELETE ON targets
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER done_targets_stay BEFORE UPDATE ON targets WHEN OLD.state = 'done'
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER verdicts_stay BEFORE DELETE ON verdicts
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER verdicts_same BEFORE UPDATE ON verdicts
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER findings_stay BEFORE DELETE ON findings
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER findings_same BEFORE UPDATE ON findings
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER samples_stay BEFORE DELETE ON samples
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER samples_same BEFORE UPDATE ON samples
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
)sql";

// Windows of a fifth kind. SQLite changes no CHECK of a table, so the table is made anew.
inline constexpr const char* kSchemaV2 = R"sql(
DROP VIEW samples_by_name;
DROP TRIGGER samples_stay;
DROP TRIGGER samples_same;
ALTER TABLE samples RENAME TO samples_v1;

CREATE TABLE samples (  -- one window each
  verdict INTEGER NOT NULL REFERENCES verdicts (id),
  seq INTEGER NOT NULL,
  round INTEGER NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('pilot', 'timed', 'replay', 'probe', 'alone')),
  calls INTEGER NOT NULL,
  started_ns INTEGER NOT NULL,
  sealed_ns INTEGER NOT NULL,
  done_ns INTEGER NOT NULL,
  claim_ns INTEGER NOT NULL,
  claim_span_ns INTEGER NOT NULL,
  claim_min_ns INTEGER NOT NULL,
  claim_sane INTEGER NOT NULL,
  cpu_ns INTEGER NOT NULL,
  cpu_outside_ns INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  resident_bytes INTEGER NOT NULL,
  steal_ns INTEGER NOT NULL,
  calls_verified INTEGER NOT NULL,
  calls_wrong INTEGER NOT NULL,
  calls_by_reference INTEGER NOT NULL,
  poison_intact INTEGER NOT NULL,
  PRIMARY KEY (verdict, seq)
) STRICT, WITHOUT ROWID;

INSERT INTO samples SELECT * FROM samples_v1;
DROP TABLE samples_v1;

CREATE VIEW samples_by_name AS
  SELECT targets.run, targets.target, targets.device, verdicts.implementation, samples.*
  FROM samples JOIN verdicts ON verdicts.id = samples.verdict
               JOIN targets ON targets.id = verdicts.target;

CREATE TRIGGER samples_stay BEFORE DELETE ON samples
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER samples_same BEFORE UPDATE ON samples
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
)sql";

// What devices record, and windows of a sixth kind. SQLite changes no CHECK of a table, so the table is
// made anew.
inline constexpr const char* kSchemaV3 = R"sql(
DROP VIEW samples_by_name;
DROP TRIGGER samples_stay;
DROP TRIGGER samples_same;
ALTER TABLE samples RENAME TO samples_v2;

CREATE TABLE samples (  -- one window each
  verdict INTEGER NOT NULL REFERENCES verdicts (id),
  seq INTEGER NOT NULL,
  round INTEGER NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('pilot', 'timed', 'replay', 'probe', 'alone', 'one_by_one')),
  calls INTEGER NOT NULL,
  started_ns INTEGER NOT NULL,
  sealed_ns INTEGER NOT NULL,
  done_ns INTEGER NOT NULL,
  claim_ns INTEGER NOT NULL,
  claim_span_ns INTEGER NOT NULL,
  claim_min_ns INTEGER NOT NULL,
  claim_sane INTEGER NOT NULL,
  cpu_ns INTEGER NOT NULL,
  cpu_outside_ns INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  resident_bytes INTEGER NOT NULL,
  steal_ns INTEGER NOT NULL,
  calls_verified INTEGER NOT NULL,
  calls_wrong INTEGER NOT NULL,
  calls_by_reference INTEGER NOT NULL,
  poison_intact INTEGER NOT NULL,
  host_ns INTEGER NOT NULL DEFAULT 0,            -- the host thread within calls
  device_ns INTEGER NOT NULL DEFAULT -1,         -- between events; -1 = unknown, as below
  activity_ns INTEGER NOT NULL DEFAULT -1,       -- work running, by CUPTI
  activity_span_ns INTEGER NOT NULL DEFAULT -1,  -- the same with the gaps within calls
  prepare_ns INTEGER NOT NULL DEFAULT 0,         -- the judge's work on the device before it
  PRIMARY KEY (verdict, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO samples (verdict, seq, round, position, kind, calls, started_ns, sealed_ns, done_ns,
    claim_ns, claim_span_ns, claim_min_ns, claim_sane, cpu_ns, cpu_outside_ns, threads,
    resident_bytes, steal_ns, calls_verified, calls_wrong, calls_by_reference, poison_intact)
  SELECT verdict, seq, round, position, kind, calls, started_ns, sealed_ns, done_ns,
    claim_ns, claim_span_ns, claim_min_ns, claim_sane, cpu_ns, cpu_outside_ns, threads,
    resident_bytes, steal_ns, calls_verified, calls_wrong, calls_by_reference, poison_intact
  FROM samples_v2;
DROP TABLE samples_v2;
CREATE VIEW samples_by_name AS
  SELECT targets.run, targets.target, targets.device, verdicts.implementation, samples.*
  FROM samples JOIN verdicts ON verdicts.id = samples.verdict
               JOIN targets ON targets.id = verdicts.target;

CREATE TRIGGER samples_stay BEFORE DELETE ON samples
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER samples_same BEFORE UPDATE ON samples
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
)sql";

// What is kept out of performance results, and since when. Rows are events; the last one of a target and
// content decides. Each row's checksum covers the one before it, and ids have no holes, so that a row
// that was changed or taken out is seen (ledger/quarantine.h).
inline constexpr const char* kSchemaV4 = R"sql(
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('quarantined', 'released')),
  target TEXT NOT NULL,
  device TEXT NOT NULL,
  content_hash TEXT NOT NULL
    CHECK (length(content_hash) = 64 AND content_hash NOT GLOB '*[^0-9a-f]*'),
  implementation TEXT NOT NULL,  -- what it was called then
  reason TEXT NOT NULL,
  run TEXT NOT NULL,
  checksum TEXT NOT NULL
) STRICT;
CREATE TRIGGER quarantine_stays BEFORE DELETE ON quarantine
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER quarantine_same BEFORE UPDATE ON quarantine
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
)sql";

// Without the indices, opening a ledger reads every run, and a target's history every target: 10,000
// runs with their manifests are some 100 MiB. The checksums (BLAKE2b-256, hex) are against accidents:
// a changed digit hurts no structure that SQLite could see. Rows of earlier schemas have none. A column that is
// added later is in no checksum of "1": give it another number.
inline constexpr const char* kSchemaV5 = R"sql(
ALTER TABLE runs ADD COLUMN checksum TEXT;             -- of id and manifest
ALTER TABLE targets ADD COLUMN checksum TEXT;          -- of run, target, device and result
ALTER TABLE verdicts ADD COLUMN checksum TEXT;         -- of the columns up to time_source
ALTER TABLE verdicts ADD COLUMN samples_checksum TEXT; -- of all windows, in their order: "1 <hash>"
CREATE INDEX runs_by_state ON runs (state, started_at);
CREATE INDEX targets_by_name ON targets (target, device, state);
)sql";

// Which process of its implementation ran a window. In checksums of "2".
inline constexpr const char* kSchemaV6 = R"sql(
ALTER TABLE samples ADD COLUMN process INTEGER NOT NULL DEFAULT -1;  -- from 0; -1 = one for all windows
)sql";

// Windows of a seventh kind.
inline constexpr const char* kSchemaV7 = R"sql(
DROP VIEW samples_by_name;
DROP TRIGGER samples_stay;
DROP TRIGGER samples_same;
ALTER TABLE samples RENAME TO samples_v6;

CREATE TABLE samples (  -- one window each
  verdict INTEGER NOT NULL REFERENCES verdicts (id),
  seq INTEGER NOT NULL,
  round INTEGER NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('pilot', 'timed', 'replay', 'probe', 'alone', 'one_by_one',
                                     'plain')),
  calls INTEGER NOT NULL,
  started_ns INTEGER NOT NULL,
  sealed_ns INTEGER NOT NULL,
  done_ns INTEGER NOT NULL,
  claim_ns INTEGER NOT NULL,
  claim_span_ns INTEGER NOT NULL,
  claim_min_ns INTEGER NOT NULL,
  claim_sane INTEGER NOT NULL,
  cpu_ns INTEGER NOT NULL,
  cpu_outside_ns INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  resident_bytes INTEGER NOT NULL,
  steal_ns INTEGER NOT NULL,
  calls_verified INTEGER NOT NULL,
  calls_wrong INTEGER NOT NULL,
  calls_by_reference INTEGER NOT NULL,
  poison_intact INTEGER NOT NULL,
  host_ns INTEGER NOT NULL DEFAULT 0,            -- the host thread within calls
  device_ns INTEGER NOT NULL DEFAULT -1,         -- between events; -1 = unknown, as below
  activity_ns INTEGER NOT NULL DEFAULT -1,       -- work running, by CUPTI
  activity_span_ns INTEGER NOT NULL DEFAULT -1,  -- the same with the gaps within calls
  prepare_ns INTEGER NOT NULL DEFAULT 0,         -- the judge's work on the device before it
  process INTEGER NOT NULL DEFAULT -1,           -- from 0; -1 = one for all windows
  PRIMARY KEY (verdict, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO samples SELECT * FROM samples_v6;
DROP TABLE samples_v6;
CREATE VIEW samples_by_name AS
  SELECT targets.run, targets.target, targets.device, verdicts.implementation, samples.*
  FROM samples JOIN verdicts ON verdicts.id = samples.verdict
               JOIN targets ON targets.id = verdicts.target;

CREATE TRIGGER samples_stay BEFORE DELETE ON samples
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER samples_same BEFORE UPDATE ON samples
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
)sql";

// Entry i brings a ledger of version i to version i + 1, and sets user_version last.
inline constexpr std::array kMigrations = {kSchemaV1, kSchemaV2, kSchemaV3, kSchemaV4,
                                           kSchemaV5, kSchemaV6, kSchemaV7};
inline constexpr int kQuarantineSince = 4;
inline constexpr int kLedgerSchemaVersion = static_cast<int>(kMigrations.size());

}  // namespace aisp
