"""Attempts from one address, in a moving minute."""

import pytest

from api.peers import of_one
from api.problems import Problem
from api.ways_in.addresses import Addresses
from observability.clock import now


def test_an_address_has_so_many_attempts_and_is_told_when_to_come_again() -> None:
    addresses = Addresses(3, now)
    for _ in range(3):
        addresses.admit("192.0.2.1")
    with pytest.raises(Problem) as refused:
        addresses.admit("::ffff:192.0.2.1")
    assert refused.value.code == "too_many_attempts"
    assert 1 <= int(refused.value.headers["Retry-After"]) <= 61
    addresses.admit("192.0.2.2")


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("192.0.2.1", "::ffff:192.0.2.1"),
        ("nowhere", "nowhere"),
    ],
)
def test_what_a_customer_can_choose_of_its_address_makes_it_no_other(one: str, same: str) -> None:
    assert of_one(one) == of_one(same)
    assert of_one("2001:db8:1:3::1") != of_one("2001:db8:1:2::1")
