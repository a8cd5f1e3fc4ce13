from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.bench.turn_capacity import largest_that_fits


@given(st.integers(1, 600), st.integers(0, 700), st.integers(1, 600))
def test_the_largest_that_fits_is_found_wherever_the_search_begins(most, limit, first):
    tried = []

    def fits(count):
        tried.append(count)
        return count <= limit

    found = largest_that_fits(fits, first=min(first, most), most=most)
    assert found == min(limit, most)
    assert len(tried) == len(set(tried)) <= 22
    assert all(1 <= count <= most for count in tried)


@pytest.mark.parametrize("first", [24, 25, 26, 28])
def test_a_good_guess_makes_the_search_short(first):
    tried = []

    def fits(count):
        tried.append(count)
        return count <= 25

    assert largest_that_fits(fits, first=first, most=512) == 25
    assert len(tried) <= 4
