#!/usr/bin/env python3
"""The rules of the national schema « scdl/deliberations » (2.1), restated.

    scdl.py FILE         says what of a table breaks which rule; exit status 1 when something does
    scdl.py --prove      breaks each rule in turn, and fails unless that is noticed

One column of ours, ACTE_ID, may stand behind those of the schema.
"""

import csv
import datetime
import io
import re
import sys

SECOND_LEVELS = dict(zip("123456789", (7, 3, 6, 5, 8, 5, 10, 9, 4)))


def text(value):
    return value.strip() != ""


def number(value):
    return re.fullmatch(r"[0-9]+", value) is not None


def date(value):
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def siret(value):
    return re.fullmatch(r"[0-9]{14}", value) is not None


def code(value):
    if not re.fullmatch(r"[0-9]\.[0-9]{1,2}", value):
        return False
    first, second = value.split(".")
    return not second.startswith("0") and int(second) <= SECOND_LEVELS.get(first, 0)


def name(value):
    return (
        value == value.lower()
        and re.fullmatch(r"[^/,()]+/[^/,()]+", value) is not None
        and all(part == part.strip() for part in value.split("/"))
    )


def year(value):
    return re.fullmatch(r"[0-9]{4}(/[0-9]{4})?", value) is not None


def body(value):
    department = r"([0-9]{3}|02[AB])"
    return (
        re.fullmatch(rf"(PREF{department}|SPREF{department}[0-9]|SGAR{department})", value)
        is not None
    )


def uri(value):
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+", value) is not None


# name, required, rule, a value that breaks it
COLUMNS = [
    ("COLL_NOM", True, text, " "),
    ("COLL_SIRET", True, siret, "218601946"),
    ("DELIB_ID", True, text, " "),
    ("DELIB_DATE", True, date, "2022-02-30"),
    ("DELIB_MATIERE_CODE", True, code, "7.11"),
    ("DELIB_MATIERE_NOM", True, name, "Finances locales/divers"),
    ("DELIB_OBJET", True, text, " "),
    ("BUDGET_ANNEE", False, year, "22"),
    ("BUDGET_NOM", False, text, " "),
    ("PREF_ID", False, body, "086-218601946-20220627-2022_0160-DE"),
    ("PREF_DATE", False, date, "28/06/2022"),
    ("VOTE_EFFECTIF", False, number, "-1"),
    ("VOTE_REEL", False, number, "1.5"),
    ("VOTE_POUR", False, number, "x"),
    ("VOTE_CONTRE", False, number, "x"),
    ("VOTE_ABSTENTION", False, number, "x"),
    ("DELIB_URL", False, uri, "www.example.org/a b"),
]
NAMES = [column[0] for column in COLUMNS]
OURS = ["ACTE_ID"]


def faults_of_row(row):
    found = []
    for (column, required, rule, _), value in zip(COLUMNS, row):
        if value == "" and required:
            found.append(f"{column}: missing")
        elif value != "" and not rule(value):
            found.append(f"{column}: {value!r}")
    return found


def faults(data):
    """What is wrong with the bytes of a table."""
    if data.startswith(b"\xef\xbb\xbf"):
        return ["a mark before the first byte"]
    try:
        content = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return [f"not UTF-8: {error}"]
    if not content.endswith("\r\n"):
        return ["the last line does not end as RFC 4180 has it"]
    try:
        rows = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    except csv.Error as error:
        return [f"not RFC 4180: {error}"]
    if not rows or rows[0] not in (NAMES, NAMES + OURS):
        return [f"header: {rows[:1]}"]
    found = []
    for line, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]):
            found.append(f"{line}: {len(row)} values")
        else:
            found += [f"{line}: {fault}" for fault in faults_of_row(row)]
    return found


GOOD = [
    "Ville de Poitiers",
    "21860194600013",
    "2022-0160",
    "2022-06-27",
    "7.10",
    "finances locales/divers",
    'Un "mot", et\r\nun autre à 5 €',
    "2022/2023",
    "Budget principal",
    "SPREF0863",
    "2022-06-28",
    "53",
    "50",
    "40",
    "4",
    "6",
    "https://example.org/2022-0160.pdf",
]


def table(rows, header=None, **dialect):
    out = io.StringIO(newline="")
    csv.writer(out, **dialect).writerows([header or NAMES, *rows])
    return out.getvalue().encode("utf-8")


def prove():
    least = [value if column[1] else "" for column, value in zip(COLUMNS, GOOD)]
    for good in (table([GOOD]), table([least]), table([GOOD + ["id"]], NAMES + OURS)):
        assert faults(good) == [], faults(good)
    bad = [
        table([GOOD], NAMES[1:] + NAMES[:1]),
        table([GOOD[:-1]]),
        table([GOOD], delimiter=";"),
        table([GOOD], lineterminator="\n"),
        table([GOOD]).decode("utf-8").encode("cp1252"),
        b"\xef\xbb\xbf" + table([GOOD]),
        b"",
    ]
    for i, (column, required, _, broken) in enumerate(COLUMNS):
        bad.append(table([GOOD[:i] + [broken] + GOOD[i + 1 :]]))
        if required:
            bad.append(table([GOOD[:i] + [""] + GOOD[i + 1 :]]))
    for i, spoilt in enumerate(bad):
        assert faults(spoilt), f"not noticed: {i}: {spoilt!r}"
    print(f"{len(bad)} breaches, each of them noticed")


def main(arguments):
    if arguments == ["--prove"]:
        prove()
        return 0
    with open(arguments[0], "rb") as file:
        found = faults(file.read())
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
