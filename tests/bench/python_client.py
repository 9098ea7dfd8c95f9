#!/usr/bin/env python3
"""python_client.py LIST URL PKI DAY FOLDER: sends the acts of a list with one thread and one kept
session, as a careful script in Python would: requests, cryptography, tarfile, sqlite3. The list is
floor.c's."""
import io
import os
import sqlite3
import sys
import tarfile
from http.cookiejar import DefaultCookiePolicy
from xml.sax.saxutils import escape

import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509 import load_pem_x509_certificate

SPACE = "http://www.interieur.gouv.fr/ACTES#v1.1-20040216"
DETACHED = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary,
            pkcs7.PKCS7Options.NoCapabilities]


class Client:
    def __init__(self, url, pki, day, folder):
        self.url, self.day = f"{url}/modules/actes/actes_transac_submit.php?api=1", day
        with open(f"{pki}/signer.pem", "rb") as file:
            self.certificate = load_pem_x509_certificate(file.read())
        with open(f"{pki}/signer.key", "rb") as file:
            self.key = serialization.load_pem_private_key(file.read(), None)
        self.session = requests.Session()
        self.session.trust_env = False
        # the operator ties a cookie to the account that came first
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.session.verify = f"{pki}/ca.pem"
        self.session.cert = (f"{pki}/client.pem", f"{pki}/client.key")
        self.register = sqlite3.connect(os.path.join(folder, "register.db"))
        self.register.execute("PRAGMA journal_mode=WAL")
        self.register.execute("PRAGMA synchronous=FULL")
        self.register.execute("CREATE TABLE IF NOT EXISTS acte (numero TEXT, siren TEXT,"
                              " archive TEXT, id INTEGER, PRIMARY KEY (siren, numero))")

    def sign(self, content):
        builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256())
        return builder.sign(serialization.Encoding.PEM, DETACHED).decode("ascii")

    def message(self, numero, date, objet, named):
        signed = [f"<actes:NomFichier>{name}</actes:NomFichier>"
                  f"<actes:Signature>{self.sign(content)}</actes:Signature>"
                  for name, content in named]
        annexes = "".join(f"<actes:Annexe>{text}</actes:Annexe>" for text in signed[1:])
        return (f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<actes:Acte xmlns:actes="{SPACE}"'
                f' actes:Date="{date}" actes:NumeroInterne="{numero}" actes:CodeNatureActe="1">'
                '<actes:CodeMatiere1 actes:CodeMatiere="3"/>'
                '<actes:CodeMatiere2 actes:CodeMatiere="3"/>'
                f"<actes:Objet>{escape(objet)}</actes:Objet>"
                "<actes:ClassificationDateVersion>2022-01-01</actes:ClassificationDateVersion>"
                f"<actes:Document>{signed[0]}</actes:Document>"
                f'<actes:Annexes actes:Nombre="{len(named) - 1}">{annexes}</actes:Annexes>'
                "<actes:DocumentPapier>N</actes:DocumentPapier></actes:Acte>\n"
                ).encode("iso-8859-1")

    def enveloppe(self, siren, name, message):
        return (f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<actes:EnveloppeCLMISILL'
                f' xmlns:actes="{SPACE}" xmlns:insee="http://xml.insee.fr/schema">'
                f'<actes:Emetteur><actes:IDCL insee:SIREN="{siren}" actes:Departement="086"'
                ' actes:Arrondissement="3" actes:Nature="31"/></actes:Emetteur>'
                "<actes:AdressesRetour><actes:Email>actes@ville.test</actes:Email>"
                "</actes:AdressesRetour><actes:FormulairesEnvoyes><actes:Formulaire>"
                f"<actes:NomFichier>{name}</actes:NomFichier>"
                f"<actes:Signature>{self.sign(message)}</actes:Signature></actes:Formulaire>"
                "</actes:FormulairesEnvoyes></actes:EnveloppeCLMISILL>\n").encode("iso-8859-1")

    def send(self, siren, account, numero, date, serial, objet, *pieces):
        stem = f"086-{siren}-{date.replace('-', '')}-{numero}-DE-1-1"
        archive_name = f"SLO-TACT--{siren}--{self.day}-{serial}.tar.gz"
        named = []
        for rank, path in enumerate(pieces, 1):
            with open(path, "rb") as file:
                named.append((f"99_DE-{stem}_{rank}.pdf", file.read()))
        message = self.message(numero, date, objet, named)
        members = [(f"TACT--{siren}--{self.day}-{serial}.xml",
                    self.enveloppe(siren, f"{stem}_0.xml", message)),
                   (f"{stem}_0.xml", message), *named]
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=6,
                          format=tarfile.USTAR_FORMAT) as archive:
            for name, content in members:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        reply = self.session.post(
            self.url, data={"api": "1"}, auth=tuple(account.split(":", 1)),
            files={"enveloppe": (archive_name, packed.getvalue(), "application/gzip")})
        lines = reply.text.split("\n")
        if reply.status_code != 200 or lines[0] != "OK":
            sys.exit(f"{numero}: {reply.status_code} {reply.text}")
        with self.register:
            self.register.execute("INSERT INTO acte VALUES (?,?,?,?)",
                                  (numero, siren, archive_name, int(lines[2])))


def main():
    path, url, pki, day, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    client = Client(url, pki, day, folder)
    with open(path, encoding="iso-8859-1") as acts:
        for line in acts:
            client.send(*line.rstrip("\n").split("\t"))


if __name__ == "__main__":
    main()
