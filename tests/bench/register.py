"""Does an act cost more when the register is full of others? The rows are loaded by SQL: the schema
is told at the top of src/ledger/schema.c."""
import os
import statistics

import corpus
import stage

# An acknowledged act as ctes leaves it; only what the operator said is shorter (REPLY bytes), or a
# million acts would take 14 GB. The first thousand identifiers are left to the act that made the
# file.
ROWS = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;
PRAGMA cache_size = -262144;
BEGIN EXCLUSIVE;
CREATE TEMP TABLE n (i INTEGER PRIMARY KEY, siren TEXT, numero TEXT, at INTEGER, day TEXT);
WITH RECURSIVE count(i) AS (SELECT 1001 UNION ALL
  SELECT i + 1 FROM count WHERE i < 1000 + {count})
INSERT INTO n SELECT i, (SELECT siren FROM temp.autorite WHERE rank = i % {autorites}),
  printf('%07d', i), 1500000000000 + i * 100000,
  date(1500000000 + i * 100, 'unixepoch') FROM count;
INSERT INTO acte (id, siren, numero, numero_interne, date_decision, nature, matiere, objet,
  objet_transmis, classification_date, document_papier, state, state_ms, created_ms, envoi,
  transaction_id, native, id_acte, reception)
SELECT i, siren, 'R-' || numero, 'R_' || numero, day, 1, '3.3', hex(randomblob(35)),
  hex(randomblob(35)), '2022-01-01', 0, 'acknowledged', at, at, i, 10000000 + i, 4,
  '086-' || siren || '-' || replace(day, '-', '') || '-R_' || numero || '-DE', day FROM n;
INSERT INTO piece SELECT i, rang, '/srv/actes/documents/' || numero || rang || '.pdf',
  '99_DE-086-' || siren || '-' || replace(day, '-', '') || '-R_' || numero || '-DE-1-1_' || rang
  || '.pdf', '99_DE', 'application/pdf', 100000, lower(hex(randomblob(32)))
  FROM n, (SELECT 0 rang UNION ALL SELECT 1);
INSERT INTO envoi SELECT i, i, at, 'SLO-TACT--' || siren || '--R' || numero || '.tar.gz',
  'archives/' || siren || '/' || day || '/SLO-TACT--' || siren || '--R' || numero || '.tar.gz',
  lower(hex(randomblob(32))), 203000, 'R_' || numero || '_0.xml', lower(hex(randomblob(32))),
  'TACT--' || siren || '--R' || numero || '.xml', lower(hex(randomblob(32))),
  '086-' || siren || '-R_' || numero || '-1-1', 's2low', 'https://operateur.test', 'archive' FROM n;
INSERT INTO evenement (acte, at_ms, from_state, to_state) SELECT i, at, a, b FROM n,
  (SELECT NULL a, 'prepared' b UNION ALL VALUES ('prepared', 'to-send'), ('to-send', 'deposited'),
  ('deposited', 'acknowledged'));
INSERT INTO accuse (acte, at_ms, kind, bytes, sha256) SELECT i, at, 'ARActe',
  randomblob({reply}), lower(hex(randomblob(32))) FROM n;
INSERT INTO echange (acte, at_ms, method, url, http_status, outcome, reply, reply_size,
  reply_sha256) SELECT i, at, method, 'https://operateur.test/modules/actes/' || page, 200, 'ok',
  randomblob(size), size, lower(hex(randomblob(32))) FROM n,
  (SELECT 'GET' method, 'actes_transac_get_env_serial.php?api=1' page, 8 size
   UNION ALL VALUES ('POST', 'actes_transac_submit.php?api=1', 10),
   ('GET', 'actes_transac_get_status.php?transaction=1&api=1', {reply}));
COMMIT;
PRAGMA journal_mode = WAL;
ANALYZE;
"""
REPLY = 600


def load(register, count, autorites):
    sirens = ",".join(f"({rank},'{corpus.siren(rank)}')" for rank in range(autorites))
    script = (f"CREATE TEMP TABLE autorite (rank INTEGER PRIMARY KEY, siren TEXT);"
              f"INSERT INTO temp.autorite VALUES {sirens};"
              + ROWS.format(count=count, autorites=autorites, reply=REPLY))
    stage.run("sqlite3", "-bail", register, input=script)


def acknowledge(register):
    """No act waits any more: the next sandbox would not know it."""
    stage.run("sqlite3", register,
              "UPDATE acte SET state = 'acknowledged', suivi = NULL WHERE suivi IS NOT NULL")


def make_acts(folder, count, year, options):
    """A table of `count` acts of another year over the documents that are there already."""
    options.acts, options.year = count, year
    names = sorted(os.listdir(os.path.join(folder, "documents")))
    acts = list(corpus.rows(options, [f"documents/{name}" for name in names]))
    path = os.path.join(folder, f"year-{year}.csv")
    corpus.write_manifest(path, acts)
    return path


def grow(place, acts_folder, options, sizes, acts, repeats):
    """Sends `acts` acts to registers of each size, in turns; [(rows, figures)] of every run."""
    results, year = [], 1970
    client = [os.path.join(place.build, "ctes"), "--config", None, "--quiet", "batch", None]
    parked = {}
    for size in sizes:
        place.fresh()
        with place:  # its first act makes the register
            client[2], client[5] = place.write_config(), make_acts(acts_folder, 1, 1970, options)
            place.measured(client, 1)
        register = os.path.join(place.state, "register.db")
        acknowledge(register)
        load(register, size, place.autorites)
        parked[size] = place.state
    for repeat in range(repeats + 1):  # the first round warms the caches and is not counted
        for size in sizes if repeat % 2 == 0 else sizes[::-1]:
            year += 1
            table = make_acts(acts_folder, acts, year, options)
            place.settle()
            place.state = parked[size]
            with place:
                client[2], client[5] = place.write_config(), table
                figures = place.measured(client, acts)
            acknowledge(os.path.join(place.state, "register.db"))
            if repeat > 0:
                results.append((size, figures))
    return results


def ratio(results, key):
    """Median over the rounds of what the largest register costs against the smallest."""
    sizes = sorted({size for size, _ in results})
    small, large = ([f[key] for size, f in results if size == wanted]
                    for wanted in (sizes[0], sizes[-1]))
    return statistics.median(b / a for a, b in zip(small, large))
