"""Numbers with check digits. Every function draws from `rng`."""


def digits(rng, count):
    return "".join(str(rng.randrange(10)) for _ in range(count))


def luhn(body):
    """The check digit that makes body + digit pass Luhn's test."""
    total = 0
    for at, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if at % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def ean(rng, prefix):
    body = prefix + digits(rng, 12 - len(prefix))
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(body))
    return body + str(-total % 10)


def iban(rng, country, grouped=True):
    if country in ("US",):
        country = "GB"
    letters = lambda count: "".join(rng.choice("ABCDEFGHKLMNPRSTW") for _ in range(count))
    body = {
        "DE": lambda: digits(rng, 18),
        "AT": lambda: digits(rng, 16),
        "CH": lambda: digits(rng, 17),
        "FR": lambda: digits(rng, 23),
        "ES": lambda: digits(rng, 20),
        "GB": lambda: letters(4) + digits(rng, 14),
    }[country]()
    number = "".join(str(int(c, 36)) for c in body + country + "00")
    whole = f"{country}{98 - int(number) % 97:02}{body}"
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4)) if grouped else whole


def bic(rng, country):
    bank = "".join(rng.choice("ABCDEFGHKLMNPRSTVW") for _ in range(4))
    return bank + {"US": "US"}.get(country, country) + rng.choice(["33", "2X", "FF", "MM", "21", "PP"]) + rng.choice(["", "XXX"])


def vat_de(rng):
    body, product = str(rng.randint(1, 9)) + digits(rng, 7), 10
    for digit in body:
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return f"DE{body}{(11 - product) % 10}"


def siren(rng):
    body = rng.choice("345789") + digits(rng, 7)
    return body + luhn(body)


def vat_fr(rng):
    number = siren(rng)
    return f"FR{(12 + 3 * (int(number) % 97)) % 97:02}{number}"


def siret(rng):
    body = siren(rng) + "000" + digits(rng, 1)
    return body + luhn(body)


def cif(rng):
    body = digits(rng, 7)
    odd = sum(sum(divmod(2 * int(digit), 10)) for digit in body[0::2])
    return rng.choice("AB") + body + str(-(odd + sum(map(int, body[1::2]))) % 10)


def nif(rng):
    number = rng.randint(10_000_000, 79_999_999)
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def vat_gb(rng):
    body = rng.choice("123456789") + digits(rng, 6)
    total = sum(int(digit) * weight for digit, weight in zip(body, range(8, 1, -1)))
    return f"GB {body[:3]} {body[3:]}{97 - total % 97:02}"


def vat_id(rng, country):
    match country:
        case "DE":
            return vat_de(rng)
        case "AT":
            return "ATU" + digits(rng, 8)
        case "CH":
            return f"CHE-{digits(rng, 3)}.{digits(rng, 3)}.{digits(rng, 3)} MWST"
        case "FR":
            return rng.choice(
                [vat_fr(rng), "{0[0]}{0[1]} {0[2]}{0[3]} {0[4]}{0[5]}{0[6]} {0[7]}{0[8]}{0[9]} {0[10]}{0[11]}{0[12]}".format(vat_fr(rng))]
            )
        case "ES":
            return rng.choice(["", "ES"]) + cif(rng)
        case "GB":
            return vat_gb(rng)
    return f"{rng.randint(10, 98)}-{digits(rng, 7)}"
