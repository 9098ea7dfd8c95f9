#!/usr/bin/env python3
"""Makes the acts of a benchmark: a manifest and the PDFs it names.

The same options and seed give the same bytes. Acts share a pool of distinct files, so that
100 000 acts of 200 kB need 100 MB of disk and not 20 GB; every act still has to be hashed, signed,
packaged and sent whole, since no client keeps what it knows of a file from one act to the next.
"""
import argparse
import collections
import csv
import os
import random
import sys

WORDS = """le conseil municipal considérant que vu code général des collectivités territoriales
et notamment ses articles délibération en date du relative à approuve convention entre la commune
communauté département région subvention budget primitif section fonctionnement investissement
dépenses recettes travaux école voirie marché public attribution lot entreprise montant hors taxes
autorise maire signer tout document nécessaire exécution présente rapporteur séance membres présents
votants pour contre abstention adopté unanimité préfet publication recours tribunal administratif
délai deux mois personnel emploi tableau effectifs grade échelon urbanisme plan local révision
enquête publique commissaire avis favorable parcelle cadastrée cession acquisition euros""".split()

COLUMNS = ["COLL_SIRET", "DELIB_ID", "DELIB_DATE", "DELIB_MATIERE_CODE", "DELIB_OBJET",
           "ACTE_NATURE", "ACTE_DOCUMENT", "ACTE_ANNEXES"]
KINDS = ("compressed", "text")


def compressed_stream(rng, length):
    """What a scanner or a word processor leaves: bytes no second compression makes smaller."""
    return b"/Filter /FlateDecode ", rng.randbytes(length)


def text_stream(rng, length):
    """Page descriptions left plain, as some PDF writers do: gzip makes a quarter of them."""
    lines, size = [], 0
    while size < length:
        words = " ".join(rng.choices(WORDS, k=rng.randint(8, 14)))
        line = b"1 0 0 1 %d.%02d %d.%02d Tm\n[(%s)%d(%s)]TJ\n" % (
            rng.randint(56, 90), rng.randint(0, 99), rng.randint(50, 780), rng.randint(0, 99),
            words.encode("latin-1"), -rng.randint(200, 400),
            str(rng.randint(1, 99999)).encode())
        lines.append(line)
        size += len(line)
    return b"", b"".join(lines)[:length]


def pdf(rng, size, kind):
    """A PDF of `size` bytes (or the least that a PDF takes): one page, one stream, a right xref."""
    def build(length):
        filtered, stream = (compressed_stream if kind == "compressed" else text_stream)(rng, length)
        objects = [b"<< /Type /Catalog /Pages 2 0 R >>",
                   b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                   b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
                   b"<< %s/Length %010d >>\nstream\n%s\nendstream" % (filtered, length, stream)]
        out, places = [b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"], []
        for number, body in enumerate(objects, 1):
            places.append(sum(map(len, out)))
            out.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        start = sum(map(len, out))
        out.append(b"xref\n0 5\n0000000000 65535 f \n")
        out.extend(b"%010d 00000 n \n" % place for place in places)
        out.append(b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%010d\n%%%%EOF\n" % start)
        return b"".join(out)

    bare = len(build(0))
    return build(max(0, size - bare))


def siren(rank):
    """The `rank`-th SIREN of the benchmark: eight digits and a Luhn key."""
    stem = 21000000 + rank
    digits = [int(d) for d in str(stem)]
    total = sum(d if i % 2 == 0 else (2 * d - 9 if d > 4 else 2 * d) for i, d in enumerate(digits))
    return f"{stem}{-total % 10}"


def siren_rank(siret):
    return int(siret[:8]) - 21000000


def login(rank):
    return f"bench{rank}"


def password(rank):
    return f"secret{rank}"


def autorite_count(acts, per_autorite):
    return max(1, -(-acts // per_autorite))


def write_files(folder, options):
    rng = random.Random(f"{options.seed}/{options.kind}/{options.size}/{options.annexes}")
    names = []
    for number in range(min(options.acts, options.distinct) * (1 + options.annexes)):
        name = f"{number:05d}.pdf"
        with open(os.path.join(folder, name), "wb") as file:
            file.write(pdf(rng, options.size, options.kind))
        names.append(f"{os.path.basename(folder)}/{name}")
    return names


def rows(options, names):
    rng = random.Random(f"{options.seed}/rows")
    sirens = [siren(rank) for rank in range(autorite_count(options.acts, options.per_autorite))]
    step = 1 + options.annexes
    for number in range(options.acts):
        first = number * step % len(names)
        files = names[first:first + step]
        objet = " ".join(rng.choices(WORDS, k=9)).capitalize()
        yield [sirens[number % len(sirens)] + "00013", f"{options.year}-{number + 1:06d}",
               f"{options.year}-06-27", "3.3", objet, "DE", files[0],
               "|".join("99_DE:" + name for name in files[1:])]


def write_manifest(path, acts):
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows(acts)


def write_list(path, acts):
    """The same acts for the rivals: a line each, tabs between, in the norm's own encoding."""
    serials = collections.Counter()
    folder = os.path.dirname(os.path.abspath(path))
    with open(path, "w", encoding="iso-8859-1") as file:
        for siret, numero, date, _, objet, _, document, annexes in acts:
            number = siren_rank(siret)
            serials[number] += 1
            pieces = [document] + [item.partition(":")[2] for item in annexes.split("|") if item]
            print(siret[:9], f"{login(number)}:{password(number)}", numero.replace("-", "_"), date,
                  serials[number], objet, *(os.path.join(folder, name) for name in pieces),
                  sep="\t", file=file)


def make(options):
    folder = os.path.join(options.folder, "documents")
    os.makedirs(folder, exist_ok=True)
    acts = list(rows(options, write_files(folder, options)))
    write_manifest(os.path.join(options.folder, "manifest.csv"), acts)
    write_list(os.path.join(options.folder, "list.tsv"), acts)


def options_of(parser):
    parser.add_argument("--size", type=int, default=100_000, help="bytes of each PDF (100000)")
    parser.add_argument("--annexes", type=int, default=1, help="annexes of each act (1)")
    parser.add_argument("--kind", choices=KINDS, default="compressed",
                        help="streams compressed already, as in most PDFs, or plain text")
    parser.add_argument("--distinct", type=int, default=500,
                        help="acts before files come again (500)")
    parser.add_argument("--per-autorite", type=int, default=250,
                        help="acts of each authority; a day's serials end at 9999 (250)")
    parser.add_argument("--year", type=int, default=2022, help="year of the numbers (2022)")
    parser.add_argument("--seed", default="ctes", help="another seed, other bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("acts", type=int, help="how many acts")
    parser.add_argument("folder", help="where manifest.csv and documents/ go")
    options_of(parser)
    make(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
