"""Compares what the API takes for a SIREN or a SIRET with what python-stdnum does.

Usage: numbers.py ADDRESS TOKEN
"""

import json
import random
import sys
import uuid
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from stdnum.fr import siren, siret
from stdnum.luhn import calc_check_digit

# Real ones, La Poste's own rule among them, and what resembles one.
SIRENS = ["356000000", "130025265", "000000000", "12345678", "1234567890", "13002526a", "130 025 265", "１３００２５２６５"]
SIRETS = ["35600000000048", "35600000049837", "35600000000001", "13002526500013", "13002526500014", "00000000000000", "1300252650001"]

address, token = sys.argv[1:]


def status(method, path, body=None):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = json.dumps(body).encode() if body is not None else None
    try:
        with urlopen(Request(f"{address}/api/v1{path}", data, headers, method=method)) as response:
            return response.status
    except HTTPError as error:
        return error.code


def takes_siren(number):
    return taken(status("GET", f"/organizations?siren={quote(number)}"), 200, number)


def takes(field, number):
    body = {"kind": "operator", "name": f"Organisme d'essai {uuid.uuid4()}", **field}
    return taken(status("POST", "/organizations", body), 201, number)


def taken(found, yes, number):
    if found not in (yes, 422):
        sys.exit(f"{number}: {found}, where {yes} or 422 is expected")
    return found == yes


def strict(oracle, number, length):
    """The oracle cleans what it is given, and takes zeros alone; the API takes digits alone, and no SIREN 000000000."""
    plain = len(number) == length and number.isascii() and number.isdigit()
    return plain and not number.startswith("000000000") and oracle.is_valid(number)


def main():
    chance = random.Random(42)

    def digits(count):
        return "".join(chance.choice("0123456789") for _ in range(count))

    heads = [digits(8) for _ in range(60)]
    sirens = SIRENS + [head + calc_check_digit(head) for head in heads] + [digits(9) for _ in range(60)]
    tails = [head + calc_check_digit(head) + digits(4) for head in heads[:20]]
    sirets = SIRETS + [tail + calc_check_digit(tail) for tail in tails] + [digits(14) for _ in range(20)]
    wrong = [f"SIREN {one}" for one in sirens if takes_siren(one) != strict(siren, one, 9)]
    wrong += [f"SIRET {one}" for one in sirets if takes({"sirets": [one]}, one) != strict(siret, one, 14)]
    if wrong:
        sys.exit("the API and python-stdnum do not agree: " + ", ".join(wrong))
    print(f"note: {len(sirens)} SIREN and {len(sirets)} SIRET")


main()
