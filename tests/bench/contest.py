"""The four ways to send the same acts, each measured against a fresh sandbox."""
import glob
import gzip
import itertools
import os

import stage

SCRIPTS = os.path.dirname(os.path.abspath(__file__))
LIBRARIES = ("libcurl", "openssl", "sqlite3", "zlib")
LEDGER_LIMIT = 5000  # acts whose fate is read from the sandbox's ledger; beyond, it is too much text


def build_floor(folder):
    program = os.path.join(folder, "floor")
    flags = stage.run("pkg-config", "--cflags", "--libs", *LIBRARIES).split()
    stage.run("cc", "-std=c17", "-D_GNU_SOURCE", "-O2", "-pthread", "-o", program,
              *sorted(glob.glob(os.path.join(SCRIPTS, "floor*.c"))), *flags)
    return program


def head(path, lines, out):
    with open(path, "rb") as file, open(out, "wb") as copy:
        copy.writelines(itertools.islice(file, lines))
    return out


def against_gzip(archives, sample=20):
    """Bytes of the first archives, and what gzip -6 makes of the same tars."""
    ours = theirs = 0
    for path in sorted(archives)[:sample]:
        with gzip.open(path, "rb") as file:
            theirs += len(gzip.compress(file.read(), 6, mtime=0))
        ours += os.path.getsize(path)
    return ours, theirs


class Contest:
    def __init__(self, place, acts_folder, threads, group):
        self.place, self.threads, self.group = place, threads, group
        self.acts = acts_folder
        self.floor = build_floor(place.folder)
        self.archives = (0, 0)

    def _run(self, acts, command):
        """`command` makes the arguments, once the sandbox is there and the folders are fresh."""
        self.place.settle()
        self.place.fresh()
        with self.place:
            figures = self.place.measured(command(), acts)
            if acts <= LEDGER_LIMIT and self.place.received() != acts:
                raise stage.Failed(f"{self.place.received()} acts received, not {acts}")
        return figures

    def client(self, acts, per_enveloppe=1):
        # the table has a line of names and lies beside the documents
        table = head(os.path.join(self.acts, "manifest.csv"), acts + 1,
                     os.path.join(self.acts, f"manifest-{acts}.csv"))
        figures = self._run(acts, lambda: [
            os.path.join(self.place.build, "ctes"), "--config",
            self.place.write_config(per_enveloppe),
            "--quiet", "batch", table])
        known = stage.run("sqlite3", os.path.join(self.place.state, "register.db"),
                          "SELECT count(*) FROM acte WHERE state IN "
                          "('deposited', 'waiting', 'transmitted')").strip()
        if known != str(acts):
            raise stage.Failed(f"the register knows {known} acts received, not {acts}")
        self.archives = against_gzip(stage.archives_of(self.place.state))
        return figures

    def _list(self, acts):
        return head(os.path.join(self.acts, "list.tsv"), acts, self.place.path("list.tsv"))

    def bare_floor(self, acts, level, evidence=False):
        pki = self.place.pki
        return self._run(acts, lambda: [
            self.floor, "--list", self._list(acts), "--register",
            os.path.join(self.place.work, "floor.db"), "--url", self.place.url, "--day", self.place.day,
            "--ca", f"{pki}/ca.pem", "--certificate", f"{pki}/client.pem",
            "--key", f"{pki}/client.key", "--signer", f"{pki}/signer.pem",
            "--signer-key", f"{pki}/signer.key", "--level", str(level),
            "--threads", str(self.threads), "--group", str(self.group),
            *(["--evidence", self.place.work] if evidence else [])])

    def _script(self, name, acts):
        return self._run(acts, lambda: [
            os.path.join(SCRIPTS, name), self._list(acts), self.place.url, self.place.pki,
            self.place.day, self.place.work])

    def scripted(self, acts):
        return self._script("scripted.sh", acts)

    def python(self, acts):
        return self._script("python_client.py", acts)
