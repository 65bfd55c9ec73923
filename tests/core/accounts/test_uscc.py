"""The unified social credit code, against examples that pass both checks and each way to break one."""

from __future__ import annotations

import pytest

from core.accounts import uscc
from core.errors import Invalid
from tests.factories import make_uscc


def test_the_last_check_character_of_a_published_synthetic_value_is_zero() -> None:
    assert uscc.check_character("91330100622519961") == "0"


@pytest.mark.parametrize(
    "code",
    ["91110000600037341L", "91110108551385082Q", "914403001922038216", "9144030071526726XG", "12100000400000624D"],
)
def test_published_codes_pass_both_checks(code: str) -> None:
    assert uscc.checked(f" {code.lower()} ") == code


def test_full_width_characters_are_read() -> None:
    assert uscc.checked("９１１１００００６０００３７３４１Ｌ") == "91110000600037341L"


def test_a_published_wrong_code_is_refused() -> None:
    with pytest.raises(Invalid):
        uscc.checked("A1110000600037341L")


def test_codes_made_for_tests_pass_and_every_changed_character_is_noticed() -> None:
    for number in range(1, 200):
        code = make_uscc(number)
        assert uscc.checked(f" {code} ") == code
    code = make_uscc(77)
    for place, char in enumerate(code):
        for other in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if other == char:
                continue
            with pytest.raises(Invalid) as refused:
                uscc.checked(code[:place] + other + code[place + 1 :])
            assert refused.value.field == "uscc"


def test_the_check_character_is_zero_where_the_sum_is_a_multiple_of_31() -> None:
    found = [code for number in range(1, 4000) if (code := make_uscc(number))[-1] == "0"]
    assert found, "no code with remainder zero in the sample"
    assert all(uscc.checked(code) == code for code in found)


@pytest.mark.parametrize(
    ("code", "part"),
    [("91330100622519961", "17"), ("9133I1006225199610", "I"), ("91AA01006225199610", "3"), ("", "0")],
)
def test_a_wrong_code_is_told_what_is_wrong(code: str, part: str) -> None:
    with pytest.raises(Invalid) as refused:
        uscc.checked(code)
    assert part in str(refused.value.message)
