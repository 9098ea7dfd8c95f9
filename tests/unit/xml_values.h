/* Values and type names that a test of the schemas puts where they may or may not be valid. */
#ifndef CTES_TESTS_UNIT_XML_VALUES_H
#define CTES_TESTS_UNIT_XML_VALUES_H

#define X10  "xxxxxxxxxx"
#define X100 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define E10  "éééééééééé"
#define E100 E10 E10 E10 E10 E10 E10 E10 E10 E10 E10
static const char *const VALUES[] = {
    "", " ", "\n", "x", "é", "O", "N", "true", "a b", "  a  b  ",
    /* numbers */
    "0", "1", "6", "9", "00", "01", "31", "000", "001", "002", "005", "006", "0100", "100", "101",
    "999", "1000", "+1", "-1", "-0", "+", "-", "1.0", "1.", "1e2", "0x1", " 1 ", "1 1",
    "18446744073709551616", "99999999999999999999999999", "100000000000000000000000000000000",
    /* dates */
    "2024-01-05", "2024-02-29", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-00",
    "2024-04-31", "2024-01-05Z", "2024-01-05+14:00", "2024-01-05+14:01", "2024-01-05-05:00",
    " 2024-01-05 ", "2024-1-5", "20240105", "2024-01-05T00:00:00", "-2024-01-05", "0000-01-01",
    "12024-01-01", "02024-01-01", "2024-01", "2024", "10:30", "24:00", "dd:10:10",
    /* département, SIREN and what they are part of */
    "034", "02A", "02B", "02C", "2A0", "134", "971", "|3|", "0|0", "||0", "90|", "34", "0344",
    " 034", "034 ", "213400172", " 213400172 ", "2134 00172", "21340017", "2134001720", "21340017A",
    "00017", "21340017200017", "034-213400172-20240105-D2024_01-DE", "02A-213400172-99999999-a-ZZ",
    "034-213400172-20240105-ABCDEFGHIJKLMNO-DE", "034-213400172-20240105-ABCDEFGHIJKLMNOP-DE",
    "034-213400172-20240105--DE", "034-213400172-20240105-A-B-DE", "034-213400172-20240105-A-De",
    "|3|-213400172-20240105-A-ÉÀ", "034-213400172-20240105-A-D", "034-213400172-20240105-A-DEX",
    "034-213400172-20240105-é-DE", " 034-213400172-20240105-A-DE",
    /* addresses */
    "a@b.fr", "a.b_c-d@e-f.g.museum", "a@b.education", "a@b.f", "a+b@c.fr", "a@b", "@b.fr",
    "a@@b.fr", ".a@b.fr", "a..b@c.fr", "a@b..fr", "a@b.fr ", "é@b.fr", "a@b.f1", "a'b@c.fr",
    /* lengths, in characters */
    "DE", "D", "DEX", "éé", "ABCDEFGHIJKLMNO", "ABCDEFGHIJKLMNOP", "ééééééééééééééé",
    "éééééééééééééééé", X100 X100 X100 X100 X100, X100 X100 X100 X100 X100 "x",
    E100 E100 E100 E100 E100, E100 E100 E100 E100 E100 "é", X100 X100 X10 X10 X10 X10 X10 "xxxxx",
    X100 X100 X10 X10 X10 X10 X10 "xxxxxx"
};
enum { VALUE_COUNT = sizeof VALUES / sizeof VALUES[0] };

/* Every named type a document could name, and some of XML Schema itself. */
/* clang-format off */
static const char *const TYPES[] = {
    "actes:Email", "actes:Matiere", "actes:TypePieceJointe", "actes:DonneesEnveloppeCLMISILL",
    "actes:DonneesActe", "actes:DonneesCourrierPref", "actes:ARReponseCL", "actes:FichierSigne",
    "actes:FichiersSignes", "actes:Inconnu", "actes:IDCL", "actes:courrier", "i:SIRENType",
    "i:NICType", "i:SIRETType", "i:SIREN_stype", "i:NIC_stype", "i:SIRET_stype",
    "i:SIRETStructureType", "i:SIRET_ctype", "i:ChaineNumeriqueType",
    "i:ChaineAsciiMajusculeType", "i:ChaineNumeriqueEtAsciiMajusculeType",
    "i:ChaineFrancaisOfficielType", "i:ChaineFrancaisOfficielMajusculeType",
    "i:ChaineFrancaisOfficielMinusculeType", "i:Chaîne_Numérique_stype",
    "i:Chaîne_ASCII_Majuscule_stype", "i:Chaîne_Numérique_et_ASCII_Majuscule_stype",
    "i:LibelleType", "i:CodeType", "i:NumeroType", "i:DateType", "i:MoisType", "i:AnneeType",
    "i:DateSoupleType", "i:DateHeureType", "i:DateOuDateHeureType", "i:HeureMinuteType",
    "i:HeureType", "xs:string", "xs:token", "xs:date", "xs:integer", "xs:nonNegativeInteger",
    "xs:anyType", "xs:anySimpleType",
};
/* clang-format on */
enum { TYPE_COUNT = sizeof TYPES / sizeof TYPES[0] };

#endif
