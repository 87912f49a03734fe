"""What those see who need not know: enough to tell two people apart, too little to reach them."""

import pytest

from domain.masking import mask_address, mask_name, mask_phone, plain_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("王小明", "王**"),
        ("欧阳小明", "欧***"),
        ("李", "李*"),
        (" 李 ", "李*"),
        ("买买提·阿不都拉", "买买提·***"),
        ("迪丽热巴•迪力木拉提", "迪丽热巴·***"),
        ("阿·卜", "阿·***"),
        ("王女士", "王**"),
        ("John Smith", "J** S**"),
        ("𠮷田", "𠮷*"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_names(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("+86 138-1234-5678", "138****5678"),
        ("008613812345678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("010-12345678", "010-******78"),
        ("+86 010 12345678", "010-******78"),
        ("0571-1234567", "0571-*****67"),
        ("(021) 12345678", "021-******78"),
        ("+852 2345 6789", "**********89"),
        ("12345", "*****"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_phones(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("滨河街道幸福里3栋2单元401", "滨河街道***"),
        ("清江县滨河街道幸福里3栋", "清江县***"),
        ("3栋2单元401", "***"),
        ("幸福里", "***"),
        ("", ""),
    ],
)
def test_addresses(address: str, shown: str) -> None:
    assert mask_address(address) == shown


def test_a_number_of_china_is_one_with_and_without_its_country() -> None:
    assert plain_phone("+86 138 0000-0000") == plain_phone("13800000000") == "13800000000"
