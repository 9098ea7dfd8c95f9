"""What a measured program runs on: keys, a sandbox of its own, a configuration; and the measuring."""
import glob
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

import corpus

TICK = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A run that did not do its work: its figures would mean nothing."""


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def cpu_of(pid):
    """User and system seconds of a running process, all its threads."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def busy():
    """CPU seconds that the whole machine has spent working so far."""
    with open("/proc/stat", encoding="ascii") as file:
        fields = [int(text) for text in file.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICK


def high_water(pid):
    """Peak resident memory so far, KiB; ru_maxrss would count this interpreter before the exec."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def measure(command, log, good=(0,)):
    """Runs a command; wall and CPU seconds, of its children too, and peak memory of itself."""
    peak, start, busy_before = 0, time.monotonic(), busy()
    with open(log, "wb") as out:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        while True:
            peak = max(peak, high_water(child.pid))
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid != 0:
                break
            time.sleep(0.02)
    wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in good:
        with open(log, encoding="utf-8", errors="replace") as out:
            raise Failed(f"{command[0]} ended with {child.returncode}:\n{out.read()[-2000:]}")
    return {"wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime, "user_s": usage.ru_utime,
            "peak_rss_kib": peak, "machine_s": busy() - busy_before}


def archives_of(folder):
    return glob.glob(os.path.join(folder, "**", "*.tar.gz"), recursive=True)


class Stage:
    """Everything but the acts. One sandbox serves one run, so that each starts from nothing."""

    def __init__(self, source, build, folder, autorites):
        self.source, self.build, self.folder = source, build, folder
        self.pki = os.path.join(folder, "pki")
        self.runs = os.path.join(folder, "runs")
        self.state = self.work = None  # of the run that fresh() began
        self.day = time.strftime("%Y%m%d")
        os.makedirs(self.runs, exist_ok=True)
        run(os.path.join(source, "certs/make-pki"), self.pki)
        self._write_accounts(autorites)
        self.autorites = autorites
        self.sandbox = None

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def _write_accounts(self, autorites):
        with open(self.path("accounts.ini"), "w", encoding="utf-8") as file:
            for rank in range(autorites):
                secret = self.path(f"{corpus.login(rank)}.pass")
                with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
                          encoding="ascii") as out:
                    print(corpus.password(rank), file=out)
                print(f"[{corpus.login(rank)}]\ncertificate = {self.pki}/client.pem\n"
                      f"login = {corpus.login(rank)}\npassword-file = {secret}\n"
                      f"siren = {corpus.siren(rank)}\n"
                      "departement = 086\narrondissement = 3\nnature = 31", file=file)

    def write_config(self, per_enveloppe=1):
        path = self.path("ctes.conf")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
                  encoding="utf-8") as file:
            for rank in range(self.autorites):
                print(f"[autorite {corpus.login(rank)}]\nsiren = {corpus.siren(rank)}\n"
                      "nic = 00013\ndepartement = 086\narrondissement = 3\nnature = 31\n"
                      "adresses_retour = actes@ville.test\nclassification_date = 2022-01-01\n"
                      f"login = {corpus.login(rank)}\n"
                      f"password_file = {corpus.login(rank)}.pass", file=file)
            print(f"[operateur]\nurl = {self.url}\nmode = archive\n"
                  "trigramme = SLO\nquadrigramme = TACT\n"
                  f"acts_per_enveloppe = {per_enveloppe}\n"
                  "[tls]\ncertificate = pki/client.pem\nkey = pki/client.key\nca = pki/ca.pem\n"
                  "[signature]\nsign = yes\ncertificate = pki/signer.pem\nkey = pki/signer.key\n"
                  f"[chemins]\nregister = {self.state}/register.db\nschemas = {self.source}/schemas",
                  file=file)
        return path

    def __enter__(self):
        """Starts the sandbox: a ledger in memory; the préfecture answers the day after."""
        self.sandbox = subprocess.Popen(
            [os.path.join(self.build, "ctes-sandbox"), "--port", "0", "--delay", "86400",
             "--ca", f"{self.pki}/ca.pem", "--certificate", f"{self.pki}/server.pem",
             "--key", f"{self.pki}/server.key", "--accounts", self.path("accounts.ini"),
             "--schemas", f"{self.source}/schemas", "--trigramme", "SLO", "--quadrigramme", "TACT"],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "SQLITE_TMPDIR": self.folder})
        ready = self.sandbox.stdout.readline().split()
        if not ready:
            raise Failed("ctes-sandbox does not start")
        self.url = ready[-1]
        return self

    def __exit__(self, *unused):
        self.sandbox.send_signal(signal.SIGTERM)
        self.sandbox.stdout.close()
        self.sandbox.wait()

    def fresh(self):
        """Begins a run in folders of its own: `state` for ctes, `work` for its rivals."""
        folder = tempfile.mkdtemp(dir=self.runs)
        self.state, self.work = os.path.join(folder, "state"), os.path.join(folder, "work")
        os.mkdir(self.state)
        os.mkdir(self.work)

    def settle(self):
        """Ends a run: its files give their disk back, but are not removed before all is measured,
        because some file systems make the next files dearer for minutes after (ext4 without a
        journal looks for inodes that were not freed lately). What is dirty is written now."""
        if self.state is not None:
            for path in archives_of(os.path.dirname(self.state)):
                os.truncate(path, 0)
        os.sync()

    def clear(self):
        shutil.rmtree(self.runs)

    def received(self):
        """How many acts the sandbox holds, in a state that leads to an acknowledgement."""
        ledger = run("curl", "-sS", "--fail", "--cacert", f"{self.pki}/ca.pem",
                     "--cert", f"{self.pki}/client.pem", "--key", f"{self.pki}/client.key",
                     "-u", f"{corpus.login(0)}:{corpus.password(0)}", f"{self.url}/sandbox/ledger")
        return sum(act["status"] in (1, 2, 3, 4) for act in json.loads(ledger)["acts"])

    def measured(self, command, acts, **options):
        """Measures a command that sends `acts` acts to the running sandbox."""
        before = cpu_of(self.sandbox.pid)
        figures = measure(command, self.path("log"), **options)
        figures["sandbox_cpu_s"] = cpu_of(self.sandbox.pid) - before
        figures["acts"] = acts
        return figures
