"""Invented people: names, phones, addresses and identity numbers that belong to nobody we know."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
GIVEN = (
    "晓梅",
    "建国",
    "丽华",
    "志强",
    "婷",
    "浩然",
    "雨桐",
    "子涵",
    "秀英",
    "明",
    "海燕",
    "文博",
    "欣怡",
    "立新",
    "佳宁",
    "伟",
)
ESTATES = ("云溪花园", "青禾小区", "望湖苑", "枫林雅居", "锦绣里", "南岸新城", "听松阁", "橡树湾")
AREA = "110101"
CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"


@dataclass(frozen=True)
class Customer:
    """One customer. phone: a Chinese mobile number in a block that is not in use; id_number: GB 11643 with its check digit."""

    name: str
    phone: str
    address: str
    birthday: date
    gender: str
    id_number: str

    def cell(self, header: str) -> object:
        """What stands under a column's header for this customer."""
        if header in ("手机", "联系电话"):
            return self.phone
        if header == "身份证号码":
            return self.id_number
        if header == "生日":
            return self.birthday
        if header == "性别":
            return self.gender
        return self.address if header in ("装修地址", "地址") else self.name


def name(chance: random.Random) -> str:
    """A Chinese name of two or three characters."""
    return chance.choice(SURNAMES) + chance.choice(GIVEN)


def customer(number: int) -> Customer:
    """Customer `number` (0 to 9999), the same in every run."""
    chance = random.Random(number)
    prefix = chance.choice(("130", "135", "138", "139", "150", "158", "186"))
    birthday = date(1962, 1, 1) + timedelta(days=chance.randrange(15_000))
    gender = chance.choice("男女")
    address = f"{chance.choice(ESTATES)}{chance.randrange(1, 30)}栋{chance.randrange(1, 19)}0{chance.randrange(1, 5)}室"
    sequence = chance.randrange(100) * 10 + chance.randrange(5) * 2 + (gender == "男")
    return Customer(
        name(chance), f"{prefix}0000{number:04d}", address, birthday, gender, _id_number(birthday, sequence)
    )


def _id_number(birthday: date, sequence: int) -> str:
    body = f"{AREA}{birthday:%Y%m%d}{sequence:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, CHECK_WEIGHTS, strict=True))
    return body + CHECK_DIGITS[total % 11]
