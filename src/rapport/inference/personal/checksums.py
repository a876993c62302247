"""Numbers that prove themselves."""


def is_luhn(digits: str) -> bool:
    """Whether the last digit of a card's number fits the others (ISO/IEC 7812-1, annex B)."""
    doubled = "0246813579"
    ends = digits[::-1]
    total = sum(int(it) for it in ends[::2]) + sum(int(doubled[int(it)]) for it in ends[1::2])
    return total % 10 == 0


def is_iban(letters: str) -> bool:
    """Whether the check digits of an account's number fit the rest (ISO 13616, mod 97)."""
    turned = letters[4:] + letters[:4]
    return int("".join(str(int(it, 36)) for it in turned)) % 97 == 1
